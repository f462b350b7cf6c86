//! Binary `scoin`: reads what was typed, runs it, ends with its exit code. Nothing else.

mod app;
mod args;
mod beside;
mod check;
mod commands;
mod exit;
mod failure;
mod home;
mod journal;
mod output;
mod refused;
mod session;
mod words;

/// A back-test makes and drops many small things: `docs/performance.md` has what this gains.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    app::run(std::env::args_os().collect()).into()
}
