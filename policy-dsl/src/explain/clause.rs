//! A policy clause by clause: its label, what it says in one sentence, and the author's own words.

use super::{View, condition, promise, tags, write};
use crate::ir::{Cap, Clause, ClauseKind, Policy, Pred, Split, Starts, Texts};
use crate::rule::parts;

/// One clause in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Name of the policy or programme that states it.
    pub rule: String,
    /// Its label; the word of the clause where it has none (`pays`, `expires`, `transfer`).
    pub label: String,
    /// What it says.
    pub text: String,
    /// The author's own words, in the reader's language if there are any.
    pub because: Option<String>,
}

/// Priorities from 0 to 100; this is what a policy has that says nothing.
const PRIORITY_DEFAULT: u8 = 50;

/// Every clause of a policy and of all it joins, in the order: what it pays, its conditions, limits, times, gifts.
pub fn lines(policy: &Policy, view: &View<'_>) -> Vec<Line> {
    parts(policy).into_iter().flat_map(|part| of_part(part, view)).collect()
}

fn of_part(policy: &Policy, view: &View<'_>) -> Vec<Line> {
    let none = Texts::new();
    let line = |label: &str, text: String, because: &Texts| Line {
        rule: policy.name.clone(),
        label: label.to_owned(),
        text,
        because: write::any_text(because, view).map(str::to_owned),
    };
    let mut told = vec![line("pays", pays(policy, view), &none)];
    let conditions = policy.clauses.iter();
    told.extend(conditions.map(|it| line(&it.label, condition(it, view), &it.because)));
    told.extend(policy.caps.iter().map(|cap| line(&cap.label, of_cap(cap, view), &cap.because)));
    let gaps = policy.gaps.iter();
    told.extend(gaps.map(|gap| line(&gap.label, promise::gap(gap, view), &gap.because)));
    if policy.starts != Starts::AtIssue {
        told.extend(promise::starts(policy.starts, view).map(|text| line("starts", text, &none)));
    }
    told.extend(promise::ends(policy, true, view).map(|text| line("expires", text, &none)));
    let decay = policy.decays.as_ref();
    told.extend(decay.map(|decay| line(&decay.label, promise::melts(decay, view), &none)));
    if policy.split == Split::Never {
        told.push(line("split", view.say("promise.alone", &[]), &none));
    }
    let priority = match policy.priority {
        PRIORITY_DEFAULT => None,
        ..PRIORITY_DEFAULT => Some("clause.priority_first"),
        _ => Some("clause.priority_last"),
    };
    told.extend(priority.map(|key| line("priority", view.say(key, &[]), &none)));
    let given = promise::given(&policy.transfer, view);
    let given = given.unwrap_or_else(|| view.say("promise.transfer_any", &[]));
    told.push(line("transfer", given, &none));
    told.extend(promise::refund(policy.refund, view).map(|text| line("refund", text, &none)));
    told
}

/// A condition in one sentence. What must not hold is told as what is not possible, and the other way round.
pub(super) fn condition(clause: &Clause, view: &View<'_>) -> String {
    let (key, pred) = match (clause.kind, &clause.pred) {
        (ClauseKind::Require, Pred::Not(inner)) => ("clause.forbid", &**inner),
        (ClauseKind::Forbid, Pred::Not(inner)) => ("clause.require", &**inner),
        (ClauseKind::Require, pred) => ("clause.require", pred),
        (ClauseKind::Forbid, pred) => ("clause.forbid", pred),
        (ClauseKind::Covers, pred) => ("clause.covers", pred),
    };
    let phrase = condition::phrase(pred, view);
    view.say(key, &[("phrase", (&phrase).into())])
}

fn of_cap(cap: &Cap, view: &View<'_>) -> String {
    let limit = promise::limit(cap, "limit.count", view);
    view.say("clause.cap", &[("limit", (&limit).into())])
}

fn pays(policy: &Policy, view: &View<'_>) -> String {
    let shops = policy.pays.iter().any(|kind| kind == "purchase");
    let others = policy.pays.iter().filter(|kind| *kind != "purchase");
    let others: Vec<String> = others.map(|kind| tags::goods(kind, view.words)).collect();
    let key = match (shops, others.is_empty()) {
        (true, true) => "clause.pays_shops",
        (true, false) => "clause.pays_both",
        (false, _) => "clause.pays",
    };
    let what = write::list(&others, write::NAMES_FULL_MAX, view);
    view.say(key, &[("what", (&what).into())])
}
