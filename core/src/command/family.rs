//! What a family asks and settles: a ward asks from a refusal, guardians answer (`docs/adr/0024`).

use super::TEXT_BYTES_MAX;
use crate::amount::Amount;
use crate::id::PolicyId;
use crate::{wire_choice, wire_map};

/// How long an ask stands, in microseconds: 24 hours, and never longer than its request can be paid.
pub const ASK_MICROS: u64 = 24 * 3600 * 1_000_000;
/// How long a guardian's yes to one purchase holds, in microseconds: 15 minutes, and never longer than its request can
/// be paid.
pub const ONCE_MICROS: u64 = 15 * 60 * 1_000_000;
/// How long a change that needs both guardians waits for the other one, in microseconds: 7 days.
pub const CHANGE_MICROS: u64 = 7 * 24 * 3600 * 1_000_000;
/// The most guardians of one ward.
pub const GUARDIANS_MAX: usize = 2;
/// Most asks of one ward that wait for an answer.
pub const ASKS_OPEN_MAX: usize = 8;

/// A guardian's answer to an ask. Every yes lets through only what the guardian's own rules refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum AskAnswer {
    /// This request, once, within [`ONCE_MICROS`].
    Once = 1,
    /// Payments at this shop until the city's midnight.
    Today {
        /// Up to this much in all; at least what was asked.
        most: Amount,
    } = 2,
    /// The guardian's rules are others now: those given here, or changed before.
    Changed {
        /// A guard the guardian has set, to be removed.
        remove: Option<PolicyId>,
        /// A guard to be set in its place.
        set: Option<PolicyId>,
    } = 3,
    /// No; also takes a yes back.
    No {
        /// A few words for the ward.
        note: Option<String>,
    } = 4,
}

wire_choice! { AskAnswer "ask answer" {
    1 "once" Once,
    2 "today" Today { 1 most },
    3 "changed" Changed { 1 remove, 2 set },
    4 "no" No { 1 note },
} }

/// The ranges of an answer.
pub(super) fn check_answer(answer: &AskAnswer) -> Result<(), &'static str> {
    match answer {
        AskAnswer::Today { most } if most.is_zero() || *most > Amount::MAX => Err("most"),
        AskAnswer::No { note: Some(note) } if !(1..=TEXT_BYTES_MAX).contains(&note.len()) => {
            Err("note")
        }
        AskAnswer::Once
        | AskAnswer::Today { .. }
        | AskAnswer::Changed { .. }
        | AskAnswer::No { .. } => Ok(()),
    }
}

/// How many of a ward's two guardians each kind of loosening needs: 1 or 2. Narrowing is always one guardian's own: to
/// set a guard, to freeze, to say no (`docs/adr/0025`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// To remove a guard.
    pub guards: u8,
    /// To let a payment through that was asked about.
    pub answers: u8,
    /// To lift a guardian's freeze.
    pub unfreeze: u8,
    /// To end a guardianship. Never fewer than for anything else, because the one who stays decides alone.
    pub ending: u8,
}

impl Quorum {
    /// One guardian is enough for everything.
    pub const ONE: Self = Self { guards: 1, answers: 1, unfreeze: 1, ending: 1 };

    /// True if both guardians are needed wherever both were needed.
    pub const fn is_no_weaker_than(self, old: Self) -> bool {
        self.guards >= old.guards
            && self.answers >= old.answers
            && self.unfreeze >= old.unfreeze
            && self.ending >= old.ending
    }

    pub(super) fn is_in_range(self) -> bool {
        [self.guards, self.answers, self.unfreeze, self.ending]
            .iter()
            .all(|number| (1..=2).contains(number))
    }
}

impl Default for Quorum {
    fn default() -> Self {
        Self::ONE
    }
}

wire_map! { Quorum { 1 guards, 2 answers, 3 unfreeze, 4 ending } }
