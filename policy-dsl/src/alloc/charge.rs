//! What a payment adds to the counters.

use std::collections::{BTreeMap, BTreeSet};

use super::prepare::Prepared;
use super::{Allocation, Charge, LayerView, Mark, Part};
use crate::civil::Date;
use crate::decide::Ask;
use crate::ir::By;
use crate::measure::MeasureId;

/// Everything the parts move: charges and marks, each counter once.
pub(super) fn charged(prepared: &Prepared<'_>, parts: Vec<Part>) -> Allocation {
    let mut all = Moves::default();
    for row in &prepared.rows {
        let own = parts.iter().filter(|part| part.lot == row.index).collect();
        let payer = Payer { lot: Some(row.index), parts: own };
        let mut moves = Moves::default();
        for (layer, ask) in row.lot.layers.iter().zip(&row.asks) {
            moves.add(prepared, layer, ask, &payer);
        }
        all.merge(moves);
    }
    let payer = Payer { lot: None, parts: parts.iter().collect() };
    let mut moves = Moves::default();
    for (guard, ask) in &prepared.guards {
        moves.add(prepared, guard, ask, &payer);
    }
    all.merge(moves);
    let total = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.amount));
    Allocation { total, charges: all.charges(), marks: all.marks(), parts }
}

/// Where a counter is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    scope: u32,
    lot: Option<usize>,
    by_merchant: bool,
    measure: MeasureId,
    date: Date,
}

/// Whose parts a layer or guard sees: those of one lot, or all.
struct Payer<'a> {
    lot: Option<usize>,
    parts: Vec<&'a Part>,
}

#[derive(Default)]
struct Moves {
    amounts: BTreeMap<Place, u64>,
    marks: BTreeSet<Place>,
}

impl Moves {
    /// One layer or guard: the same counter read by several caps is charged once.
    fn add(
        &mut self,
        prepared: &Prepared<'_>,
        layer: &LayerView<'_>,
        ask: &Ask<'_>,
        payer: &Payer<'_>,
    ) {
        if payer.parts.is_empty() {
            return;
        }
        let place = |by: &[By], measure| Place {
            scope: layer.scope,
            lot: payer.lot.filter(|_| by.contains(&By::Lot)),
            by_merchant: by.contains(&By::Merchant),
            measure,
            date: layer.now.date,
        };
        for cap in ask.rule.caps() {
            if cap.keeps_count() && ask.applies(cap.when.as_ref()) {
                self.amounts.entry(place(&cap.by, cap.measure)).or_insert_with(|| {
                    let counted = |part: &&&Part| {
                        let item = prepared.lines.get(part.line).and_then(|line| line.item);
                        cap.on_items.as_ref().is_none_or(|on_items| ask.limited(on_items, item))
                    };
                    let parts = payer.parts.iter().filter(counted);
                    parts.fold(0, |sum, part| sum.saturating_add(part.amount))
                });
            }
        }
        for gap in ask.rule.gaps() {
            if ask.applies(gap.when.as_ref()) {
                self.marks.insert(place(&gap.by, gap.measure));
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (place, amount) in other.amounts {
            let sum = self.amounts.entry(place).or_default();
            *sum = sum.saturating_add(amount);
        }
        self.marks.extend(other.marks);
    }

    fn charges(&self) -> Vec<Charge> {
        let moved = self.amounts.iter().filter(|(_, amount)| **amount > 0);
        let charge = |(place, amount): (&Place, &u64)| {
            let Place { scope, lot, by_merchant, measure, date } = *place;
            Charge { scope, lot, by_merchant, measure, date, amount: *amount, count: 1 }
        };
        moved.map(charge).collect()
    }

    fn marks(&self) -> Vec<Mark> {
        let mark = |place: &Place| {
            let Place { scope, lot, by_merchant, measure, .. } = *place;
            Mark { scope, lot, by_merchant, measure }
        };
        self.marks.iter().map(mark).collect()
    }
}
