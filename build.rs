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
    }
}
