//! One basket, many lots: which lots pay which lines, exactly.

mod charge;
mod direct;
mod flow;
mod limits;
mod lines;
mod plan;
mod prepare;
mod refuse;
mod solve;
mod spread;
mod why;

use crate::causes::{Cause, Whose};
use crate::civil::{Civil, Date};
use crate::decide::State;
use crate::facts::{Facts, World};
use crate::measure::MeasureId;
use crate::rule::Rule;
use lines::bit;
use prepare::{Prepared, Row};
use solve::{Solution, solve};

pub use refuse::CAUSES_MAX;
pub use spread::spread;
pub use why::{Used, Why, reasons};

/// At most this many lots are looked at.
pub const LOTS_MAX: usize = 64;
/// At most this many item lines are looked at.
pub const LINES_MAX: usize = 200;

/// Priority of money without rules.
const PRIORITY_DEFAULT: u8 = 50;

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
    /// How narrow its stack is: [`crate::rank::of`] the rules of `layers`, computed once for a stack and kept.
    pub rank: u64,
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
    /// Which day bucket: the local date in the rule's zone.
    pub date: Date,
    /// Money to add to the bucket.
    pub amount: u64,
    /// Payments to add to the bucket: 1.
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
/// kinds of lines, and of a kind the first lines. Lines that every limit treats alike are of one kind, which stands where its
/// first line stands. Total and deterministic.
///
/// `split never` lots pay alone or not at all: such a lot pays when it is the first able lot in order, or when it alone
/// can fund what the others cannot.
pub fn allocate(wallet: &Wallet<'_>) -> Allocation {
    let prepared = Prepared::new(wallet, 0);
    let solution = best(&prepared);
    let part = |(at, line, amount): (usize, usize, u64)| {
        prepared.rows.get(at).map(|row| Part { lot: row.index, line, amount })
    };
    charge::charged(&prepared, solution.parts.into_iter().filter_map(part).collect())
}

/// Everything there is to say when [`allocate`] does not reach the whole amount.
pub fn refuse(wallet: &Wallet<'_>) -> Refused {
    refuse::refused(wallet)
}

/// The total of [`allocate`], some minutes from now.
fn total_at(wallet: &Wallet<'_>, shift: i64) -> u64 {
    total(&Prepared::new(wallet, shift))
}

fn total(prepared: &Prepared<'_>) -> u64 {
    best(prepared).total
}

/// `split never` lots alone, all others together.
fn best(prepared: &Prepared<'_>) -> Solution {
    let places = prepared.rows.iter().enumerate().filter(|(_, row)| row.open);
    let (alone, together): (Vec<_>, Vec<_>) = places.partition(|(_, row)| row.alone);
    let mask = together.iter().fold(0, |mask, (at, _)| mask | bit(*at));
    if alone.is_empty() {
        return solve(prepared, mask);
    }
    let whole = |solution: &Solution| solution.total == prepared.amount;
    let able = together.iter().map(|(at, _)| *at).find(|at| solve(prepared, bit(*at)).total > 0);
    let by_itself = |(at, _): &(usize, &Row<'_>)| {
        Some((*at, solve(prepared, bit(*at)))).filter(|(_, it)| whole(it))
    };
    let mut funding = alone.iter().filter_map(by_itself).peekable();
    let before = |at: usize| able.is_none_or(|able| at < able);
    if let Some((_, solution)) = funding.next_if(|(at, _)| before(*at)) {
        return solution;
    }
    let together = solve(prepared, mask);
    if whole(&together) {
        return together;
    }
    funding.next().map_or(together, |(_, solution)| solution)
}

impl LotView<'_> {
    /// The published order: priority, narrowness (money without rules last), expiry (none last), age, id.
    fn key(&self) -> (u8, u64, bool, bool, Option<i64>, i64, [u8; 32]) {
        let priority =
            self.layers.iter().map(|layer| layer.rule.priority()).min().unwrap_or(PRIORITY_DEFAULT);
        let plain = self.layers.is_empty();
        (priority, self.rank, plain, self.expires.is_none(), self.expires, self.issued, self.id)
    }
}
