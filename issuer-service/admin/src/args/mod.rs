//! What may be typed: the command tree and the global flags. No logic.

pub(crate) mod allowance;
pub(crate) mod ask;
pub(crate) mod chore;
pub(crate) mod city;
pub(crate) mod consent;
pub(crate) mod device;
pub(crate) mod family;
pub(crate) mod parse;
pub(crate) mod policy;
pub(crate) mod shop;
pub(crate) mod wallet;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The city's coin on the command line: run a city, hold a wallet.
#[derive(Debug, Parser)]
#[command(
    name = "scoin",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 sign-in needed, 5 not allowed, 6 conflict,\n\
    7 refused by a rule, 9 declined, 11 server unreachable, 12 server read-only, 13 you said no."
)]
pub(crate) struct Cli {
    /// Flags every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Print exactly one JSON document on standard output, also for errors
    #[arg(long, global = true)]
    pub json: bool,
    /// Address of the service, `http://127.0.0.1:7070`; default: the one this home was made with
    #[arg(long, global = true, env = "SCOIN_SERVER", value_name = "URL", hide_env_values = true)]
    pub server: Option<String>,
    /// Folder of this wallet or officer: keys, waiting commands, what was synced
    #[arg(long, global = true, env = "SCOIN_HOME", value_name = "DIR", hide_env_values = true)]
    pub home: Option<PathBuf>,
    /// Language of what a coin's holder reads
    #[arg(
        long,
        global = true,
        env = "SCOIN_LANG",
        value_name = "LANG",
        default_value = "en",
        hide_env_values = true
    )]
    pub lang: Lang,
    /// Never ask anything; fail with exit code 2 and name the flag that answers
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Answer yes to every question
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
    /// File whose first line is the vault's password (a password is never taken from a flag or the environment)
    #[arg(long, global = true, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// A language for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Korean
    Ko,
    /// English
    En,
    /// Chinese
    Zh,
}

impl From<Lang> for scoin_policy::explain::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Ko => Self::Ko,
            Lang::En => Self::En,
            Lang::Zh => Self::Zh,
        }
    }
}

/// Flags of every command that changes something in the city.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Change {
    /// Ask the service what would happen, change nothing; same output and exit code as the real run
    #[arg(long)]
    pub dry_run: bool,
    /// Command id, 32 hex digits: a second run with the same id has no second effect
    #[arg(long, value_name = "HEX", value_parser = parse::command_id)]
    pub id: Option<scoin_core::CommandId>,
}

/// `demo`
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Demo {
    /// Leave the city's folder and say where it is
    #[arg(long)]
    pub keep: bool,
    /// The same story with less load
    #[arg(long)]
    pub short: bool,
}

/// `bench`
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Bench {
    /// How long each measurement lasts
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// How many payers the city has
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(10..=100_000))]
    pub accounts: u64,
    /// Do the same payments on `PostgreSQL`, started for the run
    #[arg(long)]
    pub postgres: bool,
}

/// The command tree.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new city, or ask one how it is
    #[command(subcommand)]
    City(city::City),
    /// Create money: one officer proposes, others approve
    #[command(subcommand)]
    Mint(city::Mint),
    /// Destroy treasury money: one officer proposes, others approve
    #[command(subcommand)]
    Burn(city::Burn),
    /// Reward programmes and their pools
    #[command(subcommand)]
    Program(city::Program),
    /// The registry of shops and city services
    #[command(subcommand)]
    Merchant(city::Merchant),
    /// Rules: check, ask, publish
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Live lists that rules refer to
    #[command(subcommand)]
    List(city::List),
    /// Calendars that rules refer to
    #[command(subcommand)]
    Calendar(city::Calendar),
    /// Accounts, as an officer sees them
    #[command(subcommand)]
    Account(city::Account),
    /// Facts a city service reports
    #[command(subcommand)]
    Service(city::Service),
    /// Money in the city: supply, per policy, pools
    Report,
    /// Download the whole journal, execute it again and compare it with the service
    Check(city::Check),
    /// A text wallet
    #[command(subcommand)]
    Wallet(wallet::Wallet),
    /// A whole sandbox city in a minute, against the real service
    Demo(Demo),
    /// What a payment costs on this machine, measured on a sandbox city of its own
    Bench(Bench),
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the version and the version of the JSON output
    Version,
}
