//! `scoin policy …`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Change, parse};

/// Rules: check, ask, publish.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Parse, check and run every example of a rule file; exit code 7 when something fails
    Check(Check),
    /// Write rule files in the one style; comments stay, and ids never change
    Fmt(Fmt),
    /// One decision, or with --jsonl one decision for each request line of standard input
    Ask(Ask),
    /// Print the id of each policy and programme of a rule file
    Hash(Hash),
    /// Decide the past again with another rule: what would have been paid, refused, rewarded
    Backtest(Backtest),
    /// Publish a rule file to the city (officers); its examples must hold
    Publish {
        /// Rule file
        file: PathBuf,
        #[command(flatten)]
        change: Change,
    },
    /// Make an instance of a published policy with arguments, so that it can be given under
    Adopt(Adopt),
}

/// `policy check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Rule file (`-` for standard input)
    pub file: PathBuf,
    /// Days of a calendar the examples need, one day a line; `kr.holidays` of 2026 is built in
    #[arg(long = "calendar", value_name = "NAME=FILE", value_parser = parse::argument)]
    pub calendars: Vec<(String, String)>,
    /// Make the changes that the messages offer, where a message offers exactly one, and check again
    #[arg(long)]
    pub fix: bool,
}

/// `policy fmt`
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Rule files (`-` alone: standard input to standard output)
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Write nothing; name the files that would change, with exit code 7 if there are any
    #[arg(long)]
    pub check: bool,
}

/// `policy ask`
#[derive(Debug, Args)]
pub(crate) struct Ask {
    /// Rule file
    pub file: PathBuf,
    /// Read one JSON request a line from standard input, print one JSON decision a line
    #[arg(long)]
    pub jsonl: bool,
    /// The request as one JSON object, in the form a line of --jsonl has
    #[arg(long, value_name = "JSON", required_unless_present = "jsonl", conflicts_with = "jsonl")]
    pub request: Option<String>,
}

/// `policy hash`
#[derive(Debug, Args)]
pub(crate) struct Hash {
    /// Rule file
    pub file: PathBuf,
    /// Only this policy or programme
    pub name: Option<String>,
    /// An argument of the policy; may be repeated
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument, requires = "name")]
    pub arguments: Vec<(String, String)>,
}

/// `policy backtest`
#[derive(Debug, Args)]
pub(crate) struct Backtest {
    /// Rule file with the candidate
    pub file: PathBuf,
    /// The policy or programme of the file that is tried; may be left out if it defines one only
    #[arg(long, value_name = "NAME")]
    pub rule: Option<String>,
    /// The published policy or programme it stands for: every version and instance; default: that of the same name
    #[arg(long, value_name = "NAME", conflicts_with = "guard")]
    pub replace: Option<String>,
    /// Try it as one more guard instead: on `everybody`, or on one account
    #[arg(long, value_name = "WHOM")]
    pub guard: Option<String>,
    /// First day that is decided again, in the city's zone, `2026-09-01`; default: the first there is
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Last day that is decided again; default: the last there is
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// An argument of the candidate; may be repeated. Others are those of the instance it stands for
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument)]
    pub arguments: Vec<(String, String)>,
    /// Read the journal from this file (`scoin check --save`), not from the service
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
}

/// `policy adopt`, also `wallet adopt`
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// Published policy, `family.snack`
    pub name: String,
    /// An argument of the policy, as the language writes it; may be repeated
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument)]
    pub arguments: Vec<(String, String)>,
    #[command(flatten)]
    pub change: Change,
}
