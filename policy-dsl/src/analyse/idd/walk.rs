//! Walks over diagrams: the nicest payment of a set, its boxes, what it leaves of one dimension, where a payment lies.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::space::Space;
use crate::diagram::{Diagram, Store};
use crate::facts::Fact;

/// One box of a set: for each dimension that matters, the cells that belong to it.
pub(crate) type Cells = Vec<(usize, Vec<usize>)>;

impl Store {
    /// The cells, one for each dimension, of the payment in the set with the least total cost. Ties go to earlier cells.
    pub(crate) fn cheapest(&self, diagram: Diagram, costs: &[Vec<u64>]) -> Option<Vec<usize>> {
        let mut memo = BTreeMap::new();
        self.best(diagram, costs, &mut memo)?;
        let least = |costs: &Vec<u64>| {
            let best = costs.iter().enumerate().min_by_key(|(_, cost)| **cost);
            best.map_or(0, |(cell, _)| cell)
        };
        let mut cells: Vec<usize> = costs.iter().map(least).collect();
        let mut at = diagram;
        while let Some((dimension, edges)) = self.open(at) {
            let (_, cell) = memo.get(&at).copied().flatten()?;
            *cells.get_mut(dimension)? = cell;
            at = *edges.get(cell)?;
        }
        Some(cells)
    }

    /// Extra cost over taking the cheapest cell everywhere, and the cell to take here.
    fn best(
        &self,
        diagram: Diagram,
        costs: &[Vec<u64>],
        memo: &mut BTreeMap<Diagram, Option<(u64, usize)>>,
    ) -> Option<u64> {
        let Some((dimension, edges)) = self.open(diagram) else {
            return (diagram == Diagram::EVERYTHING).then_some(0);
        };
        if let Some(known) = memo.get(&diagram) {
            return known.map(|(cost, _)| cost);
        }
        let here = costs.get(dimension)?;
        let base = here.iter().min().copied().unwrap_or(0);
        let mut found: Option<(u64, usize)> = None;
        for (cell, edge) in edges.iter().enumerate() {
            let Some(rest) = self.best(*edge, costs, memo) else { continue };
            let extra = here.get(cell).copied().unwrap_or(0).saturating_sub(base);
            let cost = extra.saturating_add(rest);
            if found.is_none_or(|(known, _)| cost < known) {
                found = Some((cost, cell));
            }
        }
        memo.insert(diagram, found);
        found.map(|(cost, _)| cost)
    }

    /// For each cell of a dimension: does the set hold a payment with it?
    pub(crate) fn left_of(&self, diagram: Diagram, dimension: usize) -> Vec<bool> {
        let mut left = vec![false; self.width(dimension)];
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![diagram];
        while let Some(at) = open.pop() {
            if at.is_nothing() || !seen.insert(at) {
                continue;
            }
            match self.open(at) {
                Some((here, edges)) if here < dimension => open.extend(edges.iter().copied()),
                Some((here, edges)) if here == dimension => {
                    for (cell, edge) in edges.iter().enumerate() {
                        if let Some(place) = left.get_mut(cell) {
                            *place |= !edge.is_nothing();
                        }
                    }
                }
                _ => left.iter_mut().for_each(|place| *place = true),
            }
        }
        left
    }

    /// Up to `most` boxes that do not overlap and, when there are fewer, make up the set.
    pub(crate) fn boxes(&self, diagram: Diagram, most: usize) -> Vec<Cells> {
        let mut found = Vec::new();
        self.collect_boxes(diagram, most, &mut Vec::new(), &mut found);
        found
    }

    fn collect_boxes(
        &self,
        diagram: Diagram,
        most: usize,
        path: &mut Cells,
        found: &mut Vec<Cells>,
    ) {
        if found.len() >= most || diagram.is_nothing() {
            return;
        }
        let Some((dimension, edges)) = self.open(diagram) else {
            found.push(path.clone());
            return;
        };
        let mut groups: Vec<(Diagram, Vec<usize>)> = Vec::new();
        for (cell, edge) in edges.iter().enumerate() {
            match groups.iter_mut().find(|(known, _)| known == edge) {
                Some((_, cells)) => cells.push(cell),
                None => groups.push((*edge, vec![cell])),
            }
        }
        for (next, cells) in groups {
            path.push((dimension, cells));
            self.collect_boxes(next, most, path, found);
            path.pop();
        }
    }
}

impl Space {
    /// How unwelcome each cell is in a witness: soon, by day, common and small are best.
    pub(crate) fn costs(&self, anchor: crate::civil::Date) -> Vec<Vec<u64>> {
        self.axes.iter().map(|axis| self.axis_costs(axis, anchor)).collect()
    }

    fn axis_costs(&self, axis: &Axis, anchor: crate::civil::Date) -> Vec<u64> {
        match axis {
            Axis::Word(fact) => {
                let cells = self.words.get(fact).map(|words| words.cells.as_slice());
                let purchase = super::axis::Class::Exact("purchase".to_owned());
                let cost = |cell: &super::axis::WordCell| {
                    if *fact == Fact::PaymentKind && cell.class == purchase {
                        return 0;
                    }
                    2_u64.saturating_sub(u64::from(cell.class == super::axis::Class::Other))
                };
                Self::with_absent(*fact, cells.unwrap_or_default().iter().map(cost).collect())
            }
            Axis::Number(fact) => {
                let ranges = self.numbers.get(fact).cloned().unwrap_or_default();
                let typical = typical(*fact);
                let cost = |(at, (low, high)): (usize, &(i64, i64))| {
                    let at = u64::try_from(at).unwrap_or(u64::MAX);
                    if *low <= typical && typical <= *high {
                        0
                    } else {
                        at.saturating_add(if *high < 0 { 40 } else { 2 })
                    }
                };
                Self::with_absent(*fact, ranges.iter().enumerate().map(cost).collect())
            }
            Axis::Present(_) => vec![30, 0],
            Axis::Has(..) => vec![0, 1],
            Axis::Same(..) => vec![1, 0],
            Axis::Items => vec![0, 3],
            Axis::Listed(..) | Axis::Calendar(..) => vec![30, 0, 1],
            Axis::Opaque(_) | Axis::Line(_) => vec![4, 0, 1],
            Axis::Day => self.days.cells.iter().map(|(_, date)| day_cost(*date, anchor)).collect(),
            Axis::Minute => {
                let cost = |(low, high): &(u16, u16)| {
                    if *high >= 540 && *low < 1260 {
                        0
                    } else {
                        65_536_u64.saturating_add(u64::from(*low))
                    }
                };
                self.minutes.iter().map(cost).collect()
            }
        }
    }

    fn with_absent(fact: Fact, mut costs: Vec<u64>) -> Vec<u64> {
        if Self::absent(fact) == 1 {
            costs.insert(0, 30);
        }
        costs
    }
}

fn day_cost(date: crate::civil::Date, anchor: crate::civil::Date) -> u64 {
    let ahead = i64::from(date.0).saturating_sub(i64::from(anchor.0));
    // Days before the anchor come after all others.
    let days = if ahead >= 0 { ahead } else { ahead.saturating_neg().saturating_add(4_000_000) };
    u64::try_from(days).unwrap_or(0).saturating_mul(16_777_216)
}

/// A common value of a number.
pub(crate) fn typical(fact: Fact) -> i64 {
    if fact == Fact::PayerAge {
        30
    } else if fact == Fact::ItemAmount {
        500
    } else if matches!(fact, Fact::PaymentAmount | Fact::EventAmount) {
        1_000
    } else {
        1
    }
}
