//! Signing in by a provider of identities: one is played here, with keys of its own, and tells what it is told to.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserEmail, EndUserUsername, IssuerUrl, JsonWebKeyId, Nonce,
    PrivateSigningKey as _, StandardClaims, SubjectIdentifier,
    core::{CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use serde_json::json;

use crate::harness::{
    Demo, Server,
    postgres::{Cluster, filled, serve_with},
};

/// Who the provider says has signed in.
#[derive(Debug, Clone, Default)]
struct Person {
    subject: &'static str,
    username: &'static str,
    email: &'static str,
    verified: bool,
    nonce: String,
}

struct Provider {
    url: String,
    person: Arc<Mutex<Person>>,
}

/// Reads a request: its first line; the body is taken and forgotten.
fn request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(first)
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let person = Arc::<Mutex<Person>>::default();
        let made = Command::new("openssl")
            .args(["genrsa", "-traditional", "2048"])
            .stderr(Stdio::null())
            .output()
            .unwrap();
        let pem = String::from_utf8(made.stdout).unwrap();
        let key = CoreRsaPrivateSigningKey::from_pem(&pem, Some(JsonWebKeyId::new("k".to_owned()))).unwrap();
        let (issuer, told) = (url.clone(), Arc::clone(&person));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let Some(first) = request(&stream) else { continue };
                let body = if first.contains("/.well-known/") {
                    json!({
                        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                        "response_types_supported": ["code"], "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                    })
                } else if first.contains("/keys") {
                    json!({ "keys": [key.as_verification_key()] })
                } else {
                    let person = told.lock().unwrap().clone();
                    let now = std::time::SystemTime::now();
                    let claims = StandardClaims::new(SubjectIdentifier::new(person.subject.to_owned()))
                        .set_preferred_username(Some(EndUserUsername::new(person.username.to_owned())))
                        .set_email(Some(EndUserEmail::new(person.email.to_owned())))
                        .set_email_verified(Some(person.verified));
                    let claims = CoreIdTokenClaims::new(
                        IssuerUrl::new(issuer.clone()).unwrap(),
                        vec![Audience::new("matbang".to_owned())],
                        (now + std::time::Duration::from_mins(5)).into(),
                        now.into(),
                        claims,
                        EmptyAdditionalClaims {},
                    )
                    .set_nonce(Some(Nonce::new(person.nonce)));
                    let token = CoreIdToken::new(
                        claims,
                        &key,
                        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
                        None,
                        None,
                    );
                    json!({ "access_token": "a", "token_type": "Bearer", "id_token": token.unwrap().to_string() })
                };
                let body = body.to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let mut stream = stream;
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { url, person }
    }
}

/// One answer without following where it leads: status, `location`, cookies.
fn get(server: &Server, path: &str, cookie: &str) -> (u16, String, Vec<String>) {
    let host = server.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(host).unwrap();
    let text =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    socket.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let all = |name: &str| -> Vec<String> {
        let lines = answer.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    let cookies = all("set-cookie").iter().map(|line| line.split(';').next().unwrap().to_owned()).collect();
    (answer[9..12].parse().unwrap(), all("location").pop().unwrap_or_default(), cookies)
}

fn part(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).unwrap().1.to_owned()
}

/// Begins as somebody's browser: the state, and the cookie that holds what is under way.
fn begin(server: &Server, provider: &Provider, person: &Person, query: &str) -> (String, String) {
    let (status, url, cookies) = get(server, &format!("/api/v1/oidc/start{query}"), "");
    assert_eq!(status, 303);
    assert!(url.starts_with(&format!("{}/authorize?", provider.url)), "{url}");
    *provider.person.lock().unwrap() = Person { nonce: part(&url, "nonce"), ..person.clone() };
    (part(&url, "state"), cookies[0].clone())
}

fn end(server: &Server, state: &str, cookie: &str) -> (u16, String, Vec<String>) {
    get(server, &format!("/api/v1/oidc/callback?code=c&state={state}"), cookie)
}

/// Who is signed in after a sign-in by the provider as `person`, if anybody.
fn comes_in(server: &Server, provider: &Provider, person: &Person, query: &str) -> Option<String> {
    let (state, cookie) = begin(server, provider, person, query);
    let (status, _, cookies) = end(server, &state, &cookie);
    let session = cookies.iter().find(|cookie| cookie.starts_with("matbang_session="))?;
    assert_eq!(status, 303);
    let answer = server.get("/api/v1/session", &[("cookie", session)]).json();
    answer["account"]["name"].as_str().map(str::to_owned)
}

fn add(store: &Path, name: &str, role: &str) {
    let arguments = ["user", "add", name, "--full-name", "x", "--role", role, "--password-stdin"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(store).args(arguments).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "mat-khau-thu-nghiem").unwrap();
    assert!(child.wait().unwrap().success());
}

fn setting() -> (Demo, Provider, Server) {
    let (demo, provider) = (Demo::new(), Provider::start());
    for (name, role) in [("admin", "administrator"), ("binh@example.vn", "officer"), ("chi", "viewer")] {
        add(&demo.store(), name, role);
    }
    let provided =
        ["user", "add", "lan@example.vn", "--full-name", "Lan", "--role", "viewer", "--no-password"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    assert!(command.arg("--data").arg(demo.store()).args(provided).status().unwrap().success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(demo.store());
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--oidc-client",
        "matbang",
        "--oidc-issuer",
        &provider.url,
    ]);
    (demo, provider, Server::run(command))
}

const NOBODY: Person =
    Person { subject: "s-0", username: "x", email: "x@example.vn", verified: true, nonce: String::new() };

#[test]
fn nobody_becomes_an_account_by_a_name_that_they_chose_for_themselves() {
    let (_demo, provider, server) = setting();
    for person in [
        Person { username: "admin", ..NOBODY },
        Person { subject: "admin", ..NOBODY },
        Person { email: "admin", ..NOBODY },
        Person { email: "binh@example.vn", verified: false, ..NOBODY },
    ] {
        assert_eq!(comes_in(&server, &provider, &person, ""), None, "{person:?}");
    }
    // A verified address is the account's, for the first who comes by it and for nobody after.
    let binh = Person { subject: "s-1", email: "Binh@example.vn", ..NOBODY };
    assert_eq!(comes_in(&server, &provider, &binh, "").as_deref(), Some("binh@example.vn"));
    assert_eq!(comes_in(&server, &provider, &Person { subject: "s-2", ..binh.clone() }, ""), None);
    // Whatever they are called later, the subject is theirs.
    let renamed = Person { email: "b@example.vn", verified: false, ..binh };
    assert_eq!(comes_in(&server, &provider, &renamed, "").as_deref(), Some("binh@example.vn"));
}

#[test]
fn a_sign_in_that_began_at_one_server_ends_at_another() {
    let (demo, provider) = (Demo::new(), Provider::start());
    for (name, role) in [("admin", "administrator"), ("binh@example.vn", "officer")] {
        add(&demo.store(), name, role);
    }
    let address = filled(Cluster::shared(), &demo);
    let options = ["--oidc-client", "matbang", "--oidc-issuer", &provider.url];
    let (one, other) = (serve_with(&address, &demo, &options), serve_with(&address, &demo, &options));
    let binh = Person { subject: "s-1", email: "binh@example.vn", ..NOBODY };
    for (first, second) in [(&one, &other), (&other, &one)] {
        let (state, cookie) = begin(first, &provider, &binh, "");
        let (status, _, cookies) = end(second, &state, &cookie);
        assert_eq!(status, 303);
        let session = cookies.iter().find(|cookie| cookie.starts_with("matbang_session=")).unwrap();
        let told = first.get("/api/v1/session", &[("cookie", session)]).json();
        assert_eq!(told["account"]["name"], "binh@example.vn");
    }
}

#[test]
fn who_has_no_password_here_is_told_so() {
    let (_demo, provider, server) = setting();
    let own = |name: &'static str| {
        let person = Person { subject: name, email: name, ..NOBODY };
        let (state, cookie) = begin(&server, &provider, &person, "");
        let (_, _, cookies) = end(&server, &state, &cookie);
        let session = cookies.into_iter().find(|cookie| cookie.starts_with("matbang_session=")).unwrap();
        let told = server.get("/api/v1/session", &[("cookie", &session)]).json();
        (session, told)
    };
    assert_eq!(own("binh@example.vn").1["account"]["has_password"], true);
    let (session, told) = own("lan@example.vn");
    assert_eq!(told["account"]["has_password"], false);
    let headers = [("cookie", session.as_str()), ("x-csrf-token", told["csrf"].as_str().unwrap())];
    let body = br#"{"old":"mat-khau-thu-nghiem","new":"con-voi-ba-chan-xanh"}"#;
    let refused = server.send("/api/v1/session/password", &headers, body);
    assert_eq!((refused.status, &refused.json()["code"]), (400, &"no_password".into()));
}

#[test]
fn an_administrator_invites_and_takes_back() {
    let (_demo, provider, server) = setting();
    let body = r#"{"name":"admin","password":"mat-khau-thu-nghiem"}"#;
    let reply = server.send("/api/v1/session", &[], body.as_bytes());
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    let csrf = reply.json()["csrf"].as_str().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
    let change = |body: &str| server.send("/api/v1/accounts/chi", &headers, body.as_bytes());
    let invited = change(r#"{"invite":true}"#);
    assert_eq!((invited.status, invited.header("cache-control")), (200, "no-store"));
    let path = invited.json()["path"].as_str().unwrap().to_owned();
    let query = path.strip_prefix("/api/v1/oidc/start").unwrap();
    let chi = Person { subject: "s-9", verified: false, ..NOBODY };
    assert_eq!(comes_in(&server, &provider, &chi, query).as_deref(), Some("chi"));
    // Once: whoever finds the link later finds nothing.
    assert_eq!(get(&server, &path, "").0, 400);
    assert_eq!(comes_in(&server, &provider, &chi, "").as_deref(), Some("chi"));
    assert_eq!(change(r#"{"unlink":true}"#).status, 204);
    assert_eq!(comes_in(&server, &provider, &chi, ""), None);
    assert_eq!(change(r#"{"unlink":true}"#).status, 404);
}

#[test]
fn a_sign_in_ends_in_the_browser_that_began_it_and_at_a_place_of_ours() {
    let (_demo, provider, server) = setting();
    let binh = Person { subject: "s-1", email: "binh@example.vn", ..NOBODY };
    let (state, cookie) = begin(&server, &provider, &binh, "");
    // Another browser, none, and another sign-in of the same browser.
    let (other_state, other) = begin(&server, &provider, &binh, "");
    for (state, cookie) in [(&state, ""), (&state, other.as_str()), (&other_state, cookie.as_str())] {
        assert_eq!(end(&server, state, cookie).0, 400);
    }
    // The nonce is the one that this browser began with, not the other's.
    assert_eq!(end(&server, &state, &cookie).0, 502);
    for (wish, place) in [
        ("/%09/evil.example", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("%5C%5Cevil.example", "/"),
        ("/?room=update", "/?room=update"),
    ] {
        let (state, cookie) = begin(&server, &provider, &binh, &format!("?return={wish}"));
        let (status, location, _) = end(&server, &state, &cookie);
        assert_eq!((status, location.as_str()), (303, place), "{wish}");
    }
    // Who begins very often takes no room from others.
    for _ in 0..2_000 {
        assert_eq!(get(&server, "/api/v1/oidc/start", "").0, 303);
    }
    assert_eq!(comes_in(&server, &provider, &binh, "").as_deref(), Some("binh@example.vn"));
}
