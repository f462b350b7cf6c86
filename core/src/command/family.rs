//! What a family asks and settles: a ward asks from a refusal, guardians answer (`docs/adr/0024`).

use super::TEXT_BYTES_MAX;
use crate::amount::Amount;
use crate::id::PolicyId;
use crate::wire_choice;

/// How long an ask stands, in microseconds: 24 hours, and never longer than its request can be paid.
pub const ASK_MICROS: u64 = 24 * 3600 * 1_000_000;
/// How long a guardian's yes to one purchase holds, in microseconds: 15 minutes, and never longer than its request can
/// be paid.
pub const ONCE_MICROS: u64 = 15 * 60 * 1_000_000;
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
