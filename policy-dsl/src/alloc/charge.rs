//! What a payment adds to the counters.

use std::collections::BTreeMap;

use super::prepare::Prepared;
use super::{Allocation, Charge, LayerView, Mark, Part};
use crate::civil::Date;
use crate::decide::Ask;
use crate::ir::By;
use crate::measure::MeasureId;

/// Where a counter is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    scope: u32,
    lot: Option<usize>,
    by_merchant: bool,
    measure: MeasureId,
    date: Date,
}

impl Place {
    fn new(layer: &LayerView<'_>, lot: Option<usize>, by: &[By], measure: MeasureId) -> Self {
        let lot = lot.filter(|_| by.contains(&By::Lot));
        Self {
            scope: layer.scope,
            lot,
            by_merchant: by.contains(&By::Merchant),
            measure,
            date: layer.now.date,
        }
    }
}

/// Everything the parts move: charges and marks, each counter once.
pub(super) fn charged(prepared: &Prepared<'_>, parts: Vec<Part>) -> Allocation {
    let mut amounts: BTreeMap<Place, u64> = BTreeMap::new();
    let mut marks: BTreeMap<Place, ()> = BTreeMap::new();
    for row in &prepared.rows {
        let own: Vec<&Part> = parts.iter().filter(|part| part.lot == row.index).collect();
        if own.is_empty() {
            continue;
        }
        let mut here: BTreeMap<Place, u64> = BTreeMap::new();
        for (layer, ask) in row.lot.layers.iter().zip(&row.asks) {
            collect(prepared, layer, ask, Some(row.index), &own, &mut here, &mut marks);
        }
        add(&mut amounts, here);
    }
    let all: Vec<&Part> = parts.iter().collect();
    let mut here: BTreeMap<Place, u64> = BTreeMap::new();
    for (layer, ask) in prepared.guards.iter().filter(|_| !all.is_empty()) {
        collect(prepared, layer, ask, None, &all, &mut here, &mut marks);
    }
    add(&mut amounts, here);
    let charges = amounts.into_iter().filter(|(_, amount)| *amount > 0).map(|(place, amount)| {
        let Place { scope, lot, by_merchant, measure, date } = place;
        Charge { scope, lot, by_merchant, measure, date, amount, count: 1 }
    });
    let marks = marks.into_keys().map(|place| {
        let Place { scope, lot, by_merchant, measure, .. } = place;
        Mark { scope, lot, by_merchant, measure }
    });
    let total = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.amount));
    Allocation { total, charges: charges.collect(), marks: marks.collect(), parts }
}

fn add(amounts: &mut BTreeMap<Place, u64>, more: BTreeMap<Place, u64>) {
    for (place, amount) in more {
        let sum = amounts.entry(place).or_default();
        *sum = sum.saturating_add(amount);
    }
}

/// One layer or guard: the same counter read by several caps is charged once.
#[expect(
    clippy::too_many_arguments,
    reason = "two outputs and what they are made of, used twice in this file"
)]
fn collect(
    prepared: &Prepared<'_>,
    layer: &LayerView<'_>,
    ask: &Ask<'_>,
    lot: Option<usize>,
    parts: &[&Part],
    amounts: &mut BTreeMap<Place, u64>,
    marks: &mut BTreeMap<Place, ()>,
) {
    for cap in
        ask.rule.caps().iter().filter(|cap| cap.keeps_count() && ask.applies(cap.when.as_ref()))
    {
        let place = Place::new(layer, lot, &cap.by, cap.measure);
        amounts.entry(place).or_insert_with(|| {
            let counted = |part: &&&Part| {
                let item = prepared.lines.get(part.line).and_then(|line| line.item);
                cap.on_items.as_ref().is_none_or(|on_items| ask.limited(on_items, item))
            };
            parts.iter().filter(counted).fold(0, |sum, part| sum.saturating_add(part.amount))
        });
    }
    for gap in ask.rule.gaps().iter().filter(|gap| ask.applies(gap.when.as_ref())) {
        marks.insert(Place::new(layer, lot, &gap.by, gap.measure), ());
    }
}
