//! One rule: production against the twin, and what must hold of every answer.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use scoin_policy::alloc::{LayerView, LotView, Wallet, allocate};
use scoin_policy::causes::{self, CauseKind, Whose};
use scoin_policy::decide::{State, judge, pay};
use scoin_policy::facts::{Fact, Facts, Item};
use scoin_policy::ir::{By, Cap, Clause, ClauseKind, Policy, Pred, Quantity, Test, Window};
use scoin_policy::rule::Rule;
use scoin_policy::truth::{Scene, Truth};

use crate::cases;
use crate::make::{Case, Counters, Town, cap, case, counters, empty, policy, pred};
use crate::twin::Twin;

fn asked() -> impl Strategy<Value = (Policy, Case, Counters)> {
    (policy(), case()).prop_flat_map(|(policy, case)| {
        let counters = counters(case.now);
        (Just(policy), Just(case), counters)
    })
}

fn state(counters: &Counters) -> State<'_> {
    State { issued: counters.issued, used: &counters.used, last: &counters.last, buckets: &[] }
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn production_and_twin_agree((policy, case, counters) in asked()) {
        let facts = case.facts();
        let twin = Twin { facts: &facts, world: &Town, issued: counters.issued, used: &counters.used, last: &counters.last };
        let expected = twin.pay(&policy);
        let rule = Rule::new(policy);
        prop_assert_eq!(pay(&rule, &facts, &Town, &state(&counters)), expected);
    }

    #[test]
    fn conditions_agree_and_learning_a_fact_never_flips_an_answer(condition in pred(false), case in case(), drop in 0..9) {
        let facts = case.facts();
        let full = Scene::new(&facts, &Town).holds(&condition, None);
        let twin = Twin { facts: &facts, world: &Town, issued: None, used: &[], last: &[] };
        let expected = twin.truth(&condition, None).map_or(Truth::Unknown, Truth::from);
        prop_assert_eq!(full, expected);
        let mut less = case.clone();
        match drop {
            0 => less.items = None,
            1 => less.age = None,
            2 => less.children = None,
            3 => less.district = None,
            4 => less.shop = None,
            5 => less.category = None,
            6 => less.shop_district = None,
            7 => less.groups = None,
            _ => less.items.iter_mut().flatten().for_each(|item| item.tags.clear()),
        }
        let facts = less.facts();
        let partial = Scene::new(&facts, &Town).holds(&condition, None);
        prop_assert!(partial == Truth::Unknown || partial == full, "{partial:?} became {full:?}");
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn one_lot_under_two_rules_pays_the_lesser_in_any_order((one, case, counters) in asked(), other in policy(), available in 0..40_u64) {
        // Baskets are the flow's matter: here the payment is one amount.
        let case = Case { items: None, ..case };
        let facts = case.facts();
        let rules = [Rule::new(one), Rule::new(other)];
        let layer = |at: usize| LayerView {
            rule: &rules[at],
            whose: Whose::Granter,
            scope: at as u32,
            now: case.now,
            state: state(&counters),
        };
        let joint = |layers: &[LayerView<'_>], guards: &[LayerView<'_>]| {
            let lot = LotView { available, expires: None, issued: 0, id: [0; 32], layers, rank: 0 };
            allocate(&Wallet { facts: &facts, world: &Town, lots: &[lot], guards, order: None }).total
        };
        let least = rules.iter().map(|rule| pay(rule, &facts, &Town, &state(&counters))).min();
        let expected = least.map(|least| least.min(available)).unwrap();
        prop_assert_eq!(joint(&[layer(0), layer(1)], &[]), expected);
        prop_assert_eq!(joint(&[layer(1), layer(0)], &[]), expected);
        prop_assert_eq!(joint(&[layer(0)], &[layer(1)]), expected);
        prop_assert_eq!(joint(&[], &[layer(1), layer(0)]), expected);
    }

    #[test]
    fn adding_a_clause_or_a_cap_never_raises_pay((policy, case, counters) in asked(), kind in 0..3_usize, condition in pred(true), more in cap()) {
        let facts = case.facts();
        let before = pay(&Rule::new(policy.clone()), &facts, &Town, &state(&counters));
        let mut narrower = policy.clone();
        let kind = [ClauseKind::Require, ClauseKind::Forbid, ClauseKind::Covers][kind];
        narrower.clauses.push(Clause { label: "z".to_owned(), kind, pred: condition, because: Vec::new() });
        prop_assert!(pay(&Rule::new(narrower), &facts, &Town, &state(&counters)) <= before);
        // Appended last, so that the counters of the others stay where they are.
        if policy.also.is_empty() {
            let mut capped = policy;
            capped.caps.push(Cap { label: "z".to_owned(), ..more });
            prop_assert!(pay(&Rule::new(capped), &facts, &Town, &state(&counters)) <= before);
        }
    }

    #[test]
    fn raising_a_limit_never_lowers_pay((policy, case, counters) in asked(), more in 0..50_u64) {
        let facts = case.facts();
        let before = pay(&Rule::new(policy.clone()), &facts, &Town, &state(&counters));
        let mut looser = policy;
        for cap in &mut looser.caps {
            match &mut cap.quantity {
                Quantity::Money(limit) | Quantity::Count(limit) => *limit = limit.saturating_add(more),
                Quantity::MoneyTimes(unit, _) => *unit += more,
                Quantity::Share(percent) => *percent = 100,
            }
        }
        prop_assert!(pay(&Rule::new(looser), &facts, &Town, &state(&counters)) >= before);
    }

    #[test]
    fn every_answer_explains_itself((policy, case, counters) in asked()) {
        let facts = case.facts();
        let rule = Rule::new(policy);
        let verdict = judge(&rule, &facts, &Town, &state(&counters), Whose::Guardian);
        prop_assert_eq!(verdict.allow, pay(&rule, &facts, &Town, &state(&counters)));
        prop_assert_eq!(verdict.pass_now, verdict.allow);
        if facts.amount > 0 {
            prop_assert_eq!(verdict.allow == 0, !verdict.causes.is_empty());
            prop_assert_eq!(verdict.allow == facts.amount, verdict.causes.is_empty() && verdict.binding.is_empty());
        }
        prop_assert!(verdict.binding.iter().all(|cause| cause.pass_now > 0 && cause.pass_now < facts.amount));
        let order: Vec<CauseKind> = verdict.causes.iter().map(|cause| cause.kind).collect();
        prop_assert!(order.is_sorted(), "{:?}", order);
        let all: Vec<_> = verdict.causes.into_iter().chain(verdict.binding).collect();
        let bytes = causes::encode(&all);
        prop_assert_eq!(causes::decode(&bytes).unwrap(), all);
    }

    #[test]
    fn what_would_pass_passes((policy, case, counters) in asked()) {
        let facts = case.facts();
        let rule = Rule::new(policy);
        let allow = pay(&rule, &facts, &Town, &state(&counters));
        // A smaller payment is another payment where rules look at the amount, at shares of it, or at its lines.
        let looks_at_amount = rule.clauses().iter().map(|clause| &clause.clause.pred)
            .chain(rule.caps().iter().filter_map(|cap| cap.when.as_ref()))
            .chain(rule.gaps().iter().filter_map(|gap| gap.when.as_ref()))
            .any(amount_matters);
        let shares = rule.caps().iter().any(|cap| matches!(cap.quantity, Quantity::Share(_)));
        if !looks_at_amount && !shares && case.items.as_ref().is_none_or(Vec::is_empty) {
            let smaller = Case { amount: allow, ..case };
            prop_assert_eq!(pay(&rule, &smaller.facts(), &Town, &state(&counters)), allow);
        }
    }

    #[test]
    fn hostile_bytes_are_refused_or_canonical((policy, case, counters) in asked(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let facts = case.facts();
        let verdict = judge(&Rule::new(policy), &facts, &Town, &state(&counters), Whose::City);
        let mut bytes = causes::encode(&verdict.causes);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(causes) = causes::decode(&bytes) {
            prop_assert_eq!(causes::encode(&causes), bytes.clone());
        }
        prop_assert!(causes::decode(&bytes[..at]).is_err());
    }

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(causes) = causes::decode(&bytes) {
            prop_assert_eq!(causes::encode(&causes), bytes);
        }
    }
}

fn amount_matters(pred: &Pred) -> bool {
    match pred {
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(amount_matters),
        Pred::Not(inner) | Pred::AnyItem(inner) | Pred::EveryItem(inner) => amount_matters(inner),
        Pred::Known(_) => false,
        Pred::Test(test) => {
            matches!(test, Test::InRange(Fact::PaymentAmount, ..))
        }
    }
}

#[test]
fn the_cases_are_mixed() {
    let mut runner = TestRunner::deterministic();
    let (mut full, mut part, mut none) = (0, 0, 0);
    for _ in 0..2_000 {
        let (policy, case, counters) = asked().new_tree(&mut runner).unwrap().current();
        let facts = case.facts();
        match pay(&Rule::new(policy), &facts, &Town, &state(&counters)) {
            0 => none += 1,
            allow if allow == facts.amount => full += 1,
            _ => part += 1,
        }
    }
    assert!(full > 400 && part > 200 && none > 400, "{full} full, {part} part, {none} none");
}

#[test]
fn a_line_of_unknown_category_does_not_take_the_room_of_known_lines() {
    let limit = |label: &str, most| {
        let tags = vec![label.to_owned()];
        Cap {
            label: label.to_owned(),
            quantity: Quantity::Money(most),
            window: Window::Payment,
            by: vec![By::Purse],
            when: None,
            on_items: Some(Pred::Test(Test::InTags(Fact::ItemCategory, tags))),
            because: Vec::new(),
        }
    };
    let policy = Policy { caps: vec![limit("drink", 1), limit("milk", 2)], ..empty("test.items") };
    let line = |amount, tags: &[&str]| Item {
        code: String::new(),
        amount,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    // The first line counts against both limits, as it may be either; it must come last.
    let items = [line(2, &[]), line(2, &["milk"]), line(1, &["drink"])];
    let facts = Facts { amount: 5, items: Some(&items), ..Facts::default() };
    assert_eq!(pay(&Rule::new(policy), &facts, &Town, &State::default()), 3);
}
