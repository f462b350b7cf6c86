//! The dimensions of a space of payments, and the cells each is cut into.

use std::collections::{BTreeMap, BTreeSet};

use crate::civil::{Date, MINUTES_PER_DAY, Weekday};
use crate::facts::Fact;
use crate::ir::Pred;
use crate::truth::under;

/// The content hash of a pinned list or calendar; `None` for a live one.
pub type Pin = Option<[u8; 32]>;

/// One dimension. Their order is the order in which diagrams ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// A fact that holds one word.
    Word(Fact),
    /// Two facts whose words fall in the same class: are they the same word?
    Same(Fact, Fact),
    /// Is a fact that holds any number of words known?
    Present(Fact),
    /// Does it hold a word of this class?
    Has(Fact, Class),
    /// Is the word on a list whose contents are left open? Unknown, no, yes.
    Listed(Fact, String, Pin),
    /// A number.
    Number(Fact),
    /// A condition outside the exact fragment: unknown, false, true.
    Opaque(Pred),
    /// Is there an item list?
    Items,
    /// Is there a line with this? Unknown, no, yes.
    Line(Pred),
    /// Is the date on a calendar whose contents are left open? Unknown, no, yes.
    Calendar(String, Pin),
    /// The local date: weekday, date range and calendars together.
    Day,
    /// The local minute of the day.
    Minute,
}

/// A class of words: no test can tell two words of one class apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// This word alone.
    Exact(String),
    /// This tag and all below it that is not a class of its own.
    Under(String),
    /// Every other word.
    Other,
}

/// A cell of a [`Axis::Word`] dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WordCell {
    pub(crate) class: Class,
    /// Which of the known lists it is on, parallel to [`Words::lists`].
    pub(crate) listed: Vec<bool>,
    /// One or two words of it.
    pub(crate) samples: Vec<String>,
}

/// How the words of one fact are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) exact: BTreeSet<String>,
    pub(crate) tags: BTreeSet<String>,
    /// Lists with known contents.
    pub(crate) lists: BTreeMap<(String, Pin), BTreeSet<String>>,
    /// What an invented word is called.
    pub(crate) base: &'static str,
    /// For a single word: the cells after `absent`.
    pub(crate) cells: Vec<WordCell>,
}

impl Words {
    /// The class of a word.
    pub(crate) fn class(&self, word: &str) -> Class {
        if self.exact.contains(word) {
            return Class::Exact(word.to_owned());
        }
        let mut prefix = word;
        loop {
            if self.tags.contains(prefix) {
                return Class::Under(prefix.to_owned());
            }
            match prefix.rsplit_once('.') {
                Some((shorter, _)) => prefix = shorter,
                None => return Class::Other,
            }
        }
    }

    /// Every class but `Other`.
    pub(crate) fn classes(&self) -> Vec<Class> {
        let exact = self.exact.iter().map(|word| Class::Exact(word.clone()));
        exact.chain(self.tags.iter().map(|tag| Class::Under(tag.clone()))).collect()
    }

    /// Which known lists a word is on.
    pub(crate) fn listed(&self, word: &str) -> Vec<bool> {
        self.lists.values().map(|members| members.contains(word)).collect()
    }

    /// Cuts the words into cells: by class and by the known lists they are on.
    pub(crate) fn cut(&mut self) {
        let mut samples: BTreeMap<(Class, Vec<bool>), Vec<String>> = BTreeMap::new();
        let invented = [Class::Other].into_iter().chain(self.classes());
        let mut words: Vec<String> = invented.flat_map(|class| self.invent(&class)).collect();
        words.extend(self.lists.values().flatten().cloned());
        for word in words {
            let found = samples.entry((self.class(&word), self.listed(&word))).or_default();
            if found.len() < 2 && !found.contains(&word) {
                found.push(word);
            }
        }
        let cell = |((class, listed), samples)| WordCell { class, listed, samples };
        self.cells = samples.into_iter().map(cell).collect();
    }

    /// Two words of a class that are on no known list, as far as there are any.
    pub(crate) fn invent(&self, class: &Class) -> Vec<String> {
        let candidates: Vec<String> = match class {
            Class::Exact(word) => vec![word.clone()],
            Class::Under(tag) => std::iter::once(tag.clone())
                .chain((0..).map(|n| format!("{tag}.x{n}")).take(64))
                .collect(),
            Class::Other => std::iter::once(self.base.to_owned())
                .chain((0..).map(|n| format!("{}-{n}", self.base)).take(64))
                .collect(),
        };
        let free = |word: &String| {
            matches!(class, Class::Exact(_))
                || (self.class(word) == *class && !self.listed(word).contains(&true))
        };
        candidates.into_iter().filter(free).take(2).collect()
    }
}

impl Class {
    /// Are its words this tag or below it? The tag is one of those the classes were made from.
    pub(crate) fn is_under(&self, tag: &str) -> bool {
        match self {
            Self::Exact(word) | Self::Under(word) => under(word, tag),
            Self::Other => false,
        }
    }
}

/// A cell of the [`Axis::Day`] dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DayCell {
    /// Which date range, counted from 0.
    pub(crate) range: usize,
    pub(crate) weekday: Weekday,
    /// On which of the known calendars, parallel to [`Days::calendars`].
    pub(crate) marked: Vec<bool>,
}

/// How dates are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days {
    /// First date of each range.
    pub(crate) starts: Vec<Date>,
    /// Last date of the last range.
    pub(crate) last: Date,
    /// Calendars with known contents.
    pub(crate) calendars: BTreeMap<(String, Pin), BTreeSet<Date>>,
    /// The cells and the first date of each.
    pub(crate) cells: Vec<(DayCell, Date)>,
}

impl Days {
    /// Cuts the dates from `first` on at these dates.
    pub(crate) fn cut(
        first: Date,
        cuts: &BTreeSet<Date>,
        calendars: BTreeMap<(String, Pin), BTreeSet<Date>>,
    ) -> Self {
        let later = cuts.iter().copied().filter(|date| *date > first && *date <= Date::MAX);
        let starts: Vec<Date> = std::iter::once(first).chain(later).collect();
        let mut days = Self { starts, last: Date::MAX, calendars, cells: Vec::new() };
        let mut found: BTreeMap<DayCell, Date> = BTreeMap::new();
        for (range, start) in days.starts.iter().enumerate() {
            let end = days.range_end(range);
            for ahead in 0..7 {
                if let Some(date) = days.first_unmarked(start.add_days(ahead), end) {
                    found.entry(days.cell_of(date)).or_insert(date);
                }
            }
        }
        for date in days.calendars.values().flatten() {
            if *date >= first && *date <= days.last {
                let known = found.entry(days.cell_of(*date)).or_insert(*date);
                *known = (*known).min(*date);
            }
        }
        days.cells = found.into_iter().collect();
        days
    }

    /// The last date of a range.
    pub(crate) fn range_end(&self, range: usize) -> Date {
        self.starts.get(range.saturating_add(1)).map_or(self.last, |next| next.add_days(-1))
    }

    /// The first date from `date` on, in steps of a week, that is on no calendar.
    fn first_unmarked(&self, mut date: Date, end: Date) -> Option<Date> {
        while date <= end {
            if !self.calendars.values().any(|dates| dates.contains(&date)) {
                return Some(date);
            }
            if date > end.add_days(-7) {
                return None;
            }
            date = date.add_days(7);
        }
        None
    }

    fn cell_of(&self, date: Date) -> DayCell {
        let range = self.starts.partition_point(|start| *start <= date).saturating_sub(1);
        let marked = self.calendars.values().map(|dates| dates.contains(&date)).collect();
        DayCell { range, weekday: date.weekday(), marked }
    }

    /// The cell of a date; `None` before the first.
    pub(crate) fn find(&self, date: Date) -> Option<usize> {
        if self.starts.first().is_none_or(|first| date < *first) {
            return None;
        }
        let cell = self.cell_of(date);
        self.cells.binary_search_by(|(known, _)| known.cmp(&cell)).ok()
    }
}

/// Cuts a line of numbers into ranges that begin at the cuts.
pub(crate) fn ranges(low: i64, high: i64, cuts: &BTreeSet<i64>) -> Vec<(i64, i64)> {
    let inner = cuts.iter().copied().filter(|cut| *cut > low && *cut <= high);
    let starts: Vec<i64> = std::iter::once(low).chain(inner).collect();
    let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1)).chain([high]);
    starts.iter().copied().zip(ends).collect()
}

/// Cuts a day into ranges of minutes (last one inclusive).
pub(crate) fn minute_ranges(cuts: &BTreeSet<u16>) -> Vec<(u16, u16)> {
    let wide: BTreeSet<i64> = cuts.iter().map(|cut| i64::from(*cut)).collect();
    let narrow = |value: i64| u16::try_from(value).unwrap_or(0);
    let last = i64::from(MINUTES_PER_DAY.saturating_sub(1));
    ranges(0, last, &wide).into_iter().map(|(a, b)| (narrow(a), narrow(b))).collect()
}
