//! Parameters: their declaration, their bounds, and the arguments given for them.

use std::collections::BTreeMap;

use super::types::Place;
use super::unit::Unit;
use super::value::{bare_money, wrong};
use super::{Lower, Session};
use crate::civil::Date;
use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::module::{ListKind, Param, ParamKind, Value};
use crate::syntax::ast::{self, Argument, DefinitionBody, Name, SetExpr, ValueKind};
use crate::syntax::parse::parse_argument;

/// The parameters of a rule with their values, and those whose declaration is wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    values: BTreeMap<String, (Param, Value)>,
    broken: Vec<String>,
    /// Are some values stand-ins, so that nothing may be said about them?
    pub(crate) stand_ins: bool,
}

impl Arguments {
    pub(crate) fn get(&self, name: &str) -> Option<&(Param, Value)> {
        self.values.get(name)
    }

    /// Has the wrong declaration been reported already?
    pub(crate) fn is_broken(&self, name: &str) -> bool {
        self.broken.iter().any(|broken| broken == name)
    }

    /// Parameters with these values.
    pub(crate) fn of(values: Vec<(Param, Value)>) -> Self {
        let values = values.into_iter().map(|(param, value)| (param.name.clone(), (param, value)));
        Self { values: values.collect(), broken: Vec::new(), stand_ins: false }
    }

    pub(crate) fn params(&self) -> impl Iterator<Item = &Param> {
        self.values.values().map(|(param, _)| param)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

/// Where the value of an argument comes from.
pub(crate) enum Source<'s, 't> {
    /// Written in a source.
    Written(Name<'t>, &'s Argument<'t>, &'s Arguments),
    /// Given from outside, as text.
    Text(&'s str),
}

/// Declared parameters in order; wrong ones are reported and named in the second list.
pub(crate) fn declare(
    unit: &Unit,
    rule: &ast::Rule<'_>,
    session: &mut Session,
) -> (Vec<Param>, Vec<String>) {
    let (mut params, mut broken): (Vec<Param>, Vec<String>) = (Vec::new(), Vec::new());
    for declared in &rule.params {
        if params.iter().any(|param| param.name == declared.name.text) {
            let message = format!("`${}` is declared twice", declared.name.text);
            let error = Diagnostic::error(codes::NAME_TWICE, declared.name.span, message);
            session.error(error.help("give one of them another name"));
            continue;
        }
        match declare_one(unit, declared, session) {
            Some(param) => params.push(param),
            None => broken.push(declared.name.text.to_owned()),
        }
    }
    (params, broken)
}

fn declare_one(unit: &Unit, declared: &ast::Param<'_>, session: &mut Session) -> Option<Param> {
    let name = declared.name.text.to_owned();
    let Some(kind) = ParamKind::from_word(declared.kind.text) else {
        let words = ParamKind::ALL.map(ParamKind::word);
        let mut error = super::test::unknown_word(
            declared.kind.text,
            declared.kind.span,
            "type of parameter",
            &words,
        );
        error.code = codes::BAD_PARAMETER;
        session.error(error);
        return None;
    };
    let none = Arguments::default();
    let mut lower = Lower { unit, arguments: &none, place: Place::ANYWHERE, session };
    let mut bounds = (None, None);
    if let Some(range) = &declared.range {
        if !kind.is_ordered() {
            let message = format!("{} has no bounds", kind.describe());
            let error = Diagnostic::error(codes::BAD_PARAMETER, range.span, message);
            return lower.fail(error.help("leave `in` out"));
        }
        bounds = lower.ends(range, |lower, value| lower.plain(kind, value))?;
    }
    let mut param = Param { name, kind, bounds, default: None };
    if let Some(default) = &declared.default {
        let value = lower.argument(kind, default)?;
        let span = span_of(default);
        param.default = Some(lower.bounded(&param, value, span)?);
    }
    Some(param)
}

/// Gives every parameter its argument, its default, or (in a check of the definition alone) a stand-in. Names in the
/// arguments are looked up in `given_in`; `place` is where a policy is used by another.
pub(crate) fn bind(
    given_in: &Unit,
    declared: (Vec<Param>, Vec<String>),
    given: &[(String, Source<'_, '_>)],
    place: Option<Span>,
    session: &mut Session,
) -> Option<Arguments> {
    let (params, broken) = declared;
    let mut complete = true;
    let mut values = BTreeMap::new();
    let passed_on = |(_, source): &(String, Source<'_, '_>)| matches!(source, Source::Written(_, _, arguments) if arguments.stand_ins);
    let mut stand_ins = given.iter().any(passed_on);
    for (at, (name, source)) in given.iter().enumerate() {
        let again = given.iter().take(at).any(|(earlier, _)| earlier == name);
        let param = params.iter().find(|param| param.name == *name);
        let Some(param) = param.filter(|_| !again) else {
            complete &= broken.contains(name);
            if !broken.contains(name) {
                session.error(unwanted(name, source, &params, again));
            }
            continue;
        };
        match take(given_in, param, source, session) {
            Some(value) => {
                values.insert(name.clone(), (param.clone(), value));
            }
            None => complete = false,
        }
    }
    for param in params {
        if values.contains_key(&param.name) || given.iter().any(|(name, _)| *name == param.name) {
            continue;
        }
        let value = match &param.default {
            Some(default) => Some(default.clone()),
            None if session.stand_ins && place.is_none() => {
                stand_ins = true;
                Some(stand_in(&param))
            }
            None => None,
        };
        if let Some(value) = value {
            values.insert(param.name.clone(), (param, value));
        } else {
            complete = false;
            session.error(missing(&param, place));
        }
    }
    if complete { Some(Arguments { values, broken, stand_ins }) } else { None }
}

fn missing(param: &Param, place: Option<Span>) -> Diagnostic {
    let message = format!("the argument `${}` is missing", param.name);
    let help = format!("give it {}", param.kind.describe());
    let error = Diagnostic::error_outside(codes::MISSING_ARGUMENT, message).help(help);
    match place {
        Some(span) => error.at(span, ""),
        None => error,
    }
}

fn unwanted(name: &str, source: &Source<'_, '_>, params: &[Param], again: bool) -> Diagnostic {
    let (code, message) = if again {
        (codes::ARGUMENT_TWICE, format!("the argument `${name}` is given twice"))
    } else {
        (codes::UNKNOWN_ARGUMENT, format!("there is no parameter `${name}`"))
    };
    let error = match source {
        Source::Written(written, ..) => Diagnostic::error(code, written.span, message),
        Source::Text(_) => Diagnostic::error_outside(code, message),
    };
    let names = params.iter().map(|param| param.name.as_str());
    match nearest(name, names.clone()) {
        _ if again => error.help("leave one of them out"),
        Some(near) => {
            let error = error.help(format!("did you mean `${near}`?"));
            match source {
                Source::Written(written, ..) => {
                    error.fix(format!("write `${near}`"), written.span, format!("${near}"))
                }
                Source::Text(_) => error,
            }
        }
        None if params.is_empty() => error.help("it takes no arguments"),
        None => {
            let names: Vec<String> = names.map(|name| format!("${name}")).collect();
            error.help(format!("it takes {}", names.join(", ")))
        }
    }
}

fn take(
    unit: &Unit,
    param: &Param,
    source: &Source<'_, '_>,
    session: &mut Session,
) -> Option<Value> {
    match source {
        Source::Written(_, argument, arguments) => {
            let mut lower = Lower { unit, arguments, place: Place::ANYWHERE, session };
            let value = lower.argument(param.kind, argument)?;
            lower.bounded(param, value, span_of(argument))
        }
        Source::Text(text) => {
            let tree = parse_argument(text);
            let mut inner = Session::default();
            inner.found.extend(tree.errors.iter().cloned());
            let none = Arguments::default();
            let mut lower =
                Lower { unit, arguments: &none, place: Place::ANYWHERE, session: &mut inner };
            let value = crate::syntax::argument(&tree).filter(|_| tree.errors.is_empty());
            let value = value.and_then(|argument| lower.argument(param.kind, &argument));
            let value = value.and_then(|value| lower.bounded(param, value, Span::default()));
            // Spans of the argument mean nothing in the source: name the parameter instead.
            for mut error in inner.found {
                error.labels.clear();
                error.fixes.clear();
                let own = matches!(
                    error.code,
                    codes::BARE_MONEY
                        | codes::ARGUMENT_OUT_OF_BOUNDS
                        | codes::UNKNOWN_NAME
                        | codes::WRONG_KIND
                );
                error.code = if own { error.code } else { codes::WRONG_ARGUMENT };
                error.message = format!("argument `${}`: {}", param.name, error.message);
                session.error(error);
            }
            value
        }
    }
}

/// An argument given as text.
pub(crate) fn read(unit: &Unit, param: &Param, text: &str, session: &mut Session) -> Option<Value> {
    take(unit, param, &Source::Text(text), session)
}

/// Some value within the bounds, for checking a definition whose parameter has no default.
fn stand_in(param: &Param) -> Value {
    let bound = param.bounds.0.clone().or_else(|| param.bounds.1.clone());
    let word = || "x".to_owned();
    bound.unwrap_or_else(|| match param.kind {
        ParamKind::Money => Value::Money(1),
        ParamKind::Count | ParamKind::Days => Value::Number(1),
        ParamKind::Percent => Value::Percent(1),
        ParamKind::Date => Value::Date(Date::default()),
        ParamKind::District | ParamKind::Person => Value::Word(word()),
        ParamKind::Tags => Value::Tags(vec![word()]),
        ParamKind::Merchants | ParamKind::Products => Value::List(word(), None),
        ParamKind::Schedule => Value::Schedule(crate::ir::Weekly(Vec::new())),
    })
}

fn span_of(argument: &Argument<'_>) -> Span {
    match argument {
        Argument::One(value) => value.span,
        Argument::Set(SetExpr::Braces(_, span) | SetExpr::Weekly(_, span)) => *span,
        Argument::Set(SetExpr::Range(range)) => range.span,
        Argument::Set(SetExpr::Named(keyword, name)) => {
            Span { start: keyword.span.start, end: name.span.end }
        }
        Argument::Set(SetExpr::Var(name)) => name.span,
    }
}

impl Lower<'_, '_> {
    /// An argument of this type.
    pub(crate) fn argument(&mut self, kind: ParamKind, argument: &Argument<'_>) -> Option<Value> {
        match argument {
            Argument::One(value) => self.plain(kind, value),
            Argument::Set(set) => self.set_argument(kind, set),
        }
    }

    /// A single value of this type.
    fn plain(&mut self, kind: ParamKind, value: &ast::Value<'_>) -> Option<Value> {
        if let ValueKind::Var(name) = value.kind {
            let name = Name { text: name, span: value.span };
            return self.parameter_of(name, &[kind], kind.describe());
        }
        match (kind, &value.kind) {
            (ParamKind::Money, ValueKind::Money(_)) => self.money(value).map(Value::Money),
            (ParamKind::Money, ValueKind::Int(number)) => {
                self.fail(bare_money(*number, value.span))
            }
            (ParamKind::Count | ParamKind::Days, ValueKind::Int(number)) => {
                let most = if kind == ParamKind::Days { 36_525 } else { i64::MAX };
                let number = self.between(*number, (0, most), value.span)?;
                u64::try_from(number).ok().map(Value::Number)
            }
            (ParamKind::Percent, ValueKind::Percent(_)) => self.percent(value).map(Value::Percent),
            (ParamKind::Date, ValueKind::Date(date)) => Some(Value::Date(*date)),
            (ParamKind::District | ParamKind::Person, ValueKind::Word(word)) => {
                Some(Value::Word((*word).to_owned()))
            }
            (ParamKind::Person, ValueKind::Str(text)) => Some(Value::Word(text.clone())),
            (ParamKind::Tags, ValueKind::Word(word)) => Some(Value::Tags(vec![(*word).to_owned()])),
            (ParamKind::Merchants | ParamKind::Products, ValueKind::Word(word)) => {
                self.list(kind, Name { text: word, span: value.span })
            }
            (ParamKind::Schedule, ValueKind::Word(word)) => {
                self.schedule(Name { text: word, span: value.span })
            }
            _ => self.fail(wrong(value, kind.describe())),
        }
    }

    fn set_argument(&mut self, kind: ParamKind, set: &SetExpr<'_>) -> Option<Value> {
        match (kind, set) {
            (ParamKind::Tags, SetExpr::Braces(values, _)) => {
                let mut words = Vec::with_capacity(values.len());
                for value in values {
                    match value.kind {
                        ValueKind::Word(word) => words.push(word.to_owned()),
                        _ => return self.fail(wrong(value, "a tag such as `food.bakery`")),
                    }
                }
                words.sort();
                words.dedup();
                Some(Value::Tags(words))
            }
            (ParamKind::Tags, SetExpr::Named(keyword, name)) if keyword.text == "set" => {
                match self.unit.find(name.text) {
                    Some((_, definition)) => match &definition.body {
                        DefinitionBody::Set(values) => {
                            self.set_argument(kind, &SetExpr::Braces(values.clone(), name.span))
                        }
                        _ => self.fail(Unit::wrong_kind(*name, &definition, "set")),
                    },
                    None => self.fail(self.unit.unknown(*name, "set")),
                }
            }
            (ParamKind::Merchants | ParamKind::Products, SetExpr::Named(keyword, name))
                if keyword.text == "list" =>
            {
                self.list(kind, *name)
            }
            (ParamKind::Schedule, SetExpr::Named(keyword, name)) if keyword.text == "schedule" => {
                self.schedule(*name)
            }
            (ParamKind::Schedule, SetExpr::Weekly(slots, _)) => {
                Some(Value::Schedule(super::test::weekly(slots)))
            }
            _ => {
                let span = span_of(&Argument::Set(set.clone()));
                let message = format!("this is not {}", kind.describe());
                let error = Diagnostic::error(codes::WRONG_LITERAL, span, message);
                self.fail(error.help(format!("write {}", kind.describe())))
            }
        }
    }

    fn list(&mut self, kind: ParamKind, name: Name<'_>) -> Option<Value> {
        let wanted =
            if kind == ParamKind::Merchants { ListKind::Merchants } else { ListKind::Products };
        let Some((_, definition)) = self.unit.find(name.text) else {
            return self.fail(self.unit.unknown(name, "list"));
        };
        let DefinitionBody::List(found, pin) = &definition.body else {
            return self.fail(Unit::wrong_kind(name, &definition, "list"));
        };
        if found.text != wanted.word() {
            let message = format!("`{}` lists {}, not {}", name.text, found.text, wanted.word());
            let error = Diagnostic::error(codes::WRONG_LIST, name.span, message);
            return self.fail(error.help(format!("name a list of {}", wanted.word())));
        }
        let pin = self.content_hash(*pin)?;
        Some(Value::List(name.text.to_owned(), pin))
    }

    fn schedule(&mut self, name: Name<'_>) -> Option<Value> {
        let Some((_, definition)) = self.unit.find(name.text) else {
            return self.fail(self.unit.unknown(name, "schedule"));
        };
        match &definition.body {
            DefinitionBody::Schedule(slots) => Some(Value::Schedule(super::test::weekly(slots))),
            _ => self.fail(Unit::wrong_kind(name, &definition, "schedule")),
        }
    }

    /// The value, if it lies within the bounds of the parameter.
    fn bounded(&mut self, param: &Param, value: Value, span: Span) -> Option<Value> {
        let low = param.bounds.0.as_ref().is_none_or(|low| *low <= value);
        let high = param.bounds.1.as_ref().is_none_or(|high| value <= *high);
        if low && high {
            return Some(value);
        }
        let text =
            |bound: &Option<Value>| bound.as_ref().map(ToString::to_string).unwrap_or_default();
        let bounds = format!("{}..{}", text(&param.bounds.0), text(&param.bounds.1));
        let message = format!("`{value}` is outside {bounds}");
        let error = Diagnostic::error(codes::ARGUMENT_OUT_OF_BOUNDS, span, message);
        self.fail(error.help(format!("choose a value in {bounds}")))
    }
}
