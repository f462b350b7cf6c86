//! A chore: what a guardian asks a ward to do, and what it earns (`docs/adr/0033`).

use super::shape::ensure;
use super::{Checked, MINUTE_MAX, TEXT_BYTES_MAX};
use crate::amount::Amount;
use crate::id::PolicyId;
use crate::{wire_choice, wire_map};

/// Every day of the week, as bits: Monday is 1, Sunday is 64.
pub const WEEK_DAYS_ALL: u8 = 127;

/// What is to be done, when, and what it earns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// What is to be done, in words for the ward.
    pub text: String,
    /// How much it earns: each time it is confirmed, or by week where a payout day pays.
    pub amount: Amount,
    /// The layer put on what is paid; plain coins without one.
    pub policy: Option<PolicyId>,
    /// On which days it is to be done.
    pub when: ChoreWhen,
    /// When it is paid.
    pub payout: ChorePayout,
}

/// On which days a chore is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum ChoreWhen {
    /// One time.
    Once = 1,
    /// On these days of every week, as bits: Monday is 1, Sunday is 64.
    Weekly(u8) = 2,
}

/// When a chore is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum ChorePayout {
    /// With each confirmation.
    Confirmed = 1,
    /// On the payout day, if every day since the last one is confirmed; else nothing.
    AllOrNothing(PayDay) = 2,
    /// On the payout day, in proportion to the days that are confirmed.
    Partial(PayDay) = 3,
}

/// The day of the week and the minute of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayDay {
    /// 1 is Monday, 7 is Sunday.
    pub on: u8,
    /// Minute of the day in the zone of the city.
    pub minute: u16,
}

impl ChorePayout {
    /// The payout day, if it is not paid with each confirmation.
    pub const fn day(self) -> Option<PayDay> {
        match self {
            Self::Confirmed => None,
            Self::AllOrNothing(day) | Self::Partial(day) => Some(day),
        }
    }
}

impl Chore {
    /// Ranges of the fields, by their names in `docs/wire.md`.
    pub(super) fn check(&self) -> Checked {
        ensure("text", (1..=TEXT_BYTES_MAX).contains(&self.text.len()))?;
        let days = match self.when {
            ChoreWhen::Once => true,
            ChoreWhen::Weekly(days) => (1..=WEEK_DAYS_ALL).contains(&days),
        };
        ensure("when", days)?;
        // What is done once is paid once.
        let is_weekly = self.when != ChoreWhen::Once;
        let fits = |day: PayDay| (1..=7).contains(&day.on) && day.minute <= MINUTE_MAX && is_weekly;
        ensure("payout", self.payout.day().is_none_or(fits))
    }
}

wire_map! { Chore { 1 text, 2 amount, 3 policy, 4 when, 5 payout } }
wire_choice! { ChoreWhen "chore-when" { 1 "once" Once, 2 "weekly" Weekly(days) } }
wire_choice! { ChorePayout "chore-payout" {
    1 "confirmed" Confirmed, 2 "all-or-nothing" AllOrNothing(day), 3 "partial" Partial(day)
} }
wire_map! { PayDay { 1 on, 2 minute } }
