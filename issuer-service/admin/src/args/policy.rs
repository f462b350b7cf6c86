//! `scoin policy …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use scoin_core::{Amount, PolicyId};
use scoin_policy::civil::Date;

use super::{Change, parse};

/// Rules: check, ask, publish.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Parse, check, run every example of a rule file and analyse it; exit code 7 when something fails
    Check(Check),
    /// Write rule files in the one style; comments stay, and ids never change
    Fmt(Fmt),
    /// Say in plain words what each policy and programme of a rule file promises, and each of its clauses
    Explain(Explain),
    /// One decision, or with --jsonl one decision for each request line of standard input
    Ask(Ask),
    /// What an edit newly allows and denies, with examples, and whether held coins may move to it
    Compare(Compare),
    /// Print the id of each policy and programme of a rule file
    Hash(Hash),
    /// Run the examples, and say which clauses they both pass and fail
    Test(Test),
    /// What a policy asks to be filled in; with values, the id and the promise of what comes of them
    Form(Form),
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
    /// Analyse payments from this day on only, with the calendars as they are given: says more than for any day
    #[arg(long, value_name = "DATE", value_parser = parse::day)]
    pub as_of: Option<Date>,
    /// Coins about to be issued on the day of --as-of: warn when they cannot all be spent in time
    #[arg(long, value_name = "AMOUNT", value_parser = parse::amount, requires = "as_of")]
    pub issue: Option<Amount>,
    /// Only parse, check and run the examples
    #[arg(long)]
    pub no_analysis: bool,
    /// Do not accept a file with warnings; exit code 7
    #[arg(long)]
    pub deny_warnings: bool,
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
    #[arg(long, conflicts_with_all = ["request", "policy"])]
    pub jsonl: bool,
    /// The request as one JSON object, in the form a line of --jsonl has
    #[arg(long, value_name = "JSON", required_unless_present_any = ["jsonl", "policy"], conflicts_with = "policy")]
    pub request: Option<String>,
    /// Policy or programme to ask; the rest of the question then comes from the flags below
    #[arg(long, value_name = "NAME", requires = "at")]
    pub policy: Option<String>,
    /// Local time of the payment, 2026-09-01T10:00
    #[arg(long, value_name = "TIME", requires = "policy")]
    pub at: Option<String>,
    /// Amount of the payment
    #[arg(long, value_name = "AMOUNT", value_parser = parse::amount, requires = "policy")]
    pub amount: Option<Amount>,
    /// A fact by its name, payer.age=11; of several tags each one again; may be repeated
    #[arg(long = "fact", value_name = "NAME=VALUE", value_parser = parse::argument, requires = "policy")]
    pub facts: Vec<(String, String)>,
    /// A line of the basket; may be repeated
    #[arg(long = "item", value_name = "CODE:AMOUNT[:TAG,TAG]", value_parser = parse::item, requires = "policy")]
    pub items: Vec<parse::Line>,
    /// An argument of the policy; may be repeated
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument, requires = "policy")]
    pub arguments: Vec<(String, String)>,
    /// What a cap has counted already, each-day=4000; may be repeated
    #[arg(long = "spent", value_name = "LABEL=NUMBER", value_parser = parse::argument, requires = "policy")]
    pub spent: Vec<(String, String)>,
    /// A member of a list, city.snack-shops=SHOP; may be repeated
    #[arg(long = "listed", value_name = "LIST=MEMBER", value_parser = parse::argument, requires = "policy")]
    pub listed: Vec<(String, String)>,
    /// Days of a calendar, one day a line; `kr.holidays` of 2026 is built in
    #[arg(long = "calendar", value_name = "NAME=FILE", value_parser = parse::argument, requires = "policy")]
    pub calendars: Vec<(String, String)>,
}

/// `policy test`
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Rule file
    pub file: PathBuf,
    /// Show each clause and alternative with how many examples it passed and failed
    #[arg(long)]
    pub coverage: bool,
    /// Fail when fewer than this share of the clauses is both passed and failed by some example; exit code 7
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub min: Option<u8>,
    /// As --min 100
    #[arg(long, conflicts_with = "min")]
    pub all: bool,
    /// Days of a calendar the examples need, one day a line; `kr.holidays` of 2026 is built in
    #[arg(long = "calendar", value_name = "NAME=FILE", value_parser = parse::argument)]
    pub calendars: Vec<(String, String)>,
}

/// `policy form`
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Rule file
    pub file: PathBuf,
    /// Policy
    pub name: String,
    /// Fills in a field, as the language writes it or as a bare number; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parse::argument)]
    pub values: Vec<(String, String)>,
    /// The day on which the promise is read
    #[arg(long, value_name = "DATE", value_parser = parse::day)]
    pub on: Option<Date>,
}

/// `policy compare`
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// Rule file as it is, `FILE:NAME` for one policy of it, or what the city has: a name or an id (sp1:…)
    pub old: String,
    /// Rule file as it would be, `FILE:NAME`, a name or an id
    pub new: String,
    /// An argument for the policies that take it; may be repeated. What is left open is as loose as it can be
    #[arg(long = "arg", value_name = "NAME=VALUE", value_parser = parse::argument)]
    pub arguments: Vec<(String, String)>,
    /// Days of a calendar, one day a line
    #[arg(long = "calendar", value_name = "NAME=FILE", value_parser = parse::argument)]
    pub calendars: Vec<(String, String)>,
    /// Compare payments from this day on only, with the calendars as they are given
    #[arg(long, value_name = "DATE", value_parser = parse::day)]
    pub as_of: Option<Date>,
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
