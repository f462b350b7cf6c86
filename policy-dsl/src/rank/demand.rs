//! What the conditions of a stack tell apart: collected first, so that every condition sees the same cells.

use std::collections::{BTreeMap, BTreeSet};

use super::town;
use crate::civil::{Date, MINUTES_PER_DAY};
use crate::facts::Fact;
use crate::ir::{Pred, Test};

/// Tags with more parts than this are not measured.
const PARTS_MAX: usize = 32;

pub(super) type Pin = Option<[u8; 32]>;

/// One dimension. Those of time belong to a zone: each zone has a clock of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Axis {
    /// A fact that holds one word.
    Word(Fact),
    /// Two words that are not named: are they the same?
    Same(Fact, Fact),
    /// A tag of a fact that holds any number of tags; the tags above it are there.
    Bit(Fact, String),
    /// Is the word on a list?
    Listed(Fact, String, Pin),
    /// A number.
    Number(Fact),
    /// A comparison that is not measured any finer.
    Other(Test),
    /// Is there a basket?
    Basket,
    /// Is the date on a calendar?
    Calendar(String, String, Pin),
    /// The local date.
    Day(String),
    /// The local minute.
    Minute(String),
}

/// What the conditions of a stack tell apart.
#[derive(Debug, Default)]
pub(super) struct Demand {
    pub(super) axes: BTreeSet<Axis>,
    pub(super) words: BTreeMap<Fact, BTreeSet<String>>,
    pub(super) cuts: BTreeMap<Fact, BTreeSet<i64>>,
    pub(super) dates: BTreeMap<String, BTreeSet<Date>>,
    pub(super) minutes: BTreeMap<String, BTreeSet<u16>>,
    pub(super) too_large: bool,
}

impl Demand {
    /// What these conditions, each in the zone of its policy, tell apart.
    pub(super) fn of<'a>(preds: impl Iterator<Item = (&'a str, &'a Pred)>) -> Self {
        let mut demand = Self::default();
        preds.for_each(|(zone, pred)| demand.pred(zone, pred));
        demand.level();
        demand
    }

    fn pred(&mut self, zone: &str, pred: &Pred) {
        match pred {
            Pred::And(parts) | Pred::Or(parts) => {
                for part in parts {
                    self.pred(zone, part);
                }
            }
            Pred::Not(inner) => self.pred(zone, inner),
            Pred::AnyItem(inner) | Pred::EveryItem(inner) => {
                self.axes.insert(Axis::Basket);
                self.pred(zone, inner);
            }
            Pred::Known(fact) => self.basket(*fact),
            Pred::Test(test) => self.test(zone, test),
        }
    }

    fn basket(&mut self, fact: Fact) {
        if needs_basket(fact) {
            self.axes.insert(Axis::Basket);
        }
    }

    fn test(&mut self, zone: &str, test: &Test) {
        match test {
            Test::InTags(fact, tags) => tags.iter().for_each(|tag| self.word(*fact, tag)),
            Test::Is(fact, word) => self.word(*fact, &exactly(*fact, word)),
            Test::InRange(fact, low, high) => {
                self.range(zone, *fact, *low, high.and_then(|high| high.checked_add(1)));
            }
            Test::Equals(fact, number) => {
                self.range(zone, *fact, Some(*number), number.checked_add(1));
            }
            Test::InList(fact, list, pin) => {
                self.basket(*fact);
                self.axes.insert(Axis::Listed(*fact, list.clone(), *pin));
            }
            Test::OnCalendar(name, pin) => {
                self.axes.insert(Axis::Calendar(zone.to_owned(), name.clone(), *pin));
            }
            Test::InSchedule(weekly) => {
                self.date(zone, None);
                let edges = weekly.0.iter().flat_map(|slot| [slot.start, slot.end]);
                edges.for_each(|edge| self.minute(zone, edge));
            }
            Test::OnWeekday(_) => self.date(zone, None),
            Test::InDates(first, last) => {
                self.date(zone, *first);
                self.date(zone, last.map(|last| last.add_days(1)));
            }
            Test::Same(left, right) if is_flat(*left) && is_flat(*right) => {
                for fact in [left, right] {
                    self.basket(*fact);
                    self.words.entry(*fact).or_default();
                    self.axes.insert(Axis::Word(*fact));
                }
                self.axes.insert(Axis::Same(*left, *right));
            }
            Test::Same(..) => {
                self.axes.insert(Axis::Other(test.clone()));
            }
        }
    }

    fn word(&mut self, fact: Fact, word: &str) {
        self.basket(fact);
        if is_set(fact) {
            let prefixes = prefixes(word);
            self.too_large |= prefixes.len() > PARTS_MAX;
            let bits = prefixes.into_iter().take(PARTS_MAX);
            self.axes.extend(bits.map(|prefix| Axis::Bit(fact, prefix.to_owned())));
        } else if is_word(fact) {
            self.words.entry(fact).or_default().insert(word.to_owned());
            self.axes.insert(Axis::Word(fact));
        }
    }

    fn range(&mut self, zone: &str, fact: Fact, first: Option<i64>, end: Option<i64>) {
        self.basket(fact);
        let cuts = [first, end].into_iter().flatten();
        if fact == Fact::Time {
            self.minute(zone, 0);
            for cut in cuts.filter_map(|cut| u16::try_from(cut).ok()) {
                self.minute(zone, cut);
            }
        } else if fact == Fact::Date {
            self.date(zone, None);
            for cut in cuts.filter_map(|cut| i32::try_from(cut).ok()) {
                self.date(zone, Some(Date(cut)));
            }
        } else if is_number(fact) {
            self.cuts.entry(fact).or_default().extend(cuts);
            self.axes.insert(Axis::Number(fact));
        }
    }

    fn date(&mut self, zone: &str, cut: Option<Date>) {
        self.dates.entry(zone.to_owned()).or_default().extend(cut);
        self.axes.insert(Axis::Day(zone.to_owned()));
    }

    fn minute(&mut self, zone: &str, cut: u16) {
        let cuts = self.minutes.entry(zone.to_owned()).or_default();
        cuts.extend(Some(cut).filter(|cut| *cut < MINUTES_PER_DAY));
        self.axes.insert(Axis::Minute(zone.to_owned()));
    }

    /// Facts that are compared must be cut alike.
    fn level(&mut self) {
        let pairs: Vec<(Fact, Fact)> = self
            .axes
            .iter()
            .filter_map(|axis| if let Axis::Same(a, b) = axis { Some((*a, *b)) } else { None })
            .collect();
        for _ in 0..pairs.len() {
            for (left, right) in &pairs {
                let mut both = self.words.get(left).cloned().unwrap_or_default();
                both.extend(self.words.get(right).cloned().unwrap_or_default());
                self.words.insert(*left, both.clone());
                self.words.insert(*right, both);
            }
        }
    }
}

/// A tag and every tag above it.
pub(super) fn prefixes(tag: &str) -> Vec<&str> {
    let dots = tag.match_indices('.').map(|(at, _)| tag.get(..at).unwrap_or(tag));
    dots.chain([tag]).collect()
}

/// The name of exactly this word: where tags lie below tags, it is a tag of its own below the word.
pub(super) fn exactly(fact: Fact, word: &str) -> String {
    if is_set(fact) || town::is_category(fact) { format!("{word}.=") } else { word.to_owned() }
}

pub(super) fn needs_basket(fact: Fact) -> bool {
    matches!(fact, Fact::PaymentItems | Fact::ItemCode | Fact::ItemCategory | Fact::ItemAmount)
}

pub(super) fn is_set(fact: Fact) -> bool {
    matches!(fact, Fact::PayerGroups | Fact::MerchantGroups)
}

pub(super) fn is_number(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::PayerAge
            | Fact::PayerChildren
            | Fact::PaymentAmount
            | Fact::ItemAmount
            | Fact::EventAmount
            | Fact::EventDaysEarly
    )
}

/// Does it hold one word?
pub(super) fn is_word(fact: Fact) -> bool {
    let none = matches!(fact, Fact::PaymentItems | Fact::Time | Fact::Day | Fact::Date);
    !is_set(fact) && !is_number(fact) && !none
}

/// One word, and no word below another?
pub(super) fn is_flat(fact: Fact) -> bool {
    is_word(fact) && !town::is_category(fact)
}
