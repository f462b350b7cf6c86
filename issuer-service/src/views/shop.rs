//! A shop's tills and business days.

use scoin_api::{ClosedDayBody, ShopBody, TakingsBody, TillBody};
use scoin_core::command::{AccountKind, KeyRole, Takings, TillRights};
use scoin_core::{AccountId, Timestamp};
use scoin_ledger::state::{Account, ClosedDay, OpenDay};
use scoin_ledger::{Key, Record, State, View};

use crate::books::Live;

/// Most closed days that an account shows.
const DAYS_MAX: usize = 62;

/// What the books keep of a shop; `None` for other kinds of accounts.
pub(super) fn shop(
    live: &Live,
    id: AccountId,
    found: &Account,
    now: Timestamp,
) -> Option<ShopBody> {
    if !matches!(found.kind, AccountKind::Merchant | AccountKind::Service) {
        return None;
    }
    let state = &live.state;
    Some(ShopBody {
        open: open(state, id, now),
        days: days(state, id),
        tills: tills(state, id, found),
    })
}

fn open(state: &State, id: AccountId, now: Timestamp) -> TakingsBody {
    let open = match state.get(&Key::OpenDay(id)) {
        Some(Record::OpenDay(open)) => **open,
        _ => OpenDay { since: now, ..OpenDay::default() },
    };
    TakingsBody::of(&Takings {
        day: super::today(state, now),
        number: open.closes.saturating_add(1),
        since: open.since,
        after_frame: open.after_frame,
        after_index: open.after_index,
        payments: open.payments,
        gross: open.gross,
        refunds: open.refunds,
        refunded: open.refunded,
        redeemed: open.redeemed,
    })
}

fn days(state: &State, id: AccountId) -> Vec<ClosedDayBody> {
    let (from, to) = (Key::ClosedDay(id, i32::MIN), Key::ClosedDay(id, i32::MAX));
    let all = super::between(state, &from, &to).filter_map(|(_, record)| {
        if let Record::ClosedDay(day) = record { Some(closed(day)) } else { None }
    });
    let mut days: Vec<_> = all.collect();
    days.reverse();
    days.truncate(DAYS_MAX);
    days
}

fn closed(day: &ClosedDay) -> ClosedDayBody {
    ClosedDayBody {
        takings: TakingsBody::of(&day.takings),
        closed: day.at.into(),
        until: format!("{}:{}", day.frame, day.index),
        by: day.by.to_hex(),
    }
}

fn tills(state: &State, id: AccountId, found: &Account) -> Vec<TillBody> {
    let own = match state.get(&Key::Tills(id)) {
        Some(Record::Tills(tills)) => tills.as_slice(),
        _ => &[],
    };
    let tills = found.keys.iter().filter(|device| device.role != KeyRole::Owner).map(|device| {
        let own = own.iter().find(|till| till.key == device.key);
        let rights = own.map_or(TillRights::of(device.role), |till| till.rights);
        TillBody {
            key: device.key.to_hex(),
            role: super::device::role(device.role).to_owned(),
            receive: rights.receive,
            cancel: rights.cancel,
            refund: rights.refund,
            close: rights.close,
        }
    });
    tills.collect()
}
