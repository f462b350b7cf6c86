//! What officers and city services type.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use scoin_api::Time;
use scoin_core::keys::PublicKey;
use scoin_core::{Amount, CommandId, PolicyId};

use super::consent::Consent;
use super::{Change, parse};

/// `scoin city …`
#[derive(Debug, Subcommand)]
pub(crate) enum City {
    /// Make a city: genesis, issuer key, officers' vaults and a configuration ready for scoin-issuerd
    Init(Init),
    /// What the service says of its city and of itself
    Status,
    /// Move the clock of a sandbox city forward
    Clock {
        /// New time, such as 2026-09-01T15:30:00+09:00
        #[arg(value_parser = parse::time)]
        time: Time,
    },
    /// Rules on all money of everybody, or of one household
    #[command(subcommand)]
    Guard(CityGuard),
}

/// `scoin city guard …`
#[derive(Debug, Subcommand)]
pub(crate) enum CityGuard {
    /// Put a rule on all money of everybody (announced at least a day ahead), or of one household
    Set {
        /// Id of the policy, as `policy list` prints it
        #[arg(value_parser = parse::policy_id)]
        policy: PolicyId,
        /// Household number, 32 hex digits; default: everybody
        #[arg(long, value_name = "HEX", value_parser = parse::household)]
        household: Option<[u8; 16]>,
        /// From when; default: as soon as may be
        #[arg(long, value_name = "TIME", value_parser = parse::time)]
        starts: Option<Time>,
        #[command(flatten)]
        change: Change,
    },
    /// Remove such a rule, at once
    Remove {
        /// Id of the policy
        #[arg(value_parser = parse::policy_id)]
        policy: PolicyId,
        /// Household number, 32 hex digits; default: everybody
        #[arg(long, value_name = "HEX", value_parser = parse::household)]
        household: Option<[u8; 16]>,
        #[command(flatten)]
        change: Change,
    },
}

/// `city init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Folder to make; must not exist or be empty
    pub dir: PathBuf,
    /// Name of the city
    #[arg(long, default_value = "Sandbox city")]
    pub name: String,
    /// How many officers
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub officers: u8,
    /// How many officers must agree, the proposer included
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub threshold: u8,
    /// A city for trying things out: may run on a manual clock and says so in every receipt
    #[arg(long)]
    pub sandbox: bool,
    /// Time zone of the city
    #[arg(long, default_value = "Asia/Seoul")]
    pub zone: String,
    /// Currency code, ISO 4217
    #[arg(long, default_value = "KRW")]
    pub currency: String,
    /// Currency word of the rule language
    #[arg(long, default_value = "won")]
    pub word: String,
    /// Decimals of the currency
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=6))]
    pub exponent: u8,
    /// How long a reserved payment may wait for its capture
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub hold_hours: u16,
    /// How long a recovery waits before its new key takes over, hours
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub recovery_hours: u16,
    /// Address the service will listen on; port 0 lets the system choose
    #[arg(long, default_value = "127.0.0.1:7070", value_name = "ADDR:PORT")]
    pub listen: String,
    /// Public key of an officer who has a vault already, 66 hex digits; may be repeated. Without it vaults are made here
    #[arg(long = "officer-key", value_name = "HEX", value_parser = parse::public_key, conflicts_with = "officers")]
    pub officer_keys: Vec<PublicKey>,
    /// Start a sandbox city's clock at this time and let it stand still until it is moved
    #[arg(long, value_name = "TIME", value_parser = parse::time)]
    pub clock: Option<Time>,
}

/// `scoin mint …`
#[derive(Debug, Subcommand)]
pub(crate) enum Mint {
    /// Propose to create money in the treasury
    Propose(Propose),
    /// Approve a proposal; the last needed approval carries it out at once
    Approve(Approve),
    /// Withdraw or decline a proposal
    Decline(Decline),
    /// Proposals that stand
    List,
}

/// `scoin burn …`
#[derive(Debug, Subcommand)]
pub(crate) enum Burn {
    /// Propose to destroy treasury money
    Propose(Propose),
    /// Approve a proposal; the last needed approval carries it out at once
    Approve(Approve),
    /// Withdraw or decline a proposal
    Decline(Decline),
}

/// What is proposed.
#[derive(Debug, Args)]
pub(crate) struct Propose {
    /// How much, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// Why: the number of the budget decision
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub change: Change,
}

/// Which proposal, and what it was when it was looked at.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// Id of the proposal, as `mint list` prints it
    #[arg(value_parser = parse::command_id)]
    pub proposal: CommandId,
    /// Digest the proposal must have, 64 hex digits; default: the one the service shows
    #[arg(long, value_name = "HEX")]
    pub digest: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// Which proposal.
#[derive(Debug, Args)]
pub(crate) struct Decline {
    /// Id of the proposal, as `mint list` prints it
    #[arg(value_parser = parse::command_id)]
    pub proposal: CommandId,
    #[command(flatten)]
    pub change: Change,
}

/// `scoin program …`
#[derive(Debug, Subcommand)]
pub(crate) enum Program {
    /// Publish a rule file with programmes (the same as `policy publish`)
    Publish {
        /// Rule file
        file: PathBuf,
        #[command(flatten)]
        change: Change,
    },
    /// Move treasury money into a programme's pool
    Fund {
        /// Pool, `city.tax`
        pool: String,
        /// How much, minor units
        #[arg(value_parser = parse::amount)]
        amount: Amount,
        #[command(flatten)]
        change: Change,
    },
    /// What is left in each pool
    Report,
}

/// `scoin merchant …`
#[derive(Debug, Subcommand)]
pub(crate) enum Merchant {
    /// Register a shop from flags, or many from a CSV file
    Add(AddMerchant),
    /// Suspend a shop, or lift that
    Suspend {
        /// Address of the shop
        account: String,
        /// Lift the suspension
        #[arg(long)]
        lift: bool,
        #[command(flatten)]
        change: Change,
    },
    /// Registered shops
    List,
}

/// `merchant add`
#[derive(Debug, Args)]
pub(crate) struct AddMerchant {
    /// Address of the shop's account
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub account: Option<String>,
    /// Public display name
    #[arg(long, required_unless_present = "file", conflicts_with = "file")]
    pub name: Option<String>,
    /// Category tag, `food.bakery`; may be repeated
    #[arg(long = "category", value_name = "TAG", conflicts_with = "file")]
    pub categories: Vec<String>,
    /// District tag, `gu.mapo`
    #[arg(long, value_name = "TAG", conflicts_with = "file")]
    pub district: Option<String>,
    /// Group tag, `small-business`; may be repeated
    #[arg(long = "group", value_name = "TAG", conflicts_with = "file")]
    pub groups: Vec<String>,
    /// ISO 18245 merchant category code
    #[arg(long, conflicts_with = "file")]
    pub mcc: Option<u16>,
    /// An online shop
    #[arg(long, conflicts_with = "file")]
    pub online: bool,
    /// CSV file with the columns account,name,categories,district,groups,mcc,online; tags separated by spaces
    #[arg(long, value_name = "CSV")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub change: Change,
}

/// `scoin list …`
#[derive(Debug, Subcommand)]
pub(crate) enum List {
    /// Add members to a list, or remove some
    Put {
        /// List, `city.snack-shops`
        name: String,
        /// What its members are
        #[arg(long, default_value = "merchants")]
        kind: MemberKind,
        /// A member to add: an address, or a product code; may be repeated
        #[arg(long, value_name = "MEMBER")]
        add: Vec<String>,
        /// A member to remove; may be repeated
        #[arg(long, value_name = "MEMBER")]
        remove: Vec<String>,
        #[command(flatten)]
        change: Change,
    },
    /// Members of a list
    Show {
        /// List, `city.snack-shops`
        name: String,
    },
}

/// What the members of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MemberKind {
    /// Addresses of shops
    Merchants,
    /// Product codes
    Products,
    /// Addresses of people
    Persons,
}

/// `scoin calendar …`
#[derive(Debug, Subcommand)]
pub(crate) enum Calendar {
    /// Replace a calendar
    Put {
        /// Calendar, `kr.holidays`
        name: String,
        /// A day, `2026-03-02`; may be repeated
        #[arg(long = "day", value_name = "DATE")]
        days: Vec<String>,
        /// File with one day a line (text after the day and lines that start with # are ignored)
        #[arg(long, value_name = "FILE", required_unless_present = "days")]
        file: Option<PathBuf>,
        #[command(flatten)]
        change: Change,
    },
    /// Days of a calendar
    Show {
        /// Calendar, `kr.holidays`
        name: String,
    },
}

/// `scoin account …`
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// One account: kind, state, coins. An officer may see any, others their own and their wards'
    Show {
        /// Address; default: one's own
        account: Option<String>,
    },
    /// Stop all spending of an account
    Freeze {
        /// Address
        account: String,
        #[command(flatten)]
        change: Change,
    },
    /// Lift the city's freeze of an account
    Unfreeze {
        /// Address
        account: String,
        #[command(flatten)]
        change: Change,
    },
    /// Say that the owner of an account came to the city's desk: one of two factors that give it a new key. Other officers
    /// approve with `scoin mint approve`
    Recover {
        /// Address
        account: String,
        /// Public key of the new device, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        #[command(flatten)]
        change: Change,
    },
    /// State predicates about a person from a document seen (replaces earlier ones)
    Attest(Attest),
    /// Confirm a guardian's consent that an office has seen or heard, before the guardian accepts
    Consent(Consent),
    /// Move a person's coins to another version of their rule: at once if it is proved looser, else as an offer
    Migrate(Migrate),
}

/// `account migrate`, also `wallet migrate`
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Address of the person whose coins they are
    pub owner: String,
    /// Id of the version they are under
    #[arg(long, value_name = "POLICY", value_parser = parse::policy_id)]
    pub from: PolicyId,
    /// Id of the version they shall be under, of the same name
    #[arg(long, value_name = "POLICY", value_parser = parse::policy_id)]
    pub to: PolicyId,
    /// Pool that gave the coins, for officers; default: the treasury
    #[arg(long, value_name = "POOL")]
    pub pool: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `account attest`
#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// Address of the person
    pub account: String,
    /// Completed years
    #[arg(long)]
    pub age: Option<u8>,
    /// Last day on which the age is true: the day before the next birthday
    #[arg(long, value_name = "DATE", requires = "age")]
    pub age_until: Option<String>,
    /// District tag, `gu.mapo`
    #[arg(long, value_name = "TAG")]
    pub district: Option<String>,
    /// Opaque household number, 32 hex digits
    #[arg(long, value_name = "HEX")]
    pub household: Option<String>,
    /// Number of children
    #[arg(long)]
    pub children: Option<u8>,
    /// Group tag, `student`; may be repeated
    #[arg(long = "group", value_name = "TAG")]
    pub groups: Vec<String>,
    /// Day from which the person decides alone, or `never`; default: as it was stated before
    #[arg(long, value_name = "DATE")]
    pub of_age_from: Option<String>,
    /// Day from which guardians see sums and kinds of shops only, or `never`; default: as it was stated before
    #[arg(long, value_name = "DATE")]
    pub private_from: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `scoin service …`
#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// Report a fact that may earn a reward; one reward for each piece of evidence and programme
    Report(Fact),
}

/// `service report`
#[derive(Debug, Args)]
pub(crate) struct Fact {
    /// Address of the person who earns
    pub account: String,
    /// Event, `tax.paid`
    pub event: String,
    /// What makes the fact unique, such as the document number; only its hash is sent
    #[arg(long)]
    pub evidence: String,
    /// `event.amount`, minor units
    #[arg(long, value_parser = parse::amount, default_value = "0")]
    pub amount: Amount,
    /// `event.days-early`; negative when late
    #[arg(long, allow_hyphen_values = true)]
    pub days_early: Option<i64>,
    /// `event.role`
    #[arg(long)]
    pub role: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Keep the checked journal in this file, for `scoin policy backtest --journal`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}
