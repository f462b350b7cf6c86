//! What a payment adds to the counters.

use super::prepare::{Asked, Prepared};
use super::{Allocation, Charge, Mark, Part};
use crate::civil::Date;
use crate::ir::By;
use crate::measure::MeasureId;

/// Everything the parts move: charges and marks, each counter once.
pub(super) fn charged(prepared: &Prepared<'_>, parts: Vec<Part>) -> Allocation {
    let mut all = Moves::default();
    // Parts of one lot stand together.
    for own in parts.chunk_by(|one, next| one.lot == next.lot) {
        let Some(lot) = own.first().map(|part| part.lot) else { continue };
        let Some(row) = prepared.rows.iter().find(|row| row.index == lot) else { continue };
        let begin = all.amounts.len();
        for asked in prepared.layers(row) {
            all.add(&asked, &Payer { lot: Some(lot), parts: own, begin });
        }
    }
    if !parts.is_empty() {
        let begin = all.amounts.len();
        for asked in prepared.guards() {
            all.add(&asked, &Payer { lot: None, parts: &parts, begin });
        }
    }
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
    parts: &'a [Part],
    /// From here on, what these parts moved already.
    begin: usize,
}

#[derive(Default)]
struct Moves {
    amounts: Vec<(Place, u64)>,
    marks: Vec<Place>,
}

impl Moves {
    /// One layer or guard: the same counter read by several caps is charged once.
    fn add(&mut self, asked: &Asked<'_, '_>, payer: &Payer<'_>) {
        let ask = &asked.ask;
        let place = |by: &[By], measure| Place {
            scope: asked.layer.scope,
            lot: payer.lot.filter(|_| by.contains(&By::Lot)),
            by_merchant: by.contains(&By::Merchant),
            measure,
            date: asked.layer.now.date,
        };
        for (at, cap) in ask.rule.caps().iter().enumerate() {
            if !cap.keeps_count() || !ask.applies(cap.when.as_ref()) {
                continue;
            }
            let place = place(&cap.by, cap.measure);
            let mut known = self.amounts.iter().skip(payer.begin);
            if known.any(|(known, _)| *known == place) {
                continue;
            }
            let lines = asked.limited(at);
            let counted = |part: &&Part| lines.is_none_or(|lines| lines.contains(part.line));
            let parts = payer.parts.iter().filter(counted);
            let amount = parts.fold(0_u64, |sum, part| sum.saturating_add(part.amount));
            self.amounts.push((place, amount));
        }
        for gap in ask.rule.gaps() {
            if ask.applies(gap.when.as_ref()) {
                self.marks.push(place(&gap.by, gap.measure));
            }
        }
    }

    /// Sorted by place, each once, none of nothing.
    fn charges(&mut self) -> Vec<Charge> {
        self.amounts.retain(|(_, amount)| *amount > 0);
        self.amounts.sort_unstable();
        let same = self.amounts.chunk_by(|(one, _), (next, _)| one == next);
        let charge = |same: &[(Place, u64)]| {
            let Place { scope, lot, by_merchant, measure, date } = same.first()?.0;
            let amount = same.iter().fold(0_u64, |sum, (_, amount)| sum.saturating_add(*amount));
            Some(Charge { scope, lot, by_merchant, measure, date, amount, count: 1 })
        };
        same.filter_map(charge).collect()
    }

    /// Sorted by place, each once.
    fn marks(&mut self) -> Vec<Mark> {
        self.marks.sort_unstable();
        self.marks.dedup();
        let mark = |place: &Place| {
            let Place { scope, lot, by_merchant, measure, .. } = *place;
            Mark { scope, lot, by_merchant, measure }
        };
        self.marks.iter().map(mark).collect()
    }
}
