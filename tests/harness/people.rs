//! Accounts of a served store, and what they ask.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use super::{Reply, Server};

/// Password of all accounts that tests make.
pub const PASSWORD: &str = "mat-khau-thu-nghiem";

/// Adds an account; the password goes through standard input as a script would give it.
pub fn add(store: &Path, name: &str, role: &str, unit: Option<&str>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(store).args(["user", "add", name, "--full-name", "An", "--role", role]);
    command.args(unit.map(|unit| ["--unit", unit]).into_iter().flatten()).arg("--password-stdin");
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    writeln!(child.stdin.take().expect("stdin"), "{PASSWORD}").expect("a line");
    let done = child.wait_with_output().expect("an end");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Somebody who is signed in: the cookie, and what unsafe requests send back.
#[derive(Debug, Clone)]
pub struct Person {
    pub cookie: String,
    pub csrf: String,
}

impl Person {
    /// Of the answer to a sign-in.
    pub fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let cookie = reply.header("set-cookie").split(';').next().expect("a cookie").to_owned();
        Self { cookie, csrf: reply.json()["csrf"].as_str().expect("a csrf").to_owned() }
    }

    /// Signs in.
    pub fn sign_in(server: &Server, name: &str) -> Self {
        let body = serde_json::json!({ "name": name, "password": PASSWORD }).to_string();
        Self::of(&server.send("/api/v1/session", &[], body.as_bytes()))
    }

    /// Asks.
    pub fn get(&self, server: &Server, path: &str) -> Reply {
        server.get(path, &[("cookie", &self.cookie)])
    }

    /// Sends JSON.
    pub fn post(&self, server: &Server, path: &str, body: &serde_json::Value) -> Reply {
        self.send(server, "POST", path, "application/json", body.to_string().as_bytes())
    }

    /// Sends a body of any type.
    pub fn send(&self, server: &Server, method: &str, path: &str, media: &str, body: &[u8]) -> Reply {
        let headers = [("cookie", &*self.cookie), ("x-csrf-token", &*self.csrf), ("content-type", media)];
        server.request(method, path, &headers, body)
    }
}
