//! The wallet as the allocation sees it: lots in order, and what each may pay.
//!
//! What does not depend on a lot is looked at once for each rule, however many lots it lies on.

use super::lines::{LineSet, LotSet};
use super::{LINES_MAX, LOTS_MAX, LayerView, LotView, Wallet};
use crate::civil::Civil;
use crate::decide::Ask;
use crate::facts::Item;
use crate::rule::Rule;
use crate::truth::Scene;

/// One lot in its place.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Index into `Wallet::lots`.
    pub(super) index: usize,
    pub(super) lot: &'a LotView<'a>,
    /// Where the looks of its layers begin in [`Prepared::seen`].
    first_look: usize,
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

/// What a rule says at one moment, whatever the lot.
#[derive(Debug)]
struct Look<'a> {
    rule: &'a Rule,
    now: Civil,
    /// Do kind and conditions let the payment pass?
    passes: bool,
    /// Lines it covers.
    covered: LineSet,
    /// For each cap that looks at lines, by its place in [`Rule::caps`]: the lines it limits.
    limited: Vec<(usize, LineSet)>,
}

/// Everything at one moment.
pub(super) struct Prepared<'a> {
    wallet: &'a Wallet<'a>,
    shift: i64,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) lines: Vec<Line<'a>>,
    /// Lines of more than nothing.
    pub(super) whole: LineSet,
    pub(super) amount: u64,
    looks: Vec<Look<'a>>,
    /// For each guard, then for each layer of each row in order: its place in `looks`.
    seen: Vec<usize>,
}

impl<'a> Prepared<'a> {
    /// The wallet, `shift` minutes from now, if nothing is spent in between.
    pub(super) fn new(wallet: &'a Wallet<'a>, shift: i64) -> Self {
        let lines = lines(wallet);
        let whole = LineSet::of(lines.iter().map(|line| line.amount > 0));
        let mut prepared = Self {
            wallet,
            shift,
            rows: Vec::new(),
            lines,
            whole,
            amount: wallet.facts.amount,
            looks: Vec::new(),
            seen: Vec::with_capacity(layers(wallet)),
        };
        let (mut covered, mut open) = (whole, true);
        for guard in wallet.guards {
            let look = prepared.look(guard);
            open &= look.is_some_and(|look| look.passes);
            covered = covered.and(&look.map(|look| look.covered).unwrap_or_default());
            open = open && ask(wallet, guard, shift).in_time();
        }
        let places = order(wallet);
        prepared.rows.reserve(places.len());
        for index in places {
            if let Some(lot) = wallet.lots.get(index) {
                let row = prepared.row(index, lot, covered, open);
                prepared.rows.push(row);
            }
        }
        prepared
    }

    fn row(
        &mut self,
        index: usize,
        lot: &'a LotView<'a>,
        mut covered: LineSet,
        mut open: bool,
    ) -> Row<'a> {
        let first_look = self.seen.len();
        let (wallet, shift) = (self.wallet, self.shift);
        open &= lot.available > 0;
        for layer in lot.layers {
            let look = self.look(layer);
            open &= look.is_some_and(|look| look.passes);
            covered = covered.and(&look.map(|look| look.covered).unwrap_or_default());
            open = open && ask(wallet, layer, shift).in_time();
        }
        let alone = lot.layers.iter().any(|layer| layer.rule.pays_alone());
        Row { index, lot, first_look, covered, open: open && !covered.is_empty(), alone }
    }

    /// Looks at a layer or guard, or remembers how it looked, and notes which look it was.
    fn look(&mut self, layer: &'a LayerView<'a>) -> Option<&Look<'a>> {
        let ask = ask(self.wallet, layer, self.shift);
        let same =
            |look: &Look<'_>| core::ptr::eq(look.rule, ask.rule) && look.now == ask.scene.now;
        // The layer before is the likeliest to be the same.
        let found = self.looks.iter().rposition(same);
        let at = found.unwrap_or(self.looks.len());
        if found.is_none() {
            self.looks.push(Look::new(&ask, &self.lines, self.whole));
        }
        self.seen.push(at);
        self.looks.get(at)
    }

    /// The guards, each with the question to it and the lines its caps limit.
    pub(super) fn guards(&self) -> impl Iterator<Item = Asked<'a, '_>> {
        self.asked(self.wallet.guards, 0)
    }

    /// The layers of a lot, likewise.
    pub(super) fn layers(&self, row: &Row<'a>) -> impl Iterator<Item = Asked<'a, '_>> {
        self.asked(row.lot.layers, row.first_look)
    }

    fn asked(
        &self,
        layers: &'a [LayerView<'a>],
        first: usize,
    ) -> impl Iterator<Item = Asked<'a, '_>> {
        let looks = self.seen.iter().skip(first).filter_map(|at| self.looks.get(*at));
        layers.iter().zip(looks).map(|(layer, look)| Asked {
            layer,
            ask: ask(self.wallet, layer, self.shift),
            limited: &look.limited,
        })
    }

    /// The lots in `mask` that may pay, with their bits, in order.
    pub(super) fn active(&self, mask: LotSet) -> impl Iterator<Item = (LotSet, &Row<'a>)> {
        let rows = self.rows.iter().enumerate().map(|(at, row)| (super::lines::bit(at), row));
        rows.filter(move |(bit, row)| row.open && bit & mask != 0)
    }
}

/// A layer or guard, the question to it, and what it looks like.
pub(super) struct Asked<'a, 'p> {
    pub(super) layer: &'a LayerView<'a>,
    pub(super) ask: Ask<'a>,
    limited: &'p [(usize, LineSet)],
}

impl Asked<'_, '_> {
    /// The lines that a cap counts and limits; `None` when it does not look at lines.
    pub(super) fn limited(&self, cap: usize) -> Option<LineSet> {
        self.limited.iter().find(|(at, _)| *at == cap).map(|(_, lines)| *lines)
    }
}

impl<'a> Look<'a> {
    fn new(ask: &Ask<'a>, lines: &[Line<'a>], whole: LineSet) -> Self {
        let limited = ask.rule.caps().iter().enumerate().filter_map(|(at, cap)| {
            let on_items = cap.on_items.as_ref()?;
            let limits = |line: &Line<'_>| ask.limited(on_items, line.item);
            Some((at, LineSet::of(lines.iter().map(limits))))
        });
        let covered = if ask.rule.covers_all() {
            whole
        } else {
            LineSet::of(lines.iter().map(|line| line.amount > 0 && ask.covered(line.item)))
        };
        let (rule, now) = (ask.rule, ask.scene.now);
        Self { rule, now, passes: ask.passes(), covered, limited: limited.collect() }
    }
}

/// The question to one layer or guard.
pub(super) fn ask<'a>(wallet: &Wallet<'a>, layer: &'a LayerView<'a>, shift: i64) -> Ask<'a> {
    let now = if shift == 0 { layer.now } else { layer.now.add_minutes(shift) };
    let scene = Scene { facts: wallet.facts, world: wallet.world, now };
    Ask { rule: layer.rule, scene, state: &layer.state, read_at: layer.now }
}

/// The places of the lots that may be used: the payer's order, or the published one.
pub(super) fn order(wallet: &Wallet<'_>) -> Vec<usize> {
    let all = 0..wallet.lots.len();
    let mut places: Vec<usize> = Vec::with_capacity(all.len().min(LOTS_MAX));
    if let Some(wanted) = wallet.order {
        for place in wanted.iter().copied().filter(|place| all.contains(place)) {
            if places.len() < LOTS_MAX && !places.contains(&place) {
                places.push(place);
            }
        }
    } else {
        places.extend(all);
        if places.len() > 1 {
            places.sort_by_cached_key(|place| wallet.lots.get(*place).map(LotView::key));
        }
    }
    places.truncate(LOTS_MAX);
    places
}

/// How many layers and guards there are.
fn layers(wallet: &Wallet<'_>) -> usize {
    let layers = wallet.lots.iter().map(|lot| lot.layers.len());
    layers.fold(wallet.guards.len(), usize::saturating_add)
}

fn lines<'a>(wallet: &Wallet<'a>) -> Vec<Line<'a>> {
    match wallet.facts.items.filter(|items| !items.is_empty()) {
        None => vec![Line { item: None, amount: wallet.facts.amount }],
        Some(items) => {
            let line = |item: &'a Item| Line { item: Some(item), amount: item.amount };
            items.iter().take(LINES_MAX).map(line).collect()
        }
    }
}
