//! Durations, moments, fates, texts and labels: the small parts of clauses.

use std::collections::BTreeMap;

use super::Lower;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span as Place};
use crate::ir::{Decay, Ends, Fate, Span, Starts, Texts, Window};
use crate::module::{ParamKind, Value as Given};
use crate::syntax::ast::{self, Duration, Moment, Name, Text, ValueKind};

/// Labels that name clauses without a label in refusals.
const RESERVED_LABELS: [&str; 5] = ["pays", "starts", "expires", "split", "transfer"];

/// The labels of a rule so far, and where they stand.
#[derive(Debug, Default)]
pub(super) struct Labels(BTreeMap<String, Place>);

impl Lower<'_, '_> {
    /// Takes a label, which must be new.
    pub(super) fn label(&mut self, labels: &mut Labels, label: Name<'_>) -> String {
        if RESERVED_LABELS.contains(&label.text) {
            let message = format!("the label `{}` already names a clause of its own", label.text);
            let error = Diagnostic::error(codes::LABEL_TWICE, label.span, message);
            self.error(error.help("choose another label"));
        } else if let Some(first) = labels.0.get(label.text) {
            let message = format!("the label `{}` stands twice", label.text);
            let error = Diagnostic::error(codes::LABEL_TWICE, label.span, message);
            self.error(
                error
                    .at(*first, "first here")
                    .help("choose another label: limits and refusals are told apart by it"),
            );
        } else {
            labels.0.insert(label.text.to_owned(), label.span);
        }
        label.text.to_owned()
    }

    /// Texts by language; a bare string has the language `und`, undetermined (ISO 639-2).
    pub(super) fn texts(&mut self, texts: &[Text<'_>]) -> Texts {
        let mut by_language = BTreeMap::new();
        for text in texts {
            let language = text.language.map_or("und", |language| language.text);
            let before = by_language.insert(language.to_owned(), text.text.clone());
            if let Some((_, twice)) = before.zip(text.language) {
                let message = format!("the language `{}` stands twice", twice.text);
                let error = Diagnostic::error(codes::CLAUSE_TWICE, twice.span, message);
                self.error(error.help("leave one of the texts out"));
            }
        }
        by_language.into_iter().collect()
    }

    /// A length of time with a unit.
    pub(super) fn duration(&mut self, duration: &Duration<'_>) -> Option<Span> {
        let unit = duration.unit.text.trim_end_matches('s');
        let number = self.duration_number(duration, unit)?;
        Some(match unit {
            "minute" => Span::Minutes(number),
            "hour" => Span::Hours(number),
            "day" => Span::Days(number),
            "week" => Span::Days(number.saturating_mul(7)),
            "month" => Span::Months(number),
            _ => Span::Years(number),
        })
    }

    fn duration_number(&mut self, duration: &Duration<'_>, unit: &str) -> Option<u32> {
        if let ValueKind::Var(text) = duration.number.kind {
            let name = Name { text, span: duration.number.span };
            let (param, given) = self.parameter(name)?;
            let days = param.kind == ParamKind::Days;
            if days && unit != "day" {
                let (word, span) = (duration.unit.text, duration.unit.span);
                let message = format!("`${text}` counts days, not {word}");
                let error = Diagnostic::error(codes::WRONG_UNIT, span, message);
                return self.fail(error.help("write `days`").fix("write `days`", span, "days"));
            }
            return match given {
                Given::Number(number) => u32::try_from(number.min(1_000_000)).ok(),
                _ => self.fail(super::value::wrong(&duration.number, "a number")),
            };
        }
        let number = self.number(&duration.number)?;
        let number = self.between(number, (0, 1_000_000), duration.number.span)?;
        u32::try_from(number).ok()
    }

    pub(super) fn starts(&mut self, moment: &Moment<'_>) -> Option<Starts> {
        Some(match moment {
            Moment::Default => Starts::AtIssue,
            Moment::On(date) => Starts::On(self.date(date)?),
            Moment::After(duration) => Starts::After(self.duration(duration)?),
        })
    }

    pub(super) fn end(&mut self, moment: &Moment<'_>) -> Option<Ends> {
        Some(match moment {
            Moment::Default => Ends::Never,
            Moment::On(date) => Ends::On(self.date(date)?),
            Moment::After(duration) => Ends::After(self.duration(duration)?),
        })
    }

    pub(super) fn decay(&mut self, labels: &mut Labels, decay: &ast::Decay<'_>) -> Option<Decay> {
        let label = self.label(labels, decay.label);
        let percent = self.percent(&decay.percent)?;
        if percent == 0 && !self.arguments.stand_ins {
            let error =
                Diagnostic::error(codes::OUT_OF_RANGE, decay.percent.span, "a decay of nothing");
            return self.fail(error.help("write at least `1%`, or leave the clause out"));
        }
        let every = match (decay.every.units, decay.every.word.text) {
            (None, "day") => Window::Day,
            (None, "week") => Window::Week,
            (None, "month") => Window::Month,
            (None, "year") => Window::Year,
            _ => {
                let error = Diagnostic::error(
                    codes::WRONG_UNIT,
                    decay.every.span,
                    "money does not decay in such steps",
                );
                return self.fail(
                    error.help("write `every day`, `every week`, `every month` or `every year`"),
                );
            }
        };
        let after = match &decay.after {
            Some(duration) => Some(self.duration(duration)?),
            None => None,
        };
        let to = fate(decay.to);
        Some(Decay { label, percent, of_issued: decay.of_issued, every, after, to })
    }
}

/// Where money goes; to the granter unless stated.
pub(super) fn fate(fate: Option<ast::Fate<'_>>) -> Fate {
    match fate {
        Some(ast::Fate::Pool(name)) => Fate::Pool(name.text.to_owned()),
        Some(ast::Fate::Burn) => Fate::Burn,
        Some(ast::Fate::Granter) | None => Fate::Granter,
    }
}
