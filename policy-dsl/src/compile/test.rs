//! Single tests: one fact, one operator, one value or set. Which literals are legal for which fact is decided here.

use super::Lower;
use super::types::{
    FactType, PAYMENT_KINDS, WordType, are_comparable, describe, fact_type, is_set, list_kind,
};
use super::value::wrong;
use crate::civil::Weekday;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::facts::Fact;
use crate::ir::{Pred, Slot, Test, Weekly};
use crate::module::{ParamKind, Value as Given};
use crate::names::{WEEKDAYS, weekday_of};
use crate::syntax::ast::{DefinitionBody, Name, Range, SetExpr, Value, ValueKind};
use crate::syntax::{ast, days_between};

impl Lower<'_, '_> {
    /// `fact in set`
    pub(super) fn is_in(&mut self, name: Name<'_>, set: &SetExpr<'_>) -> Option<Pred> {
        let fact = self.fact(name)?;
        match set {
            SetExpr::Braces(values, span) => self.in_values(fact, values, *span),
            SetExpr::Range(range) => self.in_range(fact, range),
            SetExpr::Named(keyword, set) => self.in_named(fact, *keyword, *set),
            SetExpr::Weekly(slots, span) => {
                self.time_only(fact, *span)?;
                Some(Pred::Test(Test::InSchedule(weekly(slots))))
            }
            SetExpr::Var(var) => self.in_parameter(fact, *var),
        }
    }

    /// `fact is value`
    pub(super) fn is_equal(&mut self, name: Name<'_>, value: &Value<'_>) -> Option<Pred> {
        let fact = self.fact(name)?;
        if is_set(fact) {
            let message = format!("`{}` can hold several words, so `is` does not fit", name.text);
            let error = Diagnostic::error(codes::WRONG_OPERATOR, name.span, message);
            let error = error.help(format!("write `{} in {{ ... }}`", name.text));
            let between = Span { start: name.span.end, end: value.span.start };
            let not = if self.unit.tree.text(between).contains("not") { "not " } else { "" };
            let set = format!("{not}in {{ {} }}", self.unit.tree.text(value.span));
            let place = Span { start: between.start, end: value.span.end };
            return self.fail(error.fix(format!("write `{set}`"), place, format!(" {set}")));
        }
        let other = match value.kind {
            ValueKind::Word(word) => Fact::from_name(word),
            _ => None,
        };
        if let Some(other) = other.filter(|_| fact_type(fact) != FactType::Day) {
            return self.same(fact, other, value.span);
        }
        self.equal(fact, value)
    }

    /// `fact < value`
    pub(super) fn compares(
        &mut self,
        name: Name<'_>,
        sign: Name<'_>,
        value: &Value<'_>,
    ) -> Option<Pred> {
        let fact = self.fact(name)?;
        let kind = fact_type(fact);
        if kind == FactType::Date {
            let date = self.date(value)?;
            let step = |days: i32| date.0.checked_add(days).map(crate::civil::Date);
            return Some(Pred::Test(match sign.text {
                "<" => Test::InDates(None, step(-1)),
                "<=" => Test::InDates(None, Some(date)),
                ">" => Test::InDates(step(1), None),
                _ => Test::InDates(Some(date), None),
            }));
        }
        let number = match kind {
            FactType::Number => self.number(value)?,
            FactType::Money => i64::try_from(self.money(value)?).ok()?,
            _ => return self.fail(wrong_operator(name, sign, kind)),
        };
        Some(Pred::Test(match sign.text {
            "<" => Test::InRange(fact, None, Some(number.saturating_sub(1))),
            "<=" => Test::InRange(fact, None, Some(number)),
            ">" => Test::InRange(fact, Some(number.saturating_add(1)), None),
            _ => Test::InRange(fact, Some(number), None),
        }))
    }

    /// The fact of a name, if it exists and can be known here.
    pub(super) fn fact(&mut self, name: Name<'_>) -> Option<Fact> {
        let Some(fact) = Fact::from_name(name.text) else {
            let message = format!("there is no fact `{}`", name.text);
            let error = Diagnostic::error(codes::UNKNOWN_FACT, name.span, message);
            let near = nearest(name.text, Fact::ALL.into_iter().map(Fact::name));
            return self.fail(match near {
                Some(near) => error
                    .help(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), name.span, near),
                None => error.help("facts start with payer, merchant, payment, item, receiver or event, or are time, day or date"),
            });
        };
        if let Err(place) = self.place.knows(fact) {
            let message = format!("`{}` is never known here", name.text);
            let error = Diagnostic::error(codes::FACT_NOT_HERE, name.span, message);
            return self.fail(error.help(format!("it is known {place}")));
        }
        Some(fact)
    }

    fn same(&mut self, fact: Fact, other: Fact, span: Span) -> Option<Pred> {
        let name = Name { text: other.name(), span };
        let other = self.fact(name)?;
        if are_comparable(fact, other) {
            return Some(Pred::Test(Test::Same(fact, other)));
        }
        let (one, two) = (fact.name(), other.name());
        let message = format!("`{one}` and `{two}` cannot be compared");
        let error = Diagnostic::error(codes::NOT_COMPARABLE, span, message);
        self.fail(error.help("only two persons, two households or two districts can"))
    }

    fn equal(&mut self, fact: Fact, value: &Value<'_>) -> Option<Pred> {
        let test = match fact_type(fact) {
            FactType::Number => Test::Equals(fact, self.number(value)?),
            FactType::Money => Test::Equals(fact, i64::try_from(self.money(value)?).ok()?),
            FactType::Word(kind) => Test::Is(fact, self.word(kind, fact, value)?),
            FactType::Day => Test::OnWeekday(vec![self.weekday(value)?]),
            FactType::Date => {
                let date = self.date(value)?;
                Test::InDates(Some(date), Some(date))
            }
            kind @ (FactType::Time | FactType::Items) => {
                let message = format!("`{}` is {}: `is` does not fit", fact.name(), describe(kind));
                let error = Diagnostic::error(codes::WRONG_OPERATOR, value.span, message);
                return self
                    .fail(error.help("write `time in 14:00..19:00` or `known payment.items`"));
            }
        };
        Some(Pred::Test(test))
    }

    fn in_values(&mut self, fact: Fact, values: &[Value<'_>], span: Span) -> Option<Pred> {
        match fact_type(fact) {
            FactType::Word(kind) => {
                let words = values.iter().map(|value| self.word(kind, fact, value));
                let words: Vec<_> = words.collect();
                let words = words.into_iter().collect::<Option<_>>()?;
                Some(Pred::Test(Test::InTags(fact, words)))
            }
            FactType::Day => {
                let days: Vec<_> = values.iter().map(|value| self.weekday(value)).collect();
                let days = days.into_iter().collect::<Option<_>>()?;
                Some(Pred::Test(Test::OnWeekday(days)))
            }
            FactType::Number | FactType::Money | FactType::Date => {
                let parts: Vec<_> = values.iter().map(|value| self.equal(fact, value)).collect();
                parts.into_iter().collect::<Option<_>>().map(Pred::Or)
            }
            FactType::Time | FactType::Items => self.fail(no_set(fact, span)),
        }
    }

    fn in_range(&mut self, fact: Fact, range: &Range<'_>) -> Option<Pred> {
        let kind = fact_type(fact);
        let test = match kind {
            FactType::Number => {
                let (low, high) = self.ends(range, Self::number)?;
                Test::InRange(fact, low, high)
            }
            FactType::Money => {
                let (low, high) = self.ends(range, Self::money)?;
                let minor =
                    |amount: Option<u64>| amount.and_then(|amount| i64::try_from(amount).ok());
                Test::InRange(fact, minor(low), minor(high))
            }
            FactType::Date => {
                let (low, high) = self.ends(range, Self::date)?;
                Test::InDates(low, high)
            }
            FactType::Day => {
                let (Some(low), Some(high)) = (&range.low, &range.high) else {
                    return self.fail(no_set(fact, range.span));
                };
                Test::OnWeekday(days_between(self.weekday(low)?, self.weekday(high)?))
            }
            FactType::Time => Test::InSchedule(self.daily(range)?),
            FactType::Word(_) | FactType::Items => return self.fail(no_set(fact, range.span)),
        };
        Some(Pred::Test(test))
    }

    /// Both ends of a range, the first not after the last.
    pub(super) fn ends<'v, T: PartialOrd>(
        &mut self,
        range: &Range<'v>,
        read: impl Fn(&mut Self, &Value<'v>) -> Option<T>,
    ) -> Option<(Option<T>, Option<T>)> {
        let mut end = |value: &Option<Value<'v>>| match value {
            Some(value) => read(self, value).map(Some),
            None => Some(None),
        };
        let (low, high) = (end(&range.low), end(&range.high));
        let (low, high) = (low?, high?);
        let given = |value: &Option<Value<'_>>| {
            value.as_ref().is_some_and(|value| matches!(value.kind, ValueKind::Var(_)))
        };
        let unsure = self.arguments.stand_ins && (given(&range.low) || given(&range.high));
        if low.is_some() && high.is_some() && low > high && !unsure {
            let error = Diagnostic::error(codes::EMPTY_RANGE, range.span, "the range is empty");
            let text = |end: &Option<Value<'_>>| {
                end.as_ref().map_or("", |value| self.unit.tree.text(value.span))
            };
            let turned = format!("{}..{}", text(&range.high), text(&range.low));
            let error = error.help("write the smaller end first");
            let error = error.fix(format!("write `{turned}`"), range.span, turned);
            return self.fail(error);
        }
        Some((low, high))
    }

    /// `14:00..19:00` on every day.
    fn daily(&mut self, range: &Range<'_>) -> Option<Weekly> {
        let clock = |value: &Option<Value<'_>>| match value.as_ref().map(|value| &value.kind) {
            Some(ValueKind::Clock(minute)) => Some(*minute),
            _ => None,
        };
        let Some((start, end)) = clock(&range.low).zip(clock(&range.high)) else {
            let error =
                Diagnostic::error(codes::WRONG_LITERAL, range.span, "a time of day has two ends");
            return self.fail(error.help("write both, such as `14:00..19:00`"));
        };
        if start == 1440 {
            let error = Diagnostic::error(codes::EMPTY_RANGE, range.span, "nothing opens at 24:00");
            return self.fail(error.help("write `00:00`"));
        }
        Some(Weekly(WEEKDAYS.into_iter().map(|day| Slot { day, start, end }).collect()))
    }

    fn in_named(&mut self, fact: Fact, keyword: Name<'_>, name: Name<'_>) -> Option<Pred> {
        let what = match keyword.text {
            "list" => "list",
            "set" => "set",
            "calendar" => "calendar",
            _ => "schedule",
        };
        let home = self.unit;
        let Some((unit, definition)) = home.find(name.text) else {
            if home.is_broken(name.text) {
                return None;
            }
            let error = self.unit.unknown(name, what);
            return self.fail(error);
        };
        match (&definition.body, what) {
            (DefinitionBody::Set(values), "set") => {
                let none = super::params::Arguments::default();
                self.expand(name, unit, &none, |inside| inside.in_values(fact, values, name.span))
            }
            (DefinitionBody::Schedule(slots), "schedule") => {
                self.time_only(fact, name.span)?;
                Some(Pred::Test(Test::InSchedule(weekly(slots))))
            }
            (DefinitionBody::Calendar(pin), "calendar") => {
                if fact_type(fact) != FactType::Day {
                    return self.fail(needs_fact(fact, "a calendar", "day", name.span));
                }
                let pin = self.content_hash(*pin)?;
                Some(Pred::Test(Test::OnCalendar(name.text.to_owned(), pin)))
            }
            (DefinitionBody::List(kind, pin), "list") => {
                let pin = self.content_hash(*pin)?;
                self.in_list(fact, name, kind.text, pin)
            }
            _ => {
                let error = super::unit::Unit::wrong_kind(name, &definition, what);
                let kind = super::unit::kind_of(&definition);
                self.fail(match kind {
                    "list" | "set" | "calendar" | "schedule" => {
                        error.fix(format!("write `{kind} {}`", name.text), keyword.span, kind)
                    }
                    _ => error,
                })
            }
        }
    }

    fn in_list(
        &mut self,
        fact: Fact,
        name: Name<'_>,
        kind: &str,
        pin: Option<[u8; 32]>,
    ) -> Option<Pred> {
        if list_kind(fact).is_some_and(|wanted| wanted.word() == kind) {
            return Some(Pred::Test(Test::InList(fact, name.text.to_owned(), pin)));
        }
        let message = format!(
            "`{}` is {}, and `{}` lists {kind}",
            fact.name(),
            describe(fact_type(fact)),
            name.text
        );
        let error = Diagnostic::error(codes::WRONG_LIST, name.span, message);
        self.fail(
            error.help("merchants are `merchant.id`, products `item.code`, persons `payer.id`"),
        )
    }

    fn in_parameter(&mut self, fact: Fact, var: Name<'_>) -> Option<Pred> {
        let (param, given) = self.parameter(var)?;
        match (given, fact_type(fact)) {
            (Given::Tags(words), FactType::Word(_)) => Some(Pred::Test(Test::InTags(fact, words))),
            (Given::Schedule(weekly), FactType::Time) => Some(Pred::Test(Test::InSchedule(weekly))),
            (Given::List(name, pin), _) => {
                let kind =
                    if param.kind == ParamKind::Merchants { "merchants" } else { "products" };
                let pred = self.in_list(fact, Name { text: &name, span: var.span }, kind, pin)?;
                Some(pred)
            }
            _ => {
                let message = format!(
                    "`${}` is {}, no set of `{}`",
                    var.text,
                    param.kind.describe(),
                    fact.name()
                );
                let error = Diagnostic::error(codes::WRONG_LITERAL, var.span, message);
                self.fail(error.help("compare one value with `is`"))
            }
        }
    }

    /// The SHA-256 of a pinned list or calendar.
    #[expect(clippy::option_option, reason = "outside: is the pin right; inside: is there one")]
    pub(super) fn content_hash(&mut self, pin: Option<Name<'_>>) -> Option<Option<[u8; 32]>> {
        let Some(pin) = pin else { return Some(None) };
        let hash = crate::syntax::literal::hash(pin.text, "sha256");
        if hash.is_some() {
            return Some(hash);
        }
        let message = format!("`{}` is not the hash of a list or calendar", pin.text);
        let error = Diagnostic::error(codes::BAD_HASH, pin.span, message);
        self.fail(error.help("write `sha256:` and 64 hexadecimal digits"))
    }

    fn time_only(&mut self, fact: Fact, span: Span) -> Option<()> {
        if fact_type(fact) == FactType::Time {
            return Some(());
        }
        self.fail(needs_fact(fact, "a schedule", "time", span))
    }

    fn weekday(&mut self, value: &Value<'_>) -> Option<Weekday> {
        let ValueKind::Word(word) = value.kind else {
            return self.fail(wrong(value, "a weekday, `mon` to `sun`"));
        };
        match weekday_of(word) {
            Some(day) => Some(day),
            None => self.fail(unknown_word(
                word,
                value.span,
                "weekday",
                &WEEKDAYS.map(crate::names::weekday_word),
            )),
        }
    }

    /// A word for a fact that holds words.
    pub(super) fn word(&mut self, kind: WordType, fact: Fact, value: &Value<'_>) -> Option<String> {
        match &value.kind {
            ValueKind::Word(word) if Fact::from_name(word).is_some() && word.contains('.') => {
                let message = format!("the fact `{word}` stands where a word is needed");
                let error = Diagnostic::error(codes::NOT_COMPARABLE, value.span, message);
                self.fail(error.help(format!("compare two facts with `{} is {word}`", fact.name())))
            }
            ValueKind::Word(word) if kind == WordType::Kind && !PAYMENT_KINDS.contains(word) => {
                self.fail(unknown_word(word, value.span, "kind of payment", &PAYMENT_KINDS))
            }
            ValueKind::Word(word) => Some((*word).to_owned()),
            ValueKind::Str(text) if is_id(kind) => Some(text.clone()),
            ValueKind::Var(var) => {
                let name = Name { text: var, span: value.span };
                let (wanted, words) = match kind {
                    WordType::District => (ParamKind::District, "a district"),
                    WordType::Person => (ParamKind::Person, "a person"),
                    _ => return self.fail(wrong(value, describe(FactType::Word(kind)))),
                };
                match self.parameter_of(name, &[wanted], words)? {
                    Given::Word(word) => Some(word),
                    _ => None,
                }
            }
            _ => self.fail(wrong(value, describe(FactType::Word(kind)))),
        }
    }
}

/// May the words of this type be ids that do not look like names, and so stand in quotes?
fn is_id(kind: WordType) -> bool {
    matches!(kind, WordType::Person | WordType::Household | WordType::Merchant | WordType::Product)
}

/// One slot for each weekday of each slot.
pub(super) fn weekly(slots: &[ast::Slot]) -> Weekly {
    let days = |slot: &ast::Slot| {
        let (start, end) = (slot.start, slot.end);
        slot.days.iter().map(move |day| Slot { day: *day, start, end }).collect::<Vec<_>>()
    };
    let mut slots: Vec<Slot> = slots.iter().flat_map(days).collect();
    slots.sort_unstable();
    slots.dedup();
    Weekly(slots)
}

/// A word outside a closed list, with the nearest that is in it.
pub(super) fn unknown_word(word: &str, span: Span, what: &str, words: &[&str]) -> Diagnostic {
    let error = Diagnostic::error(codes::UNKNOWN_WORD, span, format!("`{word}` is no {what}"));
    match nearest(word, words.iter().copied()) {
        Some(near) => {
            error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near)
        }
        None => error.help(format!("write one of: {}", words.join(", "))),
    }
}

fn wrong_operator(name: Name<'_>, sign: Name<'_>, kind: FactType) -> Diagnostic {
    let message = format!("`{}` is {}: `{}` does not fit", name.text, describe(kind), sign.text);
    Diagnostic::error(codes::WRONG_OPERATOR, sign.span, message)
        .help("only numbers, money and dates are compared; use `in` or `is`")
}

fn needs_fact(fact: Fact, what: &str, wanted: &str, span: Span) -> Diagnostic {
    let message = format!("`{}` cannot be in {what}", fact.name());
    Diagnostic::error(codes::WRONG_OPERATOR, span, message).help(format!("write `{wanted} in ...`"))
}

fn no_set(fact: Fact, span: Span) -> Diagnostic {
    let kind = fact_type(fact);
    let message = format!("`{}` is {}: this set does not fit", fact.name(), describe(kind));
    Diagnostic::error(codes::WRONG_OPERATOR, span, message).help(match kind {
        FactType::Time => "write `time in 14:00..19:00`, `weekly { ... }` or `schedule x`",
        FactType::Items => "write `known payment.items` or `any item (...)`",
        FactType::Day => "write `day in mon..fri`, `{ mon, tue }` or `calendar x`",
        _ => "write `{ a, b }`",
    })
}
