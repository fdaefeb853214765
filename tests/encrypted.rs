//! The way to a database that asks for TLS and a password: certificate and name are checked, and what is wrong is said.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::harness::{
    Demo, matbang,
    postgres::{Cluster, serve},
    succeed,
};

const PASSWORD: &str = "mật-khẩu của máy chủ";

fn openssl(folder: &Path, arguments: &str) {
    let ran = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().unwrap();
    assert!(ran.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// An authority of its own: its certificate is `NAME.crt`.
fn authority(folder: &Path, name: &str) -> PathBuf {
    let made = format!(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.crt \
         -addext basicConstraints=critical,CA:TRUE"
    );
    openssl(folder, &made);
    folder.join(format!("{name}.crt"))
}

/// A server that lets the role "matbang" in by TLS and a password only; its certificate is of "localhost".
fn secured(folder: &Path) -> Cluster {
    authority(folder, "ours");
    openssl(folder, "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr");
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    let sign = "x509 -req -in server.csr -CA ours.crt -CAkey ours.key -CAcreateserial -days 2 -extfile names \
                -out server.crt";
    openssl(folder, sign);
    Cluster::start_on_network(|files| {
        for name in ["server.crt", "server.key"] {
            std::fs::copy(folder.join(name), files.join(name)).unwrap();
        }
        let key = files.join("server.key");
        std::fs::set_permissions(key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let rules = "local all all trust\nhostssl all matbang 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(files.join("pg_hba.conf"), rules).unwrap();
        let mut settings = std::fs::read_to_string(files.join("postgresql.conf")).unwrap();
        settings += "\nssl = on\n";
        std::fs::write(files.join("postgresql.conf"), settings).unwrap();
    })
}

#[test]
fn a_database_is_reached_by_tls_and_password_or_it_is_said_why_not() {
    let demo = Demo::new();
    let folder = demo.folder();
    let cluster = secured(folder);
    let name = cluster.database_named();
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), &cluster.address(&name)]);
    cluster.sql(&name, &format!("CREATE ROLE matbang SUPERUSER LOGIN PASSWORD '{PASSWORD}'"));
    std::fs::write(folder.join("password"), format!("{PASSWORD}\n")).unwrap();
    std::fs::write(folder.join("wrong"), "sai-mat-khau\n").unwrap();
    let (ours, theirs) = (folder.join("ours.crt"), authority(folder, "theirs"));
    let address = |host: &str, mode: &str, authority: &Path, password: &str| {
        format!(
            "postgres://matbang@{host}:{}/{name}?sslmode={mode}&sslrootcert={}&passwordfile={}",
            cluster.port(),
            authority.display(),
            folder.join(password).display()
        )
    };
    let right = address("localhost", "verify-full", &ours, "password");
    succeed(Path::new(&right), &["verify"]);
    // All connections of a server are encrypted, those that listen too.
    let server = serve(&right, &demo);
    let encrypted = "SELECT count(*) > 1 AND bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE usename = 'matbang'";
    assert_eq!(cluster.sql(&name, encrypted).trim(), "t");
    drop(server);
    let said = |address: &str| {
        let run = matbang(Path::new(address), &["verify"]);
        assert_eq!(run.status.code(), Some(1), "{address}");
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!said.contains(PASSWORD) && !said.contains("sai-mat-khau"), "{said}");
        said
    };
    for (address, why) in [
        (address("127.0.0.1", "verify-full", &ours, "password"), "the certificate is of another name"),
        (address("localhost", "verify-full", &theirs, "password"), "sslrootcert"),
        // All three words mean the same: there is no half of it.
        (address("127.0.0.1", "require", &ours, "password"), "the certificate is of another name"),
        (address("localhost", "verify-full", &ours, "wrong"), "password authentication failed"),
        (address("localhost", "verify-full", &folder.join("none.crt"), "password"), "none.crt"),
        (address("localhost", "verify-full", &ours, "none"), "none"),
        (address("localhost", "disable", &ours, "password"), "no encryption"),
    ] {
        let said = said(&address);
        assert!(said.contains(why), "{address}: {said}");
    }
    // A server that has no TLS is not spoken to without.
    cluster.sql(&name, "ALTER SYSTEM SET ssl = off");
    cluster.sql(&name, "SELECT pg_reload_conf()");
    assert!(said(&right).contains("TLS"));
}
