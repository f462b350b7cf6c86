//! Refunds: money goes back to the lots it came from, off the counters it was counted in, never as free money.

use scoin_core::command::REFUND_MICROS_MAX;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, CommandId};
use scoin_policy::alloc::spread;

use super::shop::{self, Right};
use super::{Asker, reward};
use crate::batch::EventKind;
use crate::coins::{edit_lot, give, insert_lot, mark, take_plain};
use crate::life::{dispose, ending, ending_policy, grace_end, skip_steps};
use crate::state::{Key, Lot, PLAIN, Paid, Record, Slot};
use crate::work::{Decision, Work, not_found, out_of_range, plus};

/// Gives back part of a payment, by line if lines are named, else every part in proportion.
pub(super) fn refund(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    id: CommandId,
    amount: Amount,
    lines: &[(u32, Amount)],
) -> Decision {
    asker.till(work, Right::Refund)?;
    let mut paid = match work.get(&Key::Payment(id)) {
        Some(Record::Payment(paid)) => paid.as_ref().clone(),
        _ => return Err(not_found("payment")),
    };
    if paid.merchant != asker.by {
        return Err(Refusal::NotAllowed);
    }
    let left = paid.amount.saturating_sub(paid.refunded);
    if amount > left {
        return Err(Refusal::MoreThanLeft { left });
    }
    if paid.at.saturating_add_micros(REFUND_MICROS_MAX) < work.now() {
        return Err(Refusal::RefundLate);
    }
    let back = if lines.is_empty() { in_proportion(&paid, amount) } else { by_line(&paid, lines)? };
    take_plain(work, asker.by, amount).map_err(|have| Refusal::NotEnough { have })?;
    for lot in paid.lots.clone() {
        let sum = paid.parts.iter().zip(&back).filter(|(part, _)| part.lot == lot.id);
        let sum = Amount::checked_sum(sum.map(|(_, back)| *back)).ok_or(Refusal::Overflow)?;
        give_back(work, paid.payer, lot, sum)?;
    }
    write_down(work, &mut paid, amount, &back)?;
    shop::refunded(work, paid.merchant, amount)?;
    work.tell(paid.payer, EventKind::Refunded, amount, Some(paid.merchant));
    work.tell(paid.merchant, EventKind::Sent, amount, Some(paid.payer));
    work.put(Key::Payment(id), Record::Payment(Box::new(paid)));
    // The shop asks: which coins get it back is not its business.
    Ok(Effect::Moved { amount, parts: Vec::new() })
}

/// What each part still has to give.
fn rests(paid: &Paid) -> Vec<Amount> {
    paid.parts.iter().map(|part| part.amount.saturating_sub(part.refunded)).collect()
}

fn spread_over(total: Amount, weights: &[Amount]) -> Vec<Amount> {
    let weights: Vec<u64> = weights.iter().map(|weight| weight.units()).collect();
    spread(total.units(), &weights).into_iter().map(Amount::new).collect()
}

/// Every part in proportion to what it has left, by largest remainder; the last refund takes the rest.
fn in_proportion(paid: &Paid, amount: Amount) -> Vec<Amount> {
    spread_over(amount, &rests(paid))
}

fn by_line(paid: &Paid, lines: &[(u32, Amount)]) -> Result<Vec<Amount>, Refusal> {
    let mut back = vec![Amount::ZERO; paid.parts.len()];
    for (line, amount) in lines {
        if !paid.parts.iter().any(|part| part.line == *line) {
            return Err(out_of_range("lines"));
        }
        let rests: Vec<Amount> = paid
            .parts
            .iter()
            .zip(rests(paid))
            .map(|(part, rest)| if part.line == *line { rest } else { Amount::ZERO })
            .collect();
        let left = Amount::checked_sum(rests.iter().copied()).ok_or(Refusal::Overflow)?;
        if *amount > left {
            return Err(Refusal::MoreThanLeft { left });
        }
        for (sum, part) in back.iter_mut().zip(spread_over(*amount, &rests)) {
            *sum = plus(*sum, part)?;
        }
    }
    Ok(back)
}

/// Coins go back into the lot they came from, as it was.
fn give_back(
    work: &mut Work<'_>,
    payer: AccountId,
    lot: Lot,
    amount: Amount,
) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Ok(());
    }
    mark(work, PLAIN, lot.stack, amount)?;
    let now = work.now();
    let standing = work.known(&payer)?.lot(lot.id).filter(|live| live.stack == lot.stack).cloned();
    let live = standing.clone().unwrap_or_else(|| lot.clone());
    if live.has_ended(now) {
        return after_the_end(work, payer, (standing.is_some(), live), amount);
    }
    if standing.is_some() {
        return edit_lot(work, payer, lot.id, |lot| {
            lot.amount = plus(lot.amount, amount)?;
            Ok(())
        });
    }
    let back = skip_steps(work, Lot { amount, ..lot });
    come_back(work, payer, back)
}

/// A lot comes back under its own number; if the lot of that number has moved to other rules, beside it: coins come back
/// under the rules they were paid with.
fn come_back(work: &mut Work<'_>, payer: AccountId, lot: Lot) -> Result<(), Refusal> {
    if work.known(&payer)?.lot(lot.id).is_some() {
        return give(work, payer, lot).map(|_| ());
    }
    insert_lot(work, payer, lot)
}

/// An ended lot lives again for its grace time; without one its coins go straight to their fate.
fn after_the_end(
    work: &mut Work<'_>,
    payer: AccountId,
    (stands, lot): (bool, Lot),
    amount: Amount,
) -> Result<(), Refusal> {
    let now = work.now();
    let entry = ending_policy(work, &lot);
    let grace = entry
        .and_then(|entry| entry.rule().refund().grace.map(|grace| grace_end(&entry, now, grace)))
        .filter(|end| *end > now);
    let Some(end) = grace else {
        let (layer, fate) = ending(work, &lot);
        work.tell(payer, EventKind::Lost, amount, None);
        return dispose(work, &Lot { amount, ..lot }, (layer, &fate), amount);
    };
    if stands {
        return edit_lot(work, payer, lot.id, |lot| {
            (lot.grace, lot.expires, lot.next_decay) = (true, Some(end), None);
            lot.amount = plus(lot.amount, amount)?;
            Ok(())
        });
    }
    let held = Amount::ZERO;
    let back = Lot { amount, held, grace: true, expires: Some(end), next_decay: None, ..lot };
    come_back(work, payer, back)
}

/// Note what was given back: in the parts, in the buckets of the original payment, and in the rewards it earned.
fn write_down(
    work: &mut Work<'_>,
    paid: &mut Paid,
    amount: Amount,
    back: &[Amount],
) -> Result<(), Refusal> {
    paid.refunded = plus(paid.refunded, amount)?;
    let whole = paid.refunded == paid.amount;
    for (part, back) in paid.parts.iter_mut().zip(back) {
        part.refunded = plus(part.refunded, *back)?;
    }
    for charge in &mut paid.charges {
        let counted = |at: usize| {
            charge.parts.is_empty()
                || charge.parts.iter().any(|part| usize::try_from(*part) == Ok(at))
        };
        let sum = back.iter().enumerate().filter(|(at, _)| counted(*at)).map(|(_, back)| *back);
        let sum = Amount::checked_sum(sum).ok_or(Refusal::Overflow)?.min(charge.amount);
        let amount = if charge.restores_amount { sum } else { Amount::ZERO };
        let count = if whole && charge.restores_count { charge.count } else { 0 };
        let slot = Slot { scope: charge.scope, measure: charge.measure };
        if let Some(counters) = work.counters_mut(&charge.place) {
            counters.lower(slot, charge.day, amount, count);
        }
        charge.amount = charge.amount.saturating_sub(amount);
        charge.count = charge.count.saturating_sub(count);
    }
    let (refunded, total) = (paid.refunded, paid.amount);
    for rewarded in &mut paid.rewards {
        reward::take_back(work, paid.payer, rewarded, (refunded, total))?;
    }
    Ok(())
}
