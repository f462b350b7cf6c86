//! Payments that show an answer, in words.

use super::witness::Witness;
use crate::civil::{Date, Weekday};
use crate::facts::Fact;

impl Witness {
    /// One line for people: `Tue 3 March 2026 15:30, food.bakery, payer.age 11, 3,000 won`.
    pub fn in_words(&self) -> String {
        let (hour, minute) = (self.now.minute / 60, self.now.minute % 60);
        let mut parts = vec![format!("{} {hour:02}:{minute:02}", day(self.now.date))];
        // Where and of what kind first; these need no name.
        for fact in [Fact::PaymentKind, Fact::MerchantCategory, Fact::MerchantId] {
            if let Some(words) = self.words.get(&fact).filter(|words| !words.is_empty()) {
                parts.push(words.join(" and "));
            }
        }
        for (fact, words) in &self.words {
            match (fact, words.as_slice()) {
                (Fact::PaymentKind | Fact::MerchantCategory | Fact::MerchantId, [_, ..]) => {}
                (fact, []) => parts.push(format!("no {}", fact.name())),
                (fact, words) => parts.push(format!("{} {}", fact.name(), words.join(" and "))),
            }
        }
        for (fact, number) in &self.numbers {
            parts.push(format!("{} {number}", fact.name()));
        }
        for item in self.items.iter().flatten() {
            let tags = item.tags.join(" and ");
            let what = match (item.code.as_str(), tags.as_str()) {
                ("", "") => "a line".to_owned(),
                (code, "") => code.to_owned(),
                ("", tags) => tags.to_owned(),
                (code, tags) => format!("{code} ({tags})"),
            };
            parts.push(format!("{what} for {}", won(item.amount)));
        }
        parts.push(won(self.amount));
        for ((list, _, member), said) in &self.listed {
            parts.push(match said {
                Some(true) => format!("`{member}` on list {list}"),
                Some(false) => format!("`{member}` not on list {list}"),
                None => format!("list {list} not at hand"),
            });
        }
        for ((calendar, _), said) in &self.calendars {
            match said {
                Some(true) => parts.push(format!("a day of {calendar}")),
                Some(false) => {}
                None => parts.push(format!("calendar {calendar} not at hand")),
            }
        }
        parts.join(", ")
    }
}

/// `Tue 3 March 2026`
pub(crate) fn day(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let weekday = match date.weekday() {
        Weekday::Mon => "Mon",
        Weekday::Tue => "Tue",
        Weekday::Wed => "Wed",
        Weekday::Thu => "Thu",
        Weekday::Fri => "Fri",
        Weekday::Sat => "Sat",
        Weekday::Sun => "Sun",
    };
    let (year, month, day) = date.ymd();
    let month = usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at));
    format!("{weekday} {day} {} {year}", month.unwrap_or(&""))
}

/// `3,000 won`
pub(crate) fn won(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} won")
}
