//! The wallet as the allocation sees it: lots in order, what each may pay, and every limit as a set of lots and lines.

use std::collections::BTreeMap;

use super::{LINES_MAX, LOTS_MAX, LayerView, LotView, Wallet};
use crate::decide::Ask;
use crate::facts::Item;
use crate::ir::{By, Quantity};
use crate::measure::MeasureId;
use crate::rule::{CapSlot, Unit};
use crate::truth::Scene;

/// A set of lots, one bit for each place in the order.
pub(super) type LotSet = u64;

/// A set of item lines, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineSet([u64; 4]);

impl LineSet {
    pub(super) fn insert(&mut self, line: usize) {
        if let Some(word) = self.0.get_mut(line / 64) {
            *word |= 1 << (line % 64);
        }
    }

    pub(super) fn contains(&self, line: usize) -> bool {
        self.0.get(line / 64).is_some_and(|word| word & (1 << (line % 64)) != 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        let mut both = *self;
        both.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        both
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).fold(0, u32::saturating_add)
    }
}

/// One lot in its place.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Index into `Wallet::lots`.
    pub(super) index: usize,
    pub(super) lot: &'a LotView<'a>,
    pub(super) asks: Vec<Ask<'a>>,
    /// Lines that all its layers and all guards cover.
    pub(super) covered: LineSet,
    /// May it pay anything now?
    pub(super) open: bool,
    /// `split never`.
    pub(super) alone: bool,
}

/// One line of the basket, or the whole payment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) item: Option<&'a Item>,
    pub(super) amount: u64,
}

/// These lots together may pay no more than this (on these lines).
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) lots: LotSet,
    pub(super) lines: Option<LineSet>,
    pub(super) room: u64,
}

/// Everything at one moment.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) guards: Vec<(&'a LayerView<'a>, Ask<'a>)>,
    pub(super) lines: Vec<Line<'a>>,
    pub(super) amount: u64,
}

impl<'a> Prepared<'a> {
    /// The wallet, `shift` minutes from now, if nothing is spent in between.
    pub(super) fn new(wallet: &Wallet<'a>, shift: i64) -> Self {
        let lines = lines(wallet);
        let guards: Vec<_> =
            wallet.guards.iter().map(|guard| (guard, ask(wallet, guard, shift))).collect();
        let guards_open = guards.iter().all(|(_, ask)| ask.open());
        let rows = order(wallet).into_iter().filter_map(|index| {
            let lot = wallet.lots.get(index)?;
            let asks: Vec<_> = lot.layers.iter().map(|layer| ask(wallet, layer, shift)).collect();
            let covered = covered(&lines, asks.iter().chain(guards.iter().map(|(_, ask)| ask)));
            let open = guards_open
                && lot.available > 0
                && !covered.is_empty()
                && asks.iter().all(Ask::open);
            let alone = lot.layers.iter().any(|layer| layer.rule.pays_alone());
            Some(Row { index, lot, asks, covered, open, alone })
        });
        let rows = rows.collect();
        Self { rows, guards, lines, amount: wallet.facts.amount }
    }

    /// Every limit on the lots in `mask`.
    pub(super) fn limits(&self, mask: LotSet) -> Vec<Limit> {
        let mut entries: BTreeMap<Key, Vec<(u64, LotSet, Option<LineSet>)>> = BTreeMap::new();
        for (bit, row) in self.active(mask) {
            for (layer, ask) in row.lot.layers.iter().zip(&row.asks) {
                for (at, cap) in ask.rule.caps().iter().enumerate() {
                    let lot = cap.by.contains(&By::Lot).then_some(row.index);
                    let room = ask.room(at, cap);
                    if room < u64::MAX {
                        let entry = (room, bit, self.limited(ask, cap));
                        entries.entry(Key::new(layer.scope, lot, cap)).or_default().push(entry);
                    }
                }
            }
        }
        let mut limits: BTreeMap<(LotSet, Option<LineSet>), u64> = BTreeMap::new();
        let mut add = |lots: LotSet, lines: Option<LineSet>, room: u64| {
            let least = limits.entry((lots, lines)).or_insert(room);
            *least = room.min(*least);
        };
        for mut same in entries.into_values() {
            // Lots of one purse under different versions of a rule: whoever is limited more pays first, so that each
            // version sees a counter within its own limit.
            same.sort_unstable_by_key(|(room, ..)| *room);
            let mut lots = 0;
            for (room, bit, lines) in same {
                lots |= bit;
                add(lots, lines, room);
            }
        }
        for (_, ask) in &self.guards {
            for (at, cap) in ask.rule.caps().iter().enumerate() {
                let room = ask.room(at, cap);
                if room < u64::MAX {
                    add(mask, self.limited(ask, cap), room);
                }
            }
        }
        limits.into_iter().map(|((lots, lines), room)| Limit { lots, lines, room }).collect()
    }

    /// The lots in `mask` that may pay, with their bits, in order.
    pub(super) fn active(&self, mask: LotSet) -> impl Iterator<Item = (LotSet, &Row<'a>)> {
        self.rows
            .iter()
            .enumerate()
            .map(|(at, row)| (bit(at), row))
            .filter(move |(bit, row)| row.open && bit & mask != 0)
    }

    fn limited(&self, ask: &Ask<'_>, cap: &CapSlot) -> Option<LineSet> {
        let on_items = cap.on_items.as_ref()?;
        let mut set = LineSet::default();
        for (at, line) in self.lines.iter().enumerate() {
            if ask.limited(on_items, line.item) {
                set.insert(at);
            }
        }
        Some(set)
    }
}

/// The bit of a place in the order.
pub(super) fn bit(at: usize) -> LotSet {
    u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0)
}

/// Caps of different versions of a rule that limit the same counter, over whatever windows: what one version lets pass,
/// every other version counts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    scope: u32,
    lot: Option<usize>,
    measure: MeasureId,
    kind: (bool, Unit),
}

impl Key {
    fn new(scope: u32, lot: Option<usize>, cap: &CapSlot) -> Self {
        let kind = (matches!(cap.quantity, Quantity::Share(_)), cap.counts);
        Self { scope, lot, measure: cap.measure, kind }
    }
}

/// The question to one layer or guard.
pub(super) fn ask<'a>(wallet: &Wallet<'a>, layer: &'a LayerView<'a>, shift: i64) -> Ask<'a> {
    let scene =
        Scene { facts: wallet.facts, world: wallet.world, now: layer.now.add_minutes(shift) };
    Ask { rule: layer.rule, scene, state: &layer.state, read_at: layer.now }
}

/// The places of the lots that may be used: the payer's order, or the published one.
pub(super) fn order(wallet: &Wallet<'_>) -> Vec<usize> {
    let all = 0..wallet.lots.len();
    let mut places: Vec<usize> = Vec::new();
    if let Some(wanted) = wallet.order {
        for place in wanted.iter().copied().filter(|place| all.contains(place)) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    } else {
        places.extend(all);
        places.sort_by_cached_key(|place| wallet.lots.get(*place).map(LotView::key));
    }
    places.truncate(LOTS_MAX);
    places
}

fn lines<'a>(wallet: &Wallet<'a>) -> Vec<Line<'a>> {
    match wallet.facts.items.filter(|items| !items.is_empty()) {
        None => vec![Line { item: None, amount: wallet.facts.amount }],
        Some(items) => items
            .iter()
            .take(LINES_MAX)
            .map(|item| Line { item: Some(item), amount: item.amount })
            .collect(),
    }
}

fn covered<'b>(lines: &[Line<'_>], asks: impl Iterator<Item = &'b Ask<'b>>) -> LineSet {
    let asks: Vec<_> = asks.collect();
    let mut set = LineSet::default();
    for (at, line) in lines.iter().enumerate() {
        if line.amount > 0 && asks.iter().all(|ask| ask.covered(line.item)) {
            set.insert(at);
        }
    }
    set
}
