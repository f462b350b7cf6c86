//! Which clauses the examples of a source try: one is covered when some example passes it and another fails it.

use crate::decide::Verdict;
use crate::diagnostic::Span;
use crate::examples::ExampleResult;
use crate::facts::{Facts, World};
use crate::ir::{Pred, Program};
use crate::module::{Module, rule_of};
use crate::program::{self, Given};
use crate::rule::Rule;
use crate::syntax::ast::{Clause, ClauseBody, Moment};
use crate::truth::{Scene, Truth};

/// What one clause, or one alternative of it, said in one example.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The policy or programme that states the clause (an embedded one, perhaps).
    pub rule: String,
    /// Its label, or its word when it has none.
    pub clause: String,
    /// The place of an alternative among those of `or`, from 0 in the order of the compiled form; `None` for the
    /// clause as a whole.
    pub branch: Option<usize>,
    /// Did it let the whole payment pass? For an alternative: was it true?
    pub passed: bool,
}

/// A clause, or one alternative of it, and how many examples it passed and failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The policy or programme.
    pub rule: String,
    /// Label or word.
    pub clause: String,
    /// The place of an alternative, as in [`Seen::branch`].
    pub branch: Option<usize>,
    /// Where the clause stands.
    pub span: Span,
    /// Examples it let pass.
    pub passed: usize,
    /// Examples in which it stood in the way.
    pub failed: usize,
}

impl Covered {
    /// Has it been seen both ways?
    pub fn is_covered(&self) -> bool {
        self.passed > 0 && self.failed > 0
    }
}

/// The coverage of every clause that can fail, in source order, each followed by its alternatives. Examples of a policy
/// count for the policies it embeds too.
pub fn coverage(module: &Module, results: &[ExampleResult]) -> Vec<Covered> {
    let seen: Vec<&Seen> = results.iter().flat_map(|result| &result.seen).collect();
    let mut all = Vec::new();
    for definition in module.tree().definitions() {
        let Some(rule) = rule_of(&definition) else { continue };
        let name = definition.name.text;
        for clause in rule.clauses() {
            let Some(label) = label_of(&clause) else { continue };
            let own = |one: &&&Seen| one.rule == name && one.clause == label;
            let branches = seen.iter().filter(own).filter_map(|one| one.branch).max();
            let branches = branches.map_or(0, |last| last.saturating_add(1));
            for branch in std::iter::once(None).chain((0..branches).map(Some)) {
                let count = |passed: bool| {
                    let same =
                        |one: &&&Seen| own(one) && one.branch == branch && one.passed == passed;
                    seen.iter().filter(same).count()
                };
                all.push(Covered {
                    rule: name.to_owned(),
                    clause: label.to_owned(),
                    branch,
                    span: clause.span,
                    passed: count(true),
                    failed: count(false),
                });
            }
        }
    }
    all
}

/// The label or word under which a clause can stand in the way; `None` for one that never does.
fn label_of<'t>(clause: &Clause<'t>) -> Option<&'t str> {
    match &clause.body {
        ClauseBody::Condition { label, .. } => Some(label.text),
        ClauseBody::Cap(cap) => Some(cap.label.text),
        ClauseBody::Gap(gap) => Some(gap.label.text),
        ClauseBody::Reward(reward) => Some(reward.label.text),
        ClauseBody::Pays(_) | ClauseBody::Open(_) => Some(clause.word.text),
        ClauseBody::Starts(moment) | ClauseBody::Expires(moment, _) => {
            (!matches!(moment, Moment::Default)).then_some(clause.word.text)
        }
        ClauseBody::Title(_)
        | ClauseBody::Zone(_)
        | ClauseBody::Week(_)
        | ClauseBody::Decays(_)
        | ClauseBody::Split(_)
        | ClauseBody::Priority(_)
        | ClauseBody::Transfer(_)
        | ClauseBody::Grace(_)
        | ClauseBody::Restores(..)
        | ClauseBody::Also(_)
        | ClauseBody::Pool(_)
        | ClauseBody::Example(_) => None,
    }
}

/// What each clause of a policy said: those that stand in the way are the causes of the second pass.
pub(crate) fn of_policy(
    rule: &Rule,
    facts: &Facts<'_>,
    world: &dyn World,
    verdict: &Verdict,
) -> Vec<Seen> {
    let failed = |name: &str, label: &str| {
        let mut causes = verdict.causes.iter().chain(&verdict.binding);
        causes.any(|cause| cause.rule == name && cause.label == label)
    };
    let one = |name: &str, label: &str| Seen {
        rule: name.to_owned(),
        clause: label.to_owned(),
        branch: None,
        passed: !failed(name, label),
    };
    let mut seen: Vec<Seen> =
        ["pays", "starts", "expires"].iter().map(|word| one(rule.name(), word)).collect();
    let scene = Scene::new(facts, world);
    for clause in rule.clauses() {
        let (name, label) = (&clause.rule_name, &clause.clause.label);
        seen.push(one(name, label));
        if let Pred::Or(parts) = &clause.clause.pred {
            seen.extend(parts.iter().enumerate().map(|(at, part)| Seen {
                branch: Some(at),
                passed: scene.holds(part, None) == Truth::True,
                ..one(name, label)
            }));
        }
    }
    seen.extend(rule.gaps().iter().map(|gap| one(&gap.rule_name, &gap.label)));
    seen.extend(rule.caps().iter().map(|cap| one(&cap.rule_name, &cap.label)));
    seen
}

/// What each clause of a programme said: a reward passes when it is given, a limit when it changes nothing.
pub(crate) fn of_program(
    program: &Program,
    facts: &Facts<'_>,
    world: &dyn World,
    (used, given): (&[u64], &[Given<'_>]),
) -> Vec<Seen> {
    let one = |clause: &str, passed: bool| Seen {
        rule: program.name.clone(),
        clause: clause.to_owned(),
        branch: None,
        passed,
    };
    let mut seen = vec![one("open", program::is_open(program, facts.now.date))];
    let rewards = program.rewards.iter();
    seen.extend(
        rewards.map(|reward| {
            one(&reward.label, given.iter().any(|given| given.label == reward.label))
        }),
    );
    let sum = |given: &[Given<'_>]| {
        given.iter().fold(0_u64, |sum, given| sum.saturating_add(given.amount))
    };
    for (at, cap) in program.caps.iter().enumerate() {
        let (mut free, mut counted) = (program.clone(), used.to_vec());
        free.caps.remove(at);
        if at < counted.len() {
            counted.remove(at);
        }
        let without = program::reward(&free, None, facts, world, &counted);
        seen.push(one(&cap.label, sum(&without) == sum(given)));
    }
    seen
}
