//! The exact allocation: limits as a network, the greatest total, then the first lots, then the first lines.
//!
//! Limits over lots form a tree on one side, limits over lines a tree on the other; the lots of equal coverage and
//! equal item limits stand between. What does not fit that shape (an item limit shared by lots of different coverage,
//! or sets that cross) is handed out in order beforehand: never above a limit, but not always the greatest total.

use std::collections::BTreeMap;

use super::flow::{Arc, Network, Node, UNBOUNDED};
use super::prepare::{Limit, LineSet, LotSet, Prepared, bit};

/// Parts of a payment: (place in the order, line, amount), in that order.
#[derive(Clone, Debug, Default)]
pub(super) struct Solution {
    pub(super) parts: Vec<(usize, usize, u64)>,
    pub(super) total: u64,
}

/// The best use of the lots in `mask`.
pub(super) fn solve(prepared: &Prepared<'_>, mask: LotSet) -> Solution {
    let active: Vec<usize> = (0..prepared.rows.len())
        .filter(|at| bit(*at) & mask != 0 && prepared.rows.get(*at).is_some_and(|row| row.open))
        .collect();
    let mask = active.iter().fold(0, |mask, at| mask | bit(*at));
    if mask == 0 || prepared.amount == 0 {
        return Solution::default();
    }
    let plan = Plan::new(prepared, &active, mask);
    Built::new(prepared, &plan).solution(prepared, &plan)
}

/// Lots that are alike for every line.
#[derive(Debug)]
struct Group {
    /// Places of its lots, in order.
    lots: Vec<usize>,
    covered: LineSet,
    /// Item limits on these lots alone, widest first, nested or disjoint.
    limits: Vec<(LineSet, u64)>,
    /// What is left of crossing limits, line by line.
    lines: BTreeMap<usize, u64>,
}

/// The limits, sorted into the places where the network can take them.
#[derive(Debug)]
struct Plan {
    /// Most that each lot may pay, in order: (place, amount).
    lots: BTreeMap<usize, u64>,
    /// Limits over lots, widest first, nested or disjoint.
    purses: Vec<(LotSet, u64)>,
    groups: Vec<Group>,
    /// Limits over lines for all lots, widest first, nested or disjoint.
    shared: Vec<(LineSet, u64)>,
    /// Most that may be paid of a line.
    line_most: BTreeMap<usize, u64>,
}

impl Plan {
    fn new(prepared: &Prepared<'_>, active: &[usize], mask: LotSet) -> Self {
        let limits = prepared.limits(mask);
        let available = |at: &usize| prepared.rows.get(*at).map_or(0, |row| row.lot.available);
        let lots = active.iter().map(|at| (*at, available(at))).collect();
        let mut plan = Self {
            lots,
            purses: Vec::new(),
            groups: Vec::new(),
            shared: Vec::new(),
            line_most: BTreeMap::new(),
        };
        plan.take_purses(&limits);
        let item_limits: Vec<Limit> =
            limits.iter().copied().filter(|limit| limit.lines.is_some()).collect();
        let (shared, own): (Vec<Limit>, Vec<Limit>) =
            item_limits.into_iter().partition(|limit| limit.lots == mask);
        plan.take_shared(prepared, &shared);
        plan.make_groups(prepared, active, &own);
        plan.take_own(prepared, &own);
        plan
    }

    fn take_purses(&mut self, limits: &[Limit]) {
        let mut sets: Vec<(LotSet, u64)> = limits
            .iter()
            .filter(|limit| limit.lines.is_none())
            .map(|limit| (limit.lots, limit.room))
            .collect();
        sets.sort_by_key(|(lots, _)| core::cmp::Reverse(lots.count_ones()));
        for (lots, room) in sets {
            let fits =
                self.purses.iter().all(|(other, _)| lots & other == 0 || lots & other == lots);
            if fits {
                self.purses.push((lots, room));
            } else {
                let mut left = room;
                for (_, most) in self.lots.iter_mut().filter(|(at, _)| bit(**at) & lots != 0) {
                    *most = left.min(*most);
                    left = left.saturating_sub(*most);
                }
            }
        }
    }

    fn take_shared(&mut self, prepared: &Prepared<'_>, limits: &[Limit]) {
        for (lines, room) in widest_first(limits) {
            if fits(&self.shared, &lines) {
                self.shared.push((lines, room));
            } else {
                hand_out(prepared, &mut self.line_most, &lines, room);
            }
        }
    }

    fn make_groups(&mut self, prepared: &Prepared<'_>, active: &[usize], own: &[Limit]) {
        let mut groups: BTreeMap<(LineSet, Vec<bool>), usize> = BTreeMap::new();
        for at in active {
            let covered = prepared.rows.get(*at).map(|row| row.covered).unwrap_or_default();
            let member = own.iter().map(|limit| limit.lots & bit(*at) != 0).collect();
            let next = self.groups.len();
            let group = *groups.entry((covered, member)).or_insert(next);
            if group == next {
                self.groups.push(Group {
                    lots: Vec::new(),
                    covered,
                    limits: Vec::new(),
                    lines: BTreeMap::new(),
                });
            }
            if let Some(group) = self.groups.get_mut(group) {
                group.lots.push(*at);
            }
        }
    }

    /// Gives each item limit to the group it binds; one that binds several is handed out in order.
    fn take_own(&mut self, prepared: &Prepared<'_>, own: &[Limit]) {
        for (lots, lines, room) in own_widest_first(own) {
            let mut left = room;
            for group in &mut self.groups {
                if !group.lots.iter().any(|at| bit(*at) & lots != 0) {
                    continue;
                }
                let lines = lines.and(&group.covered);
                if lines.is_empty() {
                    continue;
                }
                let lots = group.lots.iter().filter_map(|at| self.lots.get(at));
                let most = lots.fold(0_u64, |sum, most| sum.saturating_add(*most));
                let most = most.min(value(prepared, &lines)).min(left);
                left = left.saturating_sub(most);
                if fits(&group.limits, &lines) {
                    group.limits.push((lines, most));
                } else {
                    hand_out(prepared, &mut group.lines, &lines, most);
                }
            }
        }
    }
}

fn widest_first(limits: &[Limit]) -> Vec<(LineSet, u64)> {
    let mut sets: Vec<_> =
        limits.iter().filter_map(|limit| limit.lines.map(|lines| (lines, limit.room))).collect();
    sets.sort_by_key(|(lines, _)| core::cmp::Reverse(lines.len()));
    sets
}

fn own_widest_first(limits: &[Limit]) -> Vec<(LotSet, LineSet, u64)> {
    let own =
        limits.iter().filter_map(|limit| limit.lines.map(|lines| (limit.lots, lines, limit.room)));
    let mut sets: Vec<_> = own.collect();
    sets.sort_by_key(|(_, lines, _)| core::cmp::Reverse(lines.len()));
    sets
}

/// Is the set nested in or disjoint from all (wider) ones taken before?
fn fits(taken: &[(LineSet, u64)], lines: &LineSet) -> bool {
    taken.iter().all(|(other, _)| {
        let both = lines.and(other);
        both.is_empty() || both == *lines
    })
}

/// Hands a crossing limit out, line after line.
fn hand_out(prepared: &Prepared<'_>, most: &mut BTreeMap<usize, u64>, lines: &LineSet, room: u64) {
    let mut left = room;
    for (at, line) in prepared.lines.iter().enumerate().filter(|(at, _)| lines.contains(*at)) {
        let most = most.entry(at).or_insert(line.amount);
        *most = left.min(*most);
        left = left.saturating_sub(*most);
    }
}

fn value(prepared: &Prepared<'_>, lines: &LineSet) -> u64 {
    let inside = prepared.lines.iter().enumerate().filter(|(at, _)| lines.contains(*at));
    inside.fold(0, |sum, (_, line)| sum.saturating_add(line.amount))
}

/// Lines that every limit and every group treats alike.
#[derive(Debug)]
struct Class {
    lines: Vec<usize>,
    amount: u128,
}

impl Class {
    /// Any of its lines stands for all.
    fn first(&self) -> usize {
        self.lines.first().copied().unwrap_or(0)
    }
}

/// The network and where its answers stand.
#[derive(Debug)]
struct Built {
    net: Network,
    source: Node,
    sink: Node,
    /// (place, arc), in order.
    lots: Vec<(usize, Arc)>,
    /// (group, class, arc), in order.
    uses: Vec<(usize, usize, Arc)>,
    classes: Vec<Class>,
}

impl Built {
    fn new(prepared: &Prepared<'_>, plan: &Plan) -> Self {
        let mut net = Network::default();
        let (source, sink) = (net.node(), net.node());
        let classes = classes(prepared, plan);
        let class_nodes = lines_side(&mut net, sink, prepared, plan, &classes);
        let class_nodes: Vec<(usize, Node)> =
            classes.iter().map(Class::first).zip(class_nodes).collect();
        let mut uses = Vec::new();
        let mut group_of = BTreeMap::new();
        for (at, group) in plan.groups.iter().enumerate() {
            let node = net.node();
            group_of.extend(group.lots.iter().map(|lot| (*lot, node)));
            let arcs = group_side(&mut net, node, group, &class_nodes);
            uses.extend(arcs.into_iter().map(|(class, arc)| (at, class, arc)));
        }
        let lots = lots_side(&mut net, source, plan, &group_of);
        Self { net, source, sink, lots, uses, classes }
    }

    fn solution(mut self, prepared: &Prepared<'_>, plan: &Plan) -> Solution {
        self.net.fill(self.source, self.sink);
        for (_, arc) in &self.lots {
            self.net.raise(*arc);
        }
        if self.uses.len() > 1 {
            for (_, _, arc) in &self.uses {
                self.net.raise(*arc);
            }
        }
        let mut lot_left: BTreeMap<usize, u128> =
            self.lots.iter().map(|(at, arc)| (*at, self.net.flow(*arc))).collect();
        let mut line_left: Vec<u64> = prepared.lines.iter().map(|line| line.amount).collect();
        let mut parts = Vec::new();
        for (group, class, arc) in &self.uses {
            let mut left = self.net.flow(*arc);
            let lots =
                plan.groups.get(*group).map(|group| group.lots.as_slice()).unwrap_or_default();
            let lines =
                self.classes.get(*class).map(|class| class.lines.as_slice()).unwrap_or_default();
            for lot in lots {
                for line in lines {
                    let (Some(lot_left), Some(line_left)) =
                        (lot_left.get_mut(lot), line_left.get_mut(*line))
                    else {
                        continue;
                    };
                    let amount = left.min(*lot_left).min(u128::from(*line_left));
                    let amount = u64::try_from(amount).unwrap_or(u64::MAX);
                    if amount > 0 {
                        left = left.saturating_sub(u128::from(amount));
                        *lot_left = lot_left.saturating_sub(u128::from(amount));
                        *line_left = line_left.saturating_sub(amount);
                        parts.push((*lot, *line, amount));
                    }
                }
            }
        }
        parts.sort_unstable();
        let total = parts.iter().fold(0_u64, |sum, (_, _, amount)| sum.saturating_add(*amount));
        Solution { parts, total }
    }
}

/// Merges lines that are alike; those with an allowance of their own stay apart.
fn classes(prepared: &Prepared<'_>, plan: &Plan) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
    for (at, line) in prepared.lines.iter().enumerate() {
        let most = plan.line_most.get(&at).copied().unwrap_or(line.amount);
        let apart = plan.line_most.contains_key(&at)
            || plan.groups.iter().any(|group| group.lines.contains_key(&at));
        let mut alike: Vec<bool> =
            plan.shared.iter().map(|(lines, _)| lines.contains(at)).collect();
        for group in &plan.groups {
            alike.push(group.covered.contains(at));
            alike.extend(group.limits.iter().map(|(lines, _)| lines.contains(at)));
        }
        let next = classes.len();
        let class = if apart { next } else { *known.entry(alike).or_insert(next) };
        match classes.get_mut(class) {
            Some(class) => {
                class.lines.push(at);
                class.amount = class.amount.saturating_add(u128::from(most));
            }
            None => classes.push(Class { lines: vec![at], amount: u128::from(most) }),
        }
    }
    classes
}

/// Classes, limits over lines, and the amount itself. Returns the node of each class.
fn lines_side(
    net: &mut Network,
    sink: Node,
    prepared: &Prepared<'_>,
    plan: &Plan,
    classes: &[Class],
) -> Vec<Node> {
    let all = net.node();
    net.arc(all, sink, u128::from(prepared.amount));
    let mut taken: Vec<(LineSet, Node)> = Vec::new();
    for (lines, room) in &plan.shared {
        let parent = innermost(&taken, |set| set.and(lines) == *lines).unwrap_or(all);
        let node = net.node();
        net.arc(node, parent, u128::from(*room));
        taken.push((*lines, node));
    }
    let mut nodes = Vec::new();
    for class in classes {
        let first = class.first();
        let parent = innermost(&taken, |set| set.contains(first)).unwrap_or(all);
        let node = net.node();
        net.arc(node, parent, class.amount);
        nodes.push(node);
    }
    nodes
}

/// One group's own item limits, down to the classes it covers: (class, arc), in order.
fn group_side(
    net: &mut Network,
    node: Node,
    group: &Group,
    classes: &[(usize, Node)],
) -> Vec<(usize, Arc)> {
    let mut taken: Vec<(LineSet, Node)> = Vec::new();
    for (lines, room) in &group.limits {
        let parent = innermost(&taken, |set| set.and(lines) == *lines).unwrap_or(node);
        let inner = net.node();
        net.arc(parent, inner, u128::from(*room));
        taken.push((*lines, inner));
    }
    let mut arcs = Vec::new();
    for (at, (first, class)) in classes.iter().enumerate() {
        if group.covered.contains(*first) {
            let parent = innermost(&taken, |set| set.contains(*first)).unwrap_or(node);
            let most = group.lines.get(first).map_or(UNBOUNDED, |most| u128::from(*most));
            arcs.push((at, net.arc(parent, *class, most)));
        }
    }
    arcs
}

/// Purses over lots, lots into their groups. Returns the arc of each lot, in order.
fn lots_side(
    net: &mut Network,
    source: Node,
    plan: &Plan,
    group_of: &BTreeMap<usize, Node>,
) -> Vec<(usize, Arc)> {
    let mut taken: Vec<(LotSet, Node)> = Vec::new();
    for (lots, room) in &plan.purses {
        let parent = innermost(&taken, |set| set & lots == *lots).unwrap_or(source);
        let node = net.node();
        net.arc(parent, node, u128::from(*room));
        taken.push((*lots, node));
    }
    let mut arcs = Vec::new();
    for (at, most) in &plan.lots {
        let parent = innermost(&taken, |set| set & bit(*at) != 0).unwrap_or(source);
        if let Some(group) = group_of.get(at) {
            arcs.push((*at, net.arc(parent, *group, u128::from(*most))));
        }
    }
    arcs
}

/// The node of the narrowest set that fits: sets were taken widest first.
fn innermost<S>(taken: &[(S, Node)], fits: impl Fn(&S) -> bool) -> Option<Node> {
    taken.iter().rev().find(|(set, _)| fits(set)).map(|(_, node)| *node)
}
