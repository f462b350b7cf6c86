//! Reduced ordered multi-way diagrams with shared nodes: the same set of payments is always the same [`Diagram`].
//!
//! A node asks one dimension and has one edge for each of its cells. Nodes whose edges all lead to the same place are
//! left out and equal nodes are shared, so equality of sets is equality of two numbers.

mod table;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use table::{Found, Table, mix};

/// The most nodes of one study. Beyond it the answer is [`TooLarge`], never a wrong one.
pub const NODES_MAX: usize = 100_000;

/// The most edges of one study: bounds memory where dimensions have very many cells.
pub const EDGES_MAX: usize = 4_000_000;

/// The most dimensions of one study: bounds the depth of a diagram.
pub const DIMENSIONS_MAX: usize = 512;

/// The most steps of one study: bounds the time a hostile policy can take to seconds.
pub const STEPS_MAX: usize = 2_000_000;

/// The question needs more nodes, edges, dimensions or steps than are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// A set of payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagram(u32);

impl Diagram {
    /// The empty set.
    pub const NOTHING: Self = Self(0);
    /// The set of everything.
    pub const EVERYTHING: Self = Self(1);

    /// Is it the empty set?
    pub fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    fn is_leaf(self) -> bool {
        self.0 < 2
    }
}

/// Where a condition is true and where it is false; elsewhere it is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Where it is true.
    pub yes: Diagram,
    /// Where it is false.
    pub no: Diagram,
}

impl Pair {
    /// Known nowhere.
    pub const UNKNOWN: Self = Self { yes: Diagram::NOTHING, no: Diagram::NOTHING };

    /// True or false everywhere.
    pub fn constant(value: bool) -> Self {
        let (yes, no) = (Diagram::EVERYTHING, Diagram::NOTHING);
        if value { Self { yes, no } } else { Self { yes: no, no: yes } }
    }

    /// Kleene negation.
    #[must_use]
    pub fn negate(self) -> Self {
        Self { yes: self.no, no: self.yes }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Op {
    And,
    Or,
    Without,
}

impl Op {
    fn number(self) -> u32 {
        match self {
            Self::And => 1,
            Self::Or => 2,
            Self::Without => 3,
        }
    }
}

#[derive(Clone, Debug)]
struct Node {
    dimension: u32,
    edges: Arc<[Diagram]>,
}

/// All nodes of one study.
#[derive(Clone, Debug, Default)]
pub struct Store {
    widths: Vec<usize>,
    nodes: Vec<Node>,
    edges: usize,
    steps: Cell<usize>,
    /// Finds nodes again by what they are.
    unique: Table,
    /// Finds results again by what was asked.
    known: Table,
    results: Vec<((Op, Diagram, Diagram), Diagram)>,
}

impl Store {
    /// An empty store over dimensions with these numbers of cells.
    pub fn new(widths: Vec<usize>) -> Result<Self, TooLarge> {
        if widths.len() > DIMENSIONS_MAX {
            return Err(TooLarge);
        }
        Ok(Self { widths, ..Self::default() })
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Is there no node yet?
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Number of cells of a dimension.
    pub fn width(&self, dimension: usize) -> usize {
        self.widths.get(dimension).copied().unwrap_or(0)
    }

    /// Number of dimensions.
    pub fn dimensions(&self) -> usize {
        self.widths.len()
    }

    /// The payments whose cell in one dimension is chosen.
    pub fn cells(
        &mut self,
        dimension: usize,
        chosen: impl Fn(usize) -> bool,
    ) -> Result<Diagram, TooLarge> {
        let all = 0..self.width(dimension);
        let pick = |cell| if chosen(cell) { Diagram::EVERYTHING } else { Diagram::NOTHING };
        self.node(dimension, all.map(pick).collect())
    }

    /// A node with one edge for each cell; all edges lead to later dimensions.
    pub fn node(&mut self, dimension: usize, edges: Vec<Diagram>) -> Result<Diagram, TooLarge> {
        let Some(first) = edges.first().copied() else { return Ok(Diagram::NOTHING) };
        if edges.iter().all(|edge| *edge == first) {
            return Ok(first);
        }
        let dimension = u32::try_from(dimension).map_err(|_| TooLarge)?;
        let hash = edges.iter().fold(mix(0, dimension), |hash, edge| mix(hash, edge.0));
        let same = |at: usize| {
            let node = self.nodes.get(at);
            node.is_some_and(|node| node.dimension == dimension && *node.edges == *edges)
        };
        match self.unique.find(hash, same) {
            Found::At(at) => return named(at),
            Found::Nowhere => {}
            Found::TooLong => return Err(TooLarge),
        }
        self.edges = self.edges.saturating_add(edges.len());
        if self.nodes.len() >= NODES_MAX || self.edges > EDGES_MAX {
            return Err(TooLarge);
        }
        let at = self.nodes.len();
        self.nodes.push(Node { dimension, edges: Arc::from(edges) });
        self.unique.insert(hash, at);
        named(at)
    }

    /// What is in both.
    pub fn and(&mut self, a: Diagram, b: Diagram) -> Result<Diagram, TooLarge> {
        self.apply(Op::And, a, b)
    }

    /// What is in one or both.
    pub fn or(&mut self, a: Diagram, b: Diagram) -> Result<Diagram, TooLarge> {
        self.apply(Op::Or, a, b)
    }

    /// What is in the first and not in the second.
    pub fn without(&mut self, a: Diagram, b: Diagram) -> Result<Diagram, TooLarge> {
        self.apply(Op::Without, a, b)
    }

    /// What is not in it.
    pub fn not(&mut self, a: Diagram) -> Result<Diagram, TooLarge> {
        self.apply(Op::Without, Diagram::EVERYTHING, a)
    }

    /// Kleene conjunction.
    pub fn both(&mut self, a: Pair, b: Pair) -> Result<Pair, TooLarge> {
        Ok(Pair { yes: self.and(a.yes, b.yes)?, no: self.or(a.no, b.no)? })
    }

    /// Kleene disjunction.
    pub fn either(&mut self, a: Pair, b: Pair) -> Result<Pair, TooLarge> {
        Ok(Pair { yes: self.or(a.yes, b.yes)?, no: self.and(a.no, b.no)? })
    }

    /// The dimension a diagram asks first and where each of its cells leads; `None` for the two constants.
    pub fn open(&self, diagram: Diagram) -> Option<(usize, &[Diagram])> {
        let at = usize::try_from(diagram.0).ok()?.checked_sub(2)?;
        let node = self.nodes.get(at)?;
        Some((usize::try_from(node.dimension).ok()?, &node.edges))
    }

    /// Is the payment with these cells, one for each dimension, in the set?
    pub fn contains(&self, mut diagram: Diagram, cells: &[usize]) -> bool {
        while let Some((dimension, edges)) = self.open(diagram) {
            let cell = cells.get(dimension).copied().unwrap_or(0);
            diagram = edges.get(cell).copied().unwrap_or(Diagram::NOTHING);
        }
        diagram == Diagram::EVERYTHING
    }

    /// Is there nothing that is in all of these? Builds no nodes.
    pub fn exclude_each_other(&self, sets: &[Diagram]) -> Result<bool, TooLarge> {
        self.exclude(sets.to_vec(), &mut BTreeSet::new())
    }

    fn exclude(
        &self,
        mut sets: Vec<Diagram>,
        empty: &mut BTreeSet<Vec<Diagram>>,
    ) -> Result<bool, TooLarge> {
        sets.retain(|set| *set != Diagram::EVERYTHING);
        sets.sort_unstable();
        sets.dedup();
        if sets.first().is_some_and(|set| set.is_nothing()) || empty.contains(&sets) {
            return Ok(true);
        }
        if sets.len() < 2 {
            return Ok(false);
        }
        let open: Vec<(usize, &[Diagram])> =
            sets.iter().filter_map(|set| self.open(*set)).collect();
        let Some(dimension) = open.iter().map(|(dimension, _)| *dimension).min() else {
            return Ok(false);
        };
        self.step()?;
        let mut last = Vec::new();
        for cell in 0..self.width(dimension) {
            let inside = sets.iter().zip(&open).map(|(set, (at, edges))| {
                let edge = edges.get(cell).copied().unwrap_or(Diagram::NOTHING);
                if *at == dimension { edge } else { *set }
            });
            let inside: Vec<Diagram> = inside.collect();
            if inside != last && !self.exclude(inside.clone(), empty)? {
                return Ok(false);
            }
            last = inside;
        }
        if empty.len() >= NODES_MAX {
            return Err(TooLarge);
        }
        empty.insert(sets);
        Ok(true)
    }

    fn apply(&mut self, op: Op, a: Diagram, b: Diagram) -> Result<Diagram, TooLarge> {
        if let Some(known) = shortcut(op, a, b) {
            return Ok(known);
        }
        let (a, b) = if op != Op::Without && b < a { (b, a) } else { (a, b) };
        let hash = mix(mix(u64::from(op.number()), a.0), b.0);
        let same = |at: usize| self.results.get(at).is_some_and(|(asked, _)| *asked == (op, a, b));
        match self.known.find(hash, same) {
            Found::At(at) => return self.results.get(at).map(|(_, found)| *found).ok_or(TooLarge),
            Found::Nowhere => {}
            Found::TooLong => return Err(TooLarge),
        }
        self.step()?;
        let (left, right) = (self.shared(a), self.shared(b));
        let first = |side: &Option<Node>| side.as_ref().map_or(u32::MAX, |node| node.dimension);
        let dimension = first(&left).min(first(&right));
        let width = self.width(usize::try_from(dimension).map_err(|_| TooLarge)?);
        let edge = |side: &Option<Node>, whole: Diagram, cell: usize| match side {
            Some(node) if node.dimension == dimension => {
                node.edges.get(cell).copied().unwrap_or(Diagram::NOTHING)
            }
            _ => whole,
        };
        let mut edges: Vec<Diagram> = Vec::with_capacity(width);
        let mut last = None;
        for cell in 0..width {
            let pair = (edge(&left, a, cell), edge(&right, b, cell));
            let next = match last {
                Some((known, result)) if known == pair => result,
                _ => self.apply(op, pair.0, pair.1)?,
            };
            last = Some((pair, next));
            edges.push(next);
        }
        let result = self.node(usize::try_from(dimension).map_err(|_| TooLarge)?, edges)?;
        if self.results.len() >= NODES_MAX.saturating_mul(8) {
            return Err(TooLarge);
        }
        self.known.insert(hash, self.results.len());
        self.results.push(((op, a, b), result));
        Ok(result)
    }

    fn step(&self) -> Result<(), TooLarge> {
        let steps = self.steps.get().saturating_add(1);
        self.steps.set(steps);
        if steps > STEPS_MAX { Err(TooLarge) } else { Ok(()) }
    }

    fn shared(&self, diagram: Diagram) -> Option<Node> {
        let at = usize::try_from(diagram.0).ok()?.checked_sub(2)?;
        self.nodes.get(at).cloned()
    }
}

/// The set that begins at the node in this place.
fn named(at: usize) -> Result<Diagram, TooLarge> {
    u32::try_from(at.saturating_add(2)).map(Diagram).map_err(|_| TooLarge)
}

/// Answers that need no look at the nodes.
fn shortcut(op: Op, a: Diagram, b: Diagram) -> Option<Diagram> {
    let (none, all) = (Diagram::NOTHING, Diagram::EVERYTHING);
    match op {
        Op::And if a == none || b == none => Some(none),
        Op::And if a == all || a == b => Some(b),
        Op::And if b == all => Some(a),
        Op::Or if a == all || b == all => Some(all),
        Op::Or if a == none || a == b => Some(b),
        Op::Or | Op::Without if b == none => Some(a),
        Op::Without if a == none || b == all || a == b => Some(none),
        Op::Without if a.is_leaf() && b.is_leaf() => Some(if b == none { a } else { none }),
        Op::And | Op::Or | Op::Without => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sets_are_one_diagram() {
        let mut store = Store::new(vec![3, 4, 2]).unwrap();
        let low = store.cells(0, |cell| cell < 2).unwrap();
        let odd = store.cells(1, |cell| cell % 2 == 1).unwrap();
        let one = store.and(low, odd).unwrap();
        let other = store.and(odd, low).unwrap();
        assert_eq!(one, other);
        let back = store.not(one).unwrap();
        assert_eq!(store.not(back).unwrap(), one);
        let (not_low, not_odd) = (store.not(low).unwrap(), store.not(odd).unwrap());
        assert_eq!(store.or(not_low, not_odd).unwrap(), back);
        assert!(store.contains(one, &[1, 3, 0]) && !store.contains(one, &[2, 3, 0]));
        assert_eq!(store.without(one, low).unwrap(), Diagram::NOTHING);
        assert!(store.exclude_each_other(&[one, not_low]).unwrap());
        assert!(!store.exclude_each_other(&[back, low, Diagram::EVERYTHING]).unwrap());
    }

    #[test]
    fn too_many_nodes_is_said_not_guessed() {
        let mut store = Store::new(vec![2; 64]).unwrap();
        let mut all = Diagram::NOTHING;
        let mut failed = false;
        // x0=x32 and x1=x33 and ...: exponential in this order.
        for at in 0..32 {
            let left = store.cells(at, |cell| cell == 1).unwrap();
            let right = store.cells(at + 32, |cell| cell == 1).unwrap();
            let same = store.and(left, right).unwrap();
            let Ok(next) = store.or(all, same) else {
                failed = true;
                break;
            };
            all = next;
        }
        assert!(failed);
        assert_eq!(Store::new(vec![2; 513]).err(), Some(TooLarge));
    }
}
