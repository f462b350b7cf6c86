//! A source as published: its policies, programmes, lists and calendars, ready to be given arguments.

use std::sync::Arc;

use crate::codes;
use crate::compile::params::{self, Arguments, Source};
use crate::compile::types::Place;
use crate::compile::unit::{Unit, positions};
use crate::compile::{Lower, Session};
use crate::diagnostic::{self, Diagnostic, Span};
use crate::ir::{Policy, Program, Texts};
use crate::syntax::ast::{ClauseBody, Definition, DefinitionBody, Example, Name, Rule, Text};
use crate::syntax::literal;
use crate::syntax::parse::parse;
use crate::syntax::tree::Tree;

pub use crate::params::{Head, Param, ParamKind, Value};

/// A checked source. Cheap to clone; holds what it needs of earlier modules.
#[derive(Clone, Debug)]
pub struct Module {
    unit: Arc<Unit>,
}

/// What kind of member a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Merchant ids.
    Merchants,
    /// Product codes.
    Products,
    /// Person ids.
    Persons,
}

impl ListKind {
    /// The word of the language.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Merchants => "merchants",
            Self::Products => "products",
            Self::Persons => "persons",
        }
    }
}

/// A list or calendar that a source declares. `pin` is the SHA-256 its content must have; without it, it is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared<K> {
    /// Qualified name.
    pub name: String,
    /// Kind of its members; `()` for calendars.
    pub kind: K,
    /// Content hash, when pinned.
    pub pin: Option<[u8; 32]>,
}

impl Module {
    /// Checks a source. There is a module exactly when no diagnostic is an error. Examples are not run here: see
    /// [`Self::examples`].
    pub fn parse(source: &str) -> (Option<Self>, Vec<Diagnostic>) {
        Self::parse_with(source, &[])
    }

    /// Checks a source that may use the names of earlier modules, and of the modules those were parsed with. A source
    /// may define such a name again: later sources then see the new meaning, earlier policies keep the old one.
    pub fn parse_with(source: &str, earlier: &[&Self]) -> (Option<Self>, Vec<Diagnostic>) {
        let mut units: Vec<Arc<Unit>> = Vec::new();
        for module in earlier {
            for unit in module.unit.earlier.iter().chain([&module.unit]) {
                units.retain(|known| !Arc::ptr_eq(known, unit));
                units.push(Arc::clone(unit));
            }
        }
        let tree = parse(source);
        let mut found = tree.errors.clone();
        let (unit, twice) = Unit::new(tree, units);
        found.extend(twice);
        found.extend(check(&unit));
        diagnostic::sort(&mut found);
        let good = !found.iter().any(Diagnostic::is_error);
        (good.then(|| Self { unit: Arc::new(unit) }), found)
    }

    /// The text it was made from.
    pub fn source(&self) -> &str {
        &self.unit.tree.source
    }

    /// The lossless tree of the text.
    pub fn tree(&self) -> &Tree {
        &self.unit.tree
    }

    /// The sources it names with `import`, in order. Nothing is read for them: whoever parses a module parses the
    /// imported ones first and hands them to [`Self::parse_with`].
    pub fn imports(&self) -> Vec<String> {
        let definitions = self.unit.tree.definitions();
        let imports = definitions.filter(|found| matches!(found.body, DefinitionBody::Import(_)));
        imports.map(|found| literal::string(found.name.text)).collect()
    }

    /// Its own policies, in source order.
    pub fn policies(&self) -> Vec<Head> {
        self.heads(false)
    }

    /// Its own programmes, in source order.
    pub fn programs(&self) -> Vec<Head> {
        self.heads(true)
    }

    /// Its own lists, in source order.
    pub fn lists(&self) -> Vec<Declared<ListKind>> {
        let list = |found: Definition<'_>| {
            let DefinitionBody::List(kind, pin) = found.body else { return None };
            let kind = match kind.text {
                "merchants" => ListKind::Merchants,
                "products" => ListKind::Products,
                _ => ListKind::Persons,
            };
            Some(Declared { name: found.name.text.to_owned(), kind, pin: content_hash(pin) })
        };
        self.unit.tree.definitions().filter_map(list).collect()
    }

    /// Its own calendars, in source order.
    pub fn calendars(&self) -> Vec<Declared<()>> {
        let calendar = |found: Definition<'_>| {
            let DefinitionBody::Calendar(pin) = found.body else { return None };
            let name = found.name.text.to_owned();
            Some(Declared { name, kind: (), pin: content_hash(pin) })
        };
        self.unit.tree.definitions().filter_map(calendar).collect()
    }

    /// The names a form or another source can use: its own policies and programmes, sorted.
    pub fn names(&self) -> Vec<String> {
        let heads = self.policies().into_iter().chain(self.programs());
        let mut names: Vec<String> = heads.map(|head| head.name).collect();
        names.sort();
        names
    }

    /// Compiles a policy, its own or an earlier module's. Arguments are written as in the language (`5_000 won`,
    /// `gu.mapo`), by parameter name with or without `$`.
    ///
    /// # Errors
    /// Diagnostics without a place: a name that is no policy, or arguments that are missing, unknown, of the wrong
    /// type or out of bounds.
    pub fn policy(
        &self,
        name: &str,
        arguments: &[(String, String)],
    ) -> Result<Policy, Vec<Diagnostic>> {
        self.compile(name, arguments, |lower, definition| {
            let DefinitionBody::Policy(rule) = &definition.body else {
                return lower.no_rule(name, "policy");
            };
            lower.policy(definition.name, rule)
        })
    }

    /// Compiles a programme, every parameter at its default.
    ///
    /// # Errors
    /// As [`Self::policy`].
    pub fn program(&self, name: &str) -> Result<Program, Vec<Diagnostic>> {
        self.program_with(name, &[])
    }

    /// Compiles a programme with arguments.
    ///
    /// # Errors
    /// As [`Self::policy`].
    pub fn program_with(
        &self,
        name: &str,
        arguments: &[(String, String)],
    ) -> Result<Program, Vec<Diagnostic>> {
        self.compile(name, arguments, |lower, definition| {
            let DefinitionBody::Program(rule) = &definition.body else {
                return lower.no_rule(name, "program");
            };
            lower.program(definition.name, rule)
        })
    }

    /// Reads one argument of a policy or programme, written as the language writes it.
    ///
    /// # Errors
    /// What is wrong with it, or that there is no such rule or parameter.
    pub fn value(&self, name: &str, param: &str, text: &str) -> Result<Value, Vec<Diagnostic>> {
        let mut session = Session::default();
        let found = self.unit.find(name);
        let declared = found.as_ref().and_then(|(unit, definition)| {
            let rule = rule_of(definition)?;
            let (params, _) = params::declare(unit, rule, &mut session);
            params.into_iter().find(|known| known.name == param)
        });
        let Some(declared) = declared else {
            let message = format!("`{name}` has no parameter `${param}`");
            return Err(vec![Diagnostic::error_outside(codes::UNKNOWN_ARGUMENT, message)]);
        };
        // Bounds are the form's to tell.
        let free = Param { bounds: (None, None), ..declared };
        let value = params::read(&self.unit, &free, text, &mut session);
        value.filter(|_| !session.failed()).ok_or(session.found)
    }

    pub(crate) fn unit(&self) -> &Unit {
        &self.unit
    }

    fn compile<'m, T>(
        &'m self,
        name: &str,
        arguments: &[(String, String)],
        lower: impl FnOnce(&mut Lower<'m, '_>, &Definition<'m>) -> Option<T>,
    ) -> Result<T, Vec<Diagnostic>> {
        let mut session = Session::default();
        let none = Arguments::default();
        let Some((unit, definition)) = self.unit.find(name) else {
            let name = Name { text: name, span: Span::default() };
            let mut error = self.unit.unknown(name, "policy");
            (error.labels, error.fixes) = (Vec::new(), Vec::new());
            return Err(vec![error]);
        };
        let bound = match rule_of(&definition) {
            Some(rule) => {
                let declared = params::declare(unit, rule, &mut session);
                let given: Vec<(String, Source<'_, '_>)> = arguments
                    .iter()
                    .map(|(name, text)| {
                        (name.strip_prefix('$').unwrap_or(name).to_owned(), Source::Text(text))
                    })
                    .collect();
                params::bind(&self.unit, declared, &given, None, &mut session)
            }
            None => Some(none),
        };
        let compiled = bound.and_then(|arguments| {
            session.enter(unit, definition.name.text);
            let session = &mut session;
            let place = Place::ANYWHERE;
            lower(&mut Lower { unit, arguments: &arguments, place, session }, &definition)
        });
        let mut found = session.found;
        found.retain(Diagnostic::is_error);
        diagnostic::sort(&mut found);
        match compiled {
            Some(compiled) if found.is_empty() => Ok(compiled),
            _ => Err(found),
        }
    }

    fn heads(&self, programs: bool) -> Vec<Head> {
        let head = |found: Definition<'_>| {
            let rule = rule_of(&found)?;
            if matches!(found.body, DefinitionBody::Program(_)) != programs {
                return None;
            }
            let mut session = Session::default();
            let (params, _) = params::declare(&self.unit, rule, &mut session);
            Some(Head { name: found.name.text.to_owned(), title: title(rule), params })
        };
        self.unit.tree.definitions().filter_map(head).collect()
    }
}

/// The rule of a policy or programme.
pub(crate) fn rule_of<'d, 't>(definition: &'d Definition<'t>) -> Option<&'d Rule<'t>> {
    if let DefinitionBody::Policy(rule) | DefinitionBody::Program(rule) = &definition.body {
        return Some(rule);
    }
    None
}

/// The examples of a rule, in source order.
pub(crate) fn examples_of<'t>(rule: &Rule<'t>) -> Vec<Example<'t>> {
    let example = |clause: crate::syntax::ast::Clause<'t>| {
        let ClauseBody::Example(example) = clause.body else { return None };
        Some(example)
    };
    rule.clauses().filter_map(example).collect()
}

fn title(rule: &Rule<'_>) -> Texts {
    let texts = rule.clauses().find_map(|clause| {
        let ClauseBody::Title(texts) = clause.body else { return None };
        Some(texts)
    });
    let text = |text: Text<'_>| {
        (text.language.map_or("und", |language| language.text).to_owned(), text.text)
    };
    let mut texts: Texts = texts.unwrap_or_default().into_iter().map(text).collect();
    texts.sort();
    texts
}

fn content_hash(pin: Option<Name<'_>>) -> Option<[u8; 32]> {
    literal::hash(pin?.text, "sha256")
}

/// Checks every definition of a source by compiling it, with stand-ins for parameters without default.
fn check(unit: &Unit) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, definition) in positions(&unit.tree) {
        let mut session = Session::with_stand_ins();
        session.enter(unit, definition.name.text);
        let arguments = match rule_of(&definition) {
            Some(rule) => {
                let declared = params::declare(unit, rule, &mut session);
                params::bind(unit, declared, &[], None, &mut session)
            }
            None => Some(Arguments::default()),
        };
        if let Some(arguments) = arguments {
            let session = &mut session;
            let mut lower = Lower { unit, arguments: &arguments, place: Place::ANYWHERE, session };
            lower.check(&definition);
        }
        found.extend(session.found);
    }
    // Whatever uses what is too deep or too large is so too: the first finding is the one to mend.
    for code in [codes::TOO_DEEP, codes::TOO_LARGE, codes::TOO_DEAR] {
        let mut seen = false;
        found
            .retain(|found: &Diagnostic| found.code != code || !std::mem::replace(&mut seen, true));
    }
    found
}
