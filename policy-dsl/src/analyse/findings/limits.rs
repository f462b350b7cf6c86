//! Limits: those that never bind or never apply, payments that never pass whole, coins that cannot be spent in time.

use super::{Finding, Place, Problem};
use crate::analyse::idd::{Demand, Diagram, Form, Pair, Space, TooLarge, form, is_item, mentions};
use crate::analyse::settings::{Issue, Settings};
use crate::analyse::study::{Study, Why, life_of, within};
use crate::analyse::witness::Witness;
use crate::civil::{Civil, Date};
use crate::facts::Fact;
use crate::ir::{Pred, Quantity, Test, Transfer};
use crate::rule::{CapSlot, Rule};
use crate::truth::{Scene, Truth};

/// Looks at the limits of the only policy of a study, which can pay. `all` is false when only what depends on
/// conditions is of interest.
pub(super) fn look(study: &mut Study, all: bool, found: &mut Vec<Finding>) -> Result<(), Why> {
    let Some(rule) = study.rules().first().cloned() else { return Ok(()) };
    never_apply(study, &rule, found)?;
    dead(study, &rule, found)?;
    never_in_full(study, &rule, found)?;
    if let Some(issue) = study.settings.issue {
        stranded(study, &rule, issue, found)?;
    }
    if all {
        crossing(study, &rule, found);
        transfer(study, &rule, found);
    }
    Ok(())
}

fn place(cap: &CapSlot) -> Place {
    Place { rule: cap.rule_name.clone(), clause: cap.label.clone() }
}

/// An allowed payment, confirmed.
fn allowed(
    study: &mut Study,
    set: Diagram,
    claim: impl Fn(&Rule, &Witness) -> bool,
) -> Option<Witness> {
    let shown = study
        .show(set, false, |rules, witness| rules.first().is_some_and(|rule| claim(rule, witness)));
    shown.example().cloned()
}

fn never_apply(study: &mut Study, rule: &Rule, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
    let all = study.allowed(0);
    let caps = rule.caps().iter().map(|cap| (place(cap), cap.when.clone()));
    let gaps = rule.gaps().iter().map(|gap| {
        let place = Place { rule: gap.rule_name.clone(), clause: gap.label.clone() };
        (place, gap.when.clone())
    });
    for (place, when) in caps.chain(gaps) {
        let Some(when) = when else { continue };
        let never = study.pair(&when)?.no;
        if study.space.store.without(all, never)?.is_nothing() {
            let witness = allowed(study, all, |rule, witness| witness.pay(rule, 0) > 0);
            found.push(Finding::new(place, Problem::NeverApplies, witness));
        }
    }
    Ok(())
}

fn dead(study: &mut Study, rule: &Rule, found: &mut Vec<Finding>) -> Result<(), Why> {
    for (at, others) in study.dead_caps(0)? {
        let Some(cap) = rule.caps().get(at) else { continue };
        if found.iter().any(|known| known.place == place(cap)) {
            continue;
        }
        let binding = others.iter().filter_map(|other| rule.caps().get(*other)).map(place);
        let problem = Problem::DeadCap(binding.collect());
        let witness = dead_witness(study, rule, cap);
        found.push(Finding::new(place(cap), problem, witness));
    }
    Ok(())
}

/// A payment just above the limit, of which the same passes with the limit and without it.
fn dead_witness(study: &mut Study, rule: &Rule, cap: &CapSlot) -> Option<Witness> {
    let mut policy = rule.policy().clone();
    without_cap(&mut policy, &cap.rule_name, &cap.label);
    let without = Rule::new(policy);
    let set = study.allowed(0);
    let mut witness = allowed(study, set, |_, _| true)?;
    if let (Quantity::Money(limit), true) = (&cap.quantity, witness.items.is_none()) {
        witness.amount = limit.saturating_add(1);
    }
    let pays = witness.pay(rule, 0);
    (pays == witness.pay(&without, 0)).then_some(witness)
}

fn without_cap(policy: &mut crate::ir::Policy, rule: &str, label: &str) {
    if policy.name == rule {
        policy.caps.retain(|cap| cap.label != label);
    }
    policy.also.iter_mut().for_each(|inner| without_cap(inner, rule, label));
}

/// Is there a payment that passes whole? Shares are meant to leave a rest, and are not looked at.
fn never_in_full(study: &mut Study, rule: &Rule, found: &mut Vec<Finding>) -> Result<(), TooLarge> {
    let mut whole = study.allowed(0);
    let mut first = None;
    for cap in rule.caps().iter().filter(|cap| cap.on_items.is_none()) {
        let Quantity::Money(limit @ 1..) = cap.quantity else { continue };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let small = Test::InRange(Fact::PaymentAmount, None, Some(limit));
        let small = study.space.form(&Form::Test(small))?.yes;
        let counted = study.counted(whole, cap)?;
        let cut = study.space.store.without(counted, small)?;
        whole = study.space.store.without(whole, cut)?;
        if whole.is_nothing() && first.is_none() {
            first = Some(place(cap));
        }
    }
    if let Some(place) = first {
        let all = study.allowed(0);
        let partly = |rule: &Rule, witness: &Witness| {
            let pays = witness.pay(rule, 0);
            pays > 0 && pays < witness.amount
        };
        let witness = allowed(study, all, partly);
        found.push(Finding::new(place, Problem::NeverInFull, witness));
    }
    Ok(())
}

fn stranded(
    study: &mut Study,
    rule: &Rule,
    issue: Issue,
    found: &mut Vec<Finding>,
) -> Result<(), Why> {
    let Some((first, last)) = life_of(rule, issue) else { return Ok(()) };
    let most = match study.most_spendable(0, first, last) {
        Ok(most) => most,
        // Forty years are time enough.
        Err(Why::TooLarge) => return Ok(()),
        Err(why) => return Err(why),
    };
    let Some(amount) = most.amount.filter(|amount| *amount < issue.amount) else { return Ok(()) };
    let problem = Problem::Stranded {
        issued: issue.amount,
        most: amount,
        exact: most.exact,
        open_days: most.open_days,
        last,
    };
    let witness = too_much(study, first, last, issue);
    let place = Place { rule: rule.name().to_owned(), clause: "expires".to_owned() };
    found.push(Finding::new(place, problem, witness));
    Ok(())
}

/// A payment of all the coins at once, which does not pass whole.
fn too_much(study: &mut Study, first: Date, last: Date, issue: Issue) -> Option<Witness> {
    let days = study.space.form(&within((first, last)));
    let all = study.allowed(0);
    let set = days.and_then(|days| study.space.store.and(all, days.yes)).unwrap_or(all);
    let mut witness = allowed(study, set, |_, _| true)?;
    witness.items = None;
    witness.amount = issue.amount;
    witness.issued = vec![Some(issue.at)];
    let rule = study.rules().first()?;
    (witness.pay(rule, 0) < issue.amount).then_some(witness)
}

/// Lines as a space of their own, and where each condition is true and false. `None` when a condition looks at more
/// than the line, or there is too much to tell apart.
pub(super) fn line_sets(
    preds: &[Pred],
    several_tags: bool,
    settings: &Settings,
) -> Option<(Space, Vec<Pair>)> {
    if preds.iter().any(|pred| mentions(pred, |fact| !is_item(fact))) {
        return None;
    }
    let sets: &[Fact] = if several_tags { &[Fact::ItemCategory] } else { &[] };
    let mut demand = Demand::new(sets, true);
    for pred in preds {
        demand.form(&form(pred));
    }
    let mut space = Space::new(demand, settings).ok()?;
    let mut pairs = Vec::with_capacity(preds.len());
    for pred in preds {
        pairs.push(space.form(&form(pred)).ok()?);
    }
    Some((space, pairs))
}

/// Item-scoped limits whose lines cross: allocation is exact only for nested or disjoint ones.
fn crossing(study: &mut Study, rule: &Rule, found: &mut Vec<Finding>) {
    let scoped = rule.caps().iter().filter_map(|cap| Some((cap, cap.on_items.clone()?)));
    let (caps, preds): (Vec<&CapSlot>, Vec<Pred>) = scoped.unzip();
    // A line has one tag here: two tags that both say milk and fruit would make every two sets cross.
    let Some((mut space, pairs)) = line_sets(&preds, false, &study.settings) else { return };
    let all = caps.iter().zip(&preds).zip(&pairs);
    for (at, ((cap, one), lines)) in all.clone().enumerate() {
        for ((other, two), others) in all.clone().skip(at.saturating_add(1)) {
            if let Ok(Some(sets)) = crosses(&mut space, *lines, *others) {
                let witness = crossing_witness(study, (&space, sets), (one, two));
                let problem = Problem::CrossingItems(place(cap));
                found.push(Finding::new(place(other), problem, witness));
            }
        }
    }
}

/// The lines that both count, that only the first counts, and that only the second counts, if there are all three.
fn crosses(space: &mut Space, one: Pair, two: Pair) -> Result<Option<[Diagram; 3]>, TooLarge> {
    let both = space.store.and(one.yes, two.yes)?;
    let left = space.store.and(one.yes, two.no)?;
    let right = space.store.and(two.yes, one.no)?;
    let sets = [both, left, right];
    Ok((!sets.iter().any(|set| set.is_nothing())).then_some(sets))
}

/// A basket of three lines: one in both sets, and one in each alone.
fn crossing_witness(
    study: &mut Study,
    (space, sets): (&Space, [Diagram; 3]),
    (one, two): (&Pred, &Pred),
) -> Option<Witness> {
    let all = study.allowed(0);
    let mut witness = allowed(study, all, |_, _| true)?;
    let items = space.basket(&sets, &mut witness)?;
    witness.amount = items.iter().fold(0, |sum, item| item.amount.saturating_add(sum));
    witness.items = Some(items);
    let facts = witness.facts();
    let scene = Scene::new(&facts, &witness);
    let counted = |item| [one, two].map(|pred| scene.holds(pred, Some(item)) == Truth::True);
    let said = facts.items.unwrap_or_default().iter().map(counted);
    let is_shown = said.eq([[true, true], [true, false], [false, true]]);
    is_shown.then_some(witness)
}

/// `transfer to` a condition that nobody fulfils.
fn transfer(study: &Study, rule: &Rule, found: &mut Vec<Finding>) {
    let Transfer::To(pred) = &rule.policy().transfer else { return };
    let mut demand = Demand::new(&study.settings.sets(), false);
    demand.form(&form(pred));
    let Ok(mut space) = Space::new(demand, &study.settings) else { return };
    let Ok(pair) = space.form(&form(pred)) else { return };
    if pair.yes.is_nothing() {
        let place = Place { rule: rule.name().to_owned(), clause: "transfer".to_owned() };
        let witness = refused_gift(&space, pair.no, rule, &study.settings);
        found.push(Finding::new(place, Problem::NobodyMayReceive, witness));
    }
}

/// A gift that is refused though everything asked for is known.
fn refused_gift(space: &Space, no: Diagram, rule: &Rule, settings: &Settings) -> Option<Witness> {
    let now = Civil::new(settings.anchor(), 720);
    let contents = settings.contents.clone();
    let mut witness = Witness { now, amount: 1_000, contents, ..Witness::default() };
    witness.words.insert(Fact::PaymentKind, vec!["transfer".to_owned()]);
    space.case(no, &mut witness)?;
    (rule.may_give(&witness.facts(), &witness) == Truth::False).then_some(witness)
}
