//! Findings in words: lower case, the rule's own words in backticks, then what to do next.

use std::fmt;

use super::super::words::won;
use super::{Finding, Place, Problem};
use crate::civil::Date;
use crate::ir::{Pred, Test, Weekly};
use crate::names::weekday_word;

impl fmt::Display for Place {
    /// `city.no-gambling/gambling`, or the policy alone.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.clause.is_empty() {
            return out.write_str(&self.rule);
        }
        write!(out, "{}/{}", self.rule, self.clause)
    }
}

impl fmt::Display for Finding {
    /// `W0402 city.no-gambling/gambling: message`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}: {}", self.code, self.place, self.message())
    }
}

impl Finding {
    /// One line: what is wrong.
    pub fn message(&self) -> String {
        let message = self.plain_message();
        if self.one_category { format!("{message}, if shops have one category") } else { message }
    }

    fn plain_message(&self) -> String {
        let clause = &self.place.clause;
        match &self.problem {
            Problem::NeverPays(places) => match places.as_slice() {
                [only] => format!("no payment can pass: `{}` excludes all", only.clause),
                places => format!("no payment can pass: {} exclude each other", names(places)),
            },
            Problem::DeadClause(because) if because.is_empty() => {
                format!("`{clause}` changes nothing: it can never fail")
            }
            Problem::DeadClause(because) => {
                format!(
                    "`{clause}` changes nothing: all it refuses is refused by {}",
                    names(because)
                )
            }
            Problem::DeadPart(text) => format!("`{text}` in `{clause}` changes nothing"),
            Problem::AlwaysTrue(text) => {
                format!("`{clause}` is never decided by `{text}`: it has only one answer")
            }
            Problem::Contradiction => format!("`{clause}` lets nothing pass"),
            Problem::NeverInFull => {
                format!("no payment passes whole: `{clause}` is below the least amount")
            }
            Problem::DeadCap(because) if because.is_empty() => {
                format!("the limit `{clause}` never binds")
            }
            Problem::DeadCap(because) => {
                format!("the limit `{clause}` never binds: it is never below {}", names(because))
            }
            Problem::NeverApplies => {
                format!("`{clause}` never applies: its `when` holds for no payment that passes")
            }
            Problem::DeadKind(kind) => format!("no payment of kind `{kind}` can pass"),
            Problem::Stranded { issued, most, open_days, last, .. } => {
                let rest = issued.saturating_sub(*most);
                format!(
                    "coins will be stranded: of {} issued at most {} can be spent on \
                     {open_days} open days until {last}, {} would be left",
                    won(*issued),
                    won(*most),
                    won(rest)
                )
            }
            Problem::CrossingItems(other) => {
                format!("the items of `{clause}` and `{}` overlap in part", other.clause)
            }
            Problem::ZeroCap => format!("the limit `{clause}` is zero"),
            Problem::NobodyMayReceive => "nobody can fulfil `transfer to`".to_owned(),
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match &self.problem {
            Problem::NeverPays(_) | Problem::Contradiction => {
                "loosen or leave out one of the clauses"
            }
            Problem::DeadClause(_) | Problem::DeadPart(_) => "leave it out, or say what was meant",
            Problem::AlwaysTrue(_) => "leave it out, or write `known` if the fact must be known",
            Problem::NeverInFull => "raise the limit or lower the least amount",
            Problem::DeadCap(_) => "leave it out, or lower it",
            Problem::NeverApplies => "leave it out, or change its `when`",
            Problem::DeadKind(_) => "leave the kind out of `pays`, or let a clause allow it",
            Problem::Stranded { .. } => "give more time, raise the limits, or issue less",
            Problem::CrossingItems(_) => "make one set of items hold the other, or keep them apart",
            Problem::ZeroCap => "raise it, or write `forbid`",
            Problem::NobodyMayReceive => "write `transfer never`",
        }
    }
}

fn names(places: &[Place]) -> String {
    let names: Vec<String> = places.iter().map(|place| format!("`{}`", place.clause)).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A condition as the language writes it.
pub(in crate::analyse) fn pred(pred: &Pred) -> String {
    match pred {
        Pred::And(parts) => join(parts, " and "),
        Pred::Or(parts) => join(parts, " or "),
        Pred::Not(inner) => format!("not {}", inner_text(inner)),
        Pred::AnyItem(inner) => format!("any item ({})", self::pred(inner)),
        Pred::EveryItem(inner) => format!("every item ({})", self::pred(inner)),
        Pred::Known(fact) => format!("known {}", fact.name()),
        Pred::Test(test) => self::test(test),
    }
}

fn join(parts: &[Pred], word: &str) -> String {
    let parts: Vec<String> = parts.iter().map(inner_text).collect();
    parts.join(word)
}

fn inner_text(pred: &Pred) -> String {
    let text = self::pred(pred);
    if matches!(pred, Pred::And(_) | Pred::Or(_)) { format!("({text})") } else { text }
}

fn test(test: &Test) -> String {
    match test {
        Test::InTags(fact, tags) => format!("{} in {{ {} }}", fact.name(), tags.join(", ")),
        Test::InRange(fact, low, high) => {
            format!("{} in {}..{}", fact.name(), end(low.as_ref()), end(high.as_ref()))
        }
        Test::InList(fact, list, _) => format!("{} in list {list}", fact.name()),
        Test::OnCalendar(calendar, _) => format!("day in calendar {calendar}"),
        Test::InSchedule(weekly) => format!("time in weekly {{ {} }}", slots(weekly)),
        Test::OnWeekday(days) => {
            let days: Vec<&str> = days.iter().map(|day| weekday_word(*day)).collect();
            format!("day in {{ {} }}", days.join(", "))
        }
        Test::InDates(first, last) => {
            format!("date in {}..{}", end::<Date>(first.as_ref()), end(last.as_ref()))
        }
        Test::Is(fact, word) => format!("{} is {word}", fact.name()),
        Test::Equals(fact, number) => format!("{} is {number}", fact.name()),
        Test::Same(left, right) => format!("{} is {}", left.name(), right.name()),
    }
}

fn slots(weekly: &Weekly) -> String {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let slots = weekly.0.iter().map(|slot| {
        format!("{} {}..{}", weekday_word(slot.day), clock(slot.start), clock(slot.end))
    });
    slots.collect::<Vec<_>>().join(", ")
}

fn end<T: fmt::Display>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}
