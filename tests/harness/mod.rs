//! What tests of the real binary share: stores in temporary folders, a running server.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod people;
pub mod postgres;
pub mod read_only;

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Day until which the demo's ledger runs, so that tests do not depend on the calendar.
pub const UNTIL: &str = "2026-06-30";

/// Runs the binary on `store`.
pub fn matbang(store: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_matbang"))
        .arg("--data")
        .arg(store)
        .args(arguments)
        .env_remove("MATBANG_DATA")
        .output()
        .expect("the binary runs")
}

/// A black picture of this size, as PNG.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().expect("a picture has pixels");
    writer.write_image_data(&vec![0; (width * height * 3) as usize]).expect("memory takes all bytes");
    writer.finish().expect("memory takes all bytes");
    file
}

/// Standard output of a run that must succeed.
pub fn succeed(store: &Path, arguments: &[&str]) -> String {
    let run = matbang(store, arguments);
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).expect("UTF-8")
}

/// A temporary folder with a copy of a demo store of 2 000 parcels.
pub struct Demo {
    folder: tempfile::TempDir,
}

impl Demo {
    pub fn new() -> Self {
        static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
        let template = TEMPLATE.get_or_init(template);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(template, folder.path().join("store.gpkg")).expect("a copy");
        Self { folder }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store.gpkg")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The demo that all copies are made of, made once for all test programs, anew for another binary.
fn template() -> PathBuf {
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_matbang")).expect("a binary");
    let built = binary.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = place.join(format!("demo-{}-{}.gpkg", binary.len(), built.unwrap_or_default().as_nanos()));
    if !path.exists() {
        for old in std::fs::read_dir(place).expect("a folder").flatten() {
            if old.file_name().to_string_lossy().starts_with("demo-") && old.path() != path {
                let _ = std::fs::remove_file(old.path());
            }
        }
        // Two programs may do it at once: each in a folder of its own, and the last one counts.
        let folder = tempfile::tempdir_in(place).expect("a folder");
        let made = folder.path().join("demo.gpkg");
        succeed(&made, &["demo", "--parcels", "2000", "--seed", "1", "--until", UNTIL]);
        std::fs::rename(&made, &path).expect("a template");
    }
    path
}

/// A running server; it is stopped when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    agent: ureq::Agent,
}

pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

impl Server {
    /// Serves `store` on a free port and waits until it is ready.
    pub fn start(store: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
        command.arg("--data").arg(store).args(["serve", "--listen", "127.0.0.1:0"]);
        Self::run(command)
    }

    /// Waits until what `command` starts is ready.
    pub fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut url).expect("a URL");
        // A connection for each request: one that the server closed after a refusal is not tried again.
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0).build();
        let server = Self { child, url: url.trim().to_owned(), agent: config.new_agent() };
        Self::wait(|| server.get("/readyz", &[]).status == 200);
        server
    }

    /// Asks; bodies come as they were sent, in their encoding.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.get(format!("{}{path}", self.url)).header("accept-encoding", "identity");
        for (name, value) in headers {
            request = if *name == "accept-encoding" {
                self.agent.get(format!("{}{path}", self.url)).header(*name, *value)
            } else {
                request.header(*name, *value)
            };
        }
        let mut response = request.call().expect("an answer");
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("a body");
        Reply { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// Sends a JSON body.
    pub fn post(&self, path: &str, body: &str) -> Reply {
        let request =
            self.agent.post(format!("{}{path}", self.url)).header("content-type", "application/json");
        let mut response = request.send(body).expect("an answer");
        let body = response.body_mut().read_to_vec().expect("a body");
        Reply { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// Sends a body of any type with headers.
    pub fn send(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.request("POST", path, headers, body)
    }

    /// As [`Server::send`], with another method than POST.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let url = format!("{}{path}", self.url);
        let mut request = if method == "PUT" {
            self.agent.put(url)
        } else if method == "DELETE" {
            self.agent.delete(url).force_send_body()
        } else {
            self.agent.post(url)
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).expect("an answer");
        let body = response.body_mut().read_to_vec().expect("a body");
        Reply { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// As [`Server::send`], for a server that may die meanwhile.
    pub fn try_post(&self, path: &str, body: &str) -> Option<(u16, Vec<u8>)> {
        let request =
            self.agent.post(format!("{}{path}", self.url)).header("content-type", "application/json");
        let mut response = request.send(body).ok()?;
        Some((response.status().as_u16(), response.body_mut().read_to_vec().ok()?))
    }

    /// The status of an answer, from a server that may die meanwhile.
    pub fn try_get(&self, path: &str) -> Option<u16> {
        let mut response = self.agent.get(format!("{}{path}", self.url)).call().ok()?;
        response.body_mut().read_to_vec().ok()?;
        Some(response.status().as_u16())
    }

    /// Number of the process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks again until `done`, for a minute at most: beside other tests a server may be slow to come up.
    pub fn wait(done: impl Fn() -> bool) {
        let started = Instant::now();
        while !done() {
            assert!(started.elapsed() < Duration::from_mins(1), "the server did not get there in a minute");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Sends a signal and gives the exit status.
    pub fn stop(mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-s", signal, &pid]).status().expect("kill runs");
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Frames of the live stream: (id, event, data).
pub struct Stream(BufReader<std::net::TcpStream>);

impl Stream {
    /// Listens, from after event `last` on.
    pub fn open(server: &Server, last: Option<u64>) -> Self {
        let address = server.url.trim_start_matches("http://");
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
        let resume = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        write!(socket, "GET /api/v1/live HTTP/1.1\r\nHost: {address}\r\n{resume}\r\n").unwrap();
        let mut reader = BufReader::new(socket);
        let mut hello = String::new();
        reader.read_line(&mut hello).unwrap();
        assert!(hello.contains("200"), "{hello}");
        Self(reader)
    }

    /// The next frame.
    pub fn next(&mut self) -> (u64, String, serde_json::Value) {
        let (mut id, mut kind) = (0, String::from("message"));
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.trim().parse().unwrap();
            } else if let Some(text) = line.strip_prefix("event: ") {
                text.trim().clone_into(&mut kind);
            } else if let Some(text) = line.strip_prefix("data: ") {
                return (id, kind, serde_json::from_str(text.trim()).unwrap());
            }
        }
    }
}
