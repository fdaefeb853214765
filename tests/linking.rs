//! How the program is linked: by whatever linker comes with the compiler that is there.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

/// What the build script asks of a linker, by a compiler that links by `ld.bfd` as Debian's does.
#[test]
fn a_linker_is_asked_for_nothing_that_it_can_not_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs");
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let made =
        Command::new(&rustc).args(["--edition", "2024", "-o"]).arg(path("script")).arg(&source).output();
    assert!(made.unwrap().status.success());
    fs::write(path("as-debian"), format!("#!/bin/sh\nexec {rustc} \"$@\" -Clink-arg=-fuse-ld=bfd\n"))
        .unwrap();
    fs::set_permissions(path("as-debian"), fs::Permissions::from_mode(0o755)).unwrap();
    let script = Command::new(path("script"))
        .current_dir(folder.path())
        .envs([("RUSTC", path("as-debian")), ("OUT_DIR", folder.path().to_owned())])
        .env("TARGET", "x86_64-unknown-linux-gnu")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_LINKER")
        .output()
        .unwrap();
    let told = String::from_utf8(script.stdout).unwrap();
    assert!(script.status.success() && told.contains("rerun-if-changed=web/dist"), "{told}");
    assert!(!told.contains("icf"), "{told}");
}
