//! The exact allocation: limits as a network, the greatest total, then the first lots, then the first lines.
//!
//! Limits over lots form a tree on one side, limits over lines a tree on the other; the lots of equal coverage and
//! equal item limits stand between. What does not fit that shape (an item limit shared by lots of different coverage,
//! or sets that cross) is handed out in order beforehand: never above a limit, but not always the greatest total.

use super::direct::direct;
use super::flow::{Arc, Network, Node};
use super::lines::{LineSet, LotSet, bit};
use super::plan::{Group, Plan};
use super::prepare::Prepared;

/// Parts of a payment: (place in the order, line, amount), in that order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Solution {
    pub(super) parts: Vec<(usize, usize, u64)>,
    pub(super) total: u64,
}

/// The best use of the lots in `mask`.
pub(super) fn solve(prepared: &Prepared<'_>, mask: LotSet) -> Solution {
    let mask = prepared.active(mask).fold(0, |mask, (bit, _)| mask | bit);
    if mask == 0 || prepared.amount == 0 {
        return Solution::default();
    }
    let mut limits = prepared.limits(mask);
    if let Some(solution) = direct(prepared, mask, &mut limits) {
        return solution;
    }
    let plan = Plan::new(prepared, mask, &limits);
    Built::new(prepared, &plan).solution(prepared, &plan)
}

/// The same by the network, however simple it is.
#[cfg(test)]
pub(super) fn solve_by_network(prepared: &Prepared<'_>, mask: LotSet) -> Solution {
    let mask = prepared.active(mask).fold(0, |mask, (bit, _)| mask | bit);
    if mask == 0 || prepared.amount == 0 {
        return Solution::default();
    }
    let plan = Plan::new(prepared, mask, &prepared.limits(mask));
    Built::new(prepared, &plan).solution(prepared, &plan)
}

/// Lines that every limit and every group treats alike.
#[derive(Debug)]
struct Class {
    lines: Vec<usize>,
    amount: u64,
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
        // No arc can carry more than the payment, so capacities above it say nothing and sums stay within 64 bits.
        let whole = prepared.amount;
        let mut net = Network::default();
        let (source, sink) = (net.node(), net.node());
        let classes = classes(prepared, plan);
        let class_nodes = lines_side(&mut net, sink, whole, plan, &classes);
        let class_nodes: Vec<(usize, Node)> =
            classes.iter().map(Class::first).zip(class_nodes).collect();
        let mut uses = Vec::new();
        let mut group_of: Vec<(usize, Node)> = Vec::new();
        for (at, group) in plan.groups.iter().enumerate() {
            let node = net.node();
            group_of.extend(group.lots.iter().map(|lot| (*lot, node)));
            let arcs = group_side(&mut net, (node, whole), group, &class_nodes);
            uses.extend(arcs.into_iter().map(|(class, arc)| (at, class, arc)));
        }
        group_of.sort_unstable();
        let lots = lots_side(&mut net, (source, whole), plan, &group_of);
        Self { net, source, sink, lots, uses, classes }
    }

    fn solution(mut self, prepared: &Prepared<'_>, plan: &Plan) -> Solution {
        self.net.fill(self.source, self.sink);
        self.raise_lots();
        self.raise_uses(plan);
        self.parts(prepared, plan)
    }

    /// The first lots as much as the total allows.
    fn raise_lots(&mut self) {
        let mut later =
            self.lots.iter().fold(0, |sum, (_, arc)| self.net.flow(*arc).saturating_add(sum));
        for (_, arc) in &self.lots {
            later = later.saturating_sub(self.net.flow(*arc));
            // The total stays: what one lot gains a later one must lose.
            if later == 0 {
                self.net.freeze(*arc);
                continue;
            }
            let before = self.net.flow(*arc);
            self.net.raise(*arc);
            later = later.saturating_sub(self.net.flow(*arc).saturating_sub(before));
        }
    }

    /// The first lines of the first groups as much as the use of the lots allows.
    fn raise_uses(&mut self, plan: &Plan) {
        if self.uses.len() < 2 {
            return;
        }
        let mut later = vec![0_u64; plan.groups.len()];
        for (group, _, arc) in &self.uses {
            if let Some(later) = later.get_mut(*group) {
                *later = later.saturating_add(self.net.flow(*arc));
            }
        }
        for (group, _, arc) in &self.uses {
            let Some(later) = later.get_mut(*group) else { continue };
            *later = later.saturating_sub(self.net.flow(*arc));
            // The lots of the group pay what they pay: what one class gains a later one must lose.
            if *later == 0 {
                self.net.freeze(*arc);
                continue;
            }
            let before = self.net.flow(*arc);
            self.net.raise(*arc);
            *later = later.saturating_sub(self.net.flow(*arc).saturating_sub(before));
        }
    }

    /// Which lot pays which line: within a group and a class the first lots the first lines.
    fn parts(self, prepared: &Prepared<'_>, plan: &Plan) -> Solution {
        let mut lot_left = vec![0_u64; prepared.rows.len()];
        for (at, arc) in &self.lots {
            if let Some(left) = lot_left.get_mut(*at) {
                *left = self.net.flow(*arc);
            }
        }
        let mut line_left: Vec<u64> = prepared.lines.iter().map(|line| line.amount).collect();
        let mut parts = Vec::new();
        for (group, class, arc) in &self.uses {
            let mut left = self.net.flow(*arc);
            let (Some(group), Some(class)) = (plan.groups.get(*group), self.classes.get(*class))
            else {
                continue;
            };
            for lot in &group.lots {
                let Some(lot_left) = lot_left.get_mut(*lot) else { continue };
                for line in &class.lines {
                    if left == 0 || *lot_left == 0 {
                        break;
                    }
                    let Some(line_left) = line_left.get_mut(*line) else { continue };
                    let amount = left.min(*lot_left).min(*line_left);
                    if amount > 0 {
                        left = left.saturating_sub(amount);
                        *lot_left = lot_left.saturating_sub(amount);
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
    let shared = plan.shared.iter().map(|(lines, _)| *lines);
    let own = plan.groups.iter().flat_map(|group| {
        [group.covered].into_iter().chain(group.limits.iter().map(|(lines, _)| *lines))
    });
    let mut sets: Vec<LineSet> = shared.chain(own).collect();
    sets.sort_unstable();
    sets.dedup();
    // The class of each line: split by one set after another.
    let mut class_of = vec![0_usize; prepared.lines.len()];
    let mut count = 1_usize;
    for set in &sets {
        let mut split: Vec<[Option<usize>; 2]> = vec![[None; 2]; count];
        let mut next = 0_usize;
        for (line, class) in class_of.iter_mut().enumerate() {
            let side = usize::from(set.contains(line));
            let Some(new) = split.get_mut(*class).and_then(|sides| sides.get_mut(side)) else {
                continue;
            };
            *class = *new.get_or_insert_with(|| {
                next = next.saturating_add(1);
                next.saturating_sub(1)
            });
        }
        count = next;
    }
    let mut classes: Vec<Class> = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; count];
    for ((at, line), class) in prepared.lines.iter().enumerate().zip(&class_of) {
        let most = plan.line_most.get(&at).copied().unwrap_or(line.amount);
        let apart = plan.line_most.contains_key(&at)
            || plan.groups.iter().any(|group| group.lines.contains_key(&at));
        let known = places.get_mut(*class).filter(|_| !apart);
        let place = known.map_or(classes.len(), |known| *known.get_or_insert(classes.len()));
        match classes.get_mut(place) {
            Some(class) => {
                class.lines.push(at);
                class.amount = class.amount.saturating_add(most);
            }
            None => classes.push(Class { lines: vec![at], amount: most }),
        }
    }
    classes
}

/// Classes, limits over lines, and the amount itself. Returns the node of each class.
fn lines_side(
    net: &mut Network,
    sink: Node,
    whole: u64,
    plan: &Plan,
    classes: &[Class],
) -> Vec<Node> {
    let all = net.node();
    net.arc(all, sink, whole);
    let mut taken: Vec<(LineSet, Node)> = Vec::new();
    for (lines, room) in &plan.shared {
        let parent = innermost(&taken, |set| set.and(lines) == *lines).unwrap_or(all);
        let node = net.node();
        net.arc(node, parent, whole.min(*room));
        taken.push((*lines, node));
    }
    let mut nodes = Vec::new();
    for class in classes {
        let first = class.first();
        let parent = innermost(&taken, |set| set.contains(first)).unwrap_or(all);
        let node = net.node();
        net.arc(node, parent, whole.min(class.amount));
        nodes.push(node);
    }
    nodes
}

/// One group's own item limits, down to the classes it covers: (class, arc), in order.
fn group_side(
    net: &mut Network,
    (node, whole): (Node, u64),
    group: &Group,
    classes: &[(usize, Node)],
) -> Vec<(usize, Arc)> {
    let mut taken: Vec<(LineSet, Node)> = Vec::new();
    for (lines, room) in &group.limits {
        let parent = innermost(&taken, |set| set.and(lines) == *lines).unwrap_or(node);
        let inner = net.node();
        net.arc(parent, inner, whole.min(*room));
        taken.push((*lines, inner));
    }
    let mut arcs = Vec::new();
    for (at, (first, class)) in classes.iter().enumerate() {
        if group.covered.contains(*first) {
            let parent = innermost(&taken, |set| set.contains(*first)).unwrap_or(node);
            let most = group.lines.get(first).map_or(whole, |most| whole.min(*most));
            arcs.push((at, net.arc(parent, *class, most)));
        }
    }
    arcs
}

/// Purses over lots, lots into their groups. Returns the arc of each lot, in order.
fn lots_side(
    net: &mut Network,
    (source, whole): (Node, u64),
    plan: &Plan,
    group_of: &[(usize, Node)],
) -> Vec<(usize, Arc)> {
    let mut taken: Vec<(LotSet, Node)> = Vec::new();
    for (lots, room) in &plan.purses {
        let parent = innermost(&taken, |set| set & lots == *lots).unwrap_or(source);
        let node = net.node();
        net.arc(parent, node, whole.min(*room));
        taken.push((*lots, node));
    }
    let mut arcs = Vec::new();
    for ((at, most), (_, group)) in plan.lots.iter().zip(group_of) {
        let parent = innermost(&taken, |set| set & bit(*at) != 0).unwrap_or(source);
        arcs.push((*at, net.arc(parent, *group, whole.min(*most))));
    }
    arcs
}

/// The node of the narrowest set that fits: sets were taken widest first.
fn innermost<S>(taken: &[(S, Node)], fits: impl Fn(&S) -> bool) -> Option<Node> {
    taken.iter().rev().find(|(set, _)| fits(set)).map(|(_, node)| *node)
}
