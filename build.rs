//! The web app's files go into the binary: build anew when they change. Functions that came out the same are linked once.

fn main() {
    // Without the web app built, the binary still serves every interface.
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=web/dist cannot be made: {error}");
    }
    println!("cargo:rerun-if-changed=web/dist");
    link_same_functions_once();
}

/// A megabyte and a half less of them, where the linker is the one that comes with the compiler.
fn link_same_functions_once() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let own_linker =
        variable("RUSTC_LINKER").is_empty() && !variable("CARGO_ENCODED_RUSTFLAGS").contains("link");
    if variable("TARGET") == "x86_64-unknown-linux-gnu" && own_linker {
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
        // 1.6 MB less of places to be filled in at the start. Older systems do not start such a program.
        if glibc().is_some_and(|version| version >= (2, 36)) {
            println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// Version of the C library here, as in `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let asked = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let (major, minor) =
        std::str::from_utf8(&asked.stdout).ok()?.trim().rsplit_once(' ')?.1.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
