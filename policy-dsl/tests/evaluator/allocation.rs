//! Many lots, one basket: the flow against trying every split.

use proptest::prelude::*;
use scoin_policy::alloc::{Allocation, LayerView, LotView, Refused, Wallet, allocate, refuse};
use scoin_policy::causes::Whose;
use scoin_policy::civil::{Civil, Date, Weekday};
use scoin_policy::decide::State;
use scoin_policy::facts::{Fact, Facts, Item};
use scoin_policy::ir::{
    By, Cap, Clause, ClauseKind, Policy, Pred, Quantity, Slot, Split, Test, Weekly, Window,
};
use scoin_policy::rule::Rule;

use crate::cases;
use crate::make::{Town, empty};

/// A small wallet that owns everything.
#[derive(Clone, Debug)]
pub(crate) struct Small {
    pub(crate) policies: Vec<Policy>,
    /// For each lot: what it holds, and its layers as indices into `policies`.
    pub(crate) lots: Vec<(u64, Vec<usize>)>,
    pub(crate) guards: Vec<usize>,
    pub(crate) used: Vec<Vec<u64>>,
    pub(crate) items: Vec<Item>,
    pub(crate) amount: u64,
    pub(crate) now: Civil,
    /// The payer's own order; `None` for the published one.
    pub(crate) order: Option<Vec<usize>>,
    /// For each lot: how narrow its stack is.
    pub(crate) ranks: Vec<u64>,
}

pub(crate) fn now() -> Civil {
    Civil { date: Date::parse("2026-04-10").unwrap(), minute: 720 }
}

pub(crate) fn tagged(tag: &str) -> Pred {
    Pred::Test(Test::InTags(Fact::ItemCategory, vec![tag.to_owned()]))
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        6 => (0..7_u64).prop_map(Quantity::Money),
        1 => (1..3_u64).prop_map(Quantity::Count),
        1 => (30..=100_u8).prop_map(Quantity::Share),
    ]
}

fn cap(
    label: &'static str,
    items: BoxedStrategy<Option<Pred>>,
    by: Vec<By>,
) -> impl Strategy<Value = Cap> {
    let window = prop::sample::select(vec![Window::Payment, Window::Day, Window::Days(7)]);
    (quantity(), window, items).prop_map(move |(quantity, window, on_items)| Cap {
        label: label.to_owned(),
        quantity,
        window,
        by: by.clone(),
        when: None,
        on_items,
        because: Vec::new(),
    })
}

/// A rule with caps; `item_caps` says whether they may look at lines.
fn rule(name: &'static str, item_caps: bool) -> impl Strategy<Value = Policy> {
    let items = || {
        if item_caps {
            prop::sample::select(vec![
                None,
                Some(tagged("fruit")),
                Some(tagged("fruit.apple")),
                Some(tagged("milk")),
            ])
            .boxed()
        } else {
            Just(None).boxed()
        }
    };
    let covers =
        prop::option::weighted(0.5, prop::sample::select(vec!["fruit", "milk", "fruit.apple"]));
    let by_lot = prop::option::weighted(0.3, cap("lot", items(), vec![By::Lot]));
    (covers, prop::collection::vec(cap("cap", items(), vec![By::Purse]), 0..3), by_lot).prop_map(
        move |(covers, mut caps, by_lot)| {
            caps.extend(by_lot);
            Policy {
                clauses: covers
                    .into_iter()
                    .map(|tag| Clause {
                        label: "c".to_owned(),
                        kind: ClauseKind::Covers,
                        pred: tagged(tag),
                        because: Vec::new(),
                    })
                    .collect(),
                caps,
                ..empty(name)
            }
        },
    )
}

/// Rule 0 and 1 stand alone; rule 2 lies under 3 and 4 and has no item limits; 5 is a guard.
pub(crate) fn small() -> impl Strategy<Value = Small> {
    let policies = (
        rule("a", true),
        rule("b", true),
        rule("base", false),
        rule("c", true),
        rule("d", true),
        rule("guard", true),
    );
    let stack = prop::sample::select(vec![
        vec![],
        vec![0],
        vec![0],
        vec![1],
        vec![2],
        vec![2, 3],
        vec![2, 3],
        vec![2, 4],
    ]);
    let lots = prop::collection::vec((0..6_u64, stack), 1..4);
    let item = (0..4_u64, prop::sample::select(vec!["fruit.apple", "fruit.pear", "milk", "bread"]))
        .prop_map(|(amount, tag)| Item {
            code: "x".to_owned(),
            amount,
            tags: vec![tag.to_owned()],
        });
    let used = prop::collection::vec(prop::collection::vec(0..3_u64, 0..4), 6);
    let guards = prop_oneof![1 => Just(vec![]), 1 => Just(vec![5])];
    (policies, lots, prop::collection::vec(item, 1..4), used, guards, 0..3_u64).prop_map(
        |((a, b, base, c, d, guard), lots, items, used, guards, less)| {
            let (order, ranks) = (Some((0..lots.len()).collect()), vec![0; lots.len()]);
            let amount = items.iter().map(|item| item.amount).sum::<u64>().saturating_sub(less);
            Small {
                policies: vec![a, b, base, c, d, guard],
                lots,
                guards,
                used,
                items,
                amount,
                now: now(),
                order,
                ranks,
            }
        },
    )
}

/// The same in the published order or one of the payer's own, with rules that say `split never` or a priority.
fn ordered() -> impl Strategy<Value = Small> {
    let own = prop::option::of(prop::sample::subsequence(vec![0, 1, 2], 1..=3).prop_shuffle());
    let ranks = prop::collection::vec(0..3_u64, 3);
    let alone = prop::option::weighted(0.3, 0..5_usize);
    let first = prop::option::weighted(0.3, 0..5_usize);
    (small(), own, ranks, alone, first).prop_map(|(mut wallet, own, ranks, alone, first)| {
        wallet.order = own;
        wallet.ranks = ranks;
        if let Some(alone) = alone {
            wallet.policies[alone].split = Split::Never;
        }
        if let Some(first) = first {
            wallet.policies[first].priority = 10;
        }
        wallet
    })
}

impl Small {
    /// Runs `look` on the wallet.
    pub(crate) fn with<T>(&self, items: bool, look: impl FnOnce(&Wallet<'_>, &[Rule]) -> T) -> T {
        let rules: Vec<Rule> = self.policies.iter().cloned().map(Rule::new).collect();
        let facts = Facts {
            now: self.now,
            amount: self.amount,
            items: items.then_some(&self.items),
            ..Facts::default()
        };
        let layer = |policy: usize| LayerView {
            rule: &rules[policy],
            whose: Whose::Granter,
            // One purse for each policy: its place in the stack is always the same here.
            scope: policy as u32,
            now: self.now,
            state: State { issued: Some(now()), used: &self.used[policy], ..State::default() },
        };
        let stacks: Vec<Vec<LayerView<'_>>> = self
            .lots
            .iter()
            .map(|(_, stack)| stack.iter().map(|policy| layer(*policy)).collect())
            .collect();
        let lots: Vec<LotView<'_>> = self
            .lots
            .iter()
            .zip(&stacks)
            .enumerate()
            .map(|(at, ((available, _), layers))| LotView {
                available: *available,
                expires: None,
                issued: at as i64,
                rank: self.ranks[at],
                id: [at as u8; 32],
                layers,
            })
            .collect();
        let guards: Vec<LayerView<'_>> = self.guards.iter().map(|policy| layer(*policy)).collect();
        look(
            &Wallet {
                facts: &facts,
                world: &Town,
                lots: &lots,
                guards: &guards,
                order: self.order.as_deref(),
            },
            &rules,
        )
    }

    /// The same wallet later, when nothing was spent in between.
    pub(crate) fn at(&self, later: Civil) -> Self {
        let days = later.date.days_since(self.now.date);
        let mut wallet = Self { now: later, ..self.clone() };
        for (policy, used) in wallet.policies.iter().zip(&mut wallet.used) {
            for (cap, used) in policy.caps.iter().zip(used) {
                let kept = match cap.window {
                    Window::Day => 1,
                    Window::Days(days) => i32::from(days),
                    _ => 0,
                };
                *used = if days < kept { *used } else { 0 };
            }
        }
        wallet
    }

    /// What is paid of it.
    pub(crate) fn total(&self) -> u64 {
        self.with(true, |view, _| allocate(view).total)
    }

    /// What is told when it is not paid in full.
    pub(crate) fn refused(&self) -> Refused {
        self.with(true, |view, _| refuse(view))
    }

    /// One of the rules works for an hour of every day only.
    pub(crate) fn opens_for_an_hour(&mut self, policy: usize, start: u16) {
        let slot = |day| Slot { day: Weekday::from_index(day), start, end: start + 60 };
        self.policies[policy].clauses.push(Clause {
            label: "hours".to_owned(),
            kind: ClauseKind::Require,
            pred: Pred::Test(Test::InSchedule(Weekly((0..7).map(slot).collect()))),
            because: Vec::new(),
        });
    }

    /// The room of a cap, from its meaning.
    fn room(&self, policy: usize, at: usize) -> u64 {
        let cap = &self.policies[policy].caps[at];
        let used = if cap.window == Window::Payment {
            0
        } else {
            self.used[policy].get(at).copied().unwrap_or(0)
        };
        match cap.quantity {
            Quantity::Money(limit) => limit.saturating_sub(used),
            Quantity::Count(limit) => {
                if used < limit {
                    u64::MAX
                } else {
                    0
                }
            }
            Quantity::Share(percent) => self.amount * u64::from(percent) / 100,
            Quantity::MoneyTimes(..) => 0,
        }
    }

    pub(crate) fn tags(&self, line: usize, pred: &Pred) -> bool {
        let Pred::Test(Test::InTags(_, tags)) = pred else { return false };
        tags.iter().any(|tag| {
            self.items[line]
                .tags
                .iter()
                .any(|own| own == tag || own.starts_with(&format!("{tag}.")))
        })
    }

    fn covers(&self, policy: usize, line: usize) -> bool {
        self.policies[policy].clauses.iter().all(|clause| self.tags(line, &clause.pred))
    }

    /// Does the split respect every limit? `paid[lot][line]`.
    fn fits(&self, paid: &[Vec<u64>]) -> bool {
        let sum = |lots: &dyn Fn(usize) -> bool, lines: &dyn Fn(usize) -> bool| -> u64 {
            let lots = paid.iter().enumerate().filter(|(lot, _)| lots(*lot));
            lots.flat_map(|(_, row)| row.iter().enumerate())
                .filter(|(line, _)| lines(*line))
                .map(|(_, amount)| amount)
                .sum()
        };
        let total = sum(&|_| true, &|_| true);
        let policies = 0..self.policies.len();
        total <= self.amount
            && policies.into_iter().all(|policy| {
                let guard = self.guards.contains(&policy);
                let member = |lot: usize| guard || self.lots[lot].1.contains(&policy);
                self.policies[policy].caps.iter().enumerate().all(|(at, cap)| {
                    let inside = |line: usize| {
                        cap.on_items.as_ref().is_none_or(|pred| self.tags(line, pred))
                    };
                    let room = self.room(policy, at);
                    if cap.by.contains(&By::Lot) && !guard {
                        (0..self.lots.len())
                            .filter(|lot| member(*lot))
                            .all(|lot| sum(&|other| other == lot, &inside) <= room)
                    } else {
                        sum(&member, &inside) <= room
                    }
                })
            })
    }

    /// The lots that may pay, in order: from the meaning of the order.
    fn places(&self) -> Vec<usize> {
        let all = 0..self.lots.len();
        if let Some(own) = &self.order {
            return own.iter().copied().filter(|lot| all.contains(lot)).collect();
        }
        let mut places: Vec<usize> = all.collect();
        places.sort_by_key(|lot| {
            let stack = &self.lots[*lot].1;
            let priority = stack.iter().map(|policy| self.policies[*policy].priority).min();
            (priority.unwrap_or(50), self.ranks[*lot], stack.is_empty(), *lot)
        });
        places
    }

    fn alone(&self, lot: usize) -> bool {
        self.lots[lot].1.iter().any(|policy| self.policies[*policy].split == Split::Never)
    }

    /// What each lot pays, from the meaning: lots that never split alone, all others together.
    pub(crate) fn best(&self) -> (u64, Vec<u64>) {
        let (alone, together): (Vec<usize>, Vec<usize>) =
            self.places().into_iter().partition(|lot| self.alone(*lot));
        let shared = self.best_of(&together);
        let whole = |found: &(u64, Vec<u64>)| found.0 == self.amount;
        let places = self.places();
        let place = |lot: usize| places.iter().position(|other| *other == lot);
        let able = together.iter().find(|lot| self.best_of(&[**lot]).0 > 0);
        let funding: Vec<(usize, (u64, Vec<u64>))> = alone
            .iter()
            .map(|lot| (*lot, self.best_of(&[*lot])))
            .filter(|(_, it)| whole(it))
            .collect();
        let first = funding.first().cloned();
        match first {
            _ if self.amount == 0 => shared,
            Some((lot, found)) if able.is_none_or(|able| place(lot) < place(*able)) => found,
            Some(_) | None if whole(&shared) => shared,
            Some((_, found)) => found,
            None => shared,
        }
    }

    /// The greatest total, then the greatest use of the first of these lots, by trying every split. What each lot pays
    /// stands at its own place.
    fn best_of(&self, lots: &[usize]) -> (u64, Vec<u64>) {
        let mut paid = vec![vec![0; self.items.len()]; self.lots.len()];
        let mut best = (0, vec![0; lots.len()]);
        self.search(lots, &mut paid, 0, &mut best);
        let mut uses = vec![0; self.lots.len()];
        for (lot, amount) in lots.iter().zip(&best.1) {
            uses[*lot] = *amount;
        }
        (best.0, uses)
    }

    fn search(
        &self,
        lots: &[usize],
        paid: &mut Vec<Vec<u64>>,
        cell: usize,
        best: &mut (u64, Vec<u64>),
    ) {
        let lines = self.items.len();
        if cell == lots.len() * lines {
            let uses: Vec<u64> = lots.iter().map(|lot| paid[*lot].iter().sum()).collect();
            let found = (uses.iter().sum::<u64>(), uses);
            if found > *best && self.fits(paid) {
                *best = found;
            }
            return;
        }
        let (lot, line) = (lots[cell / lines], cell % lines);
        let stack = self.lots[lot].1.iter().chain(&self.guards);
        let covered = stack.into_iter().all(|policy| self.covers(*policy, line));
        let of_lot = self.lots[lot].0 - paid[lot].iter().sum::<u64>();
        let of_line = self.items[line].amount - paid.iter().map(|row| row[line]).sum::<u64>();
        for amount in 0..=if covered { of_lot.min(of_line) } else { 0 } {
            paid[lot][line] = amount;
            self.search(lots, paid, cell + 1, best);
        }
        paid[lot][line] = 0;
    }

    pub(crate) fn check_parts(&self, found: &Allocation) -> Result<Vec<u64>, TestCaseError> {
        let mut paid = vec![vec![0; self.items.len()]; self.lots.len()];
        for part in &found.parts {
            prop_assert!(part.amount > 0);
            paid[part.lot][part.line] += part.amount;
            let mut stack = self.lots[part.lot].1.iter().chain(&self.guards);
            prop_assert!(stack.all(|policy| self.covers(*policy, part.line)));
        }
        prop_assert!(self.fits(&paid), "{:?}", paid);
        let uses: Vec<u64> = paid.iter().map(|row| row.iter().sum()).collect();
        for (lot, uses) in uses.iter().enumerate() {
            prop_assert!(*uses <= self.lots[lot].0);
        }
        prop_assert_eq!(uses.iter().sum::<u64>(), found.total);
        Ok(uses)
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    /// Guards, nested item caps, the payer's own order, lots that never split, and totals that fall short.
    #[test]
    fn the_allocation_is_the_best_of_all_splits(wallet in ordered()) {
        let found = wallet.with(true, |view, _| allocate(view));
        let uses = wallet.check_parts(&found)?;
        prop_assert_eq!((found.total, uses), wallet.best());
    }
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn charges_are_what_was_paid(wallet in small()) {
        let found = wallet.with(true, |view, _| allocate(view));
        wallet.with(true, |_, rules| {
            for (policy, rule) in rules.iter().enumerate() {
                let guard = wallet.guards.contains(&policy);
                for cap in rule.caps().iter().filter(|cap| cap.keeps_count()) {
                    let by_lot = cap.by.contains(&By::Lot);
                    let counted = |part: &&scoin_policy::alloc::Part| {
                        (guard || wallet.lots[part.lot].1.contains(&policy))
                            && cap.on_items.as_ref().is_none_or(|pred| wallet.tags(part.line, pred))
                    };
                    let paid: u64 = found.parts.iter().filter(counted).map(|part| part.amount).sum();
                    let same = found.charges.iter().filter(|charge| charge.scope as usize == policy && charge.measure == cap.measure);
                    let charges: Vec<_> = same.collect();
                    prop_assert_eq!(charges.iter().map(|charge| charge.amount).sum::<u64>(), paid);
                    prop_assert!(charges.iter().all(|charge| charge.count == 1 && charge.date == now().date));
                    prop_assert!(charges.iter().all(|charge| charge.lot.is_some() == (by_lot && !guard)));
                    prop_assert!(by_lot || charges.len() <= 1);
                    prop_assert!(charges.iter().all(|charge| charge.amount > 0));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn what_would_pass_now_is_what_a_part_pays(wallet in small()) {
        let (found, refused) = wallet.with(true, |view, _| (allocate(view), refuse(view)));
        prop_assert_eq!(refused.pass_now, found.total);
        let funds: u64 = wallet.lots.iter().map(|(available, _)| available).sum();
        prop_assert_eq!(refused.have, funds);
        if found.total < wallet.amount && funds >= wallet.amount {
            prop_assert!(!refused.causes.is_empty());
        }
    }

    #[test]
    fn crossing_limits_are_never_broken(wallet in small(), stacks in prop::collection::vec(0..5_usize, 3)) {
        // Rule 0 with its item limits under everything: outside the exact fragment, but never above a limit.
        let mut wallet = wallet;
        for (lot, stack) in wallet.lots.iter_mut().zip(stacks) {
            lot.1 = [vec![0], vec![0, 1], vec![0, 3], vec![0, 4], vec![]][stack].clone();
        }
        let found = wallet.with(true, |view, _| allocate(view));
        wallet.check_parts(&found)?;
        prop_assert_eq!(&found, &wallet.with(true, |view, _| allocate(view)));
    }

    #[test]
    fn lots_that_never_split_pay_alone(wallet in small(), alone in 0..3_usize) {
        let mut wallet = wallet;
        wallet.policies[alone].split = Split::Never;
        let found = wallet.with(true, |view, _| allocate(view));
        let uses = wallet.check_parts(&found)?;
        let paying = uses.iter().enumerate().filter(|(_, uses)| **uses > 0);
        let alone_pays = paying.clone().any(|(lot, _)| wallet.lots[lot].1.contains(&alone));
        if alone_pays {
            prop_assert_eq!(paying.count(), 1);
            prop_assert_eq!(found.total, wallet.amount);
        }
    }
}

/// The largest wallet and basket there may be, of sizes that add up to more than any number holds.
#[test]
fn hostile_sizes_neither_overflow_nor_take_long() {
    let tags = ["fruit.apple", "fruit.pear", "milk", "bread", "fruit"];
    let sizes = [u64::MAX, u64::MAX - 1, 1 << 63, 1, 0, u64::MAX / 3];
    let covers = |tag: &str| Clause {
        label: "c".to_owned(),
        kind: ClauseKind::Covers,
        pred: tagged(tag),
        because: Vec::new(),
    };
    let limit = |label: &str, at: usize, items: Option<&str>, by: Vec<By>| Cap {
        label: label.to_owned(),
        quantity: Quantity::Money(sizes[at % sizes.len()]),
        window: Window::Day,
        by,
        when: None,
        on_items: items.map(tagged),
        because: Vec::new(),
    };
    let policy = |at: usize| Policy {
        clauses: if at.is_multiple_of(4) {
            Vec::new()
        } else {
            vec![covers(tags[at % tags.len()])]
        },
        caps: vec![
            limit("a", at, None, vec![By::Purse]),
            limit("b", at + 1, Some("fruit"), vec![By::Purse]),
            limit("c", at + 5, Some(tags[at % 3]), vec![By::Lot]),
        ],
        ..empty("x")
    };
    let mut paying = 0;
    for shift in 0..sizes.len() {
        let item = |at: usize| Item {
            code: "x".to_owned(),
            amount: sizes[(at + shift) % sizes.len()],
            tags: vec![tags[at % tags.len()].to_owned()],
        };
        let wallet = Small {
            policies: (0..20).map(|at| policy(at + shift)).collect(),
            lots: (0..64)
                .map(|at| {
                    (sizes[at % 3], vec![at % 20, (at + 7) % 20, (at + 11) % 20][..at % 4].to_vec())
                })
                .collect(),
            guards: vec![0],
            used: vec![vec![0; 3]; 20],
            items: (0..200).map(item).collect(),
            amount: u64::MAX - u64::try_from(shift).unwrap(),
            now: now(),
            order: None,
            ranks: (0..64).map(|at| at % 5).collect(),
        };
        let (found, refused) = wallet.with(true, |view, _| (allocate(view), refuse(view)));
        let total: u128 = found.parts.iter().map(|part| u128::from(part.amount)).sum();
        assert_eq!(total, u128::from(found.total));
        assert!(found.total <= wallet.amount);
        paying += usize::from(found.total > 1 << 60);
        assert_eq!(refused.pass_now, found.total);
        for (lot, (available, _)) in wallet.lots.iter().enumerate() {
            let parts = found.parts.iter().filter(|part| part.lot == lot);
            assert!(
                parts.map(|part| u128::from(part.amount)).sum::<u128>() <= u128::from(*available)
            );
        }
        for (line, item) in wallet.items.iter().enumerate() {
            let parts = found.parts.iter().filter(|part| part.line == line);
            assert!(
                parts.map(|part| u128::from(part.amount)).sum::<u128>() <= u128::from(item.amount)
            );
        }
    }
    assert!(paying >= 3, "{paying}");
}
