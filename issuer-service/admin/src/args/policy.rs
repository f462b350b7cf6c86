//! `scoin policy …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scoin_core::PolicyId;

use super::{Change, parse};

/// Rules: check, ask, publish.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Parse, check and run every example of a rule file; exit code 7 when something fails
    Check(Check),
    /// Write rule files in the one style; comments stay, and ids never change
    Fmt(Fmt),
    /// Say in plain words what each policy and programme of a rule file promises, and each of its clauses
    Explain(Explain),
    /// One decision, or with --jsonl one decision for each request line of standard input
    Ask(Ask),
    /// Print the id of each policy and programme of a rule file
    Hash(Hash),
    /// Publish a rule file to the city (officers); its examples must hold
    Publish {
        /// Rule file
        file: PathBuf,
        #[command(flatten)]
        change: Change,
    },
    /// Make an instance of a published policy with arguments, so that it can be given under
    Adopt(Adopt),
    /// Policies of the city: id, how each stands, who published it, arguments
    List {
        /// Only the versions and instances of this name, `family.snack`
        name: Option<String>,
    },
    /// One policy of the city: how it stands, where it comes from
    Show {
        /// Id of the policy, as `policy list` prints it
        #[arg(value_parser = parse::policy_id)]
        policy: PolicyId,
    },
    /// No new coins and no new guards under a policy; coins already given keep working
    Retire(Retire),
}

/// `policy retire`, also `wallet retire`
#[derive(Debug, Args)]
pub(crate) struct Retire {
    /// Id of the policy; officers may give a name: every version and instance of it so far
    pub policy: String,
    #[command(flatten)]
    pub change: Change,
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

/// `policy explain`
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Rule file (`-` for standard input)
    pub file: PathBuf,
    /// Only this policy or programme
    pub name: Option<String>,
    /// An argument of the policy; may be repeated
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument, requires = "name")]
    pub arguments: Vec<(String, String)>,
    /// Only what its holder reads: the promise
    #[arg(long)]
    pub holder: bool,
    /// The same in words for a child under 14
    #[arg(long)]
    pub child: bool,
    /// The day that counts as today, `2026-03-02`; dates are told relative to it
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
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
