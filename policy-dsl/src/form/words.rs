//! What is wrong with a field, in words for whoever fills it in.

use super::FieldError;
use super::label::by_kind;
use crate::explain::catalogue::Catalogue;
use crate::explain::message::{Args, grouped};
use crate::explain::write::amount_in;
use crate::module::{ParamKind, Value};

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It has no value and no default.
    Missing,
    /// The form has no such field.
    Unknown,
    /// The value is of another type.
    WrongType(ParamKind),
    /// The value is outside these bounds, both inclusive.
    Outside(Box<(Option<Value>, Option<Value>)>),
    /// The policy does not compile with it.
    NotCompiled(String),
}

impl FieldError {
    /// One line: `at least 1,000 won, at most 20,000 won`.
    pub fn message(&self, words: &Catalogue) -> String {
        let say = |key: &str, args: &Args<'_>| words.say(&format!("field.{key}"), args);
        match &self.problem {
            Problem::Missing => say("missing", &[]),
            Problem::Unknown => say("unknown", &[]),
            Problem::WrongType(kind) => say(&format!("wants.{}", by_kind(*kind)), &[]),
            Problem::Outside(bounds) => match bounds.as_ref() {
                (Some(least), Some(most)) => {
                    let (least, most) = (plain(least, words), plain(most, words));
                    say("between", &[("least", (&least).into()), ("most", (&most).into())])
                }
                (Some(least), None) => say("at_least", &[("value", (&plain(least, words)).into())]),
                (None, Some(most)) => say("at_most", &[("value", (&plain(most, words)).into())]),
                (None, None) => String::new(),
            },
            Problem::NotCompiled(why) => say("not_compiled", &[("why", why.into())]),
        }
    }
}

/// A value as people write it.
fn plain(value: &Value, words: &Catalogue) -> String {
    match value {
        Value::Money(amount) => amount_in(*amount, &words.say("unit.won", &[])),
        Value::Number(number) => grouped(*number),
        Value::Percent(_)
        | Value::Date(_)
        | Value::Word(_)
        | Value::Tags(_)
        | Value::List(..)
        | Value::Schedule(_) => value.to_string(),
    }
}
