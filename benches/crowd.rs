//! A crowd at work: officers who record, maps that ask for tiles, maps that listen.
//! `cargo bench --bench crowd` (SECONDS, WRITERS, READERS, LISTENERS change the crowd)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "a program")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

#[path = "support/people.rs"]
mod people;

use people::{crowd, number};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &std::path::Path) -> (Server, String) {
    let store = folder.join("crowd.gpkg");
    let matbang = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
        command.arg("--data").arg(&store);
        command
    };
    assert!(matbang().arg("demo").stderr(Stdio::null()).status().unwrap().success());
    let mut child =
        matbang().args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (Server(child), url.trim().to_owned())
}

fn main() {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    rlimit::increase_nofile_limit(1 << 16).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_server, url) = serve(folder.path());
    let seconds = number("SECONDS", 60);
    let (writers, readers, listeners) =
        (number("WRITERS", 50), number("READERS", 200), number("LISTENERS", 2000));
    let urls = [url.clone()];
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let ready =
            || async { reqwest::get(format!("{url}/readyz")).await.is_ok_and(|reply| reply.status() == 200) };
        while !ready().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Fifty officers and two hundred maps, each moved four times a second.
        crowd(&urls, seconds, (writers, readers, 0), Duration::from_millis(250)).await;
        let pause = Duration::from_secs(1);
        crowd(&urls, seconds / 3, (0, 50, 0), pause).await;
        crowd(&urls, seconds / 3, (0, 50, listeners), pause).await;
        crowd(&urls, seconds / 3, (1, 50, listeners), pause).await;
    });
}
