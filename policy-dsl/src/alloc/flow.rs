//! Maximum flow on a small network, and the raising of single arcs at the same total.

/// A node.
pub(super) type Node = usize;

/// An arc; its reverse has the other parity.
pub(super) type Arc = usize;

/// No arc.
const NONE: Arc = Arc::MAX;

/// A directed network with residual capacities. No flow of it may exceed a 64-bit amount in all.
#[derive(Debug, Default)]
pub(super) struct Network {
    arcs: Vec<Half>,
    nodes: Vec<Spot>,
    queue: Vec<Node>,
    /// Which search is going on: what earlier ones left behind counts for nothing.
    search: u32,
}

#[derive(Clone, Copy, Debug)]
struct Half {
    to: Node,
    left: u64,
    /// The next arc out of the same node.
    next: Arc,
    frozen: bool,
}

#[derive(Clone, Copy, Debug)]
struct Spot {
    /// The first arc out of the node.
    first: Arc,
    /// The arc to look at next.
    cursor: Arc,
    /// The search that has seen it last.
    seen: u32,
    /// How far it is from where the search began.
    level: u32,
    /// The arc by which the search came.
    came_by: Arc,
}

impl Network {
    pub(super) fn node(&mut self) -> Node {
        self.nodes.push(Spot { first: NONE, cursor: NONE, seen: 0, level: 0, came_by: NONE });
        self.nodes.len().saturating_sub(1)
    }

    pub(super) fn arc(&mut self, from: Node, to: Node, capacity: u64) -> Arc {
        let arc = self.arcs.len();
        self.half(from, to, capacity);
        self.half(to, from, 0);
        arc
    }

    fn half(&mut self, from: Node, to: Node, left: u64) {
        let arc = self.arcs.len();
        let Some(spot) = self.nodes.get_mut(from) else { return };
        let next = core::mem::replace(&mut spot.first, arc);
        self.arcs.push(Half { to, left, next, frozen: false });
    }

    /// The flow on an arc.
    pub(super) fn flow(&self, arc: Arc) -> u64 {
        self.left(arc ^ 1)
    }

    /// Sends as much as can be sent on top of what flows already: along all shortest paths at once, until there is none.
    pub(super) fn fill(&mut self, from: Node, to: Node) {
        while self.reach(from, to) {
            for spot in &mut self.nodes {
                spot.cursor = spot.first;
            }
            self.send(from, to, u64::MAX);
        }
    }

    /// Sends at most so much from a node along arcs that lead away from where the search began. No deeper than levels.
    fn send(&mut self, node: Node, to: Node, most: u64) -> u64 {
        if node == to {
            return most;
        }
        let mut sent = 0_u64;
        while let Some(spot) = self.nodes.get(node).copied() {
            let Some(half) = self.arcs.get(spot.cursor).copied() else { break };
            let ahead = self.nodes.get(half.to).is_some_and(|next| {
                next.seen == self.search && next.level == spot.level.saturating_add(1)
            });
            if half.left > 0 && !half.frozen && ahead {
                let more = self.send(half.to, to, half.left.min(most.saturating_sub(sent)));
                self.shift(spot.cursor, more);
                sent = sent.saturating_add(more);
                if sent == most {
                    break;
                }
            }
            if let Some(spot) = self.nodes.get_mut(node) {
                spot.cursor = half.next;
            }
        }
        sent
    }

    /// Raises the flow on `arc` as far as the total and all frozen arcs allow, then freezes it.
    pub(super) fn raise(&mut self, arc: Arc) {
        let (Some(head), Some(tail)) = (self.end(arc), self.end(arc ^ 1)) else {
            return;
        };
        let mut room = self.left(arc);
        self.freeze(arc);
        while room > 0 && self.reach(head, tail) {
            let pushed = self.push(head, tail, room);
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

    fn left(&self, arc: Arc) -> u64 {
        self.arcs.get(arc).map_or(0, |half| half.left)
    }

    /// Looks for `to`, breadth first, along arcs with capacity left.
    fn reach(&mut self, from: Node, to: Node) -> bool {
        self.search = self.search.saturating_add(1);
        self.queue.clear();
        self.see(from, 0, NONE);
        let mut at = 0_usize;
        while let Some(node) = self.queue.get(at).copied() {
            at = at.saturating_add(1);
            let Some(spot) = self.nodes.get(node).copied() else { continue };
            let mut arc = spot.first;
            while let Some(half) = self.arcs.get(arc).copied() {
                if half.left > 0 && !half.frozen {
                    self.see(half.to, spot.level.saturating_add(1), arc);
                    if half.to == to {
                        return true;
                    }
                }
                arc = half.next;
            }
        }
        false
    }

    fn see(&mut self, node: Node, level: u32, came_by: Arc) {
        if let Some(spot) = self.nodes.get_mut(node).filter(|spot| spot.seen != self.search) {
            (spot.seen, spot.level, spot.came_by) = (self.search, level, came_by);
            self.queue.push(node);
        }
    }

    /// Sends at most so much along the path that was found.
    fn push(&mut self, from: Node, to: Node, most: u64) -> u64 {
        let mut amount = most;
        let mut node = to;
        while node != from {
            let Some(arc) = self.nodes.get(node).map(|spot| spot.came_by) else { return 0 };
            let Some(before) = self.end(arc ^ 1) else { return 0 };
            amount = amount.min(self.left(arc));
            node = before;
        }
        node = to;
        while node != from {
            let Some(arc) = self.nodes.get(node).map(|spot| spot.came_by) else { return 0 };
            self.shift(arc, amount);
            node = self.end(arc ^ 1).unwrap_or(from);
        }
        amount
    }

    fn shift(&mut self, arc: Arc, amount: u64) {
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

    const UNBOUNDED: u64 = 1 << 60;

    /// Builds a network from (from, to, capacity) and fills it from node 0 to node 1.
    fn filled(arcs: &[(Node, Node, u64)]) -> (Network, Vec<Arc>) {
        let mut net = Network::default();
        for _ in 0..8 {
            net.node();
        }
        let made = arcs.iter().map(|(from, to, most)| net.arc(*from, *to, *most)).collect();
        net.fill(0, 1);
        (net, made)
    }

    #[track_caller]
    fn check(arcs: &[(Node, Node, u64)], raised: &[usize], flows: &[u64]) {
        let (mut net, made) = filled(arcs);
        for at in raised {
            net.raise(made[*at]);
        }
        let found: Vec<u64> = raised.iter().map(|at| net.flow(made[*at])).collect();
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
