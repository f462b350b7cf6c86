//! Maximum flow on a small network, and the raising of single arcs at the same total.

use std::collections::VecDeque;

/// As good as unbounded: above any sum of 64-bit amounts, and far from overflow.
pub(super) const UNBOUNDED: u128 = 1 << 100;

/// A node.
pub(super) type Node = usize;

/// An arc; its reverse has the other parity.
pub(super) type Arc = usize;

/// A directed network with residual capacities.
#[derive(Debug, Default)]
pub(super) struct Network {
    arcs: Vec<Half>,
    out: Vec<Vec<Arc>>,
}

#[derive(Clone, Copy, Debug)]
struct Half {
    to: Node,
    left: u128,
    frozen: bool,
}

impl Network {
    pub(super) fn node(&mut self) -> Node {
        self.out.push(Vec::new());
        self.out.len().saturating_sub(1)
    }

    pub(super) fn arc(&mut self, from: Node, to: Node, capacity: u128) -> Arc {
        let arc = self.arcs.len();
        self.arcs.push(Half { to, left: capacity, frozen: false });
        self.arcs.push(Half { to: from, left: 0, frozen: false });
        for (node, half) in [(from, arc), (to, arc ^ 1)] {
            if let Some(out) = self.out.get_mut(node) {
                out.push(half);
            }
        }
        arc
    }

    /// The flow on an arc.
    pub(super) fn flow(&self, arc: Arc) -> u128 {
        self.left(arc ^ 1)
    }

    /// Sends as much as can be sent on top of what flows already.
    pub(super) fn fill(&mut self, from: Node, to: Node) {
        while let Some(path) = self.path(from, to) {
            self.push(&path);
        }
    }

    /// Raises the flow on `arc` as far as the total and all frozen arcs allow, then freezes it.
    pub(super) fn raise(&mut self, arc: Arc) {
        let (Some(head), Some(tail)) = (self.end(arc), self.end(arc ^ 1)) else {
            return;
        };
        let left = self.left(arc);
        self.freeze(arc);
        let mut room = left;
        while room > 0 {
            let Some(path) = self.path(head, tail) else { break };
            let pushed = self.push_at_most(&path, room);
            self.shift(arc, pushed);
            room = room.saturating_sub(pushed);
        }
    }

    /// Keeps the flow on `arc` as it is.
    pub(super) fn freeze(&mut self, arc: Arc) {
        for half in [arc, arc ^ 1] {
            if let Some(half) = self.arcs.get_mut(half) {
                half.frozen = true;
            }
        }
    }

    fn end(&self, arc: Arc) -> Option<Node> {
        self.arcs.get(arc).map(|half| half.to)
    }

    fn left(&self, arc: Arc) -> u128 {
        self.arcs.get(arc).map_or(0, |half| half.left)
    }

    /// A shortest path of arcs with capacity left; breadth first, arcs in the order in which they were made.
    fn path(&self, from: Node, to: Node) -> Option<Vec<Arc>> {
        let mut came_by: Vec<Option<Arc>> = vec![None; self.out.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for arc in self.out.get(node)? {
                let half = self.arcs.get(*arc)?;
                let seen = came_by.get_mut(half.to)?;
                if half.left == 0 || half.frozen || seen.is_some() || half.to == from {
                    continue;
                }
                *seen = Some(*arc);
                if half.to == to {
                    return self.trace(&came_by, from, to);
                }
                queue.push_back(half.to);
            }
        }
        None
    }

    fn trace(&self, came_by: &[Option<Arc>], from: Node, to: Node) -> Option<Vec<Arc>> {
        let mut path = Vec::new();
        let mut node = to;
        while node != from {
            let arc = came_by.get(node).copied().flatten()?;
            path.push(arc);
            node = self.end(arc ^ 1)?;
        }
        Some(path)
    }

    fn push(&mut self, path: &[Arc]) {
        self.push_at_most(path, UNBOUNDED);
    }

    fn push_at_most(&mut self, path: &[Arc], most: u128) -> u128 {
        let amount = path.iter().map(|arc| self.left(*arc)).min().unwrap_or(0).min(most);
        for arc in path {
            self.shift(*arc, amount);
        }
        amount
    }

    fn shift(&mut self, arc: Arc, amount: u128) {
        if let Some(half) = self.arcs.get_mut(arc) {
            half.left = half.left.saturating_sub(amount);
        }
        if let Some(half) = self.arcs.get_mut(arc ^ 1) {
            half.left = half.left.saturating_add(amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a network from (from, to, capacity) and fills it from node 0 to node 1.
    fn filled(arcs: &[(Node, Node, u128)]) -> (Network, Vec<Arc>) {
        let mut net = Network::default();
        for _ in 0..8 {
            net.node();
        }
        let made = arcs.iter().map(|(from, to, most)| net.arc(*from, *to, *most)).collect();
        net.fill(0, 1);
        (net, made)
    }

    #[track_caller]
    fn check(arcs: &[(Node, Node, u128)], raised: &[usize], flows: &[u128]) {
        let (mut net, made) = filled(arcs);
        for at in raised {
            net.raise(made[*at]);
        }
        let found: Vec<u128> = raised.iter().map(|at| net.flow(made[*at])).collect();
        assert_eq!(found, flows);
    }

    #[test]
    fn a_later_source_reroutes_an_earlier_one_without_taking_from_it() {
        // Lot 2 can pay lines 4 and 5, lot 3 only line 4.
        let lots =
            [(0, 2, 10), (0, 3, 10), (2, 4, UNBOUNDED), (2, 5, UNBOUNDED), (3, 4, UNBOUNDED)];
        let arcs: Vec<_> = lots.into_iter().chain([(4, 1, 10), (5, 1, 10)]).collect();
        check(&arcs, &[0, 1], &[10, 10]);
    }

    #[test]
    fn raising_keeps_the_total() {
        // One purse of 10 over lots 3 and 4; lot 5 can only pay line 6. The total of 20 needs lot 3 to give way.
        let lots = [(2, 3, 10), (2, 4, 10), (0, 5, 10), (0, 2, 10), (3, 6, UNBOUNDED)];
        let rest = [(4, 7, UNBOUNDED), (5, 6, UNBOUNDED), (6, 1, 10), (7, 1, 10)];
        let arcs: Vec<_> = lots.into_iter().chain(rest).collect();
        check(&arcs, &[0, 1, 2], &[0, 10, 10]);
    }
}
