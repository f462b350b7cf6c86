//! Which lots pay which lines: small wallets as most are, and the largest there may be.

use scoin_policy::alloc::{LayerView, LotView, Wallet, allocate};
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::State;
use scoin_policy::facts::{Facts, Item};
use scoin_policy::module::Module;
use scoin_policy::rank;
use scoin_policy::rule::Rule;

use crate::Figure;
use crate::decisions::{Town, words};

const RULES: &str = include_str!("wallets.scoin");

/// A wallet that owns everything.
struct Shape {
    rules: Vec<Rule>,
    /// For each lot: what it holds, its layers as places in `rules`.
    lots: Vec<(u64, Vec<usize>)>,
    guards: Vec<usize>,
    items: Vec<Item>,
    amount: u64,
}

const USED: [u64; 8] = [0; 8];

impl Shape {
    fn new(
        items: Vec<Item>,
        amount: u64,
        lots: Vec<(u64, Vec<usize>)>,
        guards: Vec<usize>,
    ) -> Self {
        let module = Module::parse(RULES).0.unwrap();
        let names = module.policies().into_iter().map(|head| head.name);
        let rules = names.map(|name| Rule::new(module.policy(&name, &[]).unwrap())).collect();
        Self { rules, lots, guards, items, amount }
    }

    /// The wallet, for as long as the bench runs: putting it together is not timed.
    fn wallet(self) -> Wallet<'static> {
        let shape: &'static Self = Box::leak(Box::new(self));
        let now = Civil { date: Date::parse("2026-04-10").unwrap(), minute: 720 };
        let layer = |rule: usize| LayerView {
            rule: &shape.rules[rule],
            whose: Whose::City,
            scope: u32::try_from(rule).unwrap(),
            now,
            state: State { issued: Some(now), used: &USED, ..State::default() },
        };
        let layer = |rule: &usize| layer(*rule);
        let stacks: Vec<Vec<LayerView<'_>>> =
            shape.lots.iter().map(|(_, stack)| stack.iter().map(layer).collect()).collect();
        let stacks: &'static [Vec<LayerView<'_>>] = stacks.leak();
        let lots: Vec<LotView<'_>> = shape
            .lots
            .iter()
            .zip(stacks)
            .enumerate()
            .map(|(at, ((available, stack), layers))| LotView {
                available: *available,
                expires: i64::try_from(at % 7).ok(),
                issued: i64::try_from(at).unwrap(),
                rank: rank::of(stack.iter().map(|rule| &shape.rules[*rule])),
                id: [u8::try_from(at).unwrap(); 32],
                layers,
            })
            .collect();
        let guards: Vec<LayerView<'_>> = shape.guards.iter().map(layer).collect();
        let items = Some(shape.items.as_slice()).filter(|items| !items.is_empty());
        let facts = Facts { now, amount: shape.amount, items, ..Facts::default() };
        let facts: &'static Facts<'_> = Box::leak(Box::new(facts));
        Wallet { facts, world: &Town, lots: lots.leak(), guards: guards.leak(), order: None }
    }
}

/// Fifty lines over ten kinds of goods.
fn lines(count: usize) -> Vec<Item> {
    let tags = [
        "food.fruit",
        "food.milk",
        "food.vegetable",
        "food.snack",
        "books",
        "drink",
        "home",
        "health",
        "food.bakery",
        "alcohol",
    ];
    let item = |at: usize| Item {
        code: format!("thing-{at}"),
        amount: 700 + u64::try_from(at * 37 % 500).unwrap(),
        tags: words(&[tags[at % tags.len()]]),
    };
    (0..count).map(item).collect()
}

fn sum(items: &[Item]) -> u64 {
    items.iter().map(|item| item.amount).sum()
}

/// Sixty-four lots of so much, the stacks in turn, before fifty lines.
fn many(each: u64, stacks: &[&[usize]], guards: &[usize]) -> Shape {
    let items = lines(50);
    let lots = (0..64).map(|at| (each, stacks[at % stacks.len()].to_vec())).collect();
    Shape::new(items.clone(), sum(&items), lots, guards.to_vec())
}

fn shapes() -> Vec<(&'static str, u64, Shape)> {
    // 0 fruit and vegetables with a cap on fruit and one on fruit and milk; 1 a daily cap; 2 food; 3 books and home;
    // 4 all but alcohol; 5 a guard over all with a cap on snacks; 6 milk with caps for each lot.
    let small = |lots: Vec<(u64, Vec<usize>)>, guards| Shape::new(Vec::new(), 4_500, lots, guards);
    vec![
        ("1-lot", 5_000, small(vec![(9_000, vec![])], vec![])),
        ("1-lot-ruled", 5_000, small(vec![(9_000, vec![1])], vec![])),
        (
            "4-lots-guarded",
            5_000,
            small(
                vec![(1_000, vec![1]), (2_000, vec![1]), (900, vec![1]), (9_000, vec![])],
                vec![1],
            ),
        ),
        ("64x50-plain", 200_000, many(600, &[&[]], &[])),
        ("64x50-layered-caps", 200_000, many(800, &[&[1, 0]], &[5])),
        ("64x50-mixed", 200_000, many(900, &[&[0], &[1, 2], &[3], &[4], &[], &[1]], &[5])),
        (
            "64x50-worst",
            200_000,
            many(
                650,
                &[&[6], &[0], &[1, 2], &[1, 3], &[1, 4], &[1, 0], &[2], &[3], &[4], &[1, 6]],
                &[5],
            ),
        ),
    ]
}

pub(crate) fn figures() -> Vec<Figure> {
    let figure = |(name, below, shape): (&str, u64, Shape)| {
        let wallet = shape.wallet();
        let total = allocate(&wallet).total;
        assert!(total > wallet.facts.amount / 5, "{name}: {total} of {}", wallet.facts.amount);
        Figure::new(&format!("allocate/{name}"), Some(below), 1, move || allocate(&wallet))
    };
    shapes().into_iter().map(figure).collect()
}
