//! Why a payment is not fully funded, and when it would be.

use std::collections::BTreeSet;

use super::prepare::{Prepared, ask, order};
use super::{LayerView, LotView, Refused, Wallet, total_at};
use crate::causes::{Cause, CauseKind, Whose};
use crate::civil::Civil;
use crate::decide::Ask;
use crate::judge;
use crate::next::Edges;

/// At most this many causes are told.
pub const CAUSES_MAX: usize = 32;

/// See [`super::refuse`].
pub(super) fn refused(wallet: &Wallet<'_>) -> Refused {
    let places = order(wallet);
    let lots = || places.iter().filter_map(|place| wallet.lots.get(*place));
    let have = lots().fold(0_u64, |sum, lot| sum.saturating_add(lot.available));
    let pass_now = total_at(wallet, 0);
    let causes = causes(wallet, &places, pass_now);
    let first = lots().flat_map(|lot| lot.layers).chain(wallet.guards).next();
    let next = first
        .filter(|_| have >= wallet.facts.amount)
        .and_then(|first| next(wallet, &places, first));
    let zone = first.map(|layer| layer.rule.zone().to_owned()).unwrap_or_default();
    Refused { pass_now, have, next, zone, causes }
}

fn causes(wallet: &Wallet<'_>, places: &[usize], pass_now: u64) -> Vec<Cause> {
    let verdict = |ask: &Ask<'_>, whose| {
        let found = judge::verdict(ask, whose);
        found.causes.into_iter().chain(found.binding).collect()
    };
    let causes = collect(wallet, places, pass_now, &verdict);
    if causes.is_empty() && pass_now < wallet.facts.amount {
        // Each rule alone lets enough lines pass, together they do not: tell which lines each leaves out.
        return collect(wallet, places, pass_now, &judge::of_basket);
    }
    causes
}

/// The causes of all layers and guards, each once.
fn collect(
    wallet: &Wallet<'_>,
    places: &[usize],
    pass_now: u64,
    judge: &dyn Fn(&Ask<'_>, Whose) -> Vec<Cause>,
) -> Vec<Cause> {
    let mut causes = Vec::new();
    let mut known = BTreeSet::new();
    let lots =
        places.iter().filter_map(|place| wallet.lots.get(*place)).filter(|lot| lot.available > 0);
    for layer in wallet.guards.iter().chain(lots.flat_map(|lot| lot.layers)) {
        let told = (layer.rule.id(), layer.scope, layer.whose);
        // A lot's own dates and counters can make a difference only where the rule asks for them.
        if !known.insert((told, layer.state.issued, layer.state.used.to_vec())) {
            continue;
        }
        let ask = ask(wallet, layer, 0);
        for cause in judge(&ask, layer.whose) {
            if causes.len() < CAUSES_MAX && !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        if layer.rule.pays_alone() && pass_now < wallet.facts.amount && causes.len() < CAUSES_MAX {
            let cause = split(layer);
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
    }
    causes
}

fn split(layer: &LayerView<'_>) -> Cause {
    Cause {
        policy: layer.rule.id(),
        rule: layer.rule.name().to_owned(),
        whose: layer.whose,
        label: "split".to_owned(),
        kind: CauseKind::Split,
        missing: None,
        found: Vec::new(),
        allowed: Vec::new(),
        limit: None,
        pass_now: 0,
        next: None,
        because: Vec::new(),
    }
}

/// The first moment, on the clock of `first`, at which the whole is funded.
fn next(wallet: &Wallet<'_>, places: &[usize], first: &LayerView<'_>) -> Option<Civil> {
    let mut edges = Edges::new();
    let mut asked = BTreeSet::new();
    let lots = || places.iter().filter_map(|place| wallet.lots.get(*place));
    for layer in wallet.guards.iter().chain(lots().flat_map(|lot| lot.layers)) {
        let key = (
            layer.rule.id(),
            layer.scope,
            layer.now,
            layer.state.issued,
            layer.state.last.to_vec(),
        );
        if asked.insert(key) {
            let ahead = layer.now.minutes().saturating_sub(first.now.minutes());
            edges.merge(&Edges::of(&ask(wallet, layer, 0)), ahead);
        }
    }
    let is_shut = |layer: &LayerView<'_>| judge::is_shut(&ask(wallet, layer, 0));
    if wallet.guards.iter().any(is_shut) {
        return None;
    }
    let able: Vec<&LotView<'_>> = lots().filter(|lot| !lot.layers.iter().any(is_shut)).collect();
    // Not enough money, or limits below the amount, however long one waits.
    if !reaches(wallet, &able, |layer| ask(wallet, layer, 0).most_room()) {
        return None;
    }
    // Moments that look the same to every rule give the same answer: most are asked once only.
    let mut seen = BTreeSet::new();
    edges.first(first.now, None, |moment| {
        let shift = moment.minutes().saturating_sub(first.now.minutes());
        // Most moments are passed over by their counters, before anything is laid out.
        if !reaches(wallet, &able, |layer| ask(wallet, layer, shift).purse_room()) {
            return false;
        }
        let prepared = Prepared::new(wallet, shift);
        let look = look(&prepared);
        look.0 && seen.insert(look.1) && super::total(&prepared) >= wallet.facts.amount
    })
}

/// Could the whole get through, if the limits of each layer and guard left this much?
fn reaches(
    wallet: &Wallet<'_>,
    able: &[&LotView<'_>],
    left: impl Fn(&LayerView<'_>) -> u64,
) -> bool {
    let amount = wallet.facts.amount;
    let room = |layers: &[LayerView<'_>], most: u64| layers.iter().map(&left).fold(most, u64::min);
    if room(wallet.guards, amount) < amount {
        return false;
    }
    let mut sum = 0_u64;
    able.iter().any(|lot| {
        sum = sum.saturating_add(room(lot.layers, lot.available));
        sum >= amount
    })
}

/// Could there be enough, and everything that time can change.
fn look(prepared: &Prepared<'_>) -> (bool, Vec<u64>) {
    let mut seen = Vec::new();
    let mut funds = 0_u64;
    let rooms = |ask: &Ask<'_>, seen: &mut Vec<u64>| {
        for (at, cap) in ask.rule.caps().iter().enumerate() {
            seen.push(ask.room(at, cap));
        }
    };
    for asked in prepared.guards() {
        rooms(&asked.ask, &mut seen);
    }
    for row in &prepared.rows {
        seen.push(u64::from(row.open));
        if row.open {
            funds = funds.saturating_add(row.lot.available);
            prepared.layers(row).for_each(|asked| rooms(&asked.ask, &mut seen));
        }
    }
    // Timed coverage of lines is rare: it is part of what is seen as well.
    seen.extend(prepared.rows.iter().map(|row| u64::from(row.covered.len())));
    (funds >= prepared.amount, seen)
}
