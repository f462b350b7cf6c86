//! What is wrong with a field, in words for whoever fills it in.

use super::FieldError;
use crate::explain::Lang;
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
    /// One line in Korean, or in English for every other language: `at least 1,000 won, at most 20,000 won`.
    pub fn message(&self, lang: Lang) -> String {
        let korean = lang == Lang::Ko;
        let say = |ko: &str, en: &str| if korean { ko.to_owned() } else { en.to_owned() };
        match &self.problem {
            Problem::Missing => say("값을 넣어 주세요", "fill this in"),
            Problem::Unknown => say("이 양식에 없는 항목이에요", "there is no such field"),
            Problem::WrongType(kind) => {
                let (ko, en) = wanted(*kind);
                say(ko, en)
            }
            Problem::Outside(bounds) => {
                let (least, most) = bounds.as_ref();
                let bound = |value: &Option<Value>, ko: &str, en: &str| {
                    let text = |value: &Value| {
                        let value = plain(value, korean);
                        if korean { format!("{value} {ko}") } else { format!("{en} {value}") }
                    };
                    value.as_ref().map(text)
                };
                let bounds = [bound(least, "이상", "at least"), bound(most, "이하", "at most")];
                let bounds: Vec<String> = bounds.into_iter().flatten().collect();
                bounds.join(if korean { " " } else { ", " })
            }
            Problem::NotCompiled(why) => {
                let start = say("이 값으로는 규칙이 되지 않아요", "this makes no rule");
                format!("{start}: {why}")
            }
        }
    }
}

/// What a field of a type wants.
const fn wanted(kind: ParamKind) -> (&'static str, &'static str) {
    match kind {
        ParamKind::Money => ("금액을 숫자로 넣어 주세요", "write an amount in whole won"),
        ParamKind::Count => ("횟수를 숫자로 넣어 주세요", "write a number of payments"),
        ParamKind::Percent => {
            ("0부터 100까지의 숫자를 넣어 주세요", "write a number from 0 to 100")
        }
        ParamKind::Days => ("날수를 숫자로 넣어 주세요", "write a number of days"),
        ParamKind::Date => ("날짜를 2026-12-31처럼 넣어 주세요", "write a date such as 2026-12-31"),
        ParamKind::District => ("자치구를 골라 주세요", "choose a district"),
        ParamKind::Person => ("사람을 골라 주세요", "choose a person"),
        ParamKind::Tags => ("종류를 골라 주세요", "choose kinds of goods or shops"),
        ParamKind::Merchants => ("가게 목록을 골라 주세요", "choose a list of shops"),
        ParamKind::Products => ("물건 목록을 골라 주세요", "choose a list of products"),
        ParamKind::Schedule => ("요일과 시간을 골라 주세요", "choose days and hours"),
    }
}

/// A value as people write it.
fn plain(value: &Value, korean: bool) -> String {
    match value {
        Value::Money(amount) => {
            format!("{}{}", grouped(*amount), if korean { "원" } else { " won" })
        }
        Value::Number(number) => grouped(*number),
        Value::Percent(_)
        | Value::Date(_)
        | Value::Word(_)
        | Value::Tags(_)
        | Value::List(..)
        | Value::Schedule(_) => value.to_string(),
    }
}

fn grouped(number: u64) -> String {
    crate::syntax::literal::number_text(number).replace('_', ",")
}
