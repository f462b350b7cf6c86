//! `scoin demo` and `scoin bench`: programs that lie beside this one, because they found cities of their own and bring
//! the test harness with them (`docs/adr/0023`).

use std::process::Command;

use crate::args::{Bench, Demo};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;

/// Runs `scoin-demo`.
pub(crate) fn demo(demo: Demo, json: bool) -> Result<Report, Failure> {
    let flags = [("--json", json), ("--keep", demo.keep), ("--short", demo.short)];
    run("scoin-demo", set(&flags))
}

/// Runs `scoin-bench`.
pub(crate) fn bench(bench: Bench, json: bool) -> Result<Report, Failure> {
    let mut arguments = set(&[("--json", json), ("--postgres", bench.postgres)]);
    arguments.extend(["--seconds".to_owned(), bench.seconds.to_string()]);
    arguments.extend(["--accounts".to_owned(), bench.accounts.to_string()]);
    run("scoin-bench", arguments)
}

fn set(flags: &[(&str, bool)]) -> Vec<String> {
    flags.iter().filter(|(_, set)| *set).map(|(flag, _)| (*flag).to_owned()).collect()
}

/// The program prints for itself, and its end is ours.
fn run(program: &str, arguments: Vec<String>) -> Result<Report, Failure> {
    let missing = |why: String| {
        Failure::new(Exit::NotFound, format!("`{program}` cannot be started")).why(why).hint(
            "it is installed beside `scoin`; in a checkout `cargo build --workspace` makes both",
        )
    };
    let own = std::env::current_exe().map_err(|error| missing(error.to_string()))?;
    let path = own.with_file_name(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    let status = Command::new(path).args(arguments).status();
    let status = status.map_err(|error| missing(error.to_string()))?;
    Ok(Report::streamed().exit(if status.success() { Exit::Done } else { Exit::Failed }))
}
