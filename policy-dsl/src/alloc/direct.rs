//! The common case without a network: lots that are alike for every line, with limits over lots only.
//!
//! Such limits form a tree, so what the lots may pay together is a polymatroid: taking from one lot after another as
//! much as the limits leave gives the greatest use of the first lots and the greatest total at once. The lines are then
//! filled in order. A test compares it with the general way.

use super::limits::Limit;
use super::lines::{LotSet, bit};
use super::prepare::Prepared;
use super::solve::Solution;

/// The best use of the lots in `mask`, which are those that are open; `None` when it is not the common case.
pub(super) fn direct(
    prepared: &Prepared<'_>,
    mask: LotSet,
    limits: &mut [Limit],
) -> Option<Solution> {
    let first = prepared.active(mask).next().map(|(_, row)| row.covered)?;
    let alike = prepared.active(mask).all(|(_, row)| row.covered == first);
    if !alike || limits.iter().any(|limit| limit.lines.is_some()) || !is_tree(limits) {
        return None;
    }
    let mut lines = first.iter().filter_map(|at| prepared.lines.get(at).map(|line| (at, line)));
    let (mut line, mut line_left) = lines.next().map(|(at, line)| (at, line.amount))?;
    let mut left = prepared.amount;
    let mut parts = Vec::new();
    for (place, row) in prepared.rows.iter().enumerate() {
        let lot = bit(place);
        if !row.open || lot & mask == 0 {
            continue;
        }
        let over = limits.iter().filter(|limit| limit.lots & lot != 0);
        let room = over.map(|limit| limit.room).min().unwrap_or(u64::MAX);
        let most = row.lot.available.min(room).min(left);
        let mut lot_left = most;
        while lot_left > 0 {
            if line_left == 0 {
                let Some((at, next)) = lines.next() else { break };
                (line, line_left) = (at, next.amount);
            }
            let amount = lot_left.min(line_left);
            if amount > 0 {
                parts.push((place, line, amount));
            }
            (lot_left, line_left) =
                (lot_left.saturating_sub(amount), line_left.saturating_sub(amount));
        }
        let paid = most.saturating_sub(lot_left);
        left = left.saturating_sub(paid);
        for limit in limits.iter_mut().filter(|limit| limit.lots & lot != 0) {
            limit.room = limit.room.saturating_sub(paid);
        }
    }
    Some(Solution { total: prepared.amount.saturating_sub(left), parts })
}

/// Are any two sets of lots disjoint, or one in the other?
fn is_tree(limits: &[Limit]) -> bool {
    limits.iter().enumerate().all(|(at, limit)| {
        limits.iter().take(at).all(|other| {
            let both = limit.lots & other.lots;
            both == 0 || both == limit.lots || both == other.lots
        })
    })
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "this is a test: a wrong number must stop it"
)]
mod tests {
    use super::super::solve::{solve, solve_by_network};
    use super::super::{LayerView, LotView, Wallet};
    use super::*;
    use crate::causes::Whose;
    use crate::civil::{Civil, Date, Weekday};
    use crate::decide::State;
    use crate::facts::{Facts, Item, World};
    use crate::ir::{
        By, Cap, Ends, Expires, Fate, Policy, Quantity, Refund, Split, Starts, Transfer, Window,
    };
    use crate::rule::Rule;

    struct Nowhere;

    impl World for Nowhere {
        fn listed(&self, _: &str, _: &str) -> Option<bool> {
            None
        }
        fn on_calendar(&self, _: &str, _: Date) -> Option<bool> {
            None
        }
    }

    fn rule(caps: &[(u64, Window, bool)]) -> Rule {
        let cap = |(at, (limit, window, by_lot)): (usize, &(u64, Window, bool))| Cap {
            label: format!("c{at}"),
            quantity: Quantity::Money(*limit),
            window: *window,
            by: if *by_lot { vec![By::Lot] } else { Vec::new() },
            when: None,
            on_items: None,
            because: Vec::new(),
        };
        Rule::new(Policy {
            name: "x".to_owned(),
            title: Vec::new(),
            zone: "UTC".to_owned(),
            week_starts: Weekday::Mon,
            pays: vec!["purchase".to_owned()],
            clauses: Vec::new(),
            caps: caps.iter().enumerate().map(cap).collect(),
            gaps: Vec::new(),
            starts: Starts::AtIssue,
            expires: Expires { end: Ends::Never, fate: Fate::Granter },
            decays: None,
            split: Split::Allowed,
            priority: 50,
            transfer: Transfer::Anyone,
            refund: Refund { grace: None, restores_amount: true, restores_count: true },
            also: Vec::new(),
        })
    }

    /// A fixed sequence of small numbers.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            (self.0 >> 33) % end
        }
    }

    #[test]
    fn the_direct_way_gives_what_the_network_gives() {
        let mut chance = Chance(7);
        let windows = [Window::Payment, Window::Day, Window::Week];
        let mut direct_ones = 0;
        for _ in 0..4_000 {
            let mut some = || {
                let caps: Vec<(u64, Window, bool)> = (0..chance.below(3))
                    .map(|at| (chance.below(30), windows[at as usize], chance.below(3) == 0))
                    .collect();
                rule(&caps)
            };
            let rules = [some(), some(), some(), some()];
            let items: Vec<Item> = (0..chance.below(4))
                .map(|_| Item { amount: chance.below(20), ..Item::default() })
                .collect();
            let amount = match items.as_slice() {
                [] => chance.below(60),
                some => {
                    some.iter().map(|item| item.amount).sum::<u64>()
                        - chance.below(2).min(some[0].amount)
                }
            };
            let facts = Facts { amount, items: Some(&items), ..Facts::default() };
            let layer = |rule: usize, scope: u32| LayerView {
                rule: &rules[rule],
                whose: Whose::City,
                scope,
                now: Civil::default(),
                state: State::default(),
            };
            let stacks =
                [vec![], vec![layer(0, 1)], vec![layer(0, 1), layer(1, 2)], vec![layer(2, 3)]];
            let lots: Vec<LotView<'_>> = (0..=chance.below(6))
                .map(|at| LotView {
                    available: chance.below(25),
                    expires: None,
                    issued: at as i64,
                    rank: 0,
                    id: [0; 32],
                    layers: &stacks[chance.below(4) as usize],
                })
                .collect();
            let guards = [layer(3, 9)];
            let guards = if chance.below(2) == 0 { &guards[..] } else { &[] };
            let wallet =
                Wallet { facts: &facts, world: &Nowhere, lots: &lots, guards, order: None };
            let prepared = Prepared::new(&wallet, 0);
            let network = solve_by_network(&prepared, u64::MAX);
            assert_eq!(solve(&prepared, u64::MAX), network);
            let mut limits = prepared.limits(u64::MAX);
            direct_ones += usize::from(direct(&prepared, u64::MAX, &mut limits).is_some());
        }
        assert!(direct_ones > 2_000, "{direct_ones}");
    }
}
