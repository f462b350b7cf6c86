//! Runs the `example` blocks of a module through the evaluator.

use crate::diagnostic::{Diagnostic, Span};
use crate::facts::World;
use crate::module::Module;

/// What came of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleResult {
    /// The policy or programme it belongs to.
    pub rule: String,
    /// Its own name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// What the source expects: `allow 3000`, `deny holidays`.
    pub expected: String,
    /// What the evaluator says, in the same words.
    pub found: String,
    /// `None` when it holds; otherwise why not.
    pub failure: Option<Diagnostic>,
}

impl Module {
    /// Runs all its examples, in source order. Lists contain exactly what each example's `lists` names; calendars
    /// come from `world`.
    pub fn examples(&self, _world: &dyn World) -> Vec<ExampleResult> {
        Vec::new()
    }
}

impl crate::compile::Lower<'_, '_> {
    /// Checks that the examples of a rule can be run.
    pub(crate) fn check_examples(&mut self, _rule: &crate::syntax::ast::Rule<'_>, _program: bool) {}
}
