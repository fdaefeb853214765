//! The real binary over HTTP, asked by one connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use matbang::{atlas::WorldPoint, tile::TileId};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The binary at work.
pub struct Server {
    child: Child,
    /// Name and port.
    pub host: String,
}

impl Server {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the binary over a store; how long it takes until it is ready.
pub fn serve(path: &std::path::Path) -> (Server, Duration) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
        .args(["--data".as_ref(), path.as_os_str()])
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut url).expect("a URL");
    let server = Server { child, host: url.trim().trim_start_matches("http://").to_owned() };
    let mut connection = Connection::open(&server.host);
    while connection.get("/readyz", "identity").0 != 200 {
        std::thread::sleep(Duration::from_millis(5));
    }
    (server, started.elapsed())
}

/// One keep-alive connection; `Content-Length` answers only, which is what the server gives.
pub struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Opens one.
    pub fn open(host: &str) -> Self {
        let stream = TcpStream::connect(host).expect("connect");
        stream.set_nodelay(true).expect("nodelay");
        Self { host: host.to_owned(), stream: BufReader::new(stream) }
    }

    /// Status and body.
    pub fn get(&mut self, path: &str, encoding: &str) -> (u16, Vec<u8>) {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: {encoding}\r\n\r\n",
            self.host
        ))
    }

    /// Status and answer to a body of JSON.
    pub fn post(&mut self, path: &str, body: &str) -> (u16, Vec<u8>) {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        ))
    }

    fn ask(&mut self, request: &str) -> (u16, Vec<u8>) {
        self.stream.get_mut().write_all(request.as_bytes()).expect("write");
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("read");
            if line == "\r\n" {
                break;
            }
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("body");
        (status, body)
    }
}

/// Bytes in memory.
pub fn resident(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<usize>().ok()).unwrap_or(0) * 1024
}

/// Percentiles of milliseconds.
pub fn percentiles(mut times: Vec<f64>) -> String {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    format!("p50 {:7.2}  p95 {:7.2}  p99 {:7.2} ms", at(0.5), at(0.95), at(0.99))
}

/// Tiles at random places.
pub fn squares(bbox: [f64; 4], z: u8, count: usize) -> Vec<TileId> {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut all: Vec<TileId> = Vec::new();
    for _ in 0..count * 50 {
        let place =
            WorldPoint::from_degrees(rng.random_range(bbox[0]..bbox[2]), rng.random_range(bbox[1]..bbox[3]));
        let square = TileId::around(place, z).expect("a square");
        if !all.contains(&square) {
            all.push(square);
        }
        if all.len() == count {
            break;
        }
    }
    all
}

/// A tile's address.
pub fn path_of(square: TileId) -> String {
    format!("/tiles/parcels/{}/{}/{}", square.z(), square.x(), square.y())
}
