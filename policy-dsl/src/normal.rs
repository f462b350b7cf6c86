//! The normal form of compiled policies: one way to write each meaning, as far as layout and order go.
//!
//! Sets, clauses and `by` keys are sorted and free of repetition, conditions are in negation normal form with nested
//! `and`/`or` flattened, embedded policies are sorted by id. The compiler calls `normalize_*`; the decoder only asks
//! `is_normal_*`, so that no second encoding of the same policy exists.

use crate::ir::{Cap, Clause, Gap, Policy, Pred, Program, Reward, Test, Texts, Transfer, Under};

/// Puts a policy, and every policy embedded in it, into normal form.
pub fn normalize_policy(policy: &mut Policy) {
    policy.title.sort();
    sort_set(&mut policy.pays);
    policy.clauses.sort_by(|a, b| a.label.cmp(&b.label));
    policy.clauses.iter_mut().for_each(normalize_clause);
    normalize_caps(&mut policy.caps);
    policy.gaps.sort_by(|a, b| a.label.cmp(&b.label));
    policy.gaps.iter_mut().for_each(normalize_gap);
    if let Transfer::To(pred) = &mut policy.transfer {
        normalize_pred(pred);
    }
    policy.also.iter_mut().for_each(normalize_policy);
    policy.also.sort_by_cached_key(Policy::id);
    policy.also.dedup_by_key(|embedded| embedded.id());
}

/// Puts a programme, and every policy it gives coins under, into normal form.
pub fn normalize_program(program: &mut Program) {
    program.title.sort();
    program.rewards.sort_by(|a, b| a.label.cmp(&b.label));
    program.rewards.iter_mut().for_each(normalize_reward);
    normalize_caps(&mut program.caps);
}

/// Is it what [`normalize_policy`] would make of it, with labels that name one clause each?
pub fn is_normal_policy(policy: &Policy) -> bool {
    let mut normal = policy.clone();
    normalize_policy(&mut normal);
    normal == *policy && labels_differ(policy)
}

/// Is it what [`normalize_program`] would make of it?
pub fn is_normal_program(program: &Program) -> bool {
    let mut normal = program.clone();
    normalize_program(&mut normal);
    let rewards = program.rewards.iter().map(|reward| &reward.label);
    normal == *program && all_differ(rewards.chain(program.caps.iter().map(|cap| &cap.label)))
}

/// Puts a condition into normal form.
pub fn normalize_pred(pred: &mut Pred) {
    let taken = std::mem::replace(pred, Pred::And(Vec::new()));
    *pred = normal(taken, true);
}

/// The normal form of `pred` (`positive`) or of its negation.
fn normal(pred: Pred, positive: bool) -> Pred {
    match pred {
        Pred::And(parts) => join(parts, positive, positive),
        Pred::Or(parts) => join(parts, !positive, positive),
        Pred::Not(inner) => normal(*inner, !positive),
        Pred::AnyItem(inner) => leaf(Pred::AnyItem(Box::new(normal(*inner, true))), positive),
        Pred::EveryItem(inner) => leaf(Pred::EveryItem(Box::new(normal(*inner, true))), positive),
        Pred::Known(fact) => leaf(Pred::Known(fact), positive),
        Pred::Test(test) => leaf(Pred::Test(normal_test(test)), positive),
    }
}

fn leaf(pred: Pred, positive: bool) -> Pred {
    if positive { pred } else { Pred::Not(Box::new(pred)) }
}

/// The conjunction (`all`) or disjunction of the parts, each negated unless `positive`.
fn join(parts: Vec<Pred>, all: bool, positive: bool) -> Pred {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match normal(part, positive) {
            Pred::And(inner) if all => flat.extend(inner),
            Pred::Or(inner) if !all => flat.extend(inner),
            other @ (Pred::And(_)
            | Pred::Or(_)
            | Pred::Not(_)
            | Pred::AnyItem(_)
            | Pred::EveryItem(_)
            | Pred::Known(_)
            | Pred::Test(_)) => flat.push(other),
        }
    }
    sort_set(&mut flat);
    if flat.len() == 1
        && let Some(only) = flat.pop()
    {
        return only;
    }
    if all { Pred::And(flat) } else { Pred::Or(flat) }
}

fn normal_test(mut test: Test) -> Test {
    match &mut test {
        Test::InTags(_, tags) => sort_set(tags),
        Test::InSchedule(weekly) => sort_set(&mut weekly.0),
        Test::OnWeekday(days) => sort_set(days),
        Test::Same(one, other) => {
            if *one > *other {
                std::mem::swap(one, other);
            }
        }
        Test::InRange(..)
        | Test::InList(..)
        | Test::OnCalendar(..)
        | Test::InDates(..)
        | Test::Is(..)
        | Test::Equals(..) => {}
    }
    test
}

fn normalize_clause(clause: &mut Clause) {
    normalize_pred(&mut clause.pred);
    clause.because.sort();
}

fn normalize_caps(caps: &mut [Cap]) {
    caps.sort_by(|a, b| a.label.cmp(&b.label));
    for cap in caps {
        sort_set(&mut cap.by);
        cap.when.iter_mut().chain(&mut cap.on_items).for_each(normalize_pred);
        cap.because.sort();
    }
}

fn normalize_gap(gap: &mut Gap) {
    sort_set(&mut gap.by);
    gap.when.iter_mut().for_each(normalize_pred);
    gap.because.sort();
}

fn normalize_reward(reward: &mut Reward) {
    reward.when.iter_mut().for_each(normalize_pred);
    reward.because.sort();
    if let Under::Policy(policy) = &mut reward.under {
        normalize_policy(policy);
    }
}

fn sort_set<T: Ord>(set: &mut Vec<T>) {
    set.sort();
    set.dedup();
}

fn labels_differ(policy: &Policy) -> bool {
    let clauses = policy.clauses.iter().map(|clause| &clause.label);
    let caps = policy.caps.iter().map(|cap| &cap.label);
    let gaps = policy.gaps.iter().map(|gap| &gap.label);
    let decays = policy.decays.iter().map(|decay| &decay.label);
    all_differ(clauses.chain(caps).chain(gaps).chain(decays))
        && texts_differ(&policy.title)
        && policy.also.iter().all(labels_differ)
}

fn texts_differ(texts: &Texts) -> bool {
    all_differ(texts.iter().map(|(language, _)| language))
}

fn all_differ<'a>(names: impl Iterator<Item = &'a String>) -> bool {
    let mut names: Vec<&String> = names.collect();
    names.sort_unstable();
    names.is_sorted_by(|a, b| a < b)
}
