//! Where the real binaries are: beside the one that runs, or one folder up when a test runs.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;

static BUILT: Once = Once::new();

/// The path of a binary of the workspace. In a test it is first brought up to date, once for all tests.
pub fn binary(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a program knows its own path");
    let folder = own.parent().expect("a program lies in a folder");
    if folder.ends_with("deps") {
        BUILT.call_once(build);
        let above = folder.parent().expect("`deps` lies in a folder");
        return above.join(name);
    }
    folder.join(name)
}

/// The same selection as everywhere else, so that nothing is built twice.
fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(crate::repository())
        .args(["build", "--workspace", "--locked", "--quiet"])
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the binaries do not build");
}
