//! What is left of a store: its ledger told to others, its file after a stop, and where nothing can be written.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use matbang::store::open;

use crate::harness::{Demo, Server, matbang, read_only::ReadOnly, succeed};

/// The Python of docs/ledger.md.
fn checker() -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ledger.md")).unwrap();
    let from = page.find("```python\n").unwrap() + "```python\n".len();
    let to = from + page[from..].find("```").unwrap();
    page[from..to].to_owned()
}

fn checked(lines: &[u8]) -> (bool, String) {
    let mut python = Command::new("python3")
        .args(["-c", &checker()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It stops reading at the first fault.
    let _ = python.stdin.take().unwrap().write_all(lines);
    let run = python.wait_with_output().unwrap();
    (run.status.success(), String::from_utf8_lossy(&run.stdout).into_owned())
}

#[test]
fn a_page_of_python_checks_an_exported_ledger_and_finds_one_altered_byte() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let plan = r#"{"kind":"plan_changed","project":"DA02","required_on":"2027-01-31","date":"2026-06-30","document":"12/QĐ"}"#;
    assert_eq!(server.post("/api/v1/events", plan).status, 201);
    drop(server);
    let text = succeed(&demo.store(), &["export", "ledger"]);
    let verified: serde_json::Value =
        serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    let (whole, told) = checked(text.as_bytes());
    assert!(whole, "{told}");
    assert_eq!(told.trim(), format!("{} {}", verified["at"], verified["head"].as_str().unwrap()));
    // One letter or digit of a value, anywhere.
    let bytes = text.as_bytes();
    for part in 1..12 {
        let at = bytes.len() / 12 * part;
        let at = (at..bytes.len()).find(|at| bytes[*at].is_ascii_digit() && bytes[*at] != b'9').unwrap();
        let mut altered = bytes.to_vec();
        altered[at] += 1;
        assert!(!checked(&altered).0, "byte {at}");
    }
}

#[test]
fn a_stopped_server_leaves_nothing_in_the_log_beside_the_file() {
    for signal in ["-TERM", "-INT"] {
        let demo = Demo::new();
        let server = Server::start(&demo.store());
        let event =
            r#"{"kind":"plan_changed","project":"DA02","required_on":"2027-01-31","date":"2026-06-30"}"#;
        let reply = server.post("/api/v1/events", event);
        assert_eq!(reply.status, 201);
        let at = reply.json()["at"].as_u64().unwrap();
        Command::new("kill").args([signal, &server.pid().to_string()]).status().unwrap();
        let pid = server.pid();
        Server::wait(|| !Path::new(&format!("/proc/{pid}/exe")).exists() || zombie(pid));
        // Whoever copies the file alone has everything.
        let copy = demo.folder().join("copy.gpkg");
        std::fs::copy(demo.store(), &copy).unwrap();
        assert_eq!(open(&copy).unwrap().head().unwrap().position.0, at, "{signal}");
    }
}

/// Whether a process has ended and waits for its parent to look.
fn zombie(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn a_store_in_a_folder_that_is_read_only_is_read() {
    let demo = Demo::new();
    let (folder, store) = ReadOnly::with_copy_of(&demo.store(), demo.folder().join("ro"));
    let runs: Vec<_> = [&["verify"][..], &["progress"], &["export", "units", "--format", "csv"]]
        .map(|command| (command, matbang(&store, command)))
        .into();
    let written = matbang(&store, &["user", "disable", "an"]);
    drop(folder);
    for (command, run) in runs {
        assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
    assert!(!written.status.success());
}
