//! `scoin wallet allowance …`: gifts that repeat.

use clap::{Args, Subcommand, ValueEnum};
use scoin_core::{Amount, CommandId};
use scoin_policy::civil::Date;

use super::{Change, parse};

/// `wallet allowance …`
#[derive(Debug, Subcommand)]
pub(crate) enum Allowance {
    /// Give somebody coins again and again, on a date
    Set(Set),
    /// Change an allowance one gives, at once; what is not named stays as it is
    Change(Terms),
    /// End an allowance at once, with what is owed: as giver, receiver or guardian of the receiver
    Stop {
        /// Id of the allowance, as `allowance list` prints it
        #[arg(value_parser = parse::command_id)]
        allowance: CommandId,
        /// Address of the giver; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        giver: Option<String>,
        #[command(flatten)]
        change: Change,
    },
    /// Allowances one gives and is given: when the next turn is, and whether it will succeed
    List {
        /// Address of a ward; default: oneself
        #[arg(long, value_name = "ADDRESS")]
        account: Option<String>,
    },
}

/// `wallet allowance set`
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Address of the receiver
    pub to: String,
    /// How much each time, minor units
    #[arg(value_parser = parse::amount)]
    pub amount: Amount,
    /// How often
    #[arg(long)]
    pub every: Often,
    /// Day of the week (mon to sun), or of the month (1 to 31, the last day where the month is shorter)
    #[arg(long, value_name = "DAY", value_parser = on)]
    pub on: On,
    /// Time of the day in the zone of the city
    #[arg(long, default_value = "07:00", value_name = "HH:MM", value_parser = minute)]
    pub at: u16,
    /// Not before this day; default: today
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub from: Option<Date>,
    /// Not after this day
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub until: Option<Date>,
    /// What becomes of a turn for which the money is not there
    #[arg(long, default_value = "skip")]
    pub if_short: IfShort,
    /// Put this rule on top: an id as `adopt` prints it, or the name of a published policy without arguments
    #[arg(long, value_name = "POLICY")]
    pub under: Option<String>,
    #[command(flatten)]
    pub change: Change,
}

/// `wallet allowance change`
#[derive(Debug, Args)]
pub(crate) struct Terms {
    /// Id of the allowance, as `allowance list` prints it
    #[arg(value_parser = parse::command_id)]
    pub allowance: CommandId,
    /// How much each time, minor units
    #[arg(long, value_parser = parse::amount)]
    pub amount: Option<Amount>,
    /// How often
    #[arg(long, requires = "on")]
    pub every: Option<Often>,
    /// Day of the week (mon to sun), or of the month (1 to 31, the last day where the month is shorter)
    #[arg(long, value_name = "DAY", value_parser = on)]
    pub on: Option<On>,
    /// Time of the day in the zone of the city
    #[arg(long, value_name = "HH:MM", value_parser = minute)]
    pub at: Option<u16>,
    /// Not before this day
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub from: Option<Date>,
    /// Not after this day
    #[arg(long, value_name = "DAY", value_parser = parse::day)]
    pub until: Option<Date>,
    /// With no last day
    #[arg(long, conflicts_with = "until")]
    pub forever: bool,
    /// What becomes of a turn for which the money is not there
    #[arg(long)]
    pub if_short: Option<IfShort>,
    /// Put this rule on top: an id as `adopt` prints it, or the name of a published policy without arguments
    #[arg(long, value_name = "POLICY")]
    pub under: Option<String>,
    /// Plain coins from now on, without a rule
    #[arg(long, conflicts_with = "under")]
    pub plain: bool,
    #[command(flatten)]
    pub change: Change,
}

/// How often an allowance is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Often {
    /// Every week
    Week,
    /// Every two weeks
    TwoWeeks,
    /// Every month
    Month,
}

/// What becomes of a turn for which the money is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IfShort {
    /// It is left out
    Skip,
    /// It is given as soon as the money is there, the oldest first
    Queue,
    /// What there is is given, the rest is left out
    Partial,
}

/// A day as people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// Of the week, 1 is Monday.
    Weekday(u8),
    /// Of the month.
    Day(u8),
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn on(text: &str) -> Result<On, String> {
    let named = (1..).zip(WEEKDAYS).find(|(_, name)| *name == text).map(|(on, _)| On::Weekday(on));
    let numbered = || text.parse().ok().filter(|day| (1..=31).contains(day)).map(On::Day);
    named.or_else(numbered).ok_or_else(|| "write mon to sun, or a day from 1 to 31".to_owned())
}

/// The name of a day of the week, 1 for `mon`.
pub(crate) fn weekday(on: u8) -> &'static str {
    WEEKDAYS.get(usize::from(on).saturating_sub(1)).copied().unwrap_or_default()
}

/// The number of a day of the week, 1 for `mon`.
pub(crate) fn weekday_number(text: &str) -> Result<u8, String> {
    match on(text) {
        Ok(On::Weekday(on)) => Ok(on),
        Ok(On::Day(_)) | Err(_) => Err("write mon to sun".to_owned()),
    }
}

/// Minute of the day.
pub(crate) fn minute(text: &str) -> Result<u16, String> {
    let read = |text: &str, most: u16| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|value| digits && *value <= most)
    };
    text.split_once(':')
        .and_then(|(hour, minute)| Some((read(hour, 23)?, read(minute, 59)?)))
        .map(|(hour, minute)| hour.saturating_mul(60).saturating_add(minute))
        .ok_or_else(|| "write a time of the day such as 07:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_and_others_are_not() {
        assert_eq!(on("mon"), Ok(On::Weekday(1)));
        assert_eq!(on("sun"), Ok(On::Weekday(7)));
        assert_eq!(on("31"), Ok(On::Day(31)));
        assert_eq!((minute("07:00"), minute("23:59"), minute("0:05")), (Ok(420), Ok(1_439), Ok(5)));
        for bad in ["0", "32", "monday", "", "-1"] {
            assert!(on(bad).is_err(), "{bad}");
        }
        for bad in ["24:00", "7", "07:60", "+7:00", "07:000", ":", "07:-1"] {
            assert!(minute(bad).is_err(), "{bad}");
        }
        assert_eq!((weekday_number("sat"), weekday_number("6").is_err()), (Ok(6), true));
        assert_eq!((weekday(1), weekday(7), weekday(0)), ("mon", "sun", "mon"));
    }
}
