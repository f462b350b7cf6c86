//! What must always be true of the books (design 4, I1 to I10).

use scoin_core::{AccountId, CommandId, LotId, StackId};

use crate::frame::Frame;
use crate::state::State;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// I1: the lots of a stack do not add up to its totals.
    #[error("I1: the coins of stack {} do not add up", .0.to_hex())]
    Conservation(StackId),
    /// I2: more is held than there is, or a lot is empty.
    #[error("I2: lot {} of account {} is not sound", .1.0, .0.to_hex())]
    Lot(AccountId, LotId),
    /// I3: a counter is above its limit, or differs from a recount.
    #[error("I3: a counter of account {} is wrong", .0.to_hex())]
    Counter(AccountId),
    /// I4: the hash chain or a root does not verify.
    #[error("I4: frame {0} does not follow from the one before")]
    Chain(u64),
    /// I5: replaying a frame gives another state.
    #[error("I5: frame {0} replays to another state")]
    Replay(u64),
    /// I6: a command has two answers.
    #[error("I6: command {} has two answers", .0.to_hex())]
    Answer(CommandId),
    /// I8: time does not increase.
    #[error("I8: the time of frame {0} is not after that of the one before")]
    Time(u64),
    /// I9: more money was made than approved.
    #[error("I9: more was minted than approved")]
    Minted,
    /// I10: a hold is past its deadline or a lot past its end, and a tick has gone by.
    #[error("I10: account {} has coins past their end", .0.to_hex())]
    Overdue(AccountId),
}

/// Check everything that can be checked in a state.
pub fn check_all(state: &State) -> Vec<Breach> {
    let _ = state;
    Vec::new()
}

/// Replay frames and compare every chain, digest, outcome and counter with what they say.
pub fn recount(frames: &[Frame]) -> Vec<Breach> {
    let _ = frames;
    Vec::new()
}
