//! `cargo xtask`: the chores of the repository, the same on every machine.
//!
//! `test` runs everything a change must pass; `demo` builds the binaries and runs a whole city.

mod packages;
mod steps;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::steps::Steps;

const HELP: &str = "\
cargo xtask COMMAND

  test                     everything a change must pass
  bench-policy [--json]    time the rule language, beside Cedar, and say whether it keeps its promises
                           --json   one JSON document with every figure, nothing else
  demo [--json] [--keep]   build the binaries and run a whole city for a minute
                           --json   one JSON document a line, nothing for people
                           --keep   leave the city's folder and say where it is
                           --short  the same story with less load
  bench [--seconds N] [--accounts N] [--json]
                           what a payment costs, beside PostgreSQL in the same run; release build
  diagnostics [--check]    write what the compiler says into docs/diagnostics
                           --check  write nothing, fail if a page differs
  fuzz TARGET [--seconds N]  feed a decoder changed inputs of tests/fuzz/corpus for a minute
  help                     this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let root = workspace_root()?;
    match arguments.split_first() {
        Some((command, rest)) if command == "test" => {
            if let Some(unknown) = rest.first() {
                bail!("`test` takes no argument, and `{unknown}` is one");
            }
            test(&root)
        }
        Some((command, rest)) if command == "bench-policy" => bench_policy(&root, rest),
        Some((command, rest)) if command == "demo" => demo(&root, rest),
        Some((command, rest)) if command == "bench" => bench(&root, rest),
        Some((command, rest)) if command == "diagnostics" => diagnostics(&root, rest),
        Some((command, rest)) if command == "fuzz" => fuzz(&root, rest),
        None => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some((command, _)) if ["help", "--help", "-h"].contains(&command.as_str()) => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some((command, _)) => bail!("there is no command `{command}`; see `cargo xtask help`"),
    }
}

/// Everything a change must pass. Always the whole workspace, so that cargo picks one set of features and builds once.
fn test(root: &Path) -> Result<ExitCode> {
    packages::ensure(false)?;
    let mut steps = Steps::new(root);
    steps.cargo("format", &["fmt", "--all", "--check"])?;
    steps.cargo(
        "lint",
        &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    )?;
    steps.cargo(
        "evaluator alone",
        &["check", "-p", "scoin-policy", "--no-default-features", "--locked", "--quiet"],
    )?;
    steps.cargo("build", &["build", "--workspace", "--all-targets", "--locked"])?;
    steps.cargo("test", &["test", "--workspace", "--locked", "--quiet"])?;
    steps.run(
        "docs",
        Command::new(cargo())
            .args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    steps.run(
        "shipped rules",
        Command::new(binary("scoin")?).args(["policy", "check", "data/rules/city.scoin"]),
    )?;
    steps.run("demo", Command::new(binary("scoin-demo")?).args(["--json", "--short"]))?;
    steps.finish();
    Ok(ExitCode::SUCCESS)
}

/// Times the rule language with optimisation; the bench prints.
fn bench_policy(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = arguments.iter().find(|given| *given != "--json") {
        bail!("`bench-policy` does not know `{unknown}`; see `cargo xtask help`");
    }
    let json = !arguments.is_empty();
    let mut bench = Command::new(cargo());
    bench.current_dir(root).args(["bench", "-p", "scoin-policy", "--bench", "numbers", "--locked"]);
    if json {
        bench.args(["--quiet", "--", "--json"]);
    }
    let status = bench.status().context("cargo cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds what the demo runs and hands over to it; its exit code is ours.
fn demo(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    const KNOWN: [&str; 3] = ["--json", "--keep", "--short"];
    if let Some(unknown) = arguments.iter().find(|given| !KNOWN.contains(&given.as_str())) {
        bail!("`demo` does not know `{unknown}`; see `cargo xtask help`");
    }
    let quiet = arguments.iter().any(|given| given == "--json");
    packages::ensure(quiet)?;
    let mut build = Command::new(cargo());
    build.current_dir(root).args(["build", "--workspace", "--locked"]);
    if quiet {
        build.arg("--quiet");
    }
    if !build.status().context("cargo cannot be started")?.success() {
        bail!("the build failed; the lines above say why");
    }
    let status = Command::new(binary("scoin-demo")?)
        .current_dir(root)
        .args(arguments)
        .status()
        .context("the demo cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds for speed and measures beside a `PostgreSQL` that runs only for that.
fn bench(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    let quiet = arguments.iter().any(|given| given == "--json");
    packages::ensure_postgres(quiet)?;
    let mut build = Command::new(cargo());
    build.current_dir(root).args(["build", "--release", "--locked"]);
    build.args(["-p", "scoin-tests", "-p", "scoin-issuer"]);
    if quiet {
        build.arg("--quiet");
    }
    if !build.status().context("cargo cannot be started")?.success() {
        bail!("the build failed; the lines above say why");
    }
    let target = binary("scoin-bench")?;
    let release =
        target.parent().and_then(Path::parent).context("a target folder")?.join("release");
    let status = Command::new(release.join("scoin-bench"))
        .current_dir(root)
        .arg("--postgres")
        .args(arguments)
        .status()
        .context("the bench cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The compiler of the rule language writes its own pages; here it is only started.
fn diagnostics(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    if let Some(unknown) = arguments.iter().find(|given| *given != "--check") {
        bail!("`diagnostics` does not know `{unknown}`; see `cargo xtask help`");
    }
    run_cargo(
        root,
        &["run", "--quiet", "--locked", "-p", "scoin-policy", "--example", "diagnostics"],
        arguments,
    )
}

/// The targets know themselves what they are called.
fn fuzz(root: &Path, arguments: &[String]) -> Result<ExitCode> {
    run_cargo(root, &["run", "--quiet", "--locked", "--release", "-p", "scoin-fuzz"], arguments)
}

fn run_cargo(root: &Path, cargo_arguments: &[&str], arguments: &[String]) -> Result<ExitCode> {
    let status = Command::new(cargo())
        .current_dir(root)
        .args(cargo_arguments)
        .arg("--")
        .args(arguments)
        .status()
        .context("cargo cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// A binary of the workspace: cargo puts it beside the one that is running.
fn binary(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program is not known")?;
    Ok(own.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

fn workspace_root() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file())
        .map(Path::to_path_buf)
        .context("no `Cargo.lock` above the xtask folder; run it from a checkout")
}
