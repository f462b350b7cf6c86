//! Writes into the pages of `docs/diagnostics` what the compiler says to their bad examples, and the list of all codes:
//! `cargo xtask diagnostics`. With `--check` it writes nothing, names the pages that differ and fails.

#![expect(clippy::print_stdout, reason = "a chore that says what it did")]

#[path = "../tests/pages/page.rs"]
#[expect(dead_code, reason = "the test uses the rest")]
mod page;

use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> io::Result<ExitCode> {
    let check = env::args().nth(1).is_some_and(|argument| argument == "--check");
    let mut differ = false;
    for (path, text, mended) in page::files() {
        if text == mended {
            continue;
        }
        differ = true;
        let verb = if check { "differs" } else { "written" };
        println!("{verb}: {}", path.display());
        if !check {
            fs::write(&path, mended)?;
        }
    }
    Ok(if check && differ { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
