//! Paying a merchant's signed request: one decision over the whole basket, from one or several lots.

use scoin_core::command::{AccountKind, Payment};
use scoin_core::envelope::Verified;
use scoin_core::outcome::{Effect, Part, Refusal, RuleRefusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, LotId, StackId};
use scoin_policy::alloc::Allocation;
use scoin_policy::causes;
use scoin_policy::facts::Facts;
use scoin_policy::ir::Trigger;

use super::shop::{self, Right};
use super::{Asker, ask, check_frozen, merchant, reward};
use crate::batch::EventKind;
use crate::coins::{check_unused, edit_lot, give_plain, mark, spend};
use crate::facts::Purchase;
use crate::life::touch;
use crate::purse::Purse;
use crate::state::{Charged, Key, Lot, PLAIN, Paid, PaidPart, Record, RequestUse};
use crate::work::{Decision, Work, out_of_range};
use crate::zone::Zone;

/// A payment decided and not yet carried out.
pub(super) struct Sale {
    pub(super) purchase: Purchase,
    pub(super) paid: Paid,
}

/// Pays.
pub(super) fn pay(work: &mut Work<'_>, asker: &Asker<'_>, payment: &Payment) -> Decision {
    let mut sale = decide_sale(work, asker, payment)?;
    for (lot, stack, amount) in by_lot(&sale.paid) {
        spend(work, asker.by, lot, amount)?;
        mark(work, stack, PLAIN, amount)?;
    }
    give_plain(work, sale.paid.merchant, sale.paid.amount)?;
    shop::received(work, sale.paid.merchant, sale.paid.amount)?;
    work.tell(asker.by, EventKind::Sent, sale.paid.amount, Some(sale.paid.merchant));
    work.tell(sale.paid.merchant, EventKind::Received, sale.paid.amount, Some(asker.by));
    let facts = Facts { amount: sale.paid.amount.units(), ..sale.purchase.facts() };
    sale.paid.rewards = rewards(work, &sale.paid, &facts)?;
    let effect = moved(&sale.paid);
    work.put(Key::Payment(asker.id), Record::Payment(Box::new(sale.paid)));
    Ok(effect)
}

/// What programmes give for a payment.
pub(super) fn rewards(
    work: &mut Work<'_>,
    paid: &Paid,
    facts: &Facts<'_>,
) -> Result<Vec<crate::state::Rewarded>, Refusal> {
    let same: Option<(StackId, AccountId)> = paid.lots.first().map(|lot| (lot.stack, lot.granter));
    let occasion = reward::Occasion { on: &Trigger::Payment, earner: paid.payer, facts, same };
    reward::give_what_fits(work, &occasion)
}

/// What the payer is told.
pub(super) fn moved(paid: &Paid) -> Effect {
    let part = |part: &PaidPart| Part { lot: part.lot, line: part.line, amount: part.amount };
    Effect::Moved { amount: paid.amount, parts: paid.parts.iter().map(part).collect() }
}

/// How much each lot pays, in the order of the lots.
pub(super) fn by_lot(paid: &Paid) -> Vec<(LotId, StackId, Amount)> {
    let sum = |lot: &Lot| {
        let parts = paid.parts.iter().filter(|part| part.lot == lot.id);
        Amount::checked_sum(parts.map(|part| part.amount)).unwrap_or(Amount::MAX)
    };
    paid.lots.iter().map(|lot| (lot.id, lot.stack, sum(lot))).collect()
}

/// Decides a payment: who, which request, which coins. Counts it, and marks the request as used.
pub(super) fn decide_sale(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    payment: &Payment,
) -> Result<Sale, Refusal> {
    let payer = asker.acting(work, &[AccountKind::Person, AccountKind::Merchant])?;
    check_frozen(payer)?;
    let request = check_request(work, asker, !payment.part)?;
    check_unused(work, asker.id)?;
    if payment.lots.iter().collect::<std::collections::BTreeSet<_>>().len() != payment.lots.len() {
        return Err(out_of_range("lots"));
    }
    touch(work, asker.by)?;
    choose_coins(work, asker, payment, request)
}

/// The request a command carries: genuine, of an open shop, in time and not paid; and the key may spend `whole` of it.
pub(super) fn check_request<'a>(
    work: &Work<'_>,
    asker: &Asker<'a>,
    whole: bool,
) -> Result<&'a Verified<PaymentRequest>, Refusal> {
    let verified = asker.request.ok_or(Refusal::RequestNotGenuine)?;
    let (signer, request) = (verified.key(), verified.message());
    if request.merchant == asker.by {
        return Err(Refusal::NotAllowed);
    }
    merchant::check_open(work, &request.merchant)?;
    if whole {
        asker.check_key(work, request.amount)?;
    }
    let may_receive = shop::has(work, &request.merchant, signer, Right::Receive);
    if request.network != work.city().network || !may_receive {
        return Err(Refusal::RequestNotGenuine);
    }
    if request.expires < work.now() {
        return Err(Refusal::RequestExpired);
    }
    check_unpaid(work, request)?;
    Ok(verified)
}

/// Would the whole request be paid now, judged without the own rules of these guardians? Else why not.
pub(super) fn would_pass(
    work: &Work<'_>,
    payer: AccountId,
    request: &PaymentRequest,
    waived: &[AccountId],
) -> Result<(), Refusal> {
    let (account, shop) = (work.known(&payer)?, work.known(&request.merchant)?);
    let purchase = Purchase::of(work, (&payer, account), shop, request);
    let purse = Purse::open(work, payer, (request.merchant, waived), &[])?;
    let total = Amount::new(purse.allocate(work, &purchase, false).total);
    if total == request.amount { Ok(()) } else { Err(why_not(work, &purse, &purchase, false)) }
}

fn check_unpaid(work: &Work<'_>, request: &PaymentRequest) -> Result<(), Refusal> {
    match work.get(&Key::Request(request.merchant, request.id)) {
        Some(Record::Request(used)) => Err(Refusal::RequestPaid { by: used.by }),
        _ => Ok(()),
    }
}

fn choose_coins(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    payment: &Payment,
    verified: &Verified<PaymentRequest>,
) -> Result<Sale, Refusal> {
    let request = verified.message();
    let (payer, shop) = (work.known(&asker.by)?, work.known(&request.merchant)?);
    let purchase = Purchase::of(work, (&asker.by, payer), shop, request);
    let in_order = !payment.lots.is_empty();
    let draw = |waived: &[AccountId]| {
        let purse = Purse::open(work, asker.by, (request.merchant, waived), &payment.lots)?;
        let allocation = purse.allocate(work, &purchase, in_order);
        Ok::<_, Refusal>((purse, allocation))
    };
    let (mut purse, mut allocation) = draw(&[])?;
    // Only a payment that does not pass as it is needs an exception.
    let waived = if allocation.total < request.amount.units() {
        ask::waived(work, &asker.by, verified)
    } else {
        Vec::new()
    };
    if !waived.is_empty() {
        (purse, allocation) = draw(&waived)?;
    }
    let total = Amount::new(allocation.total);
    if total < request.amount && (!payment.part || total.is_zero()) {
        return Err(why_not(work, &purse, &purchase, in_order));
    }
    asker.check_key(work, total)?;
    let charges = purse.charge(work, &purchase, &allocation, request.merchant);
    asker.spend_key(work, total);
    ask::settle(work, asker.by, verified, (!waived.is_empty()).then_some(total));
    let used = RequestUse { by: asker.id };
    work.put(Key::Request(request.merchant, request.id), Record::Request(used));
    let paid = paid(work, asker, request, (&purse, &allocation), charges);
    Ok(Sale { purchase, paid })
}

fn paid(
    work: &Work<'_>,
    asker: &Asker<'_>,
    request: &PaymentRequest,
    (purse, allocation): (&Purse, &Allocation),
    charges: Vec<Charged>,
) -> Paid {
    let mut lots: Vec<Lot> = Vec::with_capacity(allocation.parts.len());
    let mut parts = Vec::with_capacity(allocation.parts.len());
    let payer = work.account(&asker.by);
    for part in &allocation.parts {
        let Some(lot) = purse.lot(part.lot).and_then(|id| payer?.lot(id)) else { continue };
        if !lots.iter().any(|known| known.id == lot.id) {
            lots.push(Lot { amount: Amount::ZERO, held: Amount::ZERO, ..lot.clone() });
        }
        parts.push(PaidPart {
            lot: lot.id,
            line: u32::try_from(part.line).unwrap_or(u32::MAX),
            amount: Amount::new(part.amount),
            refunded: Amount::ZERO,
        });
    }
    Paid {
        payer: asker.by,
        merchant: request.merchant,
        request: request.id,
        at: work.now(),
        amount: Amount::new(allocation.total),
        refunded: Amount::ZERO,
        parts,
        lots,
        charges,
        rewards: Vec::new(),
    }
}

/// Rules stand before want of money, because that is their order; want of money alone is no rule's fault.
fn why_not(work: &Work<'_>, purse: &Purse, purchase: &Purchase, in_order: bool) -> Refusal {
    let refused = purse.refuse(work, purchase, in_order);
    if refused.causes.is_empty() {
        return Refusal::NotEnough { have: purse.have() };
    }
    let zone = Zone::named(&refused.zone);
    let next = refused.next.zip(zone).map(|(next, zone)| zone.first_instant(next));
    Refusal::Rules(RuleRefusal {
        pass_now: Amount::new(refused.pass_now),
        next,
        causes: causes::encode(&refused.causes),
    })
}

/// Coins of a decided payment are set aside in their lots.
pub(super) fn set_aside(work: &mut Work<'_>, paid: &Paid) -> Result<(), Refusal> {
    for (lot, _, amount) in by_lot(paid) {
        edit_lot(work, paid.payer, lot, |lot| {
            lot.held = lot.held.checked_add(amount).ok_or(Refusal::Overflow)?;
            Ok(())
        })?;
    }
    Ok(())
}
