//! Moving held coins to another version of their rule: at once if it is proved looser, else as an offer to the holder.
//!
//! Nobody but the granter of a layer may change it, and nobody but the holder may let it become tighter
//! (`docs/adr/0021`).

use scoin_core::command::AccountKind;
use scoin_core::outcome::{Effect, Part, Refusal};
use scoin_core::{AccountId, Amount, CommandId, LotId, PolicyId};

use super::Asker;
use super::retire::check_layer;
use crate::batch::EventKind;
use crate::coins::{edit_lot, mark};
use crate::life::{skip_steps, touch, wind};
use crate::looser::{are_versions, is_looser};
use crate::state::{Due, Key, Layer, Lot, Offer, Record};
use crate::work::{Decision, Work, not_found, out_of_range, plus};

/// The most lots one command moves; another one moves the rest.
const LOTS_AT_ONCE: usize = 64;
/// How long an offer stands, in microseconds: 30 days.
const OFFER_MICROS: u64 = 30 * 24 * 3600 * 1_000_000;

/// A layer to be replaced on somebody's coins.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) owner: AccountId,
    pub(super) granter: AccountId,
    pub(super) from: PolicyId,
    pub(super) to: PolicyId,
}

/// Moves coins, or offers to.
pub(super) fn migrate(work: &mut Work<'_>, asker: &Asker<'_>, change: Change) -> Decision {
    asker.acting(work, &[AccountKind::Person, AccountKind::Officer])?;
    check_granter(work, &asker.by, &change.granter)?;
    check_layer(work, change.to, &asker.by)?;
    work.known(&change.owner)?;
    let policy = |id| work.policy(&id).ok_or_else(|| not_found("policy"));
    let (old, new) = (policy(change.from)?, policy(change.to)?);
    if !are_versions(&old, &new) {
        return Err(out_of_range("to"));
    }
    touch(work, change.owner)?;
    let lots = moved_lots(work, change)?;
    if is_looser(work, &old, &new) && lots.iter().all(|(old, new)| ends_no_sooner(old, new)) {
        return carry_out(work, change, lots);
    }
    if work.get(&Key::Offer(change.owner, asker.id)).is_some() {
        return Err(Refusal::IdConflict);
    }
    let until = work.now().saturating_add_micros(OFFER_MICROS);
    let Change { owner, granter, from, to } = change;
    let offer = Offer { granter, by: asker.by, from, to, until };
    work.set_due(until, Due::Offer(owner, asker.id));
    work.put(Key::Offer(owner, asker.id), Record::Offer(Box::new(offer)));
    work.tell(owner, EventKind::Changed, Amount::ZERO, Some(asker.by));
    Ok(Effect::Pending { missing: 1 })
}

/// The owner accepts, or a guardian who did not make the offer.
pub(super) fn accept(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (owner, id): (AccountId, CommandId),
    to: PolicyId,
) -> Decision {
    asker.acting(work, &[AccountKind::Person])?;
    let offer = find(work, owner, id)?;
    let is_guardian = work.known(&owner)?.guardians.contains(&asker.by);
    if asker.by != owner && (!is_guardian || offer.granter == asker.by) {
        return Err(Refusal::NotAllowed);
    }
    check_layer(work, offer.to, &offer.by)?;
    if offer.to != to {
        return Err(Refusal::DigestMismatch);
    }
    touch(work, owner)?;
    let Offer { granter, from, .. } = offer;
    let change = Change { owner, granter, from, to };
    let lots = moved_lots(work, change)?;
    let effect = carry_out(work, change, lots)?;
    if lots_under(work, change).is_empty() {
        close(work, owner, id, &offer);
    }
    Ok(effect)
}

/// The owner, a guardian or whoever may speak for the granter ends an offer.
pub(super) fn decline(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (owner, id): (AccountId, CommandId),
) -> Decision {
    asker.acting(work, &[AccountKind::Person, AccountKind::Officer])?;
    let offer = find(work, owner, id)?;
    let is_guardian = work.known(&owner)?.guardians.contains(&asker.by);
    if asker.by != owner && !is_guardian {
        check_granter(work, &asker.by, &offer.granter)?;
    }
    close(work, owner, id, &offer);
    work.tell(owner, EventKind::Changed, Amount::ZERO, Some(asker.by));
    work.tell(offer.by, EventKind::Changed, Amount::ZERO, Some(owner));
    Ok(Effect::Done)
}

/// Everybody speaks for the layers they put on coins, officers for those of the treasury and the pools.
fn check_granter(work: &Work<'_>, by: &AccountId, granter: &AccountId) -> Result<(), Refusal> {
    let kind = |id: &AccountId| work.account(id).map(|account| account.kind);
    let may = match kind(by) {
        Some(AccountKind::Officer) => kind(granter) == Some(AccountKind::Pool),
        Some(AccountKind::Person) => by == granter,
        Some(AccountKind::Merchant | AccountKind::Service | AccountKind::Pool) | None => false,
    };
    if may { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// An offer that stands. One past its time is gone, whether a tick came or not.
fn find(work: &Work<'_>, owner: AccountId, id: CommandId) -> Result<Offer, Refusal> {
    match work.get(&Key::Offer(owner, id)) {
        Some(Record::Offer(offer)) if offer.until > work.now() => Ok(offer.as_ref().clone()),
        _ => Err(not_found("offer")),
    }
}

fn close(work: &mut Work<'_>, owner: AccountId, id: CommandId, offer: &Offer) {
    work.remove(Key::Offer(owner, id));
    work.clear_due(offer.until, Due::Offer(owner, id));
}

/// The owner's lots with this layer. Coins in their grace time are at their end already and stay as they are.
fn lots_under(work: &Work<'_>, change: Change) -> Vec<LotId> {
    let layer = Layer { policy: change.from, granter: change.granter };
    let lots = work.account(&change.owner).map(|account| account.lots.as_slice());
    let lots = lots.unwrap_or_default().iter();
    let under = lots.filter(|lot| !lot.grace && work.layers(&lot.stack).contains(&layer));
    under.map(|lot| lot.id).take(LOTS_AT_ONCE).collect()
}

/// Each lot as it is and as it would be. There must be one, and none may be past its end then.
fn moved_lots(work: &mut Work<'_>, change: Change) -> Result<Vec<(Lot, Lot)>, Refusal> {
    let old = Layer { policy: change.from, granter: change.granter };
    let new = Layer { policy: change.to, granter: change.granter };
    let ids = lots_under(work, change);
    if ids.is_empty() {
        return Err(not_found("lot"));
    }
    let mut lots = Vec::with_capacity(ids.len());
    for id in ids {
        let before = work.known(&change.owner)?.lot(id).ok_or_else(|| not_found("lot"))?.clone();
        let layers = work.layers(&before.stack);
        let layers = layers.iter().map(|layer| if *layer == old { new } else { *layer }).collect();
        let mut after = Lot { stack: work.stack_of(layers), ..before.clone() };
        wind(work, &mut after);
        let after = skip_steps(work, after);
        if after.has_ended(work.now()) {
            return Err(out_of_range("to"));
        }
        lots.push((before, after));
    }
    Ok(lots)
}

fn ends_no_sooner(old: &Lot, new: &Lot) -> bool {
    new.expires.is_none_or(|new| old.expires.is_some_and(|old| old <= new))
}

/// The coins keep their number, age and what is held of them; only their rules are others.
fn carry_out(work: &mut Work<'_>, change: Change, lots: Vec<(Lot, Lot)>) -> Decision {
    let mut amount = Amount::ZERO;
    let mut parts = Vec::with_capacity(lots.len());
    for (old, new) in lots {
        amount = plus(amount, old.amount)?;
        parts.push(Part { lot: old.id, line: 0, amount: old.amount });
        mark(work, old.stack, new.stack, old.amount)?;
        edit_lot(work, change.owner, old.id, |lot| {
            *lot = new;
            Ok(())
        })?;
    }
    work.tell(change.owner, EventKind::Changed, Amount::ZERO, Some(change.granter));
    Ok(Effect::Moved { amount, parts })
}
