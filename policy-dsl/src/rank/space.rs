//! The payments that can be drawn, as dimensions of a diagram, and conditions as sets of them.
//!
//! In a drawn payment everything is known, a shop and a line have one category each, and the basket is either not told
//! or one line. So every condition is exact here; only conditions on lines can be unknown, without a basket.

use std::collections::{BTreeMap, BTreeSet};

use super::demand::{
    Axis, Demand, exactly, is_flat, is_number, is_set, is_word, needs_basket, prefixes,
};
use super::natural::Natural;
use super::town;
use crate::civil::{Civil, Date, MINUTES_PER_DAY};
use crate::diagram::{Diagram, Pair, Store, TooLarge};
use crate::facts::Fact;
use crate::ir::{Pred, Test};
use crate::truth::{in_schedule, under};

/// The space of payments and the weights of its cells.
pub(super) struct Space {
    pub(super) store: Store,
    places: BTreeMap<Axis, usize>,
    weights: Vec<Vec<u64>>,
    words: BTreeMap<Fact, Vec<String>>,
    starts: BTreeMap<Fact, Vec<i64>>,
    days: BTreeMap<String, Vec<Date>>,
    minutes: BTreeMap<String, Vec<u16>>,
}

impl Space {
    pub(super) fn new(demand: &Demand) -> Result<Self, TooLarge> {
        if demand.too_large {
            return Err(TooLarge);
        }
        let listed = |words: &BTreeSet<String>| words.iter().cloned().collect::<Vec<_>>();
        let days = demand.dates.iter().map(|(zone, cuts)| (zone.clone(), town::days(cuts)));
        let days: BTreeMap<String, Vec<(Date, u64)>> = days.collect();
        let mut space = Self {
            store: Store::default(),
            places: demand.axes.iter().cloned().zip(0..).collect(),
            weights: Vec::new(),
            words: demand.words.iter().map(|(fact, words)| (*fact, listed(words))).collect(),
            starts: demand.cuts.iter().map(|(fact, cuts)| (*fact, with_low(cuts))).collect(),
            days: BTreeMap::new(),
            minutes: BTreeMap::new(),
        };
        for (zone, cuts) in &demand.minutes {
            let starts = [0].into_iter().chain(cuts.iter().copied().filter(|cut| *cut > 0));
            space.minutes.insert(zone.clone(), starts.collect());
        }
        for axis in &demand.axes {
            let weights = space.weights_of(axis, demand, &days);
            space.weights.push(weights);
        }
        space.store = Store::new(space.weights.iter().map(Vec::len).collect())?;
        let dates = |cells: Vec<(Date, u64)>| cells.into_iter().map(|(date, _)| date).collect();
        space.days = days.into_iter().map(|(zone, cells)| (zone, dates(cells))).collect();
        Ok(space)
    }

    fn weights_of(
        &self,
        axis: &Axis,
        demand: &Demand,
        days: &BTreeMap<String, Vec<(Date, u64)>>,
    ) -> Vec<u64> {
        match axis {
            Axis::Word(fact) => {
                town::words(*fact, demand.words.get(fact).unwrap_or(&BTreeSet::new()))
            }
            Axis::Same(left, _) => {
                let named = self.words.get(left).map_or(0, Vec::len);
                let others = town::others(*left, named);
                vec![others.saturating_sub(1), 1]
            }
            Axis::Bit(..)
            | Axis::Listed(..)
            | Axis::Other(_)
            | Axis::Basket
            | Axis::Calendar(..) => vec![1, 1],
            Axis::Number(fact) => {
                let starts = self.starts.get(fact).map_or(&[i64::MIN][..], Vec::as_slice);
                let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1));
                let ends = ends.chain([i64::MAX]);
                starts.iter().zip(ends).map(|(low, high)| town::range(*fact, *low, high)).collect()
            }
            Axis::Day(zone) => {
                days.get(zone).into_iter().flatten().map(|(_, dates)| *dates).collect()
            }
            Axis::Minute(zone) => {
                let starts = self.minutes.get(zone).map_or(&[0][..], Vec::as_slice);
                let ends = starts.iter().skip(1).copied().chain([MINUTES_PER_DAY]);
                starts.iter().zip(ends).map(|(s, end)| u64::from(end.saturating_sub(*s))).collect()
            }
        }
    }

    /// The share of all payments that a set is: (part, whole), exact.
    pub(super) fn volume(&self, set: Diagram) -> (Natural, Natural) {
        let totals: Vec<u64> = self.weights.iter().map(|cells| sum(cells)).collect();
        let mut below: BTreeMap<Diagram, Natural> = BTreeMap::new();
        let part = self.count(set, 0, &totals, &mut below);
        let whole = totals.iter().fold(Natural::new(1), |whole, total| whole.times(*total));
        (part, whole)
    }

    /// The weight of a set over the dimensions from `from` on.
    fn count(
        &self,
        set: Diagram,
        from: usize,
        totals: &[u64],
        below: &mut BTreeMap<Diagram, Natural>,
    ) -> Natural {
        let free = |count: Natural, until: usize| {
            let skipped = totals.iter().take(until).skip(from);
            skipped.fold(count, |count, total| count.times(*total))
        };
        let Some((dimension, edges)) = self.store.open(set) else {
            let count = Natural::new(u64::from(!set.is_nothing()));
            return free(count, totals.len());
        };
        if let Some(known) = below.get(&set) {
            return free(known.clone(), dimension);
        }
        // Cells that lead to the same place are counted together.
        let mut weights: BTreeMap<Diagram, u64> = BTreeMap::new();
        for (edge, weight) in edges.iter().zip(self.weights.get(dimension).into_iter().flatten()) {
            let sum = weights.entry(*edge).or_default();
            *sum = sum.saturating_add(*weight);
        }
        let mut count = Natural::default();
        for (edge, weight) in weights {
            if weight > 0 && !edge.is_nothing() {
                let inner = self.count(edge, dimension.saturating_add(1), totals, below);
                count.add(&inner.times(weight));
            }
        }
        below.insert(set, count.clone());
        free(count, dimension)
    }

    fn cells(&mut self, axis: &Axis, chosen: impl Fn(usize) -> bool) -> Result<Diagram, TooLarge> {
        let place = self.places.get(axis).copied().ok_or(TooLarge)?;
        self.store.cells(place, chosen)
    }

    fn split(&mut self, axis: &Axis, chosen: impl Fn(usize) -> bool) -> Result<Pair, TooLarge> {
        let yes = self.cells(axis, chosen)?;
        Ok(Pair { yes, no: self.store.not(yes)? })
    }

    /// Where a condition is true and where it is false.
    pub(super) fn pred(&mut self, zone: &str, pred: &Pred) -> Result<Pair, TooLarge> {
        match pred {
            Pred::And(parts) => {
                let mut all = Pair::constant(true);
                for part in parts {
                    let part = self.pred(zone, part)?;
                    all = self.store.both(all, part)?;
                }
                Ok(all)
            }
            Pred::Or(parts) => {
                let mut any = Pair::constant(false);
                for part in parts {
                    let part = self.pred(zone, part)?;
                    any = self.store.either(any, part)?;
                }
                Ok(any)
            }
            Pred::Not(inner) => Ok(self.pred(zone, inner)?.negate()),
            Pred::AnyItem(inner) | Pred::EveryItem(inner) => {
                let inner = self.pred(zone, inner)?;
                self.with_basket(inner)
            }
            Pred::Known(fact) if needs_basket(*fact) => self.split(&Axis::Basket, |cell| cell == 1),
            Pred::Known(_) => Ok(Pair::constant(true)),
            Pred::Test(test) => {
                let pair = self.test(zone, test)?;
                let facts = facts_of(test);
                if facts.iter().flatten().copied().any(needs_basket) {
                    self.with_basket(pair)
                } else {
                    Ok(pair)
                }
            }
        }
    }

    /// Unknown without a basket.
    fn with_basket(&mut self, inner: Pair) -> Result<Pair, TooLarge> {
        let basket = self.cells(&Axis::Basket, |cell| cell == 1)?;
        Ok(Pair { yes: self.store.and(basket, inner.yes)?, no: self.store.and(basket, inner.no)? })
    }

    fn test(&mut self, zone: &str, test: &Test) -> Result<Pair, TooLarge> {
        match test {
            Test::InTags(fact, tags) => self.words(*fact, tags, under),
            Test::Is(fact, word) => {
                self.words(*fact, &[exactly(*fact, word)], |word, tag| word == tag)
            }
            Test::InRange(fact, low, high) => self.numbers(zone, *fact, |value| {
                low.is_none_or(|low| value >= low) && high.is_none_or(|high| value <= high)
            }),
            Test::Equals(fact, number) => self.numbers(zone, *fact, |value| value == *number),
            Test::InList(fact, list, pin) if is_word(*fact) || is_set(*fact) => {
                self.split(&Axis::Listed(*fact, list.clone(), *pin), |cell| cell == 1)
            }
            Test::InList(..) => Ok(Pair::UNKNOWN),
            Test::OnCalendar(name, pin) => {
                self.split(&Axis::Calendar(zone.to_owned(), name.clone(), *pin), |cell| cell == 1)
            }
            Test::InDates(first, last) => self.dates(zone, |date| {
                first.is_none_or(|first| date >= first) && last.is_none_or(|last| date <= last)
            }),
            Test::OnWeekday(days) => self.dates(zone, |date| days.contains(&date.weekday())),
            Test::InSchedule(weekly) => self.schedule(zone, |now| in_schedule(weekly, now)),
            Test::Same(left, right) if is_flat(*left) && is_flat(*right) => {
                self.same(*left, *right)
            }
            Test::Same(..) => self.split(&Axis::Other(test.clone()), |cell| cell == 1),
        }
    }

    fn words(
        &mut self,
        fact: Fact,
        tags: &[String],
        fits: impl Fn(&str, &str) -> bool,
    ) -> Result<Pair, TooLarge> {
        if is_set(fact) {
            let mut any = Diagram::NOTHING;
            for tag in tags {
                let mut all = Diagram::EVERYTHING;
                for prefix in prefixes(tag) {
                    let bit = self.cells(&Axis::Bit(fact, prefix.to_owned()), |cell| cell == 1)?;
                    all = self.store.and(all, bit)?;
                }
                any = self.store.or(any, all)?;
            }
            return Ok(Pair { yes: any, no: self.store.not(any)? });
        }
        let Some(words) = self.words.get(&fact) else { return Ok(Pair::UNKNOWN) };
        let fits = |word: &String| tags.iter().any(|tag| fits(word, tag));
        let cells: Vec<bool> = words.iter().map(fits).collect();
        self.split(&Axis::Word(fact), |cell| cells.get(cell).copied().unwrap_or(false))
    }

    fn numbers(
        &mut self,
        zone: &str,
        fact: Fact,
        chosen: impl Fn(i64) -> bool,
    ) -> Result<Pair, TooLarge> {
        if fact == Fact::Time {
            let starts = self.minutes.get(zone).cloned().unwrap_or_default();
            let start = |cell: usize| starts.get(cell).copied().map_or(0, i64::from);
            self.split(&Axis::Minute(zone.to_owned()), |cell| chosen(start(cell)))
        } else if fact == Fact::Date {
            self.dates(zone, |date| chosen(i64::from(date.0)))
        } else if is_number(fact) {
            let starts = self.starts.get(&fact).cloned().unwrap_or_else(|| vec![i64::MIN]);
            let start = |cell: usize| starts.get(cell).copied().unwrap_or(i64::MIN);
            self.split(&Axis::Number(fact), |cell| chosen(start(cell)))
        } else {
            Ok(Pair::UNKNOWN)
        }
    }

    fn dates(&mut self, zone: &str, chosen: impl Fn(Date) -> bool) -> Result<Pair, TooLarge> {
        let dates = self.days.get(zone).cloned().unwrap_or_default();
        let on = |cell: usize| dates.get(cell).is_some_and(|date| chosen(*date));
        self.split(&Axis::Day(zone.to_owned()), on)
    }

    fn schedule(&mut self, zone: &str, open: impl Fn(Civil) -> bool) -> Result<Pair, TooLarge> {
        let dates = self.days.get(zone).cloned().unwrap_or_default();
        let starts = self.minutes.get(zone).cloned().unwrap_or_default();
        let mut edges = Vec::with_capacity(dates.len());
        for date in dates {
            let start = |cell: usize| starts.get(cell).copied().unwrap_or(0);
            let minutes = self.cells(&Axis::Minute(zone.to_owned()), |cell| {
                open(Civil { date, minute: start(cell) })
            })?;
            edges.push(minutes);
        }
        let place = self.places.get(&Axis::Day(zone.to_owned())).copied().ok_or(TooLarge)?;
        let yes = self.store.node(place, edges)?;
        Ok(Pair { yes, no: self.store.not(yes)? })
    }

    /// Both hold the same named word, or both one that is not named and it is the same.
    fn same(&mut self, left: Fact, right: Fact) -> Result<Pair, TooLarge> {
        let (one, two) = (self.named(left), self.named(right));
        let mut yes = Diagram::NOTHING;
        for (at, word) in one.iter().enumerate() {
            let other = two.iter().position(|other| other == word);
            let first = self.cells(&Axis::Word(left), |cell| cell == at)?;
            let second = self.cells(&Axis::Word(right), |cell| Some(cell) == other)?;
            let both = self.store.and(first, second)?;
            yes = self.store.or(yes, both)?;
        }
        let first = self.cells(&Axis::Word(left), |cell| cell == one.len())?;
        let second = self.cells(&Axis::Word(right), |cell| cell == two.len())?;
        let same = self.cells(&Axis::Same(left, right), |cell| cell == 1)?;
        let both = self.store.and(first, second)?;
        let both = self.store.and(both, same)?;
        let yes = self.store.or(yes, both)?;
        Ok(Pair { yes, no: self.store.not(yes)? })
    }

    fn named(&self, fact: Fact) -> Vec<String> {
        self.words.get(&fact).cloned().unwrap_or_default()
    }
}

fn sum(cells: &[u64]) -> u64 {
    cells.iter().fold(0, |sum, cell| sum.saturating_add(*cell))
}

fn with_low(cuts: &BTreeSet<i64>) -> Vec<i64> {
    let low = [i64::MIN].into_iter();
    low.chain(cuts.iter().copied().filter(|cut| *cut > i64::MIN)).collect()
}

fn facts_of(test: &Test) -> [Option<Fact>; 2] {
    match test {
        Test::InTags(fact, _)
        | Test::InRange(fact, ..)
        | Test::InList(fact, ..)
        | Test::Is(fact, _)
        | Test::Equals(fact, _) => [Some(*fact), None],
        Test::Same(left, right) => [Some(*left), Some(*right)],
        Test::OnCalendar(..) | Test::InDates(..) | Test::OnWeekday(_) | Test::InSchedule(_) => {
            [None, None]
        }
    }
}
