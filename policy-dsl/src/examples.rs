//! Runs the `example` blocks of a module through the evaluator.
//!
//! Parameters of an example have the value it states (`$district gu.mapo`), else their default, else the loosest
//! value: the upper bound, the last date there is, the payer's own district.

use std::collections::BTreeSet;

use crate::case::instant_micros;
use crate::causes::Whose;
use crate::civil::Date;
use crate::codes;
use crate::compile::example::Prepared;
use crate::compile::params::{self, Arguments};
use crate::compile::types::Place;
use crate::compile::{Lower, Session};
use crate::coverage::{self, Seen};
use crate::decide::{State, judge};
use crate::diagnostic::{Diagnostic, Span};
use crate::facts::World;
use crate::ir::{Policy, Program, Quantity};
use crate::module::{Module, examples_of, rule_of};
use crate::program;
use crate::rule::Rule;
use crate::syntax::ast::{Definition, DefinitionBody, Example, Outcome, Value, ValueKind};
use crate::syntax::literal::number_text;

/// What came of one example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleResult {
    /// The policy or programme it belongs to.
    pub rule: String,
    /// Its own name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// What the source expects, as it would write it: `allow 3_000 won`, `deny holidays`.
    pub expected: String,
    /// What the evaluator says, in the same words.
    pub found: String,
    /// `None` when it holds; otherwise why not.
    pub failure: Option<Diagnostic>,
    /// What each clause said, for [`crate::coverage`]. Empty when the example could not be asked.
    pub seen: Vec<Seen>,
}

/// An answer, comparable whatever the order of its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Allow(u64),
    Deny(BTreeSet<String>),
    Give(u64),
    /// It could not be asked.
    None,
}

/// Lists contain exactly what the example says; calendars what the world says, and the day if the example names them.
struct ExampleWorld<'a> {
    lists: &'a [&'a str],
    outside: &'a dyn World,
}

impl World for ExampleWorld<'_> {
    fn listed(&self, list: &str, _member: &str) -> Option<bool> {
        Some(self.lists.contains(&list))
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        if self.lists.contains(&calendar) {
            return Some(true);
        }
        self.outside.on_calendar(calendar, date)
    }
}

impl Module {
    /// Runs all its examples, in source order. Lists contain exactly what each example's `lists` names; calendars
    /// come from `world`.
    pub fn examples(&self, world: &dyn World) -> Vec<ExampleResult> {
        let mut results = Vec::new();
        for definition in self.tree().definitions() {
            if let Some(rule) = rule_of(&definition) {
                for example in examples_of(rule) {
                    results.push(self.run(&definition, &example, world));
                }
            }
        }
        results
    }

    fn run(
        &self,
        definition: &Definition<'_>,
        example: &Example<'_>,
        world: &dyn World,
    ) -> ExampleResult {
        let answer = self.answer(definition, example, world);
        let (found, amount, seen) = answer.unwrap_or((Answer::None, 0, Vec::new()));
        let expected = expected(&example.outcome, amount);
        let mut result = ExampleResult {
            rule: definition.name.text.to_owned(),
            name: example.name.clone(),
            span: example.span,
            expected: write(&expected, amount),
            found: write(&found, amount),
            failure: None,
            seen,
        };
        if found != expected {
            let message =
                format!("`{}` gives `{}`, not `{}`", result.name, result.found, result.expected);
            let error = Diagnostic::error(codes::EXAMPLE_FAILS, example.outcome_span, message);
            result.failure = Some(error.help("correct the rule or the example"));
        }
        result
    }

    /// The answer, the amount asked for and what each clause said. `None` when a parameter has no value that fits.
    fn answer(
        &self,
        definition: &Definition<'_>,
        example: &Example<'_>,
        world: &dyn World,
    ) -> Option<(Answer, u64, Vec<Seen>)> {
        let rule = rule_of(definition)?;
        let mut session = Session::default();
        session.enter(self.unit(), definition.name.text);
        let (declared, _) = params::declare(self.unit(), rule, &mut session);
        let none = Arguments::default();
        let session = &mut session;
        let mut lower =
            Lower { unit: self.unit(), arguments: &none, place: Place::ANYWHERE, session };
        lower.in_examples(matches!(definition.body, DefinitionBody::Program(_)));
        let prepared = lower.prepare(example, &declared)?;
        let mut values = Vec::with_capacity(declared.len());
        for param in declared {
            let value = lower.example_argument(example, &prepared.case, &param)?;
            values.push((param, value));
        }
        let arguments = Arguments::of(values);
        let mut lower =
            Lower { unit: self.unit(), arguments: &arguments, place: Place::ANYWHERE, session };
        let world = ExampleWorld { lists: &prepared.lists, outside: world };
        let amount = prepared.case.facts().amount;
        let (answer, seen) = if matches!(definition.body, DefinitionBody::Policy(_)) {
            ask_policy(lower.policy(definition.name, rule)?, &prepared, &world)
        } else {
            ask_program(&lower.program(definition.name, rule)?, &prepared, &world)
        };
        Some((answer, amount, seen))
    }
}

fn ask_policy(policy: Policy, prepared: &Prepared<'_>, world: &dyn World) -> (Answer, Vec<Seen>) {
    let rule = Rule::new(policy);
    let used = |slot: &crate::rule::CapSlot| spent(prepared, &slot.label);
    let used: Vec<u64> = rule.caps().iter().map(used).collect();
    let last = |slot: &crate::rule::GapSlot| {
        let found = prepared.last.iter().find(|(label, _)| label.text == slot.label);
        found.map(|(_, civil)| instant_micros(*civil))
    };
    let last: Vec<Option<i64>> = rule.gaps().iter().map(last).collect();
    let state = State { issued: prepared.issued, used: &used, last: &last, buckets: &[] };
    let facts = prepared.case.facts();
    let verdict = judge(&rule, &facts, world, &state, Whose::City);
    let seen = coverage::of_policy(&rule, &facts, world, &verdict);
    if verdict.allow == 0 && facts.amount > 0 {
        let labels = verdict.causes.into_iter().map(|cause| cause.label);
        return (Answer::Deny(labels.collect()), seen);
    }
    (Answer::Allow(verdict.allow), seen)
}

fn ask_program(
    program: &Program,
    prepared: &Prepared<'_>,
    world: &dyn World,
) -> (Answer, Vec<Seen>) {
    let used: Vec<u64> = program.caps.iter().map(|cap| spent(prepared, &cap.label)).collect();
    let facts = prepared.case.facts();
    let given = program::reward(program, None, &facts, world, &used);
    let seen = coverage::of_program(program, &facts, world, (&used, &given));
    (Answer::Give(given.iter().fold(0, |sum, given| sum.saturating_add(given.amount))), seen)
}

/// What the example says a cap has counted.
fn spent(prepared: &Prepared<'_>, label: &str) -> u64 {
    let found = prepared.spent.iter().find(|(cap, _)| cap.text == label);
    match found {
        Some((_, Quantity::Money(counted) | Quantity::Count(counted))) => *counted,
        Some((_, Quantity::MoneyTimes(..) | Quantity::Share(_))) | None => 0,
    }
}

fn expected(outcome: &Outcome<'_>, amount: u64) -> Answer {
    let money = |value: &Value<'_>| {
        let ValueKind::Money(amount) = value.kind else { return 0 };
        u64::try_from(amount).unwrap_or(0)
    };
    match outcome {
        Outcome::Allow(Some(value)) => Answer::Allow(money(value)),
        Outcome::Allow(None) => Answer::Allow(amount),
        Outcome::Deny(labels) => {
            Answer::Deny(labels.iter().map(|label| label.text.to_owned()).collect())
        }
        Outcome::Give(value) => Answer::Give(money(value)),
        Outcome::Nothing => Answer::Give(0),
    }
}

/// The answer as a source would write it.
fn write(answer: &Answer, amount: u64) -> String {
    match answer {
        Answer::Allow(allowed) if *allowed == amount => "allow".to_owned(),
        Answer::Allow(allowed) => format!("allow {} won", number_text(*allowed)),
        Answer::Deny(labels) => {
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            format!("deny {}", labels.join(", "))
        }
        Answer::Give(0) => "nothing".to_owned(),
        Answer::Give(given) => format!("give {} won", number_text(*given)),
        Answer::None => "no answer: a parameter needs a value".to_owned(),
    }
}
