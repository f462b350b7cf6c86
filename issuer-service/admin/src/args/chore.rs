//! `scoin wallet chore …`: what a ward is to do, and what it earns.

use clap::{Args, Subcommand, ValueEnum};
use scoin_core::{Amount, CommandId};
use scoin_policy::civil::Date;

use super::allowance::{minute, weekday_number};
use super::{Change, parse};

/// `wallet chore …`
#[derive(Debug, Subcommand)]
pub(crate) enum Chore {
    /// Set a ward a chore
    Set(Set),
    /// Say that one's own chore is done
    Done {
        /// Id of the chore, as `chore list` prints it
        #[arg(value_parser = parse::command_id)]
        chore: CommandId,
        /// For which day: today or yesterday in the city; default: today
        #[arg(long, value_name = "DAY", value_parser = parse::day)]
        day: Option<Date>,
        #[command(flatten)]
        change: Change,
    },
    /// Confirm that a ward's chore is done
    Confirm(Answer),
    /// Give a ward's chore back: it is not done yet
    Return(Answer),
    /// End a ward's chore, with what it would still earn
    Stop {
        /// Address of the ward
        ward: String,
        /// Id of the chore, as `chore list` prints it
        #[arg(value_parser = parse::command_id)]
        chore: CommandId,
        #[command(flatten)]
        change: Change,
    },
    /// Chores with what is marked, confirmed, paid and owed
    List {
        /// Address of a ward; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        account: Option<String>,
    },
}

/// `wallet chore set`
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Address of the ward
    pub ward: String,
    /// How much it earns, minor units: each time, or by week with --pay all-or-nothing and --pay partial
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// What is to be done, at most 200 bytes
    #[arg(long)]
    pub text: String,
    /// Days of every week, `mon,wed,fri`; without it the chore is done once
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = weekday_number)]
    pub days: Vec<u8>,
    /// When it is paid
    #[arg(
        long,
        default_value = "confirmed",
        requires_if("all-or-nothing", "days"),
        requires_if("partial", "days")
    )]
    pub pay: Pay,
    /// The day of the week on which it is paid
    #[arg(long, value_name = "DAY", default_value = "sun", value_parser = weekday_number)]
    pub pay_on: u8,
    /// The time of that day in the zone of the city
    #[arg(long, value_name = "HH:MM", default_value = "18:00", value_parser = minute)]
    pub pay_at: u16,
    /// Put this rule on what is paid: an id as `adopt` prints it, or the name of a published policy without arguments
    #[arg(long, value_name = "POLICY")]
    pub under: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// When a chore is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pay {
    /// With each confirmation
    Confirmed,
    /// On the payout day, if every day since the last one is confirmed
    AllOrNothing,
    /// On the payout day, in proportion to the days that are confirmed
    Partial,
}

/// `wallet chore confirm`, `wallet chore return`
#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// Address of the ward
    pub ward: String,
    /// Id of the chore, as `chore list` prints it
    #[arg(value_parser = parse::command_id)]
    pub chore: CommandId,
    /// Which marked day; default: the oldest that waits
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub day: Option<Date>,
    /// A few words for the ward
    #[arg(long)]
    pub note: Option<String>,
    #[command(flatten)]
    pub change: Change,
}
