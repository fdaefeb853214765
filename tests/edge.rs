//! Where connections come in: servers in front, TLS, and who neither sends nor takes.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use crate::harness::{self, Demo, Server};

/// Sends bytes as they are and reads to the end.
fn raw(server: &Server, bytes: &str) -> String {
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    socket.write_all(bytes.as_bytes()).unwrap();
    let mut answer = String::new();
    // A server that has closed while bytes were still on their way resets.
    let _ = socket.read_to_string(&mut answer);
    answer
}

fn asked(server: &Server, version: &str, headers: &str) -> String {
    let host = server.url.trim_start_matches("http://");
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {host}\r\n") };
    raw(server, &format!("GET /api/v1/session {version}\r\n{host}{headers}Connection: close\r\n\r\n"))
}

fn started(store: &Path, more: &[&str]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(store).args(["serve", "--listen", "127.0.0.1:0"]).args(more);
    Server::run(command)
}

fn administrator(store: &Path) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
        .arg("--data")
        .arg(store)
        .args([
            "user",
            "add",
            "an.nguyen",
            "--full-name",
            "An",
            "--role",
            "administrator",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "mat-khau-thu-nghiem").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn without_accounts_nobody_is_let_in_by_way_of_another_server() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let status = |version: &str, headers: &str| asked(&server, version, headers)[9..12].to_owned();
    assert_eq!(status("HTTP/1.1", ""), "200");
    assert_eq!(status("HTTP/1.1", "Referer: http://localhost:8080/\r\n"), "200");
    // Somebody has followed a link from a page elsewhere.
    let link = "Referer: http://intranet.example.vn/\r\nSec-Fetch-Site: cross-site\r\n";
    assert_eq!(status("HTTP/1.1", link), "200");
    for told in [
        "X-Forwarded-For: 10.0.0.9\r\n",
        "Forwarded: for=10.0.0.9\r\n",
        "X-Real-IP: 10.0.0.9\r\n",
        "Via: 1.1 front\r\n",
        "X-Forwarded-Host: localhost\r\n",
        "Referer: https://matbang.example.vn/?room=map\r\n",
        "Origin: https://matbang.example.vn\r\n",
        "Host: matbang.example.vn\r\n",
    ] {
        assert_eq!(status("HTTP/1.1", told), "403", "{told}");
    }
    // A server in front that says nothing of itself.
    let answer = asked(&server, "HTTP/1.0", "");
    assert!(answer.contains(" 403 ") && answer.contains("matbang user add"), "{answer}");
}

#[test]
fn who_begins_and_does_not_go_on_is_not_waited_for() {
    let demo = Demo::new();
    administrator(&demo.store());
    let server = started(&demo.store(), &["--patience", "1"]);
    let host = server.url.trim_start_matches("http://");
    let half = |text: String| {
        let mut socket = TcpStream::connect(host).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(text.as_bytes()).unwrap();
        socket
    };
    let mut sockets: Vec<_> = (0..300).map(|_| half("GET / HTTP/1.1\r\nHost: x\r\n".to_owned())).collect();
    sockets.extend((0..50).map(|_| half(String::new())));
    let body = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{";
    sockets.extend((0..50).map(|_| half(body.to_owned())));
    // Others are answered meanwhile, and each of these finds its connection closed.
    assert_eq!(server.get("/readyz", &[]).status, 200);
    for mut socket in sockets {
        let mut answer = Vec::new();
        match socket.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
    assert_eq!(server.get("/readyz", &[]).status, 200);
}

#[test]
fn a_server_in_front_is_believed_only_where_it_is_named() {
    let demo = Demo::new();
    administrator(&demo.store());
    let server = started(&demo.store(), &[]);
    let body = r#"{"name":"an.nguyen","password":"mat-khau-thu-nghiem"}"#;
    let signed_in = |headers: &[(&str, &str)]| server.send("/api/v1/session", headers, body.as_bytes());
    // From this machine: the server in front encrypts, and its name is the page's.
    let over_tls = signed_in(&[("x-forwarded-proto", "https"), ("x-forwarded-host", "matbang.example.vn")]);
    let cookie = over_tls.header("set-cookie");
    assert!(cookie.starts_with("__Host-matbang_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!(over_tls.header("strict-transport-security"), "max-age=31536000");
    // The plain cookie holds nothing there: another host could have set it.
    let secret = cookie.split([';', '=']).nth(1).unwrap();
    let who = |cookie: String| {
        let headers = [("cookie", cookie.as_str()), ("x-forwarded-proto", "https")];
        server.get("/api/v1/session", &headers).json()["signed_in"].as_bool().unwrap()
    };
    assert!(who(format!("__Host-matbang_session={secret}")));
    assert!(!who(format!("matbang_session={secret}")));
    // A name that the server in front keeps to itself is told, unless the browser vouches for the page.
    let origin = ("origin", "https://matbang.example.vn");
    let refused = signed_in(&[origin]);
    assert_eq!(refused.status, 403);
    let why = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(why.contains("proxy_set_header Host") && why.contains("matbang.example.vn"), "{why}");
    assert_eq!(signed_in(&[origin, ("sec-fetch-site", "same-origin")]).status, 200);
    assert_eq!(signed_in(&[("sec-fetch-site", "cross-site")]).status, 403);
}

/// Makes a certificate for 127.0.0.1 with this common name.
fn certificate(folder: &Path, name: &str) {
    let done = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"])
        .arg(format!("/CN={name}"))
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "new-key.pem", "-out", "new-cert.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success());
    for part in ["cert", "key"] {
        std::fs::rename(folder.join(format!("new-{part}.pem")), folder.join(format!("{part}.pem"))).unwrap();
    }
}

#[test]
fn it_encrypts_by_itself_and_takes_a_new_certificate_while_it_runs() {
    let demo = Demo::new();
    administrator(&demo.store());
    let folder = demo.folder();
    certificate(folder, "first");
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
        .arg("--data")
        .arg(demo.store())
        .args(["serve", "--listen", "127.0.0.1:0", "--tls-cert"])
        .arg(&cert)
        .arg("--tls-key")
        .arg(&key)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut url)
        .unwrap();
    let url = url.trim().to_owned();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let ask = |more: &[&str], path: &str| {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--max-time", "20", "--cacert"]).arg(&cert).args(more).arg(format!("{url}{path}"));
        String::from_utf8(curl.output().unwrap().stdout).unwrap()
    };
    Server::wait(|| ask(&[], "/readyz").contains("\"ready\":true"));
    let body = r#"{"name":"an.nguyen","password":"mat-khau-thu-nghiem"}"#;
    let answer = ask(&["-i", "-d", body], "/api/v1/session").to_lowercase();
    assert!(
        answer.contains("set-cookie: __host-matbang_session=") && answer.contains("; secure"),
        "{answer}"
    );
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    let plain = Command::new("curl").args(["-s", &url.replace("https", "http")]).output().unwrap();
    assert!(!plain.status.success(), "nothing is answered without encryption");
    certificate(folder, "second");
    // The old certificate would not be accepted now.
    Server::wait(|| ask(&[], "/readyz").contains("\"ready\":true"));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let _ = std::fs::write(&key, "no key");
    let wrong = harness::matbang(
        &demo.store(),
        &["serve", "--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()],
    );
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("key.pem"), "{said}");
}
