//! Single values: literals and parameters, checked against what is wanted.

use super::Lower;
use crate::civil::Date;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::module::Value as Given;
use crate::module::{Param, ParamKind};
use crate::syntax::ast::{Name, Value, ValueKind};

impl Lower<'_, '_> {
    /// The parameter of a name.
    pub(super) fn parameter(&mut self, name: Name<'_>) -> Option<(Param, Given)> {
        if let Some(found) = self.arguments.get(name.text) {
            return Some(found.clone());
        }
        if self.arguments.is_broken(name.text) {
            return None;
        }
        let message = format!("there is no parameter `${}`", name.text);
        let error = Diagnostic::error(codes::UNKNOWN_PARAMETER, name.span, message);
        let error = match nearest(name.text, self.arguments.names()) {
            Some(near) => error.help(format!("did you mean `${near}`?")).fix(
                format!("write `${near}`"),
                name.span,
                format!("${near}"),
            ),
            None => error.help("declare it in brackets behind the name of the policy"),
        };
        self.fail(error)
    }

    /// The value of a parameter that must have one of these types.
    pub(super) fn parameter_of(
        &mut self,
        name: Name<'_>,
        kinds: &[ParamKind],
        wanted: &str,
    ) -> Option<Given> {
        let (param, given) = self.parameter(name)?;
        if kinds.contains(&param.kind) {
            return Some(given);
        }
        let message = format!("`${}` is {}, not {wanted}", name.text, param.kind.describe());
        let error = Diagnostic::error(codes::WRONG_LITERAL, name.span, message);
        self.fail(error.help(format!("write {wanted}")))
    }

    /// Minor units, not negative.
    pub(super) fn money(&mut self, value: &Value<'_>) -> Option<u64> {
        match value.kind {
            ValueKind::Money(amount) => self.unsigned(amount, value.span),
            ValueKind::Var(name) => {
                let name = Name { text: name, span: value.span };
                match self.parameter_of(name, &[ParamKind::Money], "an amount of money")? {
                    Given::Money(amount) => Some(amount),
                    _ => None,
                }
            }
            ValueKind::Int(number) => self.fail(bare_money(number, value.span)),
            _ => self.fail(wrong(value, "an amount of money such as `5_000 won`")),
        }
    }

    /// A whole number that is no money.
    pub(super) fn number(&mut self, value: &Value<'_>) -> Option<i64> {
        match value.kind {
            ValueKind::Int(number) => Some(number),
            ValueKind::Var(name) => {
                let name = Name { text: name, span: value.span };
                let kinds = [ParamKind::Count, ParamKind::Days];
                match self.parameter_of(name, &kinds, "a number")? {
                    Given::Number(number) => i64::try_from(number).ok(),
                    _ => None,
                }
            }
            ValueKind::Money(number) | ValueKind::Percent(number) => {
                let error = wrong(value, "a number");
                self.fail(error.fix(format!("write `{number}`"), value.span, number.to_string()))
            }
            _ => self.fail(wrong(value, "a number")),
        }
    }

    /// A percentage, 0 to 100.
    pub(super) fn percent(&mut self, value: &Value<'_>) -> Option<u8> {
        let percent = match value.kind {
            ValueKind::Percent(percent) => percent,
            ValueKind::Var(name) => {
                let name = Name { text: name, span: value.span };
                match self.parameter_of(name, &[ParamKind::Percent], "a percentage")? {
                    Given::Percent(percent) => i64::from(percent),
                    _ => return None,
                }
            }
            _ => return self.fail(wrong(value, "a percentage such as `10%`")),
        };
        self.between(percent, (0, 100), value.span).and_then(|percent| u8::try_from(percent).ok())
    }

    /// A date.
    pub(super) fn date(&mut self, value: &Value<'_>) -> Option<Date> {
        match value.kind {
            ValueKind::Date(date) => Some(date),
            ValueKind::Var(name) => {
                let name = Name { text: name, span: value.span };
                match self.parameter_of(name, &[ParamKind::Date], "a date")? {
                    Given::Date(date) => Some(date),
                    _ => None,
                }
            }
            _ => self.fail(wrong(value, "a date such as `2026-12-31`")),
        }
    }

    /// A number between two bounds, both included.
    pub(super) fn between(&mut self, number: i64, bounds: (i64, i64), span: Span) -> Option<i64> {
        if (bounds.0..=bounds.1).contains(&number) {
            return Some(number);
        }
        let message = format!("{number} is outside {} to {}", bounds.0, bounds.1);
        let help = format!("write a number from {} to {}", bounds.0, bounds.1);
        self.fail(Diagnostic::error(codes::OUT_OF_RANGE, span, message).help(help))
    }

    fn unsigned(&mut self, number: i64, span: Span) -> Option<u64> {
        self.between(number, (0, i64::MAX), span).and_then(|number| u64::try_from(number).ok())
    }
}

/// A bare integer stands where money is needed.
pub(crate) fn bare_money(number: i64, span: Span) -> Diagnostic {
    let digits = crate::syntax::literal::number_text(number.unsigned_abs());
    Diagnostic::error(codes::BARE_MONEY, span, format!("`{digits}` has no unit"))
        .help("a bare number is never money")
        .fix(format!("write `{digits} won`"), span, format!("{digits} won"))
}

/// A value of another type stands where `wanted` is needed.
pub(crate) fn wrong(value: &Value<'_>, wanted: &str) -> Diagnostic {
    let found = describe(&value.kind);
    let message = format!("{found} stands where {wanted} is needed");
    Diagnostic::error(codes::WRONG_LITERAL, value.span, message).help(format!("write {wanted}"))
}

fn describe(kind: &ValueKind<'_>) -> &'static str {
    match kind {
        ValueKind::Int(_) => "a number",
        ValueKind::Money(_) => "an amount of money",
        ValueKind::Percent(_) => "a percentage",
        ValueKind::Date(_) => "a date",
        ValueKind::Clock(_) => "a time of day",
        ValueKind::Str(_) => "a text",
        ValueKind::Word(_) => "a word",
        ValueKind::Var(_) => "a parameter",
    }
}
