//! What the machine itself must have, beyond Rust: installed where we may, named where we may not.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A program we need and the Debian package that brings it.
const NEEDED: [(&str, &str); 1] = [("cc", "gcc libc6-dev")];

/// Makes sure that everything in [`NEEDED`] is there.
///
/// As root on Debian it installs what is missing; otherwise it names it and fails.
pub(crate) fn ensure(quiet: bool) -> Result<()> {
    let missing = NEEDED.iter().filter(|(program, _)| !is_there(program));
    bring(&missing.map(|(_, package)| *package).collect::<Vec<_>>(), quiet)
}

/// Makes sure that there is a `PostgreSQL` server to be measured beside, as well as what everything needs.
pub(crate) fn ensure_postgres(quiet: bool) -> Result<()> {
    ensure(quiet)?;
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let there = versions.map(|version| version.path().join("bin/initdb")).any(|path| path.exists());
    bring(if there { &[] } else { &["postgresql"] }, quiet)
}

fn bring(missing: &[&str], quiet: bool) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|names| names.split(' ')).collect();
    let by_hand = format!("apt-get install {}", packages.join(" "));
    if !Path::new("/etc/debian_version").exists() || !is_root() {
        bail!("some programs are missing; as root, run `{by_hand}` (or what your system calls it)");
    }
    install(&packages, quiet).with_context(|| format!("try it by hand: `{by_hand}`"))
}

fn install(packages: &[&str], quiet: bool) -> Result<()> {
    let mut steps = [
        vec!["update"],
        vec!["-o", "DPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends"],
    ];
    steps[1].extend(packages);
    for arguments in steps {
        let mut apt = Command::new("apt-get");
        apt.args(&arguments).env("DEBIAN_FRONTEND", "noninteractive");
        if quiet {
            apt.stdout(Stdio::null());
        }
        if !apt.status().context("apt-get cannot be started")?.success() {
            bail!("`apt-get {}` failed", arguments.join(" "));
        }
    }
    Ok(())
}

fn is_there(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    answer.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
