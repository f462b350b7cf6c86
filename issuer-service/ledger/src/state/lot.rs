//! A lot: coins of one owner under one stack of rules, one granter, one age, one expiry.

use scoin_core::{AccountId, Amount, LotId, PolicyId, StackId, Timestamp};
use sha2::{Digest, Sha256};

use crate::canon::{canon_struct, to_bytes};

/// One rule of a stack, and who put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layer {
    /// The policy.
    pub policy: PolicyId,
    /// Who put it there.
    pub granter: AccountId,
}

/// The id of an ordered stack of layers, base layer first; zero for no layers.
pub fn stack_id(layers: &[Layer]) -> StackId {
    if layers.is_empty() {
        return StackId([0; 32]);
    }
    let bytes = to_bytes(&layers.to_vec());
    StackId(Sha256::new().chain_update(b"scoin-stack/1").chain_update(bytes).finalize().into())
}

/// The stack of coins without rules.
pub const PLAIN: StackId = StackId([0; 32]);

/// How long a lot has been under one of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerAge {
    /// When the layer was put on these coins.
    pub issued: Timestamp,
    /// How much there was then; decay of the issued amount is counted from it.
    pub base: Amount,
    /// Decay steps done.
    pub steps: u32,
}

/// One lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Number in order of creation; the same coins keep it through payment and refund.
    pub id: LotId,
    /// Its rules.
    pub stack: StackId,
    /// Who gets it back when its top layer ends.
    pub granter: AccountId,
    /// When this owner got it.
    pub issued: Timestamp,
    /// Parallel to the stack's layers.
    pub ages: Vec<LayerAge>,
    /// First instant at which it no longer works.
    pub expires: Option<Timestamp>,
    /// When the next decay step falls.
    pub next_decay: Option<Timestamp>,
    /// How much there was when this owner got it.
    pub issued_amount: Amount,
    /// How much there is, held coins included.
    pub amount: Amount,
    /// How much of it is held. At most `amount`.
    pub held: Amount,
    /// Refunded after its end: works until `expires`, whatever its layers say of their ends.
    pub grace: bool,
}

impl Lot {
    /// What is neither held nor spent.
    pub fn free(&self) -> Amount {
        self.amount.saturating_sub(self.held)
    }

    /// True once its end has come.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// When a tick must look at it next. A lot that is all held cannot end before the hold does.
    pub fn due(&self) -> Option<Timestamp> {
        let expires = self.expires.filter(|_| !self.free().is_zero());
        match (expires, self.next_decay) {
            (Some(end), Some(step)) => Some(end.min(step)),
            (end, step) => end.or(step),
        }
    }
}

canon_struct!(Layer { policy, granter });
canon_struct!(LayerAge { issued, base, steps });
canon_struct!(Lot {
    id,
    stack,
    granter,
    issued,
    ages,
    expires,
    next_decay,
    issued_amount,
    amount,
    held,
    grace,
});
