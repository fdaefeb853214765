//! The web app's files go into the binary: build anew when they change.

fn main() {
    // Without the web app built, the binary still serves every interface.
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=web/dist cannot be made: {error}");
    }
    println!("cargo:rerun-if-changed=web/dist");
}
