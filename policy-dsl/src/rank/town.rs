//! The measure of schema v1: how likely each cell of each dimension is in a payment drawn at random.
//!
//! Weights are whole numbers of an agreed total for each dimension, so sums and products of them are exact. A finer
//! cut of a dimension never moves weight between the parts of a coarser one.

use std::collections::{BTreeMap, BTreeSet};

use crate::civil::{Date, Weekday};
use crate::facts::Fact;
use crate::truth::under;

/// The leaf categories of schema v1.
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

/// The branches of the tree of categories: each has one more leaf, for all that is not named, and so has the root.
const BRANCHES: [&str; 5] = ["food", "leisure", "retail", "sport", "transit"];

/// How many equal parts a leaf has for the tags below it.
const BELOW: u64 = 8;

/// The weight of one leaf: enough to be divided three levels down without a remainder.
const LEAF: u64 = BELOW * BELOW * BELOW;

/// Tags further below a leaf than this weigh nothing.
const DEPTH_MAX: usize = 4;

/// The days of the Gregorian cycle from 2000 on, in which every weekday is equally frequent.
const CYCLE_DAYS: i32 = 146_097;

/// Octaves of amounts: 1 to 2^32 - 1 minor units.
const OCTAVES: u32 = 32;

/// How many words of a fact there are, where not [`TOWN`]. The words named are among them, as long as there are no more.
const TOWNS: [(Fact, u64); 7] = [
    (Fact::PaymentKind, 5),
    (Fact::PayerDistrict, 25),
    (Fact::MerchantDistrict, 25),
    (Fact::PaymentChannel, 8),
    (Fact::ReceiverRelation, 8),
    (Fact::EventRole, 8),
    (Fact::MerchantCountry, 256),
];

/// How many persons, households, merchants and products there are.
const TOWN: u64 = 1024;

/// Numbers that are drawn evenly, and between which bounds.
const EVEN: [(Fact, i64, i64); 3] =
    [(Fact::PayerAge, 0, 119), (Fact::PayerChildren, 0, 9), (Fact::EventDaysEarly, -365, 365)];

fn town(fact: Fact) -> u64 {
    TOWNS.iter().find(|(known, _)| *known == fact).map_or(TOWN, |(_, size)| *size)
}

/// Is it a category, of which a shop or a line has exactly one here?
pub(super) fn is_category(fact: Fact) -> bool {
    matches!(fact, Fact::MerchantCategory | Fact::ItemCategory)
}

/// The cells of a fact that holds one word: one for each word named, in order, and one for all others.
pub(super) fn words(fact: Fact, named: &BTreeSet<String>) -> Vec<u64> {
    if is_category(fact) {
        return categories(named);
    }
    let count = u64::try_from(named.len()).unwrap_or(u64::MAX);
    let rest = town(fact).saturating_sub(count);
    named.iter().map(|_| 1).chain([rest]).collect()
}

/// The number of words in the cell of all others; they are equally likely.
pub(super) fn others(fact: Fact, named: usize) -> u64 {
    town(fact).saturating_sub(u64::try_from(named).unwrap_or(u64::MAX))
}

/// Categories: what each named tag covers that no named tag below it does, and the rest.
fn categories(named: &BTreeSet<String>) -> Vec<u64> {
    let mut crowds: BTreeMap<&str, u64> = BTreeMap::new();
    for tag in named.iter().filter(|tag| is_below_leaves(tag)) {
        let crowd = crowds.entry(parent(tag)).or_default();
        *crowd = crowd.saturating_add(1);
    }
    let mut cells: BTreeMap<&str, u64> =
        named.iter().map(|tag| (tag.as_str(), category(tag, &crowds))).collect();
    for tag in named {
        let inside = category(tag, &crowds);
        // Only the nearest tag above: what is further up has lost it already.
        let mut above = parent(tag);
        while !above.is_empty() && !named.contains(above) {
            above = parent(above);
        }
        if let Some(cell) = cells.get_mut(above) {
            *cell = cell.saturating_sub(inside);
        }
    }
    let mut cells: Vec<u64> = cells.into_values().collect();
    let used = cells.iter().fold(0_u64, |sum, cell| sum.saturating_add(*cell));
    let whole = count(LEAVES.len().saturating_add(BRANCHES.len()).saturating_add(1));
    cells.push(whole.saturating_mul(LEAF).saturating_sub(used));
    cells
}

/// The weight of a tag and all below it.
fn category(tag: &str, crowds: &BTreeMap<&str, u64>) -> u64 {
    let (mut at, mut parts) = (tag, 1_u64);
    // A tag that the tree does not name is a part of the spare leaf of its branch, or of the leaf above it.
    for _ in 0..=DEPTH_MAX {
        let leaves = count(LEAVES.iter().filter(|leaf| under(leaf, at)).count());
        if at == tag && leaves > 0 {
            let spare = u64::from(BRANCHES.contains(&at));
            return leaves.saturating_add(spare).saturating_mul(LEAF);
        }
        if leaves > 0 || at.is_empty() {
            return LEAF.checked_div(parts).unwrap_or(0);
        }
        at = parent(at);
        parts = parts.saturating_mul(crowds.get(at).copied().unwrap_or(0).max(BELOW));
    }
    0
}

fn is_below_leaves(tag: &str) -> bool {
    !LEAVES.iter().any(|leaf| under(leaf, tag))
}

fn parent(tag: &str) -> &str {
    tag.rsplit_once('.').map_or("", |(above, _)| above)
}

/// The weight of a range of numbers, both ends included.
pub(super) fn range(fact: Fact, low: i64, high: i64) -> u64 {
    let Some((_, first, last)) = EVEN.iter().find(|(known, ..)| *known == fact) else {
        return amounts(low, high);
    };
    let (low, high) = (low.max(*first), high.min(*last));
    if low > high { 0 } else { high.abs_diff(low).saturating_add(1) }
}

/// Amounts: every octave is equally likely, and every amount of one octave.
fn amounts(low: i64, high: i64) -> u64 {
    let octave = |at: u32| {
        let first = 1_i64.checked_shl(at).unwrap_or(i64::MAX);
        let last = first.saturating_mul(2).saturating_sub(1);
        let (low, high) = (low.max(first), high.min(last));
        let inside = if low > high { 0 } else { high.abs_diff(low).saturating_add(1) };
        let each = 1_u64.checked_shl(OCTAVES.saturating_sub(1).saturating_sub(at)).unwrap_or(0);
        inside.saturating_mul(each)
    };
    (0..OCTAVES).map(octave).fold(0, u64::saturating_add)
}

/// The cells of the dates of a cycle cut at these dates: an example and how many dates are like it. A cell is a
/// weekday of a range.
pub(super) fn days(cuts: &BTreeSet<Date>) -> Vec<(Date, u64)> {
    let first = Date::from_ymd(2000, 1, 1).unwrap_or_default();
    let end = first.add_days(CYCLE_DAYS);
    let inner = cuts.iter().copied().filter(|cut| *cut > first && *cut < end);
    let starts: Vec<Date> = core::iter::once(first).chain(inner).collect();
    let ends = starts.iter().skip(1).copied().chain([end]);
    let mut cells = Vec::new();
    for (start, end) in starts.iter().zip(ends) {
        let length = end.days_since(*start);
        for ahead in 0..7_i32.min(length) {
            let weeks = length.saturating_sub(ahead).saturating_add(6).checked_div(7).unwrap_or(0);
            cells.push((start.add_days(ahead), u64::from(weeks.unsigned_abs())));
        }
    }
    cells.sort_by_key(|(date, _)| Weekday::index(date.weekday()));
    cells
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(fact: Fact, named: &[&str]) -> Vec<u64> {
        words(fact, &named.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn a_finer_cut_moves_no_weight() {
        let total = |named: &[&str]| cells(Fact::MerchantCategory, named).iter().sum::<u64>();
        let whole = 34 * LEAF;
        let fine = [
            "culture",
            "culture.museum",
            "culture.museum.art",
            "food",
            "food.tofu",
            "food.cafe",
            "pets.cats",
        ];
        assert_eq!(total(&[]), whole);
        assert_eq!(total(&fine), whole);
        let found = cells(Fact::MerchantCategory, &fine);
        assert_eq!(found[0] + found[1] + found[2], LEAF);
        assert_eq!(found[1] + found[2], LEAF / 8);
        assert_eq!(found[2], LEAF / 64);
        assert_eq!(cells(Fact::MerchantCategory, &["food"])[0], 10 * LEAF);
        assert_eq!(found[3] + found[4] + found[5], 10 * LEAF);
        assert_eq!((found[5], found[6]), (LEAF / 8, LEAF / 64));
    }

    #[test]
    fn amounts_and_dates_are_cut_without_loss() {
        let whole = range(Fact::PaymentAmount, i64::MIN, i64::MAX);
        assert_eq!(whole, 32 << 31);
        assert_eq!(
            range(Fact::PaymentAmount, 1, 5_000) + range(Fact::PaymentAmount, 5_001, i64::MAX),
            whole
        );
        assert_eq!(range(Fact::PayerAge, i64::MIN, 18), 19);
        let week = days(&BTreeSet::new());
        assert!(week.len() == 7 && week.iter().all(|(_, dates)| *dates == 20_871));
        let cuts = ["2026-01-01", "2026-01-04", "2026-02-28", "1999-01-01", "2400-01-01"];
        let cut = days(&cuts.iter().map(|date| Date::parse(date).unwrap()).collect());
        assert_eq!(cut.iter().map(|(_, dates)| dates).sum::<u64>(), 146_097);
        assert_eq!(cut.len(), 7 + 3 + 7 + 7);
    }
}
