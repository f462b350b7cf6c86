//! Every limit as a set of lots, a set of lines, and how much they may pay together.

use super::lines::{LineSet, LotSet};
use super::prepare::{Asked, Prepared};
use crate::ir::{By, Quantity};
use crate::measure::MeasureId;
use crate::rule::{CapSlot, Unit};

/// These lots together may pay no more than this (on these lines).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Limit {
    pub(super) lots: LotSet,
    /// `None`: all lines.
    pub(super) lines: Option<LineSet>,
    pub(super) room: u64,
}

/// One cap of one lot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: Key,
    room: u64,
    lines: Option<LineSet>,
    lot: LotSet,
}

/// Caps of different versions of a rule that limit the same counter, over whatever windows: what one version lets pass,
/// every other version counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    scope: u32,
    lot: Option<usize>,
    measure: MeasureId,
    kind: (bool, Unit),
}

impl Prepared<'_> {
    /// Every limit on the lots in `mask`, each pair of sets once, in order.
    pub(super) fn limits(&self, mask: LotSet) -> Vec<Limit> {
        let mut entries: Vec<Entry> = Vec::new();
        for (bit, row) in self.active(mask) {
            for asked in self.layers(row) {
                for (at, cap) in asked.ask.rule.caps().iter().enumerate() {
                    let room = asked.ask.room(at, cap);
                    if let Bound::To(lines) = self.bound(&asked, at, room) {
                        let lot = cap.by.contains(&By::Lot).then_some(row.index);
                        let key = Key::new(asked.layer.scope, lot, cap);
                        entries.push(Entry { key, room, lines, lot: bit });
                    }
                }
            }
        }
        let mut limits = together(entries);
        for asked in self.guards() {
            for (at, cap) in asked.ask.rule.caps().iter().enumerate() {
                let room = asked.ask.room(at, cap);
                if let Bound::To(lines) = self.bound(&asked, at, room) {
                    limits.push(Limit { lots: mask, lines, room });
                }
            }
        }
        limits.sort_unstable();
        limits.dedup_by_key(|limit| (limit.lots, limit.lines));
        limits
    }

    fn bound(&self, asked: &Asked<'_, '_>, cap: usize, room: u64) -> Bound {
        if room == u64::MAX {
            return Bound::Nothing;
        }
        let Some(lines) = asked.limited(cap) else { return Bound::To(None) };
        let lines = lines.and(&self.whole);
        if lines.is_empty() {
            Bound::Nothing
        } else {
            // One that looks at all lines that cost anything is a limit on everything.
            Bound::To(Some(lines).filter(|lines| *lines != self.whole))
        }
    }
}

/// What a cap bounds now.
enum Bound {
    Nothing,
    /// These lines; `None`: all.
    To(Option<LineSet>),
}

/// Lots of one purse under different versions of a rule: whoever is limited more pays first, so that each version sees
/// a counter within its own limit. Of equal limits only the last, with all lots, says anything.
fn together(mut entries: Vec<Entry>) -> Vec<Limit> {
    entries.sort_unstable();
    let mut limits = Vec::new();
    let (mut key, mut lots) = (None, 0);
    for (at, entry) in entries.iter().enumerate() {
        if key != Some(entry.key) {
            (key, lots) = (Some(entry.key), 0);
        }
        lots |= entry.lot;
        let same = |next: &Entry| {
            (next.key, next.room, next.lines) == (entry.key, entry.room, entry.lines)
        };
        if !entries.get(at.saturating_add(1)).is_some_and(same) {
            limits.push(Limit { lots, lines: entry.lines, room: entry.room });
        }
    }
    limits
}

impl Key {
    fn new(scope: u32, lot: Option<usize>, cap: &CapSlot) -> Self {
        let kind = (matches!(cap.quantity, Quantity::Share(_)), cap.counts);
        Self { scope, lot, measure: cap.measure, kind }
    }
}
