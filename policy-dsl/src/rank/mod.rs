//! How narrow some rules are together, as one number: lower is narrower, and narrower money pays first.
//!
//! The rank is the exact share of payments that the conditions let pass, of all payments of an imagined town, in 256
//! steps per halving, rounded down. The town is fixed by schema version 1 and written down in `docs/policy-language.md`;
//! in short: five kinds of payment, 25 districts, 34 leaf categories, ages 0 to 119, minutes of the week and dates of a
//! 400-year cycle evenly; amounts evenly by octave; every group, list and calendar half and half; no basket or one line,
//! half and half. The measure never looks at which other rules, shops or people exist.
//!
//! So if every payment that passes the conditions of one stack passes those of another, its rank is not higher, and
//! adding a rule to a stack never raises its rank. Limits, gaps and life spans are not conditions: the order of lots
//! looks at the end separately. Where a diagram would be too large, the rank is that of the narrowest single clause:
//! an upper bound, the same everywhere.

mod demand;
mod natural;
mod space;
mod town;

use crate::diagram::{Diagram, TooLarge};
use crate::facts::Fact;
use crate::ir::{ClauseKind, Policy, Pred, Test};
use crate::rule::{self, Rule};
use demand::Demand;
use natural::Natural;
use space::Space;

/// The rank of money without rules: the widest there is.
pub const WIDEST: u64 = 120 * STEPS;

/// Steps per halving.
const STEPS: u64 = 256;

/// Binary places of a share.
const PLACES: u32 = 120;

/// One, for the mantissa of a logarithm.
const ONE: u128 = 1 << 60;

/// The rank of some rules together: of a lot's stack, or of one rule. [`WIDEST`] without rules.
///
/// It takes about as long as compiling the rules: compute it once for a stack and keep it.
pub fn of<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> u64 {
    let policies: Vec<&Policy> =
        rules.into_iter().flat_map(|rule| rule::parts(rule.policy())).collect();
    of_parts(&policies)
}

/// One condition that a payment must fulfil, in the zone of its policy.
struct Must<'a> {
    zone: &'a str,
    pred: Pred,
    wanted: bool,
}

fn of_parts(policies: &[&Policy]) -> u64 {
    let mut musts = Vec::new();
    for policy in policies {
        let zone = policy.zone.as_str();
        let kinds = policy.pays.iter();
        let kinds = kinds.map(|kind| Pred::Test(Test::Is(Fact::PaymentKind, kind.clone())));
        musts.push(Must { zone, pred: Pred::Or(kinds.collect()), wanted: true });
        musts.extend(policy.clauses.iter().map(|clause| Must {
            zone,
            pred: clause.pred.clone(),
            wanted: clause.kind != ClauseKind::Forbid,
        }));
    }
    share(&musts).unwrap_or_else(|TooLarge| {
        let each = musts.chunks(1).map(|one| share(one).unwrap_or(WIDEST));
        each.min().unwrap_or(WIDEST)
    })
}

/// The rank of all these conditions together.
fn share(musts: &[Must<'_>]) -> Result<u64, TooLarge> {
    let (part, whole) = volume(musts)?;
    Ok(steps(part.share_of(&whole, PLACES)))
}

fn volume(musts: &[Must<'_>]) -> Result<(Natural, Natural), TooLarge> {
    let demand = Demand::of(musts.iter().map(|must| (must.zone, &must.pred)));
    let mut space = Space::new(&demand)?;
    let mut all = Diagram::EVERYTHING;
    for must in musts {
        let pair = space.pred(must.zone, &must.pred)?;
        all = space.store.and(all, if must.wanted { pair.yes } else { pair.no })?;
    }
    Ok(space.volume(all))
}

/// 256 times the binary logarithm of a share, plus [`WIDEST`]; zero for nothing.
fn steps(share: u128) -> u64 {
    let Some(whole) = share.checked_ilog2() else {
        return 0;
    };
    // As a number from one to two, rounded down to 60 places.
    let mut mantissa = match whole.checked_sub(60) {
        Some(over) => share.checked_shr(over).unwrap_or(ONE),
        None => share.checked_shl(60_u32.saturating_sub(whole)).unwrap_or(ONE),
    };
    let mut rank = u64::from(whole);
    for _ in 0..8 {
        mantissa = mantissa.saturating_mul(mantissa) / ONE;
        rank = rank.saturating_mul(2);
        if mantissa >= 2 * ONE {
            mantissa /= 2;
            rank = rank.saturating_add(1);
        }
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_even_in_the_logarithm() {
        let one = 1_u128 << PLACES;
        assert_eq!(steps(one), WIDEST);
        assert_eq!(steps(one / 2), WIDEST - 256);
        assert_eq!(steps(one / 8), WIDEST - 768);
        assert_eq!(steps(one / 10 * 7), WIDEST - 132); // 256 * log2(0.7) = -131.7
        assert_eq!(steps(one - 1), WIDEST - 1);
        assert_eq!(steps(3), 256 + 149); // 256 * log2(3) = 405.75
        assert_eq!(steps(0), 0);
        assert_eq!(of([]), WIDEST);
    }
}
