//! The web app's files go into the binary: build anew when they change. Functions that came out the same are linked once.

fn main() {
    // Without the web app built, the binary still serves every interface.
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=web/dist cannot be made: {error}");
    }
    println!("cargo:rerun-if-changed=web/dist");
    link_same_functions_once();
}

/// A megabyte and a half less of them, where the linker can: that of Debian's compiler can't, the one that comes with
/// Rust's own can, and nothing but trying tells.
fn link_same_functions_once() {
    let same_once = "-Wl,--icf=all";
    if links_with(same_once) {
        println!("cargo:rustc-link-arg-bins={same_once}");
    }
    // 1.6 MB less of places to be filled in at the start. Older systems do not start such a program.
    let packed = "-Wl,-z,pack-relative-relocs";
    if glibc().is_some_and(|version| version >= (2, 36)) && links_with(packed) {
        println!("cargo:rustc-link-arg-bins={packed}");
    }
}

/// Whether a program that does nothing can be linked with this argument here, by the compiler, the linker and the flags
/// that are asked for.
fn links_with(argument: &str) -> bool {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let folder = std::path::PathBuf::from(variable("OUT_DIR"));
    let source = folder.join("linked.rs");
    if std::fs::write(&source, "fn main() {}").is_err() {
        return false;
    }
    let mut compiler = std::process::Command::new(variable("RUSTC"));
    compiler.args(["--crate-type", "bin", "--target", &variable("TARGET"), "-o"]);
    compiler.arg(folder.join("linked")).arg(&source);
    compiler.args(variable("CARGO_ENCODED_RUSTFLAGS").split('\x1f').filter(|flag| !flag.is_empty()));
    let linker = variable("RUSTC_LINKER");
    if !linker.is_empty() {
        compiler.arg(format!("-Clinker={linker}"));
    }
    compiler.arg(format!("-Clink-arg={argument}"));
    compiler.output().is_ok_and(|tried| tried.status.success())
}

/// Version of the C library here, as in `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let asked = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let (major, minor) =
        std::str::from_utf8(&asked.stdout).ok()?.trim().rsplit_once(' ')?.1.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
