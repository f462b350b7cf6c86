//! What an analysis takes for granted.

use std::collections::{BTreeMap, BTreeSet};

use super::idd::Pin;
use crate::civil::{Civil, Date};
use crate::facts::{Fact, World};

/// What an analysis takes for granted. The default takes nothing for granted: any day, any contents of lists and
/// calendars, shops with any number of categories. What is proved so holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Only payments from this date on are looked at. `None`: all dates.
    pub today: Option<Date>,
    /// Lists and calendars as they stand. What is not given may have any contents, or not be at hand at all.
    pub contents: Contents,
    /// How many categories a shop has.
    pub shops: Shops,
    /// Coins about to be issued, to see whether they can be spent in time.
    pub issue: Option<Issue>,
}

/// How many categories a shop has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shops {
    /// Any number, as the registry allows.
    #[default]
    AnyCategories,
    /// At most one. Finds clauses that only a shop of two kinds could ever fail.
    OneCategory,
}

/// Coins about to be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issue {
    /// When, in the policy's zone.
    pub at: Civil,
    /// How much, minor units.
    pub amount: u64,
}

/// Known contents, by name and pin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Members of lists.
    pub lists: BTreeMap<(String, Pin), BTreeSet<String>>,
    /// Dates on calendars; every other date is not on it.
    pub calendars: BTreeMap<(String, Pin), BTreeSet<Date>>,
}

impl Settings {
    /// The date from which witnesses are looked for first.
    pub(crate) fn anchor(&self) -> Date {
        // Without a date any will do; 2026 is when the language was published.
        self.today.unwrap_or_else(|| Date::from_ymd(2026, 1, 1).unwrap_or_default())
    }

    /// The facts that may hold several words.
    pub(crate) fn sets(&self) -> Vec<Fact> {
        let mut sets = vec![Fact::PayerGroups, Fact::MerchantGroups];
        if self.shops == Shops::AnyCategories {
            sets.push(Fact::MerchantCategory);
        }
        sets
    }
}

impl World for Contents {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        self.lists.get(&(list.to_owned(), None)).map(|members| members.contains(member))
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        self.calendars.get(&(calendar.to_owned(), None)).map(|dates| dates.contains(&date))
    }

    fn listed_pinned(&self, list: &str, pin: &[u8; 32], member: &str) -> Option<bool> {
        let key = (list.to_owned(), Some(*pin));
        self.lists.get(&key).map(|members| members.contains(member))
    }

    fn on_calendar_pinned(&self, calendar: &str, pin: &[u8; 32], date: Date) -> Option<bool> {
        self.calendars.get(&(calendar.to_owned(), Some(*pin))).map(|dates| dates.contains(&date))
    }
}
