//! What happened to each account: an index in memory from account to journal entries.
//!
//! The ledger says who is touched by which entry; an engine keeps that beside the frame, so that a start reads it back
//! without deciding everything again. It can be made anew from the journal at any time and is never part of a digest.

use std::collections::BTreeMap;

use scoin_core::AccountId;
use scoin_core::envelope::SignedCommand;
use scoin_ledger::{Event, EventKind, Frame, Source};

/// One thing that happened to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Journal frame.
    pub frame: u64,
    /// Place in the frame.
    pub index: u32,
    /// What happened.
    pub what: What,
    /// How much, minor units; zero if no money is meant.
    pub amount: u64,
    /// The other side, if there is one.
    pub with: Option<AccountId>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The account asked, and nothing of its own changed (or it was refused).
    Asked,
    /// As the ledger says.
    Ledger(EventKind),
}

/// Place of an entry in the journal: (frame, index).
pub type Place = (u64, u32);

/// The index.
#[derive(Debug, Default)]
pub struct History {
    by_account: BTreeMap<AccountId, Vec<Touch>>,
}

impl History {
    /// Append what a frame did, in order.
    pub fn append(&mut self, touched: &[(AccountId, Touch)]) {
        for (account, touch) in touched {
            self.by_account.entry(*account).or_default().push(*touch);
        }
    }

    /// Up to `most` entries before a place, newest first.
    pub fn before(&self, account: &AccountId, place: Option<Place>, most: usize) -> Vec<Touch> {
        let all = self.all(account);
        let end =
            place.map_or(all.len(), |place| all.partition_point(|t| (t.frame, t.index) < place));
        all.iter().take(end).rev().take(most).copied().collect()
    }

    /// Up to `most` entries after a place, oldest first.
    pub fn after(&self, account: &AccountId, place: Place, most: usize) -> Vec<Touch> {
        let all = self.all(account);
        let start = all.partition_point(|touch| (touch.frame, touch.index) <= place);
        all.iter().skip(start).take(most).copied().collect()
    }

    /// The last place an account was touched.
    pub fn last(&self, account: &AccountId) -> Option<Place> {
        self.all(account).last().map(|touch| (touch.frame, touch.index))
    }

    fn all(&self, account: &AccountId) -> &[Touch] {
        self.by_account.get(account).map_or(&[], Vec::as_slice)
    }
}

/// Who was touched by one frame, in order of place.
pub type Touched = Vec<(AccountId, Touch)>;

/// Who asked, for each signed entry of a frame.
pub fn asked(frame: &Frame) -> impl Iterator<Item = (AccountId, u32)> + '_ {
    (0..).zip(&frame.entries).filter_map(|(index, entry)| match &entry.source {
        Source::Signed(bytes) => {
            SignedCommand::decode(&bytes.0).ok().map(|command| (command.message().by, index))
        }
        Source::Genesis(_) | Source::Tick => None,
    })
}

/// Who was touched by a frame: the ledger's events, and everyone who asked without being touched. In order of place;
/// of several events of one account at one place, the first with money counts.
pub fn touched(
    frame: u64,
    events: &[Event],
    asked: impl IntoIterator<Item = (AccountId, u32)>,
) -> Touched {
    let mut rows: BTreeMap<(u32, AccountId), Touch> = BTreeMap::new();
    for event in events {
        let touch = Touch {
            frame,
            index: event.index,
            what: What::Ledger(event.kind),
            amount: event.amount.units(),
            with: event.with,
        };
        let row = rows.entry((event.index, event.account)).or_insert(touch);
        if row.amount == 0 && touch.amount > 0 {
            *row = touch;
        }
    }
    for (account, index) in asked {
        let touch = Touch { frame, index, what: What::Asked, amount: 0, with: None };
        rows.entry((index, account)).or_insert(touch);
    }
    rows.into_iter().map(|((_, account), touch)| (account, touch)).collect()
}

/// Bytes of one row: account, index, what, amount, flag and other side.
const ROW: usize = 20 + 4 + 1 + 8 + 1 + 20;

/// As an engine keeps it beside the frame.
pub fn to_bytes(touched: &[(AccountId, Touch)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(touched.len().saturating_mul(ROW));
    for (account, touch) in touched {
        bytes.extend_from_slice(&account.0);
        bytes.extend_from_slice(&touch.index.to_be_bytes());
        bytes.push(number(touch.what));
        bytes.extend_from_slice(&touch.amount.to_be_bytes());
        bytes.push(u8::from(touch.with.is_some()));
        bytes.extend_from_slice(&touch.with.map_or([0; 20], |with| with.0));
    }
    bytes
}

/// Read back what [`to_bytes`] wrote; `None` if it is something else.
pub fn from_bytes(frame: u64, bytes: &[u8]) -> Option<Touched> {
    let rows = bytes.chunks_exact(ROW);
    if !rows.remainder().is_empty() {
        return None;
    }
    rows.map(|row| read_row(frame, row)).collect()
}

fn read_row(frame: u64, row: &[u8]) -> Option<(AccountId, Touch)> {
    let (account, row) = row.split_first_chunk::<20>()?;
    let (index, row) = row.split_first_chunk::<4>()?;
    let (what, row) = row.split_first()?;
    let (amount, row) = row.split_first_chunk::<8>()?;
    let (has_other, row) = row.split_first()?;
    let (with, _) = row.split_first_chunk::<20>()?;
    let touch = Touch {
        frame,
        index: u32::from_be_bytes(*index),
        what: named(*what)?,
        amount: u64::from_be_bytes(*amount),
        with: (*has_other == 1).then_some(AccountId(*with)),
    };
    Some((AccountId(*account), touch))
}

fn number(what: What) -> u8 {
    match what {
        What::Asked => 0,
        What::Ledger(EventKind::Changed) => 1,
        What::Ledger(EventKind::Received) => 2,
        What::Ledger(EventKind::Sent) => 3,
        What::Ledger(EventKind::Held) => 4,
        What::Ledger(EventKind::Released) => 5,
        What::Ledger(EventKind::Refunded) => 6,
        What::Ledger(EventKind::Lost) => 7,
        What::Ledger(EventKind::Unpaid) => 10,
        What::Ledger(EventKind::Missed) => 11,
        What::Ledger(EventKind::ChorePaid) => 20,
        What::Ledger(EventKind::ChoreEarned) => 21,
        What::Ledger(EventKind::ChoreUnpaid) => 22,
        What::Ledger(EventKind::ChoreMissed) => 23,
        What::Ledger(EventKind::OfAge) => 24,
    }
}

fn named(number: u8) -> Option<What> {
    Some(match number {
        0 => What::Asked,
        1 => What::Ledger(EventKind::Changed),
        2 => What::Ledger(EventKind::Received),
        3 => What::Ledger(EventKind::Sent),
        4 => What::Ledger(EventKind::Held),
        5 => What::Ledger(EventKind::Released),
        6 => What::Ledger(EventKind::Refunded),
        7 => What::Ledger(EventKind::Lost),
        10 => What::Ledger(EventKind::Unpaid),
        11 => What::Ledger(EventKind::Missed),
        20 => What::Ledger(EventKind::ChorePaid),
        21 => What::Ledger(EventKind::ChoreEarned),
        22 => What::Ledger(EventKind::ChoreUnpaid),
        23 => What::Ledger(EventKind::ChoreMissed),
        24 => What::Ledger(EventKind::OfAge),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use scoin_core::Amount;

    const A: AccountId = AccountId([1; 20]);
    const B: AccountId = AccountId([2; 20]);

    fn event(account: AccountId, index: u32, kind: EventKind, amount: u64) -> Event {
        Event { account, index, kind, amount: Amount::new(amount), with: Some(B) }
    }

    #[test]
    fn rows_are_read_back_as_written() {
        let events = [event(A, 0, EventKind::Sent, 5), event(B, 0, EventKind::Received, 5)];
        let rows = touched(9, &events, [(A, 0), (B, 1)]);
        assert_eq!(rows.len(), 3);
        assert_eq!(from_bytes(9, &to_bytes(&rows)), Some(rows.clone()));
        assert_eq!(from_bytes(9, &to_bytes(&rows)[1..]), None);
    }

    #[test]
    fn pages_go_back_and_events_go_on() {
        let mut history = History::default();
        for frame in 1..=5 {
            history.append(&touched(frame, &[event(A, 0, EventKind::Sent, frame)], []));
        }
        let newest: Vec<_> = history.before(&A, None, 2).iter().map(|t| t.frame).collect();
        assert_eq!(newest, [5, 4]);
        let older: Vec<_> = history.before(&A, Some((4, 0)), 9).iter().map(|t| t.frame).collect();
        assert_eq!(older, [3, 2, 1]);
        let later: Vec<_> = history.after(&A, (3, 0), 9).iter().map(|t| t.frame).collect();
        assert_eq!(later, [4, 5]);
        assert!(history.before(&B, None, 9).is_empty());
    }
}
