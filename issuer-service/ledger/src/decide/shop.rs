//! Tills and business days of a shop (`docs/adr/0030`).
//!
//! What a shop takes, gives back and cashes out is counted as it happens; a close only puts a line under it.

use scoin_core::command::{AccountKind, KeyRole, Takings, TillRights};
use scoin_core::keys::PublicKey;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::Asker;
use crate::batch::EventKind;
use crate::state::{Account, ClosedDay, Key, OpenDay, Record, Till};
use crate::work::{Decision, Work, not_found, out_of_range, plus};

pub(super) const SHOP: [AccountKind; 2] = [AccountKind::Merchant, AccountKind::Service];

/// What a till is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    Receive,
    Cancel,
    Refund,
    Close,
}

impl Right {
    const fn is_in(self, rights: TillRights) -> bool {
        match self {
            Self::Receive => rights.receive,
            Self::Cancel => rights.cancel,
            Self::Refund => rights.refund,
            Self::Close => rights.close,
        }
    }
}

/// What a live key of a shop may do.
fn rights_of(work: &Work<'_>, shop: &AccountId, key: &PublicKey) -> Option<TillRights> {
    let role = work.account(shop)?.key(key)?.role;
    // An owner key may do everything: no record speaks of it.
    let own = tills(work, shop).iter().find(|till| till.key == *key && role != KeyRole::Owner);
    Some(own.map_or(TillRights::of(role), |till| till.rights))
}

/// Has this key of the shop this right?
pub(super) fn has(work: &Work<'_>, shop: &AccountId, key: &PublicKey, right: Right) -> bool {
    rights_of(work, shop, key).is_some_and(|rights| right.is_in(rights))
}

impl Asker<'_> {
    /// The acting shop, if its key has this right.
    pub(super) fn till<'w>(
        &self,
        work: &'w Work<'_>,
        right: Right,
    ) -> Result<&'w Account, Refusal> {
        let account = work.account(&self.by).ok_or(Refusal::UnknownAccount)?;
        if SHOP.contains(&account.kind) && has(work, &self.by, &self.key, right) {
            Ok(account)
        } else {
            Err(Refusal::NotAllowed)
        }
    }
}

/// Says what a till may do.
pub(super) fn set_till(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    key: PublicKey,
    rights: Option<TillRights>,
) -> Decision {
    let account = asker.acting(work, &SHOP)?;
    let device = account.key(&key).ok_or_else(|| not_found("key"))?;
    if device.role == KeyRole::Owner {
        return Err(Refusal::NotAllowed);
    }
    let mut all = tills(work, &asker.by).to_vec();
    all.retain(|till| till.key != key);
    all.extend(rights.map(|rights| Till { key, rights }));
    all.sort_unstable_by_key(|till| till.key);
    keep_tills(work, asker.by, all);
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, None);
    Ok(Effect::Done)
}

/// A key of a shop is gone, or another one is in its place: the rights go with it.
pub(super) fn key_gone(
    work: &mut Work<'_>,
    shop: AccountId,
    old: PublicKey,
    new: Option<PublicKey>,
) {
    let mut all = tills(work, &shop).to_vec();
    let Some(place) = all.iter().position(|till| till.key == old) else { return };
    let till = all.remove(place);
    all.extend(new.map(|key| Till { key, ..till }));
    all.sort_unstable_by_key(|till| till.key);
    keep_tills(work, shop, all);
}

fn tills<'w>(work: &'w Work<'_>, shop: &AccountId) -> &'w [Till] {
    match work.get(&Key::Tills(*shop)) {
        Some(Record::Tills(tills)) => tills,
        _ => &[],
    }
}

fn keep_tills(work: &mut Work<'_>, shop: AccountId, all: Vec<Till>) {
    if all.is_empty() {
        work.remove(Key::Tills(shop));
    } else {
        work.put(Key::Tills(shop), Record::Tills(all));
    }
}

/// Closes the business day: it is written down with what it came to, and the next one begins.
pub(super) fn close(work: &mut Work<'_>, asker: &Asker<'_>, day: i32) -> Decision {
    asker.till(work, Right::Close)?;
    let today = work.today();
    if day != today.0 && day != today.add_days(-1).0 {
        return Err(out_of_range("day"));
    }
    let open = open_day(work, &asker.by);
    if open.last.is_some_and(|last| day <= last) {
        return Err(Refusal::DayClosed);
    }
    let number = open.closes.checked_add(1).ok_or(Refusal::Overflow)?;
    let takings = takings(&open, day, number);
    let (at, (frame, index)) = (work.now(), work.place());
    let closed = ClosedDay { takings, at, frame, index, by: asker.key };
    work.put(Key::ClosedDay(asker.by, day), Record::ClosedDay(Box::new(closed)));
    let next = OpenDay {
        since: at,
        after_frame: frame,
        after_index: index,
        last: Some(day),
        closes: number,
        ..OpenDay::default()
    };
    work.put(Key::OpenDay(asker.by), Record::OpenDay(Box::new(next)));
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, None);
    Ok(Effect::Closed(takings))
}

/// The open day under a date and a number.
fn takings(open: &OpenDay, day: i32, number: u32) -> Takings {
    Takings {
        day,
        number,
        since: open.since,
        after_frame: open.after_frame,
        after_index: open.after_index,
        payments: open.payments,
        gross: open.gross,
        refunds: open.refunds,
        refunded: open.refunded,
        redeemed: open.redeemed,
    }
}

/// A shop took money for a payment.
pub(super) fn received(
    work: &mut Work<'_>,
    shop: AccountId,
    amount: Amount,
) -> Result<(), Refusal> {
    note(work, shop, |open| {
        open.payments = open.payments.saturating_add(1);
        open.gross = plus(open.gross, amount)?;
        Ok(())
    })
}

/// A shop gave money of a payment back, whenever that was.
pub(super) fn refunded(
    work: &mut Work<'_>,
    shop: AccountId,
    amount: Amount,
) -> Result<(), Refusal> {
    note(work, shop, |open| {
        open.refunds = open.refunds.saturating_add(1);
        open.refunded = plus(open.refunded, amount)?;
        Ok(())
    })
}

/// A shop cashed out.
pub(super) fn redeemed(
    work: &mut Work<'_>,
    shop: AccountId,
    amount: Amount,
) -> Result<(), Refusal> {
    note(work, shop, |open| {
        open.redeemed = plus(open.redeemed, amount)?;
        Ok(())
    })
}

fn note(
    work: &mut Work<'_>,
    shop: AccountId,
    change: impl FnOnce(&mut OpenDay) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut open = open_day(work, &shop);
    change(&mut open)?;
    work.put(Key::OpenDay(shop), Record::OpenDay(Box::new(open)));
    Ok(())
}

fn open_day(work: &Work<'_>, shop: &AccountId) -> OpenDay {
    match work.get(&Key::OpenDay(*shop)) {
        Some(Record::OpenDay(open)) => **open,
        _ => OpenDay { since: work.now(), ..OpenDay::default() },
    }
}
