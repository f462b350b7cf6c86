//! The life of coins: when they end, when they melt, and where they go then.

use std::sync::Arc;

use scoin_core::command::AccountKind;
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, LotId, Timestamp};
use scoin_policy::civil::Civil;
use scoin_policy::ir::{By, Fate, Span};
use scoin_policy::rule::after;

use crate::batch::EventKind;
use crate::coins::{burn, edit_lot, give, give_plain, mark, pool, portion};
use crate::state::{Layer, LayerAge, Lot, PLAIN, PolicyEntry};
use crate::work::Work;

/// Set when a lot ends and when it melts next, from its layers and their ages.
pub(crate) fn wind(work: &Work<'_>, lot: &mut Lot) {
    let layers = work.layers(&lot.stack);
    lot.expires = first_end(work, &layers, &lot.ages).map(|(at, _)| at);
    lot.next_decay = first_step(work, &layers, &lot.ages).map(|(at, _)| at);
}

/// May these coins be one lot? Yes if no rule could ever tell them apart.
pub(crate) fn same(work: &Work<'_>, a: &Lot, b: &Lot) -> bool {
    if a.stack != b.stack || a.grace || b.grace {
        return false;
    }
    if a.stack == PLAIN {
        return true;
    }
    let layers = work.layers(&a.stack);
    (a.granter, a.expires, a.next_decay) == (b.granter, b.expires, b.next_decay)
        && a.ages.len() == b.ages.len()
        && layers.iter().zip(a.ages.iter().zip(&b.ages)).all(|(layer, (old, new))| {
            work.policy(&layer.policy).is_some_and(|entry| same_age(&entry, old, new))
        })
}

fn same_age(entry: &PolicyEntry, old: &LayerAge, new: &LayerAge) -> bool {
    let rule = entry.rule();
    let (was, is) = (entry.zone().civil(old.issued), entry.zone().civil(new.issued));
    let by_lot = |by: &[By]| by.contains(&By::Lot);
    old.steps == new.steps
        && was.date == is.date
        && rule.starts_at(was) == rule.starts_at(is)
        && !rule.pays_alone()
        && !rule.caps().iter().any(|cap| by_lot(&cap.by))
        && !rule.gaps().iter().any(|gap| by_lot(&gap.by))
}

/// When the first of some layers ends, and which it is.
fn first_end(work: &Work<'_>, layers: &[Layer], ages: &[LayerAge]) -> Option<(Timestamp, usize)> {
    let end = |(at, (layer, age)): (usize, (&Layer, &LayerAge))| {
        let entry = work.policy(&layer.policy)?;
        let end = entry.rule().ends_at(entry.zone().civil(age.issued))?;
        Some((entry.zone().first_instant(end), at))
    };
    layers.iter().zip(ages).enumerate().filter_map(end).min()
}

/// When the first of some layers melts next, and which it is.
fn first_step(work: &Work<'_>, layers: &[Layer], ages: &[LayerAge]) -> Option<(Timestamp, usize)> {
    let step = |(at, (layer, age)): (usize, (&Layer, &LayerAge))| {
        let entry = work.policy(&layer.policy)?;
        Some((next_step(&entry, age)?, at))
    };
    layers.iter().zip(ages).enumerate().filter_map(step).min()
}

/// When a layer melts next.
fn next_step(entry: &PolicyEntry, age: &LayerAge) -> Option<Timestamp> {
    let done = usize::try_from(age.steps).ok()?;
    let issued = entry.zone().date(age.issued);
    let date = entry.rule().decay_steps(issued).nth(done)?;
    Some(entry.zone().first_instant(Civil::start_of(date)))
}

/// Melting steps that fell while coins were spent, or under other rules, do not take from them now.
pub(crate) fn skip_steps(work: &Work<'_>, mut lot: Lot) -> Lot {
    let now = work.now();
    let layers = work.layers(&lot.stack);
    let mut next = None;
    for (layer, age) in layers.iter().zip(lot.ages.iter_mut()) {
        let Some(entry) = work.policy(&layer.policy) else { continue };
        while let Some(step) = next_step(&entry, age) {
            if step > now {
                next = Some(next.map_or(step, |other: Timestamp| other.min(step)));
                break;
            }
            age.steps = age.steps.saturating_add(1);
        }
    }
    lot.next_decay = next;
    lot
}

/// Do everything that is due in an account's lots. What a command sees is the same whether a tick came before it or not.
pub(crate) fn touch(work: &mut Work<'_>, owner: AccountId) -> Result<(), Refusal> {
    let now = work.now();
    let is_due = |lot: &&Lot| lot.due().is_some_and(|at| at <= now);
    let lots = work.account(&owner).map(|account| account.lots.as_slice()).unwrap_or_default();
    let due: Vec<LotId> = lots.iter().filter(is_due).map(|lot| lot.id).collect();
    due.into_iter().try_for_each(|id| sweep(work, owner, id))
}

/// Do everything that is due in one lot: every melting step on its own date, then its end.
pub(crate) fn sweep(work: &mut Work<'_>, owner: AccountId, id: LotId) -> Result<(), Refusal> {
    while let Some(lot) = work.account(&owner).and_then(|account| account.lot(id)).cloned() {
        let now = work.now();
        let melts = lot.next_decay.filter(|at| *at <= now);
        let ends = lot.expires.filter(|at| *at <= now && !lot.free().is_zero());
        match (melts, ends) {
            (Some(step), None) => melt(work, owner, &lot, step)?,
            (Some(step), Some(end)) if step < end => melt(work, owner, &lot, step)?,
            (_, Some(_)) => end(work, owner, &lot)?,
            (None, None) => break,
        }
    }
    Ok(())
}

fn melt(work: &mut Work<'_>, owner: AccountId, lot: &Lot, at: Timestamp) -> Result<(), Refusal> {
    let layers = work.layers(&lot.stack);
    let found = first_step(work, &layers, &lot.ages).filter(|(step, _)| *step == at);
    let entry =
        found.and_then(|(_, layer)| Some((layer, work.policy(&layers.get(layer)?.policy)?)));
    let Some((layer, entry)) = entry else {
        return edit_lot(work, owner, lot.id, |lot| {
            lot.next_decay = None;
            Ok(())
        });
    };
    let amount = melting(&entry, lot, layer);
    let mut ages = lot.ages.clone();
    if let Some(age) = ages.get_mut(layer) {
        age.steps = age.steps.saturating_add(1);
    }
    let next = first_step(work, &layers, &ages).map(|(at, _)| at);
    edit_lot(work, owner, lot.id, |lot| {
        lot.ages = ages;
        lot.next_decay = next;
        lot.amount = lot.amount.saturating_sub(amount);
        Ok(())
    })?;
    let fate = entry.rule().decay().map_or(Fate::Granter, |decay| decay.to.clone());
    work.tell(owner, EventKind::Lost, amount, None);
    dispose(work, lot, (layer, &fate), amount)
}

/// How much a step takes: never more than is free.
fn melting(entry: &PolicyEntry, lot: &Lot, layer: usize) -> Amount {
    let Some(decay) = entry.rule().decay() else { return Amount::ZERO };
    let issued = lot.ages.get(layer).map_or(Amount::ZERO, |age| age.base);
    let base = if decay.of_issued { issued } else { lot.amount };
    let share = u128::from(base.units()).saturating_mul(u128::from(decay.percent)) / 100;
    Amount::new(u64::try_from(share).unwrap_or(u64::MAX)).min(lot.free())
}

fn end(work: &mut Work<'_>, owner: AccountId, lot: &Lot) -> Result<(), Refusal> {
    let free = lot.free();
    edit_lot(work, owner, lot.id, |lot| {
        lot.amount = lot.held;
        Ok(())
    })?;
    work.tell(owner, EventKind::Lost, free, None);
    let (layer, fate) = ending(work, lot);
    dispose(work, lot, (layer, &fate), free)
}

/// Which layer ends a lot, and where its coins go then.
pub(crate) fn ending(work: &Work<'_>, lot: &Lot) -> (usize, Fate) {
    let layers = work.layers(&lot.stack);
    let layer = first_end(work, &layers, &lot.ages).map_or(0, |(_, layer)| layer);
    let entry = layers.get(layer).and_then(|layer| work.policy(&layer.policy));
    (layer, entry.map_or(Fate::Granter, |entry| entry.rule().fate().clone()))
}

/// The policy that ends a lot.
pub(crate) fn ending_policy(work: &Work<'_>, lot: &Lot) -> Option<Arc<PolicyEntry>> {
    let layers = work.layers(&lot.stack);
    let (_, layer) = first_end(work, &layers, &lot.ages)?;
    work.policy(&layers.get(layer)?.policy)
}

/// Send coins that left a lot where a layer wants them: back to whoever put the layer there, under the layers below.
/// Only a base layer may move them to a pool or destroy them.
pub(crate) fn dispose(
    work: &mut Work<'_>,
    lot: &Lot,
    (layer, fate): (usize, &Fate),
    amount: Amount,
) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Ok(());
    }
    let layers = work.layers(&lot.stack);
    let is_top = layer.saturating_add(1) == layers.len();
    let put_by = layers.get(layer).map_or(lot.granter, |layer| layer.granter);
    let granter = if is_top { lot.granter } else { put_by };
    match fate {
        Fate::Burn if layer == 0 => burn(work, lot.stack, amount),
        Fate::Pool(name) if layer == 0 => {
            let to = pool(work, name);
            back_as_plain(work, lot, to, amount)
        }
        Fate::Burn | Fate::Pool(_) | Fate::Granter => {
            let keeps_rules =
                work.account(&granter).is_some_and(|account| account.kind != AccountKind::Pool);
            if layer == 0 || !keeps_rules {
                back_as_plain(work, lot, granter, amount)
            } else {
                back_under(work, lot, (layer, granter), amount)
            }
        }
    }
}

fn back_as_plain(
    work: &mut Work<'_>,
    lot: &Lot,
    to: AccountId,
    amount: Amount,
) -> Result<(), Refusal> {
    mark(work, lot.stack, PLAIN, amount)?;
    give_plain(work, to, amount)?;
    work.tell(to, EventKind::Received, amount, None);
    Ok(())
}

fn back_under(
    work: &mut Work<'_>,
    lot: &Lot,
    (layer, to): (usize, AccountId),
    amount: Amount,
) -> Result<(), Refusal> {
    let below: Vec<Layer> = work.layers(&lot.stack).iter().take(layer).copied().collect();
    let granter = below.last().map_or(to, |layer| layer.granter);
    let stack = work.stack_of(below);
    mark(work, lot.stack, stack, amount)?;
    let share = |age: &LayerAge| LayerAge { base: portion(age.base, amount, lot.amount), ..*age };
    let mut back = Lot {
        id: LotId(0),
        stack,
        granter,
        issued: work.now(),
        ages: lot.ages.iter().take(layer).map(share).collect(),
        expires: None,
        next_decay: None,
        issued_amount: amount,
        amount,
        held: Amount::ZERO,
        grace: false,
    };
    wind(work, &mut back);
    give(work, to, back)?;
    work.tell(to, EventKind::Received, amount, None);
    Ok(())
}

/// The end of a grace time that begins now: whole days last to the end of the day.
pub(crate) fn grace_end(entry: &PolicyEntry, now: Timestamp, grace: Span) -> Timestamp {
    let end = after(entry.zone().civil(now), grace);
    let end = match grace {
        Span::Minutes(_) | Span::Hours(_) => end,
        Span::Days(_) | Span::Months(_) | Span::Years(_) => Civil::start_of(end.date.add_days(1)),
    };
    entry.zone().first_instant(end)
}
