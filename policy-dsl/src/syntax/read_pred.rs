//! Reads conditions, sets, values and examples from the tree.

use super::ast::{
    Example, Given, GivenBody, Outcome, Pred, Range, SetExpr, Slot, Value, ValueKind,
};
use super::lex::{Token, TokenKind};
use super::literal;
use super::read::Reader;
use super::tree::{Node, NodeKind};
use crate::civil::{Date, Weekday};
use crate::names::{WEEKDAYS, weekday_of};

impl<'t> Reader<'t> {
    /// The condition that stands directly in a node.
    pub(super) fn pred_in(self, node: &'t Node) -> Option<Pred<'t>> {
        node.nodes().find_map(|child| self.pred(child))
    }

    /// The condition in the child of a kind.
    pub(super) fn pred_below(self, node: &'t Node, kind: NodeKind) -> Option<Pred<'t>> {
        self.pred_in(node.node(kind)?)
    }

    fn pred(self, node: &'t Node) -> Option<Pred<'t>> {
        let parts = || node.nodes().filter_map(|part| self.pred(part)).collect();
        match node.kind {
            NodeKind::And => Some(Pred::And(parts())),
            NodeKind::Or => Some(Pred::Or(parts())),
            NodeKind::Not => self.pred_in(node).map(|inner| Pred::Not(Box::new(inner))),
            NodeKind::Bracket => self.pred_in(node),
            NodeKind::Items => {
                let every = self.first(node, TokenKind::Word)?.text == "every";
                Some(Pred::Items(every, Box::new(self.pred_in(node)?), node.span))
            }
            NodeKind::Known => self.words(node).get(1).copied().map(Pred::Known),
            NodeKind::LetName => self.first(node, TokenKind::Word).map(Pred::Let),
            NodeKind::Test => self.test(node),
            _ => None,
        }
    }

    fn test(self, node: &'t Node) -> Option<Pred<'t>> {
        let words = self.words(node);
        let fact = words.first().copied()?;
        let has = |what: &str| words.iter().skip(1).any(|word| word.text == what);
        let right = node.nodes().next()?;
        if has("in") {
            return Some(Pred::In(fact, has("not"), self.set(right)?));
        }
        let value = self.value(right)?;
        if has("is") {
            return Some(Pred::Is(fact, has("not"), value));
        }
        let sign = node.tokens().nth(1)?;
        Some(Pred::Compare(fact, self.name(sign), value))
    }

    pub(super) fn set(self, node: &'t Node) -> Option<SetExpr<'t>> {
        match node.kind {
            NodeKind::Braces => Some(SetExpr::Braces(self.values(node), node.span)),
            NodeKind::Range => self.range(node).map(SetExpr::Range),
            NodeKind::Weekly => Some(SetExpr::Weekly(self.slots(node), node.span)),
            NodeKind::Value => self.first(node, TokenKind::Var).map(SetExpr::Var),
            NodeKind::Named => {
                let words = self.words(node);
                Some(SetExpr::Named(words.first().copied()?, words.get(1).copied()?))
            }
            _ => None,
        }
    }

    pub(super) fn values(self, braces: &'t Node) -> Vec<Value<'t>> {
        braces.nodes().filter_map(|value| self.value(value)).collect()
    }

    pub(super) fn range(self, node: &'t Node) -> Option<Range<'t>> {
        let dots = node.token(TokenKind::Dots)?.span.start;
        let value = |low: bool| {
            let found = node.nodes().find(|value| (value.span.start < dots) == low);
            found.and_then(|value| self.value(value))
        };
        Some(Range { low: value(true), high: value(false), span: node.span })
    }

    pub(super) fn slots(self, weekly: &'t Node) -> Vec<Slot> {
        weekly.nodes().filter_map(|slot| self.slot(slot)).collect()
    }

    fn slot(self, node: &'t Node) -> Option<Slot> {
        let mut days = self.words(node).into_iter().filter_map(|word| weekday_of(word.text));
        let first = days.next()?;
        let days = days_between(first, days.next().unwrap_or(first));
        let clocks = node.tokens().filter(|token| token.kind == TokenKind::Clock);
        let mut clocks = clocks.filter_map(|token| literal::clock(self.0.text(token.span)));
        Some(Slot { days, start: clocks.next()?, end: clocks.next()?, span: node.span })
    }

    pub(super) fn value(self, node: &'t Node) -> Option<Value<'t>> {
        if node.kind != NodeKind::Value {
            return None;
        }
        let first = self.token_value(node.tokens().next()?)?;
        let kind = match (first.kind, node.tokens().nth(1).map(|unit| unit.kind)) {
            (ValueKind::Int(number), Some(TokenKind::Word)) => ValueKind::Money(number),
            (ValueKind::Int(number), Some(TokenKind::Percent)) => ValueKind::Percent(number),
            (kind, _) => kind,
        };
        Some(Value { kind, span: node.span })
    }

    pub(super) fn token_value(self, token: Token) -> Option<Value<'t>> {
        let name = self.name(token);
        let kind = match token.kind {
            TokenKind::Int => ValueKind::Int(literal::number(name.text)?),
            TokenKind::Date => ValueKind::Date(Date::parse(name.text)?),
            TokenKind::Clock => ValueKind::Clock(literal::clock(name.text)?),
            TokenKind::Str => ValueKind::Str(literal::string(name.text)),
            TokenKind::Word => ValueKind::Word(name.text),
            TokenKind::Var => ValueKind::Var(name.text),
            _ => return None,
        };
        Some(Value { kind, span: token.span })
    }

    pub(super) fn example(self, node: &'t Node) -> Option<Example<'t>> {
        let outcome = node.node(NodeKind::Outcome)?;
        let givens = node.nodes().filter(|given| given.kind == NodeKind::Given);
        Some(Example {
            name: self.string(node)?,
            span: self.first(node, TokenKind::Str)?.span,
            givens: givens.filter_map(|given| self.given(given)).collect(),
            outcome: self.outcome(outcome)?,
            outcome_span: outcome.span,
        })
    }

    fn given(self, node: &'t Node) -> Option<Given<'t>> {
        let word = self.name(node.tokens().next()?);
        let second = || self.words(node).get(1).copied();
        let value = || node.nodes().find_map(|value| self.value(value));
        let date = || Date::parse(self.first(node, TokenKind::Date)?.text);
        let clock = || literal::clock(self.first(node, TokenKind::Clock)?.text);
        let argument = || node.nodes().find_map(|value| self.argument(value));
        let variable = node.tokens().next()?.kind == TokenKind::Var;
        let body = match word.text {
            _ if variable => GivenBody::Var(argument()?),
            "at" => GivenBody::At(date()?, clock()?),
            "issued" => GivenBody::At(date()?, clock().unwrap_or(0)),
            "last" => GivenBody::Last(second()?, date()?, clock()?),
            "amount" => GivenBody::Amount(value()?),
            "item" => {
                let code = self.string(node).or_else(|| second().map(|word| word.text.to_owned()));
                let tags = node.node(NodeKind::Braces);
                let tags = tags.map(|braces| self.values(braces)).unwrap_or_default();
                GivenBody::Item(code?, value()?, tags)
            }
            "lists" => GivenBody::Lists(second()?),
            "spent" => GivenBody::Spent(second()?, self.quantity(node.node(NodeKind::Quantity)?)?),
            _ => GivenBody::Fact(argument()?),
        };
        Some(Given { word, body })
    }

    fn outcome(self, node: &'t Node) -> Option<Outcome<'t>> {
        let words = self.words(node);
        let value = node.nodes().find_map(|value| self.value(value));
        match words.first()?.text {
            "allow" => Some(Outcome::Allow(value)),
            "deny" => Some(Outcome::Deny(words.into_iter().skip(1).collect())),
            "give" => value.map(Outcome::Give),
            _ => Some(Outcome::Nothing),
        }
    }
}

/// The weekdays from one to another, both included, going round the week: `fri..mon` has four.
pub(crate) fn days_between(first: Weekday, last: Weekday) -> Vec<Weekday> {
    let mut days = Vec::with_capacity(7);
    for day in WEEKDAYS.into_iter().cycle().skip_while(|day| *day != first).take(7) {
        days.push(day);
        if day == last {
            break;
        }
    }
    days
}
