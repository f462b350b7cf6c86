//! Chores of a ward: what is to be done, what was marked and confirmed, what is owed.

use scoin_core::command::{Allowance, CatchUp, Chore, ChoreWhen, Every, PayDay};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_policy::civil::Date;

use super::{Owed, Turn, turn_after, turn_from};
use crate::canon::{canon_enum, canon_struct};
use crate::zone::Zone;

/// The most chores of one ward.
pub const CHORES_MAX: usize = 32;
/// Most days of a chore that are kept; the oldest go first.
pub const MARKS_MAX: usize = 16;
/// The most payouts that wait for money. One more is left out.
pub const CHORE_OWED_MAX: usize = 12;

/// One chore as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The command that set it.
    pub id: CommandId,
    /// The guardian who set it and pays it.
    pub by: AccountId,
    /// What, when, and what it earns.
    pub terms: Chore,
    /// The first day that the next payout counts.
    pub since: i32,
    /// Days on which the ward said it is done, by day.
    pub marks: Vec<Mark>,
    /// The next payout, if there are payout days.
    pub next: Option<Turn>,
    /// Payouts that wait for money, the oldest first.
    pub owed: Vec<Owed>,
    /// What became of the last payout.
    pub last: Option<Payout>,
}

/// A day on which a ward said that a chore is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The day.
    pub day: i32,
    /// When it was said last.
    pub at: Timestamp,
    /// What the guardian said to it.
    pub standing: MarkStanding,
    /// A few words of the guardian.
    pub note: Option<String>,
}

/// What a guardian said to a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkStanding {
    /// Nothing yet.
    Waiting,
    /// It is done.
    Confirmed,
    /// It is not, and may be marked again.
    Returned,
}

/// What became of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payout {
    /// Its day.
    pub day: i32,
    /// When it was tried last.
    pub at: Timestamp,
    /// Days that were confirmed.
    pub confirmed: u8,
    /// Days on which it was to be done.
    pub assigned: u8,
    /// How much was paid.
    pub paid: Amount,
    /// The code of the refusal if there was one, else 0.
    pub missed: u16,
}

impl Task {
    /// Is it to be done on this day?
    pub fn is_on(&self, day: i32) -> bool {
        match self.terms.when {
            ChoreWhen::Once => true,
            ChoreWhen::Weekly(days) => {
                let bit = u32::try_from(Date(day).weekday().index()).unwrap_or(0);
                days & 1_u8.checked_shl(bit).unwrap_or(0) != 0
            }
        }
    }
}

/// The first payout later than this instant.
pub fn payout_after(day: PayDay, zone: &Zone, now: Timestamp) -> Option<Turn> {
    turn_after(&dates(day, zone.date(now).0), zone, now)
}

/// The first payout on this date or later.
pub fn payout_from(day: PayDay, zone: &Zone, date: Date) -> Option<Turn> {
    turn_from(&dates(day, date.0), zone, date)
}

/// Payouts fall as a weekly allowance does, the turns of the clocks included.
const fn dates(day: PayDay, from: i32) -> Allowance {
    Allowance {
        amount: Amount::ZERO,
        policy: None,
        every: Every::Week(day.on),
        minute: day.minute,
        from,
        until: None,
        catch_up: CatchUp::Queue,
    }
}

canon_struct!(Task { id, by, terms, since, marks, next, owed, last });
canon_struct!(Mark { day, at, standing, note });
canon_enum!(MarkStanding { 1 Waiting, 2 Confirmed, 3 Returned });
canon_struct!(Payout { day, at, confirmed, assigned, paid, missed });
