//! `scoin wallet shop …`: a till, its staff, its day.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use scoin_core::keys::PublicKey;
use scoin_core::{Amount, CommandId};
use scoin_policy::civil::Date;

use super::{Change, parse};

/// `wallet shop …`
#[derive(Debug, Subcommand)]
pub(crate) enum Shop {
    /// Ask to be paid for an order: its code lives 60 seconds, and the order is paid once however often it is shown
    Sell(Sell),
    /// What came in: since a place, or since the last close
    Received(Received),
    /// Give a payment back, whole or in part, with a reason the payer reads
    Refund(Refund),
    /// Take all or part of a reserved payment
    Capture {
        /// Id of the reserving command
        #[arg(value_parser = parse::command_id)]
        hold: CommandId,
        /// How much, minor units
        #[arg(value_parser = parse::amount)]
        amount: Amount,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        change: Change,
    },
    /// Release a reserved payment
    Cancel {
        /// Id of the reserving command
        #[arg(value_parser = parse::command_id)]
        hold: CommandId,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        change: Change,
    },
    /// Close the business day: what it came to never changes, and what comes later belongs to the next one
    Close {
        /// Its date: today in the city, or yesterday; default: today
        #[arg(long, value_name = "DAY", value_parser = parse::day)]
        day: Option<Date>,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        change: Change,
    },
    /// The open business day and the closed ones
    Days,
    /// Closed days with every entry; refused if the entries do not add up to the days
    Statement(Statement),
    /// What each till may do
    #[command(subcommand)]
    Till(Till),
    /// Who works at this till, with a PIN each
    #[command(subcommand)]
    Staff(Staff),
}

/// Who stands at the till.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Who {
    /// Name of who works at this till; needed once it knows staff
    #[arg(long, value_name = "NAME")]
    pub staff: Option<String>,
    /// File whose first line is the PIN; without it it is asked for
    #[arg(long, value_name = "FILE", requires = "staff")]
    pub pin_file: Option<PathBuf>,
}

/// `wallet shop sell`
#[derive(Debug, Args)]
pub(crate) struct Sell {
    /// How much, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// The order's number, at most 64 characters
    #[arg(long)]
    pub order: String,
    /// A line of the basket; may be repeated, the sum must be the amount
    #[arg(long = "item", value_name = "CODE:AMOUNT[:TAG,TAG]", value_parser = parse::item)]
    pub items: Vec<parse::Line>,
    /// How long the code can be paid
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: u32,
    /// Shop this till belongs to; default: the one it acts for
    #[arg(long, value_name = "ADDRESS")]
    pub merchant: Option<String>,
    /// Also draw it as a QR code
    #[arg(long)]
    pub qr: bool,
    #[command(flatten)]
    pub who: Who,
}

/// `wallet shop received`
#[derive(Debug, Args)]
pub(crate) struct Received {
    /// Only what came after this place, `cursor` of the answer before; default: since the last close
    #[arg(long, value_name = "PLACE")]
    pub since: Option<String>,
    /// If nothing came, wait for the next payment, at most this long
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub wait: Option<u32>,
    #[command(flatten)]
    pub who: Who,
}

/// `wallet shop refund`
#[derive(Debug, Args)]
pub(crate) struct Refund {
    /// Id of the paying command
    #[arg(value_parser = parse::command_id)]
    pub payment: CommandId,
    /// How much, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// Why, at most 200 bytes
    #[arg(long)]
    pub reason: String,
    /// How much of a line of the basket; may be repeated, the sum must be the amount
    #[arg(long = "line", value_name = "LINE:AMOUNT", value_parser = parse::line_amount)]
    pub lines: Vec<(u32, Amount)>,
    #[command(flatten)]
    pub who: Who,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet shop statement`
#[derive(Debug, Args)]
pub(crate) struct Statement {
    /// First day; default: the last one closed
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub from: Option<Date>,
    /// Last day; default: the last one closed
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub to: Option<Date>,
    /// Also write it into this file, for a spreadsheet: comma-separated, with a byte order mark
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

/// `wallet shop till …`
#[derive(Debug, Subcommand)]
pub(crate) enum Till {
    /// Every till of the shop with its rights
    List,
    /// Say what a till may do, as the shop's owner
    Set {
        /// Public key of the till, 66 hex digits
        #[arg(value_parser = parse::public_key)]
        key: PublicKey,
        /// A right; may be repeated. With none, the till may do nothing
        #[arg(long = "may", value_name = "RIGHT")]
        may: Vec<Right>,
        /// Back to the rights of its role
        #[arg(long, conflicts_with = "may")]
        by_role: bool,
        #[command(flatten)]
        change: Change,
    },
}

/// `wallet shop staff …`
#[derive(Debug, Subcommand)]
pub(crate) enum Staff {
    /// Who works at this till
    List,
    /// Put somebody on this till, or give a new PIN and other rights
    Put {
        /// The name on the screen
        name: String,
        /// A right; may be repeated
        #[arg(long = "may", value_name = "RIGHT", required = true)]
        may: Vec<Right>,
        /// File whose first line is the PIN, 4 to 12 digits; without it it is asked for
        #[arg(long, value_name = "FILE")]
        pin_file: Option<PathBuf>,
    },
    /// Take somebody off this till
    Remove {
        /// The name on the screen
        name: String,
    },
}

/// What a till or a person at it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Right {
    /// Ask to be paid, and take what was reserved
    Receive,
    /// Release what was reserved
    Cancel,
    /// Give a payment back
    Refund,
    /// Close the business day
    Close,
}
