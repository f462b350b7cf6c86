//! Parameters of published policies, as a form shows them: types, bounds, defaults, values.

use std::fmt;

use crate::civil::Date;
use crate::ir::{Texts, Weekly};
use crate::names::weekday_word;
use crate::syntax::literal::{clock_text, number_text};

/// A policy or programme as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Qualified name.
    pub name: String,
    /// Display title.
    pub title: Texts,
    /// Parameters in order.
    pub params: Vec<Param>,
}

/// One parameter, with everything a form needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name without `$`.
    pub name: String,
    /// Type.
    pub kind: ParamKind,
    /// Least and greatest value, inclusive; only for money, count, percent, days and date.
    pub bounds: (Option<Value>, Option<Value>),
    /// Value when no argument is given. Without one the argument is required.
    pub default: Option<Value>,
}

impl Head {
    /// Arguments for the parameters without default: the value that limits least. `None` when one has no such value.
    pub fn loosest_arguments(&self) -> Option<Vec<(String, String)>> {
        let bare = self.params.iter().filter(|param| param.default.is_none());
        let argument = |param: &Param| Some((param.name.clone(), param.loosest()?.to_string()));
        bare.map(argument).collect()
    }
}

impl Param {
    /// The value that limits least: the upper bound, or the greatest there is. For a district or a person any will do;
    /// there is none for tags, lists and schedules.
    pub fn loosest(&self) -> Option<Value> {
        if let Some(most) = &self.bounds.1 {
            return Some(most.clone());
        }
        match self.kind {
            ParamKind::Money => Some(Value::Money(1_000_000_000_000)),
            ParamKind::Count => Some(Value::Number(1_000_000)),
            ParamKind::Percent => Some(Value::Percent(100)),
            ParamKind::Days => Some(Value::Number(36_525)),
            ParamKind::Date => Date::from_ymd(9999, 12, 31).map(Value::Date),
            ParamKind::District => Some(Value::Word("some-district".to_owned())),
            ParamKind::Person => Some(Value::Word("some-person".to_owned())),
            ParamKind::Tags | ParamKind::Merchants | ParamKind::Products | ParamKind::Schedule => {
                None
            }
        }
    }
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamKind {
    /// Minor units.
    Money,
    /// A number of payments or things.
    Count,
    /// 0 to 100.
    Percent,
    /// A number of days.
    Days,
    /// A calendar date.
    Date,
    /// A district.
    District,
    /// A person.
    Person,
    /// A set of tags.
    Tags,
    /// A list of merchants.
    Merchants,
    /// A list of products.
    Products,
    /// A weekly schedule.
    Schedule,
}

/// A value of a parameter. `Display` writes it as the language does, ready to be an argument again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Minor units.
    Money(u64),
    /// Count or days.
    Number(u64),
    /// 0 to 100.
    Percent(u8),
    /// A calendar date.
    Date(Date),
    /// A district or a person.
    Word(String),
    /// Tags, sorted.
    Tags(Vec<String>),
    /// The name of a list, and its content hash when pinned.
    List(String, Option<[u8; 32]>),
    /// Weekly slots.
    Schedule(Weekly),
}

impl ParamKind {
    /// Every type.
    pub const ALL: [Self; 11] = [
        Self::Money,
        Self::Count,
        Self::Percent,
        Self::Days,
        Self::Date,
        Self::District,
        Self::Person,
        Self::Tags,
        Self::Merchants,
        Self::Products,
        Self::Schedule,
    ];

    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Days => "days",
            Self::Date => "date",
            Self::District => "district",
            Self::Person => "person",
            Self::Tags => "tags",
            Self::Merchants => "merchants",
            Self::Products => "products",
            Self::Schedule => "schedule",
        }
    }

    /// The type of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// May it have bounds?
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Money | Self::Count | Self::Percent | Self::Days | Self::Date)
    }

    /// How a value of the type reads in a message.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Money => "an amount of money such as `5_000 won`",
            Self::Count => "a count such as `3`",
            Self::Percent => "a percentage such as `10%`",
            Self::Days => "a number of days such as `30`",
            Self::Date => "a date such as `2026-12-31`",
            Self::District => "a district such as `gu.mapo`",
            Self::Person => "a person",
            Self::Tags => "a set of tags such as `{ books, culture }`",
            Self::Merchants => "a list of merchants such as `list city.snack-shops`",
            Self::Products => "a list of products such as `list city.healthy-products`",
            Self::Schedule => "a schedule such as `weekly { mon..fri 14:00..19:00 }`",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(amount) => write!(f, "{} won", number_text(*amount)),
            Self::Number(number) => f.write_str(&number_text(*number)),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Date(date) => write!(f, "{date}"),
            Self::Word(word) if is_name(word) => f.write_str(word),
            Self::Word(text) => {
                write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
            }
            Self::Tags(tags) => write!(f, "{{ {} }}", tags.join(", ")),
            Self::List(name, _) => write!(f, "list {name}"),
            Self::Schedule(weekly) => write_weekly(f, weekly),
        }
    }
}

fn write_weekly(f: &mut fmt::Formatter<'_>, weekly: &Weekly) -> fmt::Result {
    let slot = |slot: &crate::ir::Slot| {
        let (start, end) = (clock_text(slot.start), clock_text(slot.end));
        format!("{} {start}..{end}", weekday_word(slot.day))
    };
    let slots: Vec<String> = weekly.0.iter().map(slot).collect();
    write!(f, "weekly {{ {} }}", slots.join(", "))
}

/// Can the word stand without quotes? The words that join conditions cannot.
fn is_name(word: &str) -> bool {
    let piece = |piece: &str| {
        !piece.is_empty() && piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let joins = matches!(word, "and" | "or" | "not" | "in" | "is");
    !joins
        && word.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_lowercase()) && part.split('-').all(piece)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_the_language_does() {
        let cases = [
            (Value::Money(5000), "5_000 won"),
            (Value::Number(3), "3"),
            (Value::Percent(10), "10%"),
            (Value::Word("gu.mapo".to_owned()), "gu.mapo"),
            (Value::Word("01A\"".to_owned()), "\"01A\\\"\""),
            (Value::Word("or".to_owned()), "\"or\""),
            (Value::Tags(vec!["a".to_owned(), "b".to_owned()]), "{ a, b }"),
        ];
        for (value, text) in cases {
            assert_eq!(value.to_string(), text);
        }
    }
}
