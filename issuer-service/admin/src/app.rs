//! From the words on the command line to one printed result and one exit code.

use std::ffi::OsString;

use clap::{CommandFactory, Parser};
use serde_json::json;

use crate::args::{Cli, Command, Lang};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Report};
use crate::{beside, check, commands};

/// Runs one command line.
pub(crate) fn run(words: Vec<OsString>) -> Exit {
    // Keys and passwords go through this process. A system that refuses this is no reason not to work.
    let _hardened = scoin_wallet::process::harden();
    // Known before parsing, so that a mistake in the words is a document too.
    let json = words.iter().any(|word| word == "--json");
    match Cli::try_parse_from(words) {
        Ok(cli) => {
            let lang = cli.global.lang;
            output::finish(json, lang, dispatch(cli))
        }
        Err(error) => not_run(json, &error),
    }
}

fn dispatch(cli: Cli) -> Result<Report, Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Failure::new(Exit::Failed, "the system gives no event loop").why(error.to_string())
        })?;
    runtime.block_on(Box::pin(command(cli)))
}

async fn command(cli: Cli) -> Result<Report, Failure> {
    let global = &cli.global;
    match cli.command {
        Command::City(city) => commands::city::run(global, city).await,
        Command::Mint(mint) => commands::mint::run(global, mint).await,
        Command::Burn(burn) => commands::mint::run_burn(global, burn).await,
        Command::Program(program) => commands::program::run(global, program).await,
        Command::Merchant(merchant) => commands::merchant::run(global, merchant).await,
        Command::Policy(policy) => commands::policy::run(global, policy).await,
        Command::List(list) => commands::list::run(global, list).await,
        Command::Calendar(calendar) => commands::calendar::run(global, calendar).await,
        Command::Account(account) => commands::account::run(global, account).await,
        Command::Service(service) => commands::service::run(global, service).await,
        Command::Report => commands::report::run(global).await,
        Command::Check(check) => check::run(global, &check).await,
        Command::Wallet(wallet) => commands::wallet::run(global, wallet).await,
        Command::Completions { shell } => Ok(completions(shell)),
        Command::Demo(demo) => beside::demo(demo, global.json),
        Command::Bench(bench) => beside::bench(bench, global.json),
        Command::Version => Ok(version()),
    }
}

/// Help, version, or a mistake in the words.
fn not_run(json: bool, error: &clap::Error) -> Exit {
    use clap::error::ErrorKind;
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let text = error.render();
    if asked && json {
        return output::finish(
            json,
            Lang::En,
            Ok(Report::new(json!({ "text": text.to_string() }))),
        );
    }
    if asked {
        output::plain(&text.ansi().to_string());
        return Exit::Done;
    }
    if json {
        let text = text.to_string();
        let message =
            text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let failure = Failure::new(Exit::Usage, message)
            .hint("see `scoin --help`, or `--help` after the command");
        return output::finish(json, Lang::En, Err(failure));
    }
    output::note(text.ansi().to_string().trim_end());
    Exit::Usage
}

fn completions(shell: clap_complete::Shell) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "scoin", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Report::new(json!({ "shell": shell.to_string(), "script": script })).text(script)
}

fn version() -> Report {
    let version = env!("CARGO_PKG_VERSION");
    Report::new(json!({ "name": "scoin", "version": version, "schema": 1 }))
        .text(format!("scoin {version}"))
}
