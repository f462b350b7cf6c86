//! One basket, many lots: which lots pay which lines, exactly.

use crate::causes::{Cause, Whose};
use crate::civil::Civil;
use crate::decide::State;
use crate::facts::{Facts, World};
use crate::measure::MeasureId;
use crate::rule::Rule;

/// At most this many lots are looked at.
pub const LOTS_MAX: usize = 64;
/// At most this many item lines are looked at.
pub const LINES_MAX: usize = 200;

/// Everything a payment may draw on.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "the world is a trait object")]
pub struct Wallet<'a> {
    /// The facts; `now` is taken from each layer instead.
    pub facts: &'a Facts<'a>,
    /// Lists and calendars in force.
    pub world: &'a dyn World,
    /// The lots, in any order; at most [`LOTS_MAX`].
    pub lots: &'a [LotView<'a>],
    /// Policies that judge every lot: of the account, its household and the city.
    pub guards: &'a [LayerView<'a>],
    /// The payer's own order: indices into `lots`; lots left out do not pay. `None` for the published order.
    pub order: Option<&'a [usize]>,
}

/// One lot.
#[derive(Clone, Copy, Debug)]
pub struct LotView<'a> {
    /// What may be spent now, minor units: amount less what is held.
    pub available: u64,
    /// Expiry as any number that sorts by time; `None` sorts last.
    pub expires: Option<i64>,
    /// Issue as any number that sorts by time.
    pub issued: i64,
    /// Last tie-break.
    pub id: [u8; 32],
    /// The layers of its stack, base first. Empty: plain money.
    pub layers: &'a [LayerView<'a>],
}

/// One layer of a stack, or one guard.
#[derive(Clone, Copy, Debug)]
pub struct LayerView<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Whose rule it is.
    pub whose: Whose,
    /// Which purse: equal numbers read and write the same counters. Chosen by the caller, one for each distinct scope.
    pub scope: u32,
    /// Civil time in the rule's zone.
    pub now: Civil,
    /// The counters of that scope (for caps and gaps by lot: of that lot).
    pub state: State<'a>,
}

/// Who pays what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Parts in lot order, then by line; amounts are never zero.
    pub parts: Vec<Part>,
    /// Sum of the parts. Whether less than the whole is acceptable is the caller's business.
    pub total: u64,
    /// What to add to which counters, if the parts are paid.
    pub charges: Vec<Charge>,
    /// Which gaps begin anew, if the parts are paid.
    pub marks: Vec<Mark>,
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index into [`Wallet::lots`].
    pub lot: usize,
    /// Index of the item line; 0 without an item list.
    pub line: usize,
    /// How much, minor units.
    pub amount: u64,
}

/// What to add to one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The scope of the layer or guard.
    pub scope: u32,
    /// For counters kept apart by lot: index into [`Wallet::lots`].
    pub lot: Option<usize>,
    /// The counter is kept apart by merchant.
    pub by_merchant: bool,
    /// Which counter.
    pub measure: MeasureId,
    /// Money to add to today's bucket.
    pub amount: u64,
    /// Payments to add to today's bucket: 1.
    pub count: u64,
}

/// A gap that begins anew with this payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The scope of the layer or guard.
    pub scope: u32,
    /// For gaps kept apart by lot: index into [`Wallet::lots`].
    pub lot: Option<usize>,
    /// The gap is kept apart by merchant.
    pub by_merchant: bool,
    /// Which gap.
    pub measure: MeasureId,
}

/// Why the whole was not reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// How much of this payment would pass now, if a part is enough.
    pub pass_now: u64,
    /// What all lots that may be used hold, whatever the rules: less than the amount means there is not enough money.
    pub have: u64,
    /// When the whole would first pass, if nothing more is spent, as civil time in `zone`; `None` if not within 400 days.
    pub next: Option<Civil>,
    /// The zone of `next`: that of the first layer.
    pub zone: String,
    /// Every clause that stands in the way, guards first, then lots in order; each once.
    pub causes: Vec<Cause>,
}

/// The exact allocation: the greatest total; among those the one that uses the first lots most; among those the first
/// lines. Total and deterministic.
pub fn allocate(wallet: &Wallet<'_>) -> Allocation {
    let _ = wallet;
    Allocation::default()
}

/// Everything there is to say when [`allocate`] does not reach the whole amount.
pub fn refuse(wallet: &Wallet<'_>) -> Refused {
    let have = wallet.lots.iter().fold(0_u64, |sum, lot| sum.saturating_add(lot.available));
    Refused { have, ..Refused::default() }
}

/// Splits `total` in proportion to `weights` by largest remainder, ties to the first. The parts add up to `total`
/// unless all weights are zero; no part exceeds its weight as long as `total` does not exceed their sum.
pub fn spread(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = 0_u64;
    for (at, weight) in weights.iter().enumerate() {
        let exact = u128::from(total).saturating_mul(u128::from(*weight));
        let part = exact.checked_div(sum).and_then(|part| u64::try_from(part).ok()).unwrap_or(0);
        remainders.push((core::cmp::Reverse(exact.checked_rem(sum).unwrap_or(0)), at));
        given = given.saturating_add(part);
        parts.push(part);
    }
    remainders.sort_unstable();
    let left = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    for (_, at) in remainders.into_iter().take(left) {
        if let Some(part) = parts.get_mut(at) {
            *part = part.saturating_add(1);
        }
    }
    parts
}
