//! Holds: reserve coins for a request, take all or part of them, or let them go.

use scoin_core::command::{AccountKind, KeyRole, Payment};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{Amount, CommandId};
use scoin_policy::alloc::spread;

use super::pay::{decide_sale, moved, rewards, set_aside};
use super::shop::{self, Right};
use super::{Asker, merchant};
use crate::batch::EventKind;
use crate::coins::{edit_lot, give_plain, mark, portion};
use crate::facts::Purchase;
use crate::facts::{SomeShop, Someone};
use crate::life::sweep;
use crate::state::{Due, Hold, Key, Lot, PLAIN, Paid, PaidPart, Record, Slot};
use crate::work::{Decision, Work, not_found};

const TILL: [KeyRole; 3] = [KeyRole::Owner, KeyRole::Cashier, KeyRole::Manager];
const HOUR_MICROS: u64 = 3_600_000_000;

/// Reserves coins. Rules are judged and counted now; a capture is not judged again.
pub(super) fn authorise(work: &mut Work<'_>, asker: &Asker<'_>, payment: &Payment) -> Decision {
    let sale = decide_sale(work, asker, payment)?;
    set_aside(work, &sale.paid)?;
    let hours = u64::from(work.city().hold_hours);
    let deadline = work.now().saturating_add_micros(hours.saturating_mul(HOUR_MICROS));
    work.set_due(deadline, Due::Hold(asker.id));
    work.tell(asker.by, EventKind::Held, sale.paid.amount, Some(sale.paid.merchant));
    work.tell(sale.paid.merchant, EventKind::Held, sale.paid.amount, Some(asker.by));
    let effect = moved(&sale.paid);
    let hold = Hold {
        deadline,
        open: true,
        kind: sale.purchase.kind.into_owned(),
        channel: sale.purchase.channel,
        paid: sale.paid,
    };
    work.put(Key::Hold(asker.id), Record::Hold(Box::new(hold)));
    Ok(effect)
}

/// Takes all or part of a hold; the rest is released.
pub(super) fn capture(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    id: CommandId,
    amount: Amount,
) -> Decision {
    asker.till(work, Right::Receive)?;
    let hold = find(work, id)?;
    if hold.paid.merchant != asker.by {
        return Err(Refusal::NotAllowed);
    }
    merchant::check_open(work, &asker.by)?;
    check_open(work, &hold)?;
    if amount > hold.paid.amount {
        return Err(Refusal::MoreThanLeft { left: hold.paid.amount });
    }
    let captured = captured(&as_they_are(work, hold.paid.clone()), amount);
    release(work, &hold.paid, Some(&captured))?;
    for (_, stack, part) in super::pay::by_lot(&captured) {
        mark(work, stack, PLAIN, part)?;
    }
    give_plain(work, asker.by, amount)?;
    shop::received(work, asker.by, amount)?;
    let (payer, shop) = (captured.payer, captured.merchant);
    work.tell(payer, EventKind::Sent, amount, Some(shop));
    work.tell(shop, EventKind::Received, amount, Some(payer));
    finish(work, &hold, id, captured)
}

/// Write the payment down, close the hold, and give what the payment earns.
fn finish(work: &mut Work<'_>, hold: &Hold, id: CommandId, mut captured: Paid) -> Decision {
    let (payer, shop) = (work.known(&captured.payer)?, work.known(&captured.merchant)?);
    let purchase = Purchase {
        payer: Someone::new(&captured.payer, payer, work.today()),
        shop: SomeShop::new(&captured.merchant, shop),
        amount: captured.amount,
        kind: hold.kind.clone().into(),
        channel: hold.channel.clone(),
        items: None,
        now: work.now(),
    };
    captured.rewards = rewards(work, &captured, &purchase.facts())?;
    let amount = captured.amount;
    work.put(Key::Payment(id), Record::Payment(Box::new(captured)));
    close(work, id, hold.clone());
    // The shop asks: which coins paid is not its business.
    Ok(Effect::Moved { amount, parts: Vec::new() })
}

/// Releases a hold: the merchant at any time, anyone after the deadline.
pub(super) fn void(work: &mut Work<'_>, asker: &Asker<'_>, id: CommandId) -> Decision {
    let kinds =
        [AccountKind::Person, AccountKind::Merchant, AccountKind::Service, AccountKind::Officer];
    asker.acting_as(work, &kinds, &TILL)?;
    let hold = find(work, id)?;
    let is_till =
        hold.paid.merchant == asker.by && shop::has(work, &asker.by, &asker.key, Right::Cancel);
    if !is_till && hold.deadline > work.now() {
        return Err(Refusal::NotAllowed);
    }
    if !hold.open {
        return Err(Refusal::HoldClosed);
    }
    let amount = hold.paid.amount;
    let_go(work, id, hold)?;
    Ok(Effect::Moved { amount, parts: Vec::new() })
}

/// Release the whole of a hold: money and count come back, and the request may be paid again.
pub(super) fn let_go(work: &mut Work<'_>, id: CommandId, hold: Hold) -> Result<(), Refusal> {
    release(work, &hold.paid, None)?;
    work.remove(Key::Request(hold.paid.merchant, hold.paid.request));
    let (payer, shop) = (hold.paid.payer, hold.paid.merchant);
    work.tell(payer, EventKind::Released, hold.paid.amount, Some(shop));
    work.tell(shop, EventKind::Released, hold.paid.amount, Some(payer));
    close(work, id, hold);
    Ok(())
}

fn find(work: &Work<'_>, id: CommandId) -> Result<Hold, Refusal> {
    match work.get(&Key::Hold(id)) {
        Some(Record::Hold(hold)) => Ok(hold.as_ref().clone()),
        _ => Err(not_found("hold")),
    }
}

fn check_open(work: &Work<'_>, hold: &Hold) -> Result<(), Refusal> {
    if hold.open && hold.deadline > work.now() { Ok(()) } else { Err(Refusal::HoldClosed) }
}

/// The lots of a hold as they are by now: their rules may have become others since it was made.
fn as_they_are(work: &Work<'_>, mut held: Paid) -> Paid {
    let account = work.account(&held.payer);
    for lot in &mut held.lots {
        if let Some(live) = account.and_then(|account| account.lot(lot.id)) {
            *lot = Lot { amount: Amount::ZERO, held: Amount::ZERO, ..live.clone() };
        }
    }
    held
}

/// What remains of a closed hold, so that it answers as closed until a tick removes it.
fn close(work: &mut Work<'_>, id: CommandId, mut hold: Hold) {
    hold.open = false;
    hold.paid.parts.clear();
    hold.paid.lots.clear();
    hold.paid.charges.clear();
    work.put(Key::Hold(id), Record::Hold(Box::new(hold)));
}

/// The payment a capture makes of a hold: every part in proportion, by largest remainder.
fn captured(held: &Paid, amount: Amount) -> Paid {
    let weights: Vec<u64> = held.parts.iter().map(|part| part.amount.units()).collect();
    let amounts = spread(amount.units(), &weights);
    let parts: Vec<PaidPart> = held
        .parts
        .iter()
        .zip(amounts)
        .map(|(part, amount)| PaidPart { amount: Amount::new(amount), ..*part })
        .collect();
    let charges = held.charges.iter().map(|charge| {
        let counted = |at: &usize| {
            charge.parts.is_empty()
                || charge.parts.iter().any(|part| usize::try_from(*part) == Ok(*at))
        };
        let sum = |parts: &[PaidPart]| {
            let parts = parts.iter().enumerate().filter(|(at, _)| counted(at));
            Amount::checked_sum(parts.map(|(_, part)| part.amount)).unwrap_or(Amount::MAX)
        };
        let amount = portion(charge.amount, sum(&parts), sum(&held.parts));
        crate::state::Charged { amount, ..charge.clone() }
    });
    let charges = charges.collect();
    Paid { amount, parts, charges, ..held.clone() }
}

/// Free everything a hold has set aside; what is captured leaves its lots. Money not captured comes off the counters,
/// the count only if nothing is captured.
fn release(work: &mut Work<'_>, held: &Paid, captured: Option<&Paid>) -> Result<(), Refusal> {
    let taken = captured.map(super::pay::by_lot).unwrap_or_default();
    for (at, (lot, _, amount)) in super::pay::by_lot(held).into_iter().enumerate() {
        let gone = taken.get(at).map_or(Amount::ZERO, |(_, _, amount)| *amount);
        edit_lot(work, held.payer, lot, |lot| {
            lot.held = lot.held.checked_sub(amount).ok_or(Refusal::Overflow)?;
            lot.amount = lot.amount.checked_sub(gone).ok_or(Refusal::Overflow)?;
            Ok(())
        })?;
        sweep(work, held.payer, lot)?;
    }
    for (at, charge) in held.charges.iter().enumerate() {
        let kept = captured.and_then(|paid| paid.charges.get(at));
        let amount = charge.amount.saturating_sub(kept.map_or(Amount::ZERO, |kept| kept.amount));
        let count = if kept.is_some() { 0 } else { charge.count };
        let slot = Slot { scope: charge.scope, measure: charge.measure };
        if let Some(counters) = work.counters_mut(&charge.place) {
            counters.lower(slot, charge.day, amount, count);
        }
    }
    Ok(())
}
