//! Allocations one can follow by hand: crossing limits, what is counted, what is told, which lines are paid first.

use scoin_policy::alloc::{CAUSES_MAX, allocate, refuse};
use scoin_policy::civil::Civil;
use scoin_policy::facts::{Fact, Item};
use scoin_policy::ir::{By, Cap, Clause, ClauseKind, Policy, Pred, Quantity, Split, Test, Window};

use crate::allocation::{Small, now, tagged};
use crate::make::empty;

/// A wallet with one purse limit on everything for each policy named, and what is asked of it.
fn limited(limits: &[u64], lots: Vec<(u64, Vec<usize>)>, items: Vec<Item>) -> Small {
    let limit = |won: &u64| Policy {
        caps: vec![purse_cap("a", Quantity::Money(*won), None)],
        ..empty("test.limited")
    };
    Small {
        policies: limits.iter().map(limit).collect(),
        ranks: vec![0; lots.len()],
        order: Some((0..lots.len()).collect()),
        lots,
        guards: Vec::new(),
        used: vec![vec![0; 4]; limits.len()],
        amount: items.iter().map(|item| item.amount).sum(),
        items,
        now: now(),
    }
}

fn purse_cap(label: &str, quantity: Quantity, on_items: Option<Pred>) -> Cap {
    Cap {
        label: label.to_owned(),
        quantity,
        window: Window::Day,
        by: vec![By::Purse],
        when: None,
        on_items,
        because: Vec::new(),
    }
}

fn line(amount: u64, tags: &[&str]) -> Item {
    Item { code: "x".to_owned(), amount, tags: tags.iter().map(|tag| (*tag).to_owned()).collect() }
}

/// A lot under two limits that each hold for another lot too: outside what is exact, but never above a limit.
#[test]
fn a_lot_under_two_limits_breaks_neither() {
    let lots = vec![(5, vec![0, 1]), (5, vec![0]), (5, vec![1])];
    let mut wallet = limited(&[5, 5], lots, vec![line(10, &["milk"])]);
    for _ in 0..2 {
        let found = wallet.with(true, |view, _| allocate(view));
        let uses = wallet.check_parts(&found).unwrap();
        assert!(uses[0] + uses[1] <= 5 && uses[0] + uses[2] <= 5 && found.total >= 4, "{uses:?}");
        // And again with a limit on lines, which takes the long way.
        wallet.policies[0].caps.push(purse_cap("b", Quantity::Money(4), Some(tagged("milk"))));
    }
}

/// Limits on lines of which neither holds the other: never broken, whatever they cost.
#[test]
fn crossing_limits_on_lines_are_never_broken() {
    let mut items = vec![line(3, &["fruit"]), line(3, &["fruit", "milk"]), line(3, &["milk"])];
    for (fruit, milk) in [(3, 3), (1, 5), (5, 1), (0, 9), (9, 0), (2, 2)] {
        for lots in
            [vec![(9, vec![0])], vec![(4, vec![0]), (5, vec![0])], vec![(1, vec![]), (9, vec![0])]]
        {
            items.rotate_left(1);
            let mut wallet = limited(&[u64::MAX], lots, items.clone());
            wallet.policies[0].caps = vec![
                purse_cap("a", Quantity::Money(fruit), Some(tagged("fruit"))),
                purse_cap("b", Quantity::Money(milk), Some(tagged("milk"))),
            ];
            let found = wallet.with(true, |view, _| allocate(view));
            wallet.check_parts(&found).unwrap();
            let of = |tag| -> u64 {
                let under = |part: &&scoin_policy::alloc::Part| {
                    !wallet.lots[part.lot].1.is_empty() && wallet.tags(part.line, &tagged(tag))
                };
                found.parts.iter().filter(under).map(|part| part.amount).sum()
            };
            assert!(of("fruit") <= fruit && of("milk") <= milk, "{fruit} {milk} {:?}", found.parts);
            assert!(found.total > 0 || fruit.min(milk) == 0);
        }
    }
}

#[test]
fn a_lot_named_twice_pays_once() {
    let mut wallet = limited(&[9], vec![(5, vec![])], vec![line(9, &["milk"])]);
    wallet.order = Some(vec![0, 0]);
    assert_eq!(wallet.total(), 5);
}

/// Only what a rule counts is charged, and a gap begins anew where it holds.
#[test]
fn what_is_counted_and_what_begins_anew() {
    let mut wallet = limited(&[9], vec![(5, vec![0])], vec![line(3, &["milk"])]);
    let never = Pred::Known(Fact::PayerAge);
    let caps = &mut wallet.policies[0].caps;
    caps.push(Cap { when: Some(never.clone()), ..purse_cap("b", Quantity::Count(3), None) });
    caps.push(Cap { window: Window::Payment, ..purse_cap("c", Quantity::Money(4), None) });
    caps.push(purse_cap("d", Quantity::Money(4), Some(tagged("bread"))));
    let gap = |label: &str, when| scoin_policy::ir::Gap {
        label: label.to_owned(),
        minutes: 10,
        by: vec![By::Purse, By::Merchant],
        when,
        because: Vec::new(),
    };
    wallet.policies[0].gaps = vec![gap("g", None), gap("h", Some(never))];
    wallet.with(true, |view, rules| {
        let found = allocate(view);
        let charged = found.charges.iter().map(|one| (one.measure, one.amount, one.count));
        assert_eq!(charged.collect::<Vec<_>>(), [(rules[0].caps()[0].measure, 3, 1)]);
        let marks =
            found.marks.iter().map(|one| (one.scope, one.lot, one.by_merchant, one.measure));
        assert_eq!(marks.collect::<Vec<_>>(), [(0, None, true, rules[0].gaps()[0].measure)]);
    });
}

/// Each rule alone lets enough lines pass, together they let none: both are told. What passes has no cause.
#[test]
fn rules_that_only_together_stand_in_the_way_are_told() {
    let items = vec![line(3, &["fruit"]), line(3, &["milk"])];
    let mut wallet = limited(&[9, 9], vec![(9, vec![0])], items);
    assert!(wallet.refused().causes.is_empty());
    (wallet.amount, wallet.guards) = (3, vec![1]);
    for (policy, tag) in [(0, "fruit"), (1, "milk")] {
        wallet.policies[policy].clauses = vec![Clause {
            label: format!("only-{tag}"),
            kind: ClauseKind::Covers,
            pred: tagged(tag),
            because: Vec::new(),
        }];
    }
    let told = |wallet: &Small| -> Vec<String> {
        wallet.refused().causes.into_iter().map(|cause| cause.label).collect()
    };
    assert_eq!(
        (wallet.refused().pass_now, told(&wallet)),
        (0, vec!["only-milk".into(), "only-fruit".into()])
    );
    // Where one of them does not let enough pass by itself, that alone is told.
    wallet.policies[1].clauses.clear();
    wallet.policies[1].caps = vec![purse_cap("little", Quantity::Money(1), None)];
    assert_eq!((wallet.refused().pass_now, told(&wallet)), (1, vec!["little".to_owned()]));
    // Where nothing stands in the way nothing is told, though not every line could be paid.
    wallet.policies[1].caps.clear();
    assert_eq!((wallet.refused().pass_now, told(&wallet)), (3, Vec::new()));
}

/// Coins that pay alone say so once, after what else their rule says; lots with nothing in them say nothing.
#[test]
fn what_pays_alone_says_so_once() {
    let lots = vec![(2, vec![0]), (2, vec![0]), (0, vec![1]), (9, vec![])];
    let mut wallet = limited(&[1, 1], lots, vec![line(20, &["milk"])]);
    wallet.policies[0].split = Split::Never;
    let told = |wallet: &Small| -> Vec<(String, String)> {
        let causes = wallet.refused().causes.into_iter();
        causes.map(|cause| (cause.rule, cause.label)).collect()
    };
    let cause = |rule: &str, label: &str| (rule.to_owned(), label.to_owned());
    wallet.policies[0].name = "alone".to_owned();
    wallet.policies[1].name = "empty".to_owned();
    assert_eq!(told(&wallet), [cause("alone", "a"), cause("alone", "split")]);
    // When all is paid, paying alone stands in nobody's way.
    let passing = limited(&[9], vec![(5, vec![0])], vec![line(3, &["milk"])]);
    let mut alone = passing.clone();
    alone.policies[0].split = Split::Never;
    assert_eq!((told(&passing), told(&alone)), (vec![], vec![]));
}

/// However many clauses stand in the way, a bounded number is told, and each once.
#[test]
fn a_bounded_number_of_causes_is_told() {
    for count in [CAUSES_MAX - 1, CAUSES_MAX, CAUSES_MAX + 1, 3 * CAUSES_MAX] {
        let mut wallet = limited(&[0], vec![(5, vec![0]), (5, vec![0])], vec![line(3, &["milk"])]);
        let clause = |at| Clause {
            label: format!("c{at}"),
            kind: ClauseKind::Require,
            pred: tagged("bread"),
            because: Vec::new(),
        };
        wallet.policies[0].caps.clear();
        wallet.policies[0].clauses = (0..count).map(clause).collect();
        wallet.policies[0].split = Split::Never;
        let causes = wallet.refused().causes;
        let split = usize::from(count < CAUSES_MAX);
        assert_eq!(causes.len(), count.min(CAUSES_MAX) + split);
        let labels: std::collections::BTreeSet<&str> =
            causes.iter().map(|cause| cause.label.as_str()).collect();
        assert_eq!(labels.len(), causes.len());
    }
}

/// What limits leave goes to the first kind of lines, and within lines that are treated alike to the first.
#[test]
fn the_first_kind_of_lines_is_paid_first() {
    let fruit = Some(tagged("fruit"));
    let paid = |tags: [&str; 3], have: u64, limit: u64, covers: Option<&str>| -> Vec<u64> {
        let items = tags.map(|tag| line(3, &[tag])).to_vec();
        let mut wallet = limited(&[u64::MAX], vec![(have, vec![0])], items);
        wallet.policies[0].caps = vec![purse_cap("f", Quantity::Money(limit), fruit.clone())];
        wallet.policies[0].clauses.extend(covers.map(|tag| Clause {
            label: "c".to_owned(),
            kind: ClauseKind::Covers,
            pred: tagged(tag),
            because: Vec::new(),
        }));
        let found = wallet.with(true, |view, _| allocate(view));
        wallet.check_parts(&found).unwrap();
        let mut lines = vec![0; 3];
        found.parts.iter().for_each(|part| lines[part.line] += part.amount);
        lines
    };
    assert_eq!(paid(["fruit", "milk", "bread"], 5, 2, None), [2, 3, 0]);
    assert_eq!(paid(["milk", "fruit", "bread"], 5, 2, None), [3, 0, 2]);
    assert_eq!(paid(["milk", "fruit", "bread"], 8, 2, None), [3, 2, 3]);
    assert_eq!(paid(["bread", "milk", "fruit"], 7, 2, None), [3, 3, 1]);
    assert_eq!(paid(["fruit", "fruit", "bread"], 7, 4, None), [3, 1, 3]);
    assert_eq!(paid(["fruit", "bread", "fruit"], 4, 4, None), [3, 0, 1]);
    assert_eq!(paid(["bread", "fruit", "fruit"], 9, 4, Some("fruit")), [0, 3, 1]);
    assert_eq!(paid(["fruit", "fruit.apple", "milk"], 9, 4, Some("fruit")), [3, 1, 0]);
}

/// Limits on lines that lie within or beside one another take each its own part of what the wider one leaves, and no more.
#[test]
fn a_limit_within_another_takes_no_more_than_its_part() {
    let tags = ["fruit.apple", "fruit.pear", "milk", "bread", "book.new", "book.old"];
    let items = tags.map(|tag| line(3, &[tag])).to_vec();
    let within = |have: &[u64]| {
        let lots = have.iter().map(|have| (*have, vec![0])).collect();
        let mut wallet = limited(&[u64::MAX], lots, items.clone());
        let food = vec!["fruit".to_owned(), "milk".to_owned()];
        let food = Pred::Test(Test::InTags(Fact::ItemCategory, food));
        wallet.policies[0].caps = vec![
            purse_cap("a", Quantity::Money(1), Some(tagged("fruit.apple"))),
            purse_cap("b", Quantity::Money(4), Some(tagged("fruit"))),
            purse_cap("c", Quantity::Money(6), Some(food)),
            purse_cap("d", Quantity::Money(4), Some(tagged("book"))),
            purse_cap("e", Quantity::Money(1), Some(tagged("book.new"))),
        ];
        wallet.used[0] = vec![0; 5];
        wallet
    };
    // One apple, three pears, two of milk, the bread, one new book and three old ones.
    assert_eq!(within(&[18]).total(), 13);
    // The same where other money pays what is left.
    let mut wallet = within(&[18, 2]);
    wallet.lots[1].1.clear();
    let found = wallet.with(true, |view, _| allocate(view));
    assert_eq!(wallet.check_parts(&found).unwrap(), [13, 2]);
}

/// A limit on lines binds the coins it is for, and none that pay for the same lines beside them.
#[test]
fn a_limit_on_lines_binds_no_other_coins() {
    let lots = vec![(2, vec![0]), (2, vec![0]), (6, vec![1])];
    let mut wallet = limited(&[u64::MAX; 2], lots, vec![line(6, &["fruit"]), line(4, &["milk"])]);
    wallet.policies[0].caps = vec![purse_cap("f", Quantity::Money(1), Some(tagged("fruit")))];
    let found = wallet.with(true, |view, _| allocate(view));
    assert_eq!(wallet.check_parts(&found).unwrap(), [2, 2, 6]);
}

/// Coins that pay alone come after coins before them that can pay anything, and before those that follow.
#[test]
fn coins_that_pay_alone_keep_their_place() {
    let uses = |limits: &[u64], lots: Vec<(u64, Vec<usize>)>| {
        let mut wallet = limited(limits, lots, vec![line(5, &["milk"])]);
        wallet.policies[1].split = Split::Never;
        let found = wallet.with(true, |view, _| allocate(view));
        wallet.check_parts(&found).unwrap()
    };
    let three = || vec![(9, vec![0]), (9, vec![1]), (9, vec![])];
    assert_eq!(uses(&[3, 9], three()), [3, 0, 2]);
    assert_eq!(uses(&[0, 9], three()), [0, 5, 0]);
    assert_eq!(uses(&[9, 9], vec![(9, vec![0]), (9, vec![1])]), [5, 0]);
    assert_eq!(uses(&[9, 9], vec![(9, vec![1]), (9, vec![0])]), [5, 0]);
}

/// However many kinds of lines there are, each gets what its limit and the kinds before it leave.
#[test]
fn many_kinds_of_lines_are_paid_in_order() {
    let limits = [("bread", 3), ("fruit", 2), ("milk", 1), ("book", 2)];
    for first in 0..limits.len() {
        for have in 1..=8 {
            let mut kinds = limits;
            kinds.rotate_left(first);
            for kinds in [kinds, [kinds[1], kinds[0], kinds[3], kinds[2]]] {
                let items = kinds.map(|(tag, _)| line(3, &[tag])).to_vec();
                let mut wallet = limited(&[u64::MAX], vec![(have, vec![0])], items);
                let cap = |(tag, most): (&str, u64)| {
                    purse_cap(tag, Quantity::Money(most), Some(tagged(tag)))
                };
                wallet.policies[0].caps = kinds.map(cap).to_vec();
                let mut left = have;
                let expected = kinds.map(|(_, most)| {
                    let paid = left.min(most);
                    left -= paid;
                    paid
                });
                let found = wallet.with(true, |view, _| allocate(view));
                wallet.check_parts(&found).unwrap();
                let mut paid = [0; 4];
                found.parts.iter().for_each(|part| paid[part.line] += part.amount);
                assert_eq!(paid, expected, "{kinds:?} {have}");
            }
        }
    }
}

/// What time mends is told when it does; what it cannot mend makes any waiting useless.
#[test]
fn the_next_moment_is_told_unless_something_else_stands_in_the_way() {
    let tomorrow = Civil::start_of(now().date.add_days(1));
    for (least, next) in [(4, Some(tomorrow)), (5, None)] {
        let mut wallet = limited(&[4], vec![(9, vec![0])], vec![line(4, &["milk"])]);
        wallet.used[0][0] = 1;
        wallet.policies[0].clauses = vec![Clause {
            label: "enough".to_owned(),
            kind: ClauseKind::Require,
            pred: Pred::Test(Test::InRange(Fact::PaymentAmount, Some(least), None)),
            because: Vec::new(),
        }];
        let refused = wallet.with(true, |view, _| refuse(view));
        assert_eq!(refused.next, next, "at least {least}");
    }
}
