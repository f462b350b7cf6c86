//! How narrow a rule is, as one number: lower is narrower, and narrower money pays first.
//!
//! The measure of schema v1: the share of all imaginable payments that the conditions let pass, if everything a
//! condition can ask about were drawn at random and independently: payment kinds, shop and goods categories, districts
//! and ages evenly; minutes of the week evenly; each group, list, calendar, date range and amount range half and half;
//! a fact that need not be there is there half of the time where items are concerned. It depends on the rule alone,
//! never on which other rules or shops exist. Adding a clause never widens a rule. The share is kept as 256 steps per
//! halving. Replacing it by an exact volume is a change of schema: coins already given keep the rank of their schema.

use std::collections::BTreeMap;

use crate::civil::MINUTES_PER_DAY;
use crate::facts::Fact;
use crate::ir::{ClauseKind, Policy, Pred, Test, Weekly};

/// The rank of money without rules: the widest there is.
pub(crate) const WIDEST: u64 = 60 * STEPS;

/// Steps per halving.
const STEPS: u64 = 256;

/// The whole, as a fixed-point number.
const ONE: u128 = 1 << 60;

/// Payment kinds of schema v1.
const KINDS: u128 = 5;

/// Districts of the city.
const DISTRICTS: u128 = 25;

/// Ages 0 to 119.
const AGES: i64 = 120;

/// Minutes of a week.
const WEEK: u128 = 7 * 1440;

/// The leaf categories of schema v1. A tag counts the leaves at or below it; a tag below a leaf counts half of it.
const LEAVES: [&str; 28] = [
    "alcohol",
    "books",
    "culture",
    "drink",
    "education",
    "food.bakery",
    "food.cafe",
    "food.convenience",
    "food.fruit",
    "food.grocer",
    "food.milk",
    "food.restaurant",
    "food.snack-bar",
    "food.vegetable",
    "gambling",
    "health",
    "home",
    "leisure.adult",
    "online",
    "retail.clothes",
    "retail.department",
    "retail.duty-free",
    "retail.hypermarket",
    "sport.pool",
    "tobacco",
    "transit.bike",
    "transit.bus",
    "transit.metro",
];

/// The restriction rank of a policy and all it embeds, which together pay so many kinds of payment.
pub(crate) fn rank(parts: &[&Policy], kinds: usize) -> u64 {
    let mut share = ratio(count(kinds), KINDS);
    for part in parts {
        for clause in &part.clauses {
            let odds = odds(&clause.pred);
            share =
                times(share, if clause.kind == ClauseKind::Forbid { odds.no } else { odds.yes });
        }
    }
    steps(share)
}

/// The rank of several rules together: as if each narrowed the others independently.
pub(crate) fn joint(ranks: impl Iterator<Item = u64>) -> u64 {
    ranks.fold(WIDEST, |joint, rank| joint.saturating_sub(WIDEST.saturating_sub(rank)))
}

/// How often a condition is true, and how often it is false; the rest is unknown.
#[derive(Clone, Copy)]
struct Odds {
    yes: u128,
    no: u128,
}

impl Odds {
    fn certain(yes: u128) -> Self {
        let yes = yes.min(ONE);
        Self { yes, no: ONE.saturating_sub(yes) }
    }

    /// Known only half of the time.
    fn half_known(self) -> Self {
        Self { yes: self.yes / 2, no: self.no / 2 }
    }

    fn swapped(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }
}

fn odds(pred: &Pred) -> Odds {
    let all = |parts: &[Pred], odds: &dyn Fn(&Pred) -> Odds| {
        let each = parts.iter().map(odds);
        let (yes, some) = each.fold((ONE, ONE), |(yes, some), odds| {
            (times(yes, odds.yes), times(some, ONE.saturating_sub(odds.no)))
        });
        Odds { yes, no: ONE.saturating_sub(some) }
    };
    match pred {
        Pred::And(parts) => all(parts, &odds),
        Pred::Or(parts) => all(parts, &|part| odds(part).swapped()).swapped(),
        Pred::Not(inner) => odds(inner).swapped(),
        Pred::AnyItem(inner) | Pred::EveryItem(inner) => odds(inner),
        Pred::Known(_) => Odds::certain(ONE / 2),
        Pred::Test(test) => odds_of_test(test),
    }
}

fn odds_of_test(test: &Test) -> Odds {
    match test {
        Test::InTags(fact @ (Fact::MerchantCategory | Fact::ItemCategory), tags) => {
            known(*fact, Odds::certain(categories(tags)))
        }
        Test::InTags(Fact::PaymentKind, words) => Odds::certain(ratio(count(words.len()), KINDS)),
        Test::InTags(Fact::MerchantDistrict | Fact::PayerDistrict, words) => {
            Odds::certain(ratio(count(words.len()), DISTRICTS))
        }
        Test::Is(Fact::PaymentKind, _) => Odds::certain(ratio(1, KINDS)),
        Test::Is(Fact::MerchantDistrict | Fact::PayerDistrict, _)
        | Test::Same(Fact::MerchantDistrict | Fact::PayerDistrict, _) => {
            Odds::certain(ratio(1, DISTRICTS))
        }
        // Each word or group halves what is left out.
        Test::InTags(fact, words) => {
            let none = words.iter().fold(ONE, |none, _| none / 2);
            known(*fact, Odds::certain(ONE.saturating_sub(none)))
        }
        Test::InRange(Fact::PayerAge, low, high) => {
            let last = high.unwrap_or(i64::MAX).clamp(-1, AGES.saturating_sub(1));
            let first = low.unwrap_or(0).clamp(0, AGES);
            let years = last.saturating_sub(first).saturating_add(1).max(0);
            Odds::certain(ratio(u128::try_from(years).unwrap_or(0), AGES.unsigned_abs().into()))
        }
        Test::Equals(Fact::PayerAge, _) => Odds::certain(ratio(1, AGES.unsigned_abs().into())),
        Test::InSchedule(weekly) => Odds::certain(ratio(open_minutes(weekly), WEEK)),
        Test::OnWeekday(days) => Odds::certain(ratio(count(days.len()), 7)),
        Test::InRange(fact, ..)
        | Test::InList(fact, ..)
        | Test::Is(fact, _)
        | Test::Equals(fact, _) => known(*fact, Odds::certain(ONE / 2)),
        Test::OnCalendar(..) | Test::InDates(..) | Test::Same(..) => Odds::certain(ONE / 2),
    }
}

/// Facts of lines are there only when the shop sends lines.
fn known(fact: Fact, odds: Odds) -> Odds {
    if matches!(fact, Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount) {
        odds.half_known()
    } else {
        odds
    }
}

/// The share of categories that these tags cover, in half leaves.
fn categories(tags: &[String]) -> u128 {
    let mut halves: BTreeMap<&str, u128> = BTreeMap::new();
    let mut others = 0_u128;
    for tag in tags {
        let mut placed = false;
        for leaf in LEAVES {
            let covers = if crate::truth::under(leaf, tag) {
                2
            } else {
                u128::from(crate::truth::under(tag, leaf))
            };
            if covers > 0 {
                placed = true;
                let half = halves.entry(leaf).or_default();
                *half = half.saturating_add(covers).min(2);
            }
        }
        others = others.saturating_add(u128::from(!placed));
    }
    let covered = halves.values().fold(others, |sum, half| sum.saturating_add(*half));
    // One more leaf stands for all that is not named.
    ratio(covered, count(LEAVES.len()).saturating_add(1).saturating_mul(2))
}

/// Minutes of the week inside at least one slot.
fn open_minutes(weekly: &Weekly) -> u128 {
    let day = u32::from(MINUTES_PER_DAY);
    let week = day.saturating_mul(7);
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for slot in &weekly.0 {
        let midnight = u32::try_from(slot.day.index()).unwrap_or(0).saturating_mul(day);
        let start = midnight.saturating_add(u32::from(slot.start));
        let length = match u32::from(slot.end).saturating_sub(u32::from(slot.start)) {
            0 => day.saturating_sub(u32::from(slot.start)).saturating_add(u32::from(slot.end)),
            length => length,
        };
        let end = start.saturating_add(length);
        spans.push((start, end.min(week)));
        spans.push((0, end.saturating_sub(week)));
    }
    spans.sort_unstable();
    let (mut open, mut until) = (0_u32, 0_u32);
    for (start, end) in spans {
        open = open.saturating_add(end.saturating_sub(start.max(until)));
        until = until.max(end);
    }
    u128::from(open)
}

fn count(length: usize) -> u128 {
    u128::try_from(length).unwrap_or(u128::MAX)
}

fn ratio(part: u128, whole: u128) -> u128 {
    part.min(whole).saturating_mul(ONE).checked_div(whole).unwrap_or(ONE)
}

fn times(left: u128, right: u128) -> u128 {
    left.saturating_mul(right) / ONE
}

/// 256 times the binary logarithm of a share, plus that of [`ONE`]; zero for nothing.
fn steps(share: u128) -> u64 {
    let Some(whole) = share.checked_ilog2() else {
        return 0;
    };
    let mut mantissa = share.checked_shl(60_u32.saturating_sub(whole)).unwrap_or(ONE);
    let mut rank = u64::from(whole);
    for _ in 0..8 {
        mantissa = times(mantissa, mantissa);
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
        assert_eq!(steps(ONE), WIDEST);
        assert_eq!(steps(ONE / 2), WIDEST - 256);
        assert_eq!(steps(ONE / 8), WIDEST - 768);
        assert_eq!(steps(ONE / 10 * 7), WIDEST - 132); // 256 * log2(0.7) = -131.7
        assert_eq!(steps(0), 0);
        assert_eq!(joint([WIDEST - 256, WIDEST - 100].into_iter()), WIDEST - 356);
        assert_eq!(joint(core::iter::empty()), WIDEST);
    }

    #[test]
    fn minutes_are_counted_once() {
        use crate::civil::Weekday;
        use crate::ir::Slot;
        let slot = |day, start, end| Slot { day, start, end };
        let weekly = Weekly(vec![
            slot(Weekday::Mon, 600, 660),
            slot(Weekday::Mon, 630, 720),
            slot(Weekday::Sun, 1380, 60),
        ]);
        assert_eq!(open_minutes(&weekly), 120 + 120);
        assert_eq!(open_minutes(&Weekly(vec![slot(Weekday::Mon, 0, 0)])), 1440);
    }

    #[test]
    fn tags_below_a_leaf_never_count_more_than_the_leaf() {
        let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        let culture = categories(&tags(&["culture"]));
        assert!(categories(&tags(&["culture.museum"])) < culture);
        assert_eq!(
            categories(&tags(&["culture.cinema", "culture.concert", "culture.museum"])),
            culture
        );
        assert!(categories(&tags(&["food.bakery", "food.cafe"])) < categories(&tags(&["food"])));
    }
}
