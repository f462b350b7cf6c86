//! An allowance: a gift that repeats on civil dates, carried out by the ledger itself.

use super::Checked;
use super::shape::ensure;
use crate::amount::Amount;
use crate::id::PolicyId;
use crate::{wire_choice, wire_code, wire_map};

/// The last minute of a civil day.
pub const MINUTE_MAX: u16 = 1_439;

/// How much is given, under which rule, on which dates, and what becomes of a turn for which the money is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How much each time.
    pub amount: Amount,
    /// The layer put on top; plain coins without one.
    pub policy: Option<PolicyId>,
    /// On which dates.
    pub every: Every,
    /// At which minute of the day, 0 to [`MINUTE_MAX`], in the zone of the city. Where the clocks skip it: when they
    /// have passed it. Where they show it twice: the first time.
    pub minute: u16,
    /// Not before this date (days since 1970-01-01). Every two weeks are counted from the first turn.
    pub from: i32,
    /// Not after this date.
    pub until: Option<i32>,
    /// What becomes of a turn for which the money is not there.
    pub catch_up: CatchUp,
}

/// On which dates an allowance is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Every {
    /// On this day of every week: 1 is Monday, 7 is Sunday.
    Week(u8) = 1,
    /// On this day of every other week.
    TwoWeeks(u8) = 2,
    /// On this day of every month, 1 to 31; on its last day where the month is shorter.
    Month(u8) = 3,
}

/// What becomes of a turn for which the money is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CatchUp {
    /// It is left out.
    Skip = 1,
    /// It is given as soon as the money is there, the oldest first.
    Queue = 2,
    /// What there is is given, and the rest is left out.
    Partial = 3,
}

impl Allowance {
    /// Ranges of the fields, by their names in `docs/wire.md`.
    pub(super) fn check(&self) -> Checked {
        let on = match self.every {
            Every::Week(on) | Every::TwoWeeks(on) => (1..=7).contains(&on),
            Every::Month(on) => (1..=31).contains(&on),
        };
        ensure("every", on)?;
        ensure("minute", self.minute <= MINUTE_MAX)?;
        ensure("until", self.until.is_none_or(|until| until >= self.from))
    }
}

wire_map! { Allowance { 1 amount, 2 policy, 3 every, 4 minute, 5 from, 6 until, 7 catch_up } }
wire_choice! { Every "every" { 1 "week" Week(on), 2 "two-weeks" TwoWeeks(on), 3 "month" Month(on) } }
wire_code! { CatchUp "catch-up" { 1 Skip, 2 Queue, 3 Partial } }
