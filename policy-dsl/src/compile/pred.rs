//! Conditions: `and`, `or`, `not`, items and `let`, down to single tests.

use super::params::Arguments;
use super::types::{FactType, fact_type};
use super::{DEPTH_MAX, Lower, TESTS_MAX};
use crate::codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::ir::Pred;
use crate::syntax::ast::{self, DefinitionBody, Name};

impl Lower<'_, '_> {
    /// The compiled condition, not yet in normal form. Every mistake in it is reported.
    pub(super) fn pred(&mut self, pred: &ast::Pred<'_>) -> Option<Pred> {
        if self.session.tests > TESTS_MAX {
            return None;
        }
        self.session.depth = self.session.depth.saturating_add(1);
        let lowered = if self.session.depth > DEPTH_MAX {
            let message = "conditions nest too deep, with every `let` expanded";
            let error = Diagnostic::error(codes::TOO_DEEP, span_of(pred), message);
            self.fail(error.help("make it simpler"))
        } else {
            self.pred_inside(pred)
        };
        self.session.depth = self.session.depth.saturating_sub(1);
        lowered
    }

    /// The condition as it stands about single item lines.
    pub(super) fn item_pred(&mut self, pred: &ast::Pred<'_>) -> Option<Pred> {
        let item = std::mem::replace(&mut self.place.item, true);
        let lowered = self.pred(pred);
        self.place.item = item;
        lowered
    }

    fn pred_inside(&mut self, pred: &ast::Pred<'_>) -> Option<Pred> {
        match pred {
            ast::Pred::And(parts) => self.parts(parts).map(Pred::And),
            ast::Pred::Or(parts) => self.parts(parts).map(Pred::Or),
            ast::Pred::Not(inner) => Some(negate(self.pred(inner)?, true)),
            ast::Pred::Items(every, inner, span) => self.items(*every, inner, *span),
            ast::Pred::Known(name) => self.known(*name),
            ast::Pred::Let(name) => self.named(*name),
            ast::Pred::In(name, not, set) => {
                self.session.count_test(name.span)?;
                Some(negate(self.is_in(*name, set)?, *not))
            }
            ast::Pred::Is(name, not, value) => {
                self.session.count_test(name.span)?;
                Some(negate(self.is_equal(*name, value)?, *not))
            }
            ast::Pred::Compare(name, sign, value) => {
                self.session.count_test(name.span)?;
                self.compares(*name, *sign, value)
            }
        }
    }

    /// All parts, after every one has been looked at.
    fn parts(&mut self, parts: &[ast::Pred<'_>]) -> Option<Vec<Pred>> {
        let lowered: Vec<_> = parts.iter().map(|part| self.pred(part)).collect();
        lowered.into_iter().collect()
    }

    fn items(&mut self, every: bool, inner: &ast::Pred<'_>, span: Span) -> Option<Pred> {
        if self.place.item {
            let message = "an item condition stands inside an item condition";
            let error = Diagnostic::error(codes::NESTED_ITEMS, span, message);
            return self.fail(error.help("the condition is about one line of the basket already"));
        }
        if let Err(place) = self.place.knows(crate::facts::Fact::PaymentItems) {
            let error = Diagnostic::error(codes::FACT_NOT_HERE, span, "there is no basket here");
            return self.fail(error.help(format!("it is known {place}")));
        }
        let inner = Box::new(self.item_pred(inner)?);
        Some(if every { Pred::EveryItem(inner) } else { Pred::AnyItem(inner) })
    }

    fn known(&mut self, name: Name<'_>) -> Option<Pred> {
        self.session.count_test(name.span)?;
        let fact = self.fact(name)?;
        if matches!(fact_type(fact), FactType::Time | FactType::Day | FactType::Date) {
            let message = format!("`{}` is always known", name.text);
            let error = Diagnostic::error(codes::ALWAYS_KNOWN, name.span, message);
            return self.fail(error.help("leave it out"));
        }
        Some(Pred::Known(fact))
    }

    /// The condition a `let` names.
    fn named(&mut self, name: Name<'_>) -> Option<Pred> {
        let home = self.unit;
        let Some((unit, definition)) = home.find(name.text) else {
            if home.is_broken(name.text) {
                return None;
            }
            // A dotted name that starts like a fact was meant to be one.
            let (family, _) = name.text.split_once('.').unwrap_or_default();
            let families = ["payer", "merchant", "payment", "item", "receiver", "event"];
            if families.contains(&family) {
                return self.fact(name).map(Pred::Known).filter(|_| false);
            }
            let error = self.unit.unknown(name, "let");
            return self.fail(error);
        };
        let DefinitionBody::Let(pred) = &definition.body else {
            return self.fail(super::unit::Unit::wrong_kind(name, &definition, "let"));
        };
        self.expand(name, unit, &Arguments::default(), |inside| inside.pred(pred))
    }
}

fn negate(pred: Pred, negative: bool) -> Pred {
    if negative { Pred::Not(Box::new(pred)) } else { pred }
}

fn span_of(pred: &ast::Pred<'_>) -> Span {
    match pred {
        ast::Pred::And(parts) | ast::Pred::Or(parts) => {
            parts.first().map_or_else(Span::default, span_of)
        }
        ast::Pred::Not(inner) => span_of(inner),
        ast::Pred::Items(_, _, span) => *span,
        ast::Pred::Known(name)
        | ast::Pred::Let(name)
        | ast::Pred::In(name, ..)
        | ast::Pred::Is(name, ..)
        | ast::Pred::Compare(name, ..) => name.span,
    }
}
