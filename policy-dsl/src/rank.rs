//! How narrow a rule is, as one number: lower is narrower, and narrower money pays first.

use crate::ir::Policy;

/// The restriction rank of a policy and all it embeds.
pub(crate) fn rank(parts: &[&Policy]) -> u64 {
    let _ = parts;
    WIDEST
}

/// The rank of money without rules: the widest there is.
pub(crate) const WIDEST: u64 = 64 * 256;

/// The rank of several rules together: as if each narrowed the others independently.
pub(crate) fn joint(ranks: impl Iterator<Item = u64>) -> u64 {
    ranks.fold(WIDEST, |joint, rank| joint.saturating_sub(WIDEST.saturating_sub(rank)))
}
