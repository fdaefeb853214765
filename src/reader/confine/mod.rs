//! Walls around the process that opens a stranger's file.
//!
//! ```text
//! means   memory, processor time, files, sizes             setrlimit
//! places  the file, libraries, GDAL's and PROJ's data      Landlock
//! calls   reading, memory, threads of its own; no network  seccomp
//! ```
//! The process puts them up around itself before it touches the file, and
//! can't take them down again. Each stands without the others; where the kernel
//! lacks one, that is told, and the rest holds.

mod calls;
mod files;
mod means;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use files::FOLDERS;
pub use means::restrict as restrict_means;

/// Which walls stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Only the places needed can be read and written: Landlock.
    pub files: bool,
    /// Only the calls needed can be made; no network: seccomp.
    pub calls: bool,
}

impl Confinement {
    /// What is missing, in words for an operator; none if nothing is.
    pub fn lack(&self) -> Option<String> {
        let lacking = match (self.files, self.calls) {
            (true, true) => return None,
            (false, true) => {
                "this kernel has no Landlock: a harmful file could read what this account can read, and what it read would stand in the import"
            }
            (true, false) => {
                "this kernel has no seccomp: a harmful file could ask other hosts, except by TCP where Landlock forbids it"
            }
            (false, false) => {
                "this kernel has neither Landlock nor seccomp: a harmful file could read what this account can read and ask other hosts"
            }
        };
        Some(format!(
            "{lacking}; limits of memory and time hold all the same (docs/import.md, Files from strangers)"
        ))
    }
}

/// Confines this thread, and the threads that it starts, to the places and calls that reading needs.
/// `given` may be read, `folder` holds what is read (`in`) and written (`tmp`).
pub fn restrict_thread(folder: &Path, given: &[&Path]) -> Confinement {
    // Landlock first: its own calls are not among those that are left.
    let files = files::restrict(folder, given).unwrap_or(false);
    Confinement { files, calls: calls::restrict().is_ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        net::{TcpListener, TcpStream, UdpSocket},
        os::unix::net::UnixStream,
        process::Command,
    };

    #[test]
    fn behind_the_walls_there_is_one_file_and_no_network() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["in", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let (given, secret) = (folder.path().join("thua.csv"), folder.path().join("secret"));
        std::fs::write(&given, "open").unwrap();
        std::fs::write(&secret, "hidden").unwrap();
        std::os::unix::fs::symlink(&given, folder.path().join("in/thua.csv")).unwrap();
        std::os::unix::fs::symlink(&secret, folder.path().join("in/thua.prj")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let at = folder.path().to_owned();
        let confined = std::thread::spawn(move || {
            let confinement = restrict_thread(&at, &[&given]);
            // Whoever runs these tests on a kernel without either learns it here.
            assert_eq!(confinement, Confinement { files: true, calls: true });
            assert_eq!(std::fs::read_to_string(at.join("in/thua.csv")).unwrap(), "open");
            assert!(std::fs::read_to_string(at.join("in/thua.prj")).is_err(), "through a link");
            for path in [secret.to_str().unwrap(), "/etc/passwd", "/proc/self/environ", "/proc/1/cmdline"] {
                assert!(std::fs::read(path).is_err(), "{path} was read");
            }
            assert!(std::fs::read_dir("/etc").is_err() && std::fs::read_dir(&at).is_err());
            assert!(std::fs::write(&given, "changed").is_err() && std::fs::remove_file(&secret).is_err());
            std::fs::write(at.join("tmp/own"), "kept").unwrap();
            assert_eq!(std::fs::read_to_string(at.join("tmp/own")).unwrap(), "kept");
            assert!(std::os::unix::fs::symlink("/etc/passwd", at.join("tmp/link")).is_err());
            assert!(TcpStream::connect(address).is_err() && TcpListener::bind("127.0.0.1:0").is_err());
            assert!(UdpSocket::bind("127.0.0.1:0").is_err() && UnixStream::pair().is_err());
            assert!(Command::new("/bin/true").status().is_err());
            // Threads of its own are all that it may start.
            assert_eq!(std::thread::spawn(|| 7).join().unwrap(), 7);
            let rows: Vec<u32> = (0..1000).collect();
            std::thread::scope(|scope| scope.spawn(|| rows.iter().sum::<u32>()).join()).unwrap()
        });
        assert_eq!(confined.join().unwrap(), 499_500);
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(Confinement { files: true, calls: true }.lack(), None);
        assert!(Confinement { files: false, calls: true }.lack().unwrap().contains("no Landlock"));
        assert!(Confinement { files: true, calls: false }.lack().unwrap().contains("no seccomp"));
    }
}
