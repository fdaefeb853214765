//! A PostgreSQL server of the tests' own: in a temporary folder, behind a socket, gone with the program.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// A server with its files. It is stopped when dropped, and by itself soon after the program that started it.
pub struct Cluster {
    folder: tempfile::TempDir,
    databases: AtomicU32,
}

/// Where Debian puts the programs that a server needs.
fn programs() -> PathBuf {
    let mut versions: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    versions.sort_by_key(std::fs::DirEntry::file_name);
    versions.last().expect("PostgreSQL is installed: scripts/setup.sh test").path().join("bin")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// A program of PostgreSQL, as a user that it runs as: it refuses root.
fn program(name: &str, arguments: &[&str]) -> Command {
    let path: OsString = programs().join(name).into();
    let mut command;
    if is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(path);
    } else {
        command = Command::new(path);
    }
    command.args(arguments).current_dir("/");
    command
}

fn run(mut command: Command) -> String {
    let ran = command.output().expect("it runs");
    let told = [ran.stdout, ran.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(ran.status.success(), "{command:?}: {told}");
    told
}

impl Cluster {
    /// The one that the tests of a program share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start_new)
    }

    /// Makes a server and starts it.
    pub fn start_new() -> Self {
        let cluster = Self { folder: Self::folder_of_its_own(), databases: AtomicU32::new(0) };
        let files = cluster.files();
        let options = ["-D", &files, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
        run(program("initdb", &options));
        cluster.start();
        cluster
    }

    fn folder_of_its_own() -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("mb").tempdir_in("/tmp").expect("a folder");
        if is_root() {
            let mut command = Command::new("chown");
            command.arg("postgres").arg(folder.path());
            run(command);
        }
        folder
    }

    fn files(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// The folder with its socket.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server, which listens at a socket in its folder only.
    pub fn start(&self) {
        let socket = self.folder().display().to_string();
        let options =
            format!("-k {socket} -c listen_addresses= -c max_connections=200 -c shared_buffers=64MB");
        let log = format!("{socket}/log");
        let files = self.files();
        // A server that outlived its tests would stay for ever: a watchman ends it with this process.
        run(program("pg_ctl", &["-D", &files, "-o", &options, "-l", &log, "-w", "-s", "start"]));
        let (watched, folder) = (std::process::id(), self.folder().display().to_string());
        let watch = format!(
            "while kill -0 {watched} 2>/dev/null; do sleep 1; done; kill -INT $(head -n 1 {files}/postmaster.pid); \
             sleep 2; rm -rf {folder}"
        );
        let null = std::process::Stdio::null;
        let mut watchman = Command::new("setsid");
        watchman.args(["sh", "-c", &watch]).stdin(null()).stdout(null()).stderr(null());
        drop(watchman.spawn().expect("a watchman"));
    }

    /// A standby that follows this server, and without which this server acknowledges nothing.
    pub fn standby(&self) -> Self {
        let standby = Self { folder: Self::folder_of_its_own(), databases: AtomicU32::new(0) };
        let (socket, files) = (self.folder().display().to_string(), standby.files());
        run(program(
            "pg_basebackup",
            &["-h", &socket, "-U", "admin", "-D", &files, "-R", "-X", "stream", "-c", "fast"],
        ));
        standby.start();
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("postgres", "SELECT pg_reload_conf()");
        standby
    }

    /// Makes a standby the one that takes writes.
    pub fn promote(&self) {
        run(program("pg_ctl", &["-D", &self.files(), "-w", "-s", "promote"]));
    }

    /// Stops the server as a failure would: nobody's question is waited for.
    pub fn stop(&self) {
        run(program("pg_ctl", &["-D", &self.files(), "-m", "immediate", "-w", "-s", "stop"]));
    }

    /// Runs SQL in a database.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let socket = self.folder().display().to_string();
        let arguments = ["-h", &socket, "-U", "admin", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql];
        run(program("psql", &arguments))
    }

    /// Whether SQL runs as a role.
    pub fn ask(&self, role: &str, database: &str, sql: &str) -> bool {
        let socket = self.folder().display().to_string();
        let arguments = ["-h", &socket, "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql];
        program("psql", &arguments).output().expect("it runs").status.success()
    }

    /// Address of a database in this cluster.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://admin@/{database}?host={}", self.folder().display())
    }

    /// Makes an empty database with PostGIS; its name.
    pub fn database_named(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.sql(&name, "CREATE EXTENSION postgis");
        name
    }

    /// Makes an empty database with PostGIS; its address.
    pub fn database(&self) -> String {
        self.address(&self.database_named())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["-D", &self.files(), "-m", "immediate", "-s", "stop"];
        // It may have been stopped by its test.
        let _ = program("pg_ctl", &stop).output();
    }
}
