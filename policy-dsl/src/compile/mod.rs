//! From typed clauses to compiled policies: names, types, parameters, lowering.
//!
//! A definition is read in the unit it stands in: a later unit that defines a name again changes nothing for
//! policies published before.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a token or value that does not fit is reported, whatever kinds are added later"
)]

mod cap;
mod clause;
pub(crate) mod example;
pub(crate) mod params;
mod policy;
mod pred;
mod program;
mod test;
pub(crate) mod types;
pub(crate) mod unit;
mod value;

use crate::codes;
use crate::diagnostic::{Diagnostic, Span};
use crate::module::{Param, examples_of};
use crate::syntax::ast::{Definition, DefinitionBody, Name, Rule};
use example::RuleLabels;
use params::Arguments;
use types::Place;
use unit::Unit;

/// The most caps of a policy, embedded ones included.
pub(crate) const CAPS_MAX: usize = 64;
/// The most tests of a policy, with every `let` and `also` expanded.
pub(crate) const TESTS_MAX: usize = 4096;
/// How deep policies may embed each other.
pub(crate) const ALSO_DEPTH_MAX: usize = 8;
/// How deep `let` may use `let`, together with brackets and `not`.
const DEPTH_MAX: usize = 48;

/// What all parts of one compilation share.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// What is wrong.
    pub(crate) found: Vec<Diagnostic>,
    /// A definition is checked alone: parameters without default get stand-ins.
    pub(crate) stand_ins: bool,
    /// Set while a definition of another source is read: complaints are shown at the name that brought it in.
    elsewhere: Option<(String, Span)>,
    /// Definitions being expanded, to notice one that needs itself: source and name.
    path: Vec<(*const Unit, String)>,
    tests: usize,
    caps: usize,
    policies: usize,
    depth: usize,
}

impl Session {
    pub(crate) fn error(&mut self, mut error: Diagnostic) {
        if let Some((name, span)) = &self.elsewhere {
            error.message = format!("in `{name}`: {}", error.message);
            error.labels.clear();
            error.fixes.clear();
            error = error.at(*span, "");
        }
        self.found.push(error);
    }

    /// Has an error been found?
    pub(crate) fn failed(&self) -> bool {
        self.found.iter().any(Diagnostic::is_error)
    }

    fn count_test(&mut self, span: Span) -> Option<()> {
        self.tests = self.tests.saturating_add(1);
        self.limit(self.tests, TESTS_MAX, "tests", span)
    }

    fn count_cap(&mut self, span: Span) -> Option<()> {
        self.caps = self.caps.saturating_add(1);
        self.limit(self.caps, CAPS_MAX, "caps", span)
    }

    fn count_policy(&mut self, span: Span) -> Option<()> {
        self.policies = self.policies.saturating_add(1);
        self.limit(self.policies, CAPS_MAX, "embedded policies", span)
    }

    /// Says once that something is too large.
    fn limit(&mut self, count: usize, most: usize, what: &str, span: Span) -> Option<()> {
        if count <= most {
            return Some(());
        }
        if count == most.saturating_add(1) {
            let message = format!("more than {most} {what}, with every `let` and `also` expanded");
            self.error(Diagnostic::error(codes::TOO_LARGE, span, message).help("make it simpler"));
        }
        None
    }
}

/// Lowers the parts of one definition.
pub(crate) struct Lower<'u, 's> {
    /// The source it stands in.
    pub(crate) unit: &'u Unit,
    /// Values of its parameters.
    pub(crate) arguments: &'s Arguments,
    /// Where in the rule we are: which facts can be known.
    pub(crate) place: Place,
    /// What is shared.
    pub(crate) session: &'s mut Session,
}

impl<'u> Lower<'u, '_> {
    fn error(&mut self, error: Diagnostic) {
        self.session.error(error);
    }

    /// Reports and gives up this part.
    fn fail<T>(&mut self, error: Diagnostic) -> Option<T> {
        self.session.error(error);
        None
    }

    /// Runs `read` on a definition of (perhaps) another source, unless that is already being read.
    fn expand<T>(
        &mut self,
        name: Name<'_>,
        unit: &'u Unit,
        arguments: &Arguments,
        read: impl FnOnce(&mut Lower<'u, '_>) -> Option<T>,
    ) -> Option<T> {
        if self.is_cycle(name, unit) {
            return None;
        }
        let elsewhere = self.session.elsewhere.clone();
        if !std::ptr::eq(unit, self.unit) && elsewhere.is_none() {
            self.session.elsewhere = Some((name.text.to_owned(), name.span));
        }
        self.session.path.push((std::ptr::from_ref(unit), name.text.to_owned()));
        let session = &mut *self.session;
        let value = read(&mut Lower { unit, arguments, place: self.place, session });
        self.session.path.pop();
        self.session.elsewhere = elsewhere;
        value
    }

    /// Is the definition being expanded already? A ring of definitions is reported once, where its first name by
    /// alphabet is used.
    fn is_cycle(&mut self, name: Name<'_>, unit: &Unit) -> bool {
        let same =
            |(at, known): &(*const Unit, String)| std::ptr::eq(*at, unit) && known == name.text;
        let Some(start) = self.session.path.iter().position(same) else { return false };
        let ring = self.session.path.get(start..).unwrap_or_default();
        if ring.iter().all(|(_, other)| name.text <= other.as_str()) {
            let message = format!("`{}` needs itself", name.text);
            self.error(
                Diagnostic::error(codes::CYCLE, name.span, message).help("leave one of them out"),
            );
        }
        true
    }
}

impl Session {
    /// For a check of a definition alone: parameters without default hold stand-ins.
    pub(crate) fn with_stand_ins() -> Self {
        Self { stand_ins: true, ..Self::default() }
    }

    /// Begins with a definition, so that one that needs itself is noticed.
    pub(crate) fn enter(&mut self, unit: &Unit, name: &str) {
        self.path.push((std::ptr::from_ref(unit), name.to_owned()));
    }
}

impl Lower<'_, '_> {
    /// Compiles a definition only to see what is wrong with it.
    pub(crate) fn check(&mut self, definition: &Definition<'_>) {
        match &definition.body {
            DefinitionBody::Let(pred) => drop(self.pred(pred)),
            DefinitionBody::List(_, pin) | DefinitionBody::Calendar(pin) => {
                let _ = self.content_hash(*pin);
            }
            DefinitionBody::Policy(rule) => {
                let policy = self.policy(definition.name, rule);
                let labels = policy.as_ref().map(RuleLabels::of_policy);
                self.check_examples(rule, labels.as_ref(), false);
            }
            DefinitionBody::Program(rule) => {
                let program = self.program(definition.name, rule);
                let labels = program.as_ref().map(RuleLabels::of_program);
                self.check_examples(rule, labels.as_ref(), true);
            }
            DefinitionBody::Import(_) | DefinitionBody::Set(_) | DefinitionBody::Schedule(_) => {}
        }
    }

    fn check_examples(&mut self, rule: &Rule<'_>, labels: Option<&RuleLabels<'_>>, program: bool) {
        let params: Vec<Param> = self.arguments.params().cloned().collect();
        self.in_examples(program);
        for example in examples_of(rule) {
            self.check_example(&example, labels, &params);
        }
    }

    /// Says that a name from outside is not the rule that is wanted.
    pub(crate) fn no_rule<T>(&mut self, name: &str, what: &str) -> Option<T> {
        let error = Diagnostic::error_outside(codes::WRONG_KIND, format!("`{name}` is no {what}"));
        self.fail(error.help(format!("give the name of a {what}")))
    }
}
