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

use super::{Demo, Server, succeed};

/// A server with its files. It is stopped when dropped, and by itself soon after the program that started it.
pub struct Cluster {
    folder: tempfile::TempDir,
    databases: AtomicU32,
    /// Port of the network that it listens at besides, if any; part of its socket's name in any case.
    port: Option<u16>,
    /// Settings beside the usual ones.
    settings: &'static [&'static str],
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
        Self::start_at(None, &[], |_| {})
    }

    /// As [`Cluster::start_new`] with settings of its own, as `name=value`.
    pub fn start_with(settings: &'static [&'static str]) -> Self {
        Self::start_at(None, settings, |_| {})
    }

    /// Makes a server that listens at a free port of this machine besides, with files that `prepare` puts into the
    /// folder of its data, and starts it.
    pub fn start_on_network(prepare: impl FnOnce(&Path)) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        Self::start_at(Some(port), &[], prepare)
    }

    fn start_at(port: Option<u16>, settings: &'static [&'static str], prepare: impl FnOnce(&Path)) -> Self {
        let cluster =
            Self { folder: Self::folder_of_its_own(), databases: AtomicU32::new(0), port, settings };
        let files = cluster.files();
        let options = ["-D", &files, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
        run(program("initdb", &options));
        prepare(Path::new(&files));
        if is_root() {
            let mut command = Command::new("chown");
            command.args(["-R", "postgres", &files]);
            run(command);
        }
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
        let network = self.port.map_or(String::new(), |port| format!("127.0.0.1 -p {port}"));
        let settings: String = self.settings.iter().flat_map(|setting| [" -c ", *setting]).collect();
        let options = format!(
            "-k {socket} -c max_connections=200 -c shared_buffers=64MB -c listen_addresses={network}{settings}"
        );
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
        let standby = Self {
            folder: Self::folder_of_its_own(),
            databases: AtomicU32::new(0),
            port: None,
            settings: &[],
        };
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

    /// Makes this server, which is not running, a standby of another one, from nothing.
    pub fn follow_anew(&self, primary: &Self) {
        let (socket, files) = (primary.folder().display().to_string(), self.files());
        std::fs::remove_dir_all(&files).expect("its files");
        run(program(
            "pg_basebackup",
            &["-h", &socket, "-U", "admin", "-D", &files, "-R", "-X", "stream", "-c", "fast"],
        ));
        self.start();
        primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.sql("postgres", "SELECT pg_reload_conf()");
    }

    /// Kills the server and all its processes at once, as a machine that dies does.
    pub fn kill(&self) {
        let pid_file = Path::new(&self.files()).join("postmaster.pid");
        let postmaster = std::fs::read_to_string(&pid_file).expect("it runs");
        let postmaster = postmaster.lines().next().expect("a number").to_owned();
        let children = std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"));
        let all: Vec<String> = std::iter::once(postmaster)
            .chain(children.unwrap_or_default().split_whitespace().map(str::to_owned))
            .collect();
        let _ = Command::new("kill").arg("-9").args(&all).output().expect("kill runs");
        let is_there = |pid: &String| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // A dead one that nobody has asked about yet is dead.
            !stat.is_empty() && !stat.contains(") Z ")
        };
        Server::wait(|| !all.iter().any(is_there));
        std::fs::remove_file(pid_file).expect("its number");
        // The next one would take a dead process that nobody has asked about yet for a server that holds the socket.
        let lock = format!(".s.PGSQL.{}.lock", self.port.unwrap_or(5432));
        std::fs::remove_file(self.folder().join(lock)).expect("the lock of its socket");
    }

    /// Sends a signal to what takes in the changes of the primary.
    pub fn signal_receiver(&self, signal: &str) {
        let pid = self.sql("postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walreceiver'");
        let sent = Command::new("kill").args(["-s", signal, pid.trim()]).status().expect("kill runs");
        assert!(sent.success(), "{pid}");
    }

    /// File of the socket.
    pub fn socket(&self) -> PathBuf {
        self.folder().join(".s.PGSQL.5432")
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
        let port = self.port().to_string();
        let arguments = [
            "-h",
            &socket,
            "-p",
            &port,
            "-U",
            "admin",
            "-d",
            database,
            "-v",
            "ON_ERROR_STOP=1",
            "-qAtc",
            sql,
        ];
        run(program("psql", &arguments))
    }

    /// Whether SQL runs as a role.
    pub fn ask(&self, role: &str, database: &str, sql: &str) -> bool {
        let socket = self.folder().display().to_string();
        let arguments = ["-h", &socket, "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", sql];
        program("psql", &arguments).output().expect("it runs").status.success()
    }

    /// The port, which is part of the socket's name.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(5432)
    }

    /// Address of a database in this cluster.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://admin@/{database}?host={}&port={}", self.folder().display(), self.port())
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

/// Copies the demo into a new database; its address.
pub fn filled(cluster: &Cluster, demo: &Demo) -> String {
    let address = cluster.database();
    succeed(&demo.store(), &["copy", demo.store().to_str().expect("UTF-8"), &address]);
    address
}

/// Serves a database; all servers of a demo share its folder of files, and none its configuration.
pub fn serve(address: &str, demo: &Demo) -> Server {
    serve_with(address, demo, &[])
}

/// The same with more options.
pub fn serve_with(address: &str, demo: &Demo, options: &[&str]) -> Server {
    serve_in(address, demo.folder(), options)
}

/// Serves a store with the files in a folder.
pub fn serve_in(place: &str, folder: &Path, options: &[&str]) -> Server {
    static SERVERS: AtomicU32 = AtomicU32::new(0);
    let config = folder.join(format!("config{}", SERVERS.fetch_add(1, Ordering::Relaxed)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.args(["--data", place, "--config"]).arg(config);
    command.args(["serve", "--listen", "127.0.0.1:0", "--files"]).arg(folder.join("files")).args(options);
    Server::run(command)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = ["-D", &self.files(), "-m", "immediate", "-s", "stop"];
        // It may have been stopped by its test.
        let _ = program("pg_ctl", &stop).output();
    }
}
