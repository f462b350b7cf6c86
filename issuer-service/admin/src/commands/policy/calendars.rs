//! Calendars from files, for examples and analysis.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use scoin_policy::civil::Date;
use scoin_policy::facts::World;

use super::request::date;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};

/// The Korean public holidays that examples may refer to; `--calendar` replaces them.
const KR_HOLIDAYS: &str = include_str!("../../../../../data/kr/holidays-2026.csv");

/// Calendars by name, from files.
#[derive(Debug)]
pub(crate) struct Calendars(BTreeMap<String, BTreeSet<Date>>);

impl Calendars {
    /// The built-in calendar and those given.
    pub(crate) fn read(given: &[(String, String)]) -> Result<Self, Failure> {
        let mut calendars = BTreeMap::new();
        calendars.insert("kr.holidays".to_owned(), dates("the built-in calendar", KR_HOLIDAYS)?);
        for (name, file) in given {
            calendars.insert(name.clone(), dates(file, &read_text(Path::new(file))?)?);
        }
        Ok(Self(calendars))
    }

    /// Calendars that are known already.
    pub(crate) fn of(calendars: BTreeMap<String, BTreeSet<Date>>) -> Self {
        Self(calendars)
    }

    /// Every calendar by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &BTreeSet<Date>)> {
        self.0.iter().map(|(name, days)| (name.as_str(), days))
    }

    /// What an analysis from a day on may take as known: the calendars given, and the built-in one within its year.
    pub(crate) fn known(
        &self,
        given: &[(String, String)],
        from: Date,
    ) -> BTreeMap<String, BTreeSet<Date>> {
        let built_in = from.ymd().0 == 2026;
        let known = |(name, _): &(&String, &BTreeSet<Date>)| {
            built_in || given.iter().any(|(given, _)| given == *name)
        };
        self.0.iter().filter(known).map(|(name, days)| (name.clone(), days.clone())).collect()
    }
}

impl World for Calendars {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        self.0.get(calendar).map(|days| days.contains(&date))
    }
}

/// The days of a calendar file: one a line, first on it; a head line, `#` lines and empty lines are passed over.
pub(crate) fn dates(file: &str, text: &str) -> Result<BTreeSet<Date>, Failure> {
    let mut days = BTreeSet::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let word = line
            .split([',', ';', ' ', '\t'])
            .next()
            .unwrap_or_default()
            .trim_matches(['"', '\u{feff}', '\r']);
        let head = number == 1 && word.starts_with("date");
        if word.is_empty() || word.starts_with('#') || head {
            continue;
        }
        let day = date(word).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("line {number} of `{file}` does not begin with a day"),
            )
            .hint("write one day a line, such as 2026-03-02")
        })?;
        days.insert(day);
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_calendar_knows_the_substitute_holiday() {
        let days = dates("test", KR_HOLIDAYS).unwrap();
        assert_eq!(days.len(), 22);
        assert!(days.contains(&date("2026-03-02").unwrap()));
    }

    #[test]
    fn calendar_files_are_strict() {
        assert_eq!(dates("f", "# head\n\n2026-01-01 new year\r\n2026-01-01\n").unwrap().len(), 1);
        assert!(dates("f", "2026-01-01\nsoon\n").is_err());
        assert!(dates("f", "2026-01-01\ndate\n").is_err());
    }
}
