//! Allowances: gifts that repeat, kept with the giver and known to the receiver.

use scoin_core::command::{Allowance, Every};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_policy::civil::{Civil, Date, Weekday};

use crate::canon::canon_struct;
use crate::zone::Zone;

/// The most allowances an account gives.
pub const ALLOWANCES_MAX: usize = 16;
/// The most allowances an account is given by others than its guardians.
pub const ALLOWANCES_TO_MAX: usize = 64;
/// The most turns that wait for money. One more is left out.
pub const OWED_MAX: usize = 12;

/// One allowance as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The command that set it.
    pub id: CommandId,
    /// The receiver.
    pub to: AccountId,
    /// How much, when, and what if the money is not there.
    pub terms: Allowance,
    /// The next turn; none after the last.
    pub next: Option<Turn>,
    /// Turns that wait for money, the oldest first.
    pub owed: Vec<Owed>,
    /// What became of the last turn that was tried.
    pub last: Option<LastTurn>,
}

/// One time an allowance is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its date in the zone of the city, days since 1970-01-01.
    pub day: i32,
    /// When it is given.
    pub at: Timestamp,
}

/// A turn that waits for money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Its date.
    pub day: i32,
    /// How much it was when it fell due.
    pub amount: Amount,
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTurn {
    /// Its date.
    pub day: i32,
    /// When it was tried last.
    pub at: Timestamp,
    /// How much was given.
    pub paid: Amount,
    /// The code of the refusal if nothing was, else 0.
    pub missed: u16,
}

/// An allowance as its receiver finds it: who gives it, and its id.
pub type Source = (AccountId, CommandId);

/// The first turn on this date or a later one; `None` after the last.
pub fn turn_from(terms: &Allowance, zone: &Zone, date: Date) -> Option<Turn> {
    let date = date_from(terms, date.max(Date(terms.from)));
    let is_over = terms.until.is_some_and(|until| date.0 > until) || date >= Date::MAX;
    (!is_over)
        .then(|| Turn { day: date.0, at: zone.first_instant(Civil { date, minute: terms.minute }) })
}

/// The first turn later than this instant; `None` after the last.
pub fn turn_after(terms: &Allowance, zone: &Zone, now: Timestamp) -> Option<Turn> {
    let turn = turn_from(terms, zone, zone.date(now))?;
    if turn.at > now { Some(turn) } else { turn_from(terms, zone, Date(turn.day).add_days(1)) }
}

fn date_from(terms: &Allowance, date: Date) -> Date {
    match terms.every {
        Every::Week(on) => weekday_from(on, date),
        Every::TwoWeeks(on) => {
            let first = weekday_from(on, Date(terms.from));
            let next = weekday_from(on, date);
            let is_off = next.days_since(first).rem_euclid(14) != 0;
            if is_off { next.add_days(7) } else { next }
        }
        Every::Month(on) => {
            let this = day_of_month(on, date);
            if this >= date { this } else { day_of_month(on, date.month_start().add_months(1)) }
        }
    }
}

/// The first such weekday (1 is Monday) on this date or later.
fn weekday_from(on: u8, date: Date) -> Date {
    let wanted = Weekday::from_index(i32::from(on).saturating_sub(1)).index();
    date.add_days(wanted.saturating_sub(date.weekday().index()).rem_euclid(7))
}

/// This day of the month a date is in, or its last.
fn day_of_month(on: u8, date: Date) -> Date {
    let first = date.month_start();
    let last = first.add_months(1).add_days(-1);
    first.add_days(i32::from(on).saturating_sub(1)).min(last)
}

canon_struct!(Allowed { id, to, terms, next, owed, last });
canon_struct!(Turn { day, at });
canon_struct!(Owed { day, amount });
canon_struct!(LastTurn { day, at, paid, missed });
