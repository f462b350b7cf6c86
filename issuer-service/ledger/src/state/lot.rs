//! A lot: coins of one owner under one stack of rules, one granter, one age, one expiry.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use scoin_core::{AccountId, Amount, LotId, PolicyId, StackId, Timestamp};
use scoin_policy::rank;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use super::PolicyEntry;
use crate::canon::{BadBytes, Canon, Input, canon_struct, to_bytes};
use crate::scope;

/// One rule of a stack, and who put it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Layer {
    /// The policy.
    pub policy: PolicyId,
    /// Who put it there.
    pub granter: AccountId,
}

/// The layers of a stack, base layer first, with what follows from them.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    layers: Vec<Layer>,
    rules: OnceLock<StackRules>,
}

/// What follows from the layers of a stack and their policies: the same for ever, so it is worked out once.
#[derive(Clone, Debug)]
pub(crate) struct StackRules {
    /// How narrow the rules are together.
    pub(crate) rank: u64,
    /// Parallel to the layers: the policy, and the name of the purse in which it counts.
    pub(crate) layers: Vec<(Arc<PolicyEntry>, [u8; 16])>,
}

impl Stack {
    /// A stack of these layers.
    pub fn new(layers: Vec<Layer>) -> Self {
        Self { layers, rules: OnceLock::new() }
    }

    /// Its rules, looked up when first asked for; `None` if a policy is not known.
    pub(crate) fn rules(
        &self,
        policy: impl Fn(&PolicyId) -> Option<Arc<PolicyEntry>>,
    ) -> Option<&StackRules> {
        if let Some(known) = self.rules.get() {
            return Some(known);
        }
        let entries: Option<Vec<Arc<PolicyEntry>>> =
            self.layers.iter().map(|layer| policy(&layer.policy)).collect();
        let entries = entries?;
        let rank = match entries.as_slice() {
            [only] => only.rule().rank(),
            all => rank::of(all.iter().map(|entry| entry.rule())),
        };
        let pairs: Vec<(&str, AccountId)> = entries
            .iter()
            .zip(&self.layers)
            .map(|(entry, layer)| (entry.rule().name(), layer.granter))
            .collect();
        let name = |upto: usize| scope::purse(pairs.iter().take(upto).copied());
        let names: Vec<[u8; 16]> = (1..=pairs.len()).map(name).collect();
        let layers = entries.iter().cloned().zip(names).collect();
        Some(self.rules.get_or_init(|| StackRules { rank, layers }))
    }
}

impl Deref for Stack {
    type Target = [Layer];

    fn deref(&self) -> &[Layer] {
        &self.layers
    }
}

impl PartialEq for Stack {
    fn eq(&self, other: &Self) -> bool {
        self.layers == other.layers
    }
}

impl Eq for Stack {}

impl Canon for Stack {
    fn put(&self, out: &mut Vec<u8>) {
        self.layers.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        Canon::take(input).map(Self::new)
    }
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
    /// Parallel to the stack's layers, of which there is nearly always one.
    pub ages: SmallVec<[LayerAge; 1]>,
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
