//! The books again from the journal alone.

use std::sync::Arc;

use scoin_core::command::{AccountKind, KeyRole};
use scoin_core::envelope::SignedCommand;
use scoin_core::genesis::{Genesis, TREASURY};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, Amount, Timestamp};

use crate::apply::{Journal, apply, close};
use crate::batch::{Batch, Effects, Entry};
use crate::canon::Blob;
use crate::frame::{Frame, Source};
use crate::invariants::Breach;
use crate::state::{Account, City, DeviceKey, Head, Key, Record, State, View};
use crate::work::Work;

/// Frame 0: the city itself, its officers and its treasury.
///
/// The genesis must have passed [`Genesis::check`], and its zone must exist ([`crate::zone::Zone::named`]).
pub fn genesis_frame(genesis: &Genesis) -> Effects {
    let network = genesis.network_id();
    let document = genesis.to_bytes();
    let city = Arc::new(City {
        genesis: Blob(document.clone()),
        network,
        zone: genesis.zone.clone(),
        currency: genesis.currency.clone(),
        sandbox: genesis.sandbox,
        approvals_needed: genesis.approvals_needed,
        hold_hours: u32::from(genesis.hold_hours),
        treasury: genesis.treasury(),
    });
    let empty = State::new();
    let mut work = Work::over(&empty, Arc::clone(&city), genesis.created);
    let head = Head { time: genesis.created, next_lot: 1, ..Head::default() };
    work.set_head(head);
    for key in &genesis.officers {
        let mut officer = Account::empty(AccountKind::Officer);
        let (day, spent) = (0, Amount::ZERO);
        let role = KeyRole::Owner;
        officer.keys.push(DeviceKey { key: *key, role, daily_cap: None, day, spent });
        let id = AccountId::derive(network, key);
        work.put(Key::Account(id), Record::Account(Box::new(officer)));
    }
    let treasury = Account { pool: Some(TREASURY.to_owned()), ..Account::empty(AccountKind::Pool) };
    work.put(Key::Account(city.treasury), Record::Account(Box::new(treasury)));
    work.put(Key::City, Record::City(city));
    work.keep();
    let mut journal = Journal { number: 0, entries: Vec::new(), leaves: Vec::new() };
    let outcome = Outcome::Accepted(Effect::Done).to_bytes();
    journal.append(Source::Genesis(Blob(document)), &genesis.hash(), outcome);
    let (prev_hash, prev_state_digest) = ([0; 32], [0; 32]);
    let time = genesis.created;
    let batch = Batch { number: 0, prev_hash, prev_state_digest, time, entries: &[] };
    close(work, journal, &batch, Vec::new())
}

/// How much of a frame is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Every signature is checked again: an audit.
    Nothing,
    /// Signatures were checked before the frame was sealed: the issuer's own start.
    OwnJournal,
}

/// Decide a frame again on the state before it, and compare every byte; every signature is checked again.
/// `prev` is the frame before; `None` for frame 0.
pub fn verify_frame(
    view: &dyn View,
    prev: Option<&Frame>,
    frame: &Frame,
) -> Result<Effects, Breach> {
    verify_frame_trusting(view, prev, frame, Trust::Nothing)
}

/// As [`verify_frame`], believing as much as `trust` says.
pub fn verify_frame_trusting(
    view: &dyn View,
    prev: Option<&Frame>,
    frame: &Frame,
    trust: Trust,
) -> Result<Effects, Breach> {
    let number = frame.head.number;
    let effects = match prev {
        None => first_frame(frame).ok_or(Breach::Chain(number))?,
        Some(prev) => {
            if number != prev.head.number.saturating_add(1) || frame.head.prev != prev.hash() {
                return Err(Breach::Chain(number));
            }
            if frame.head.time <= prev.head.time {
                return Err(Breach::Time(number));
            }
            again(view, prev, frame, trust)?
        }
    };
    match (&effects.breach, &effects.frame) {
        (Some(breach), _) => Err(breach.clone()),
        (None, Some(again)) if again == frame => Ok(effects),
        (None, _) => Err(Breach::Replay(number)),
    }
}

/// What a genesis frame does; `None` if it is none.
pub(crate) fn first_frame(frame: &Frame) -> Option<Effects> {
    let [entry] = frame.entries.as_slice() else { return None };
    let Source::Genesis(document) = &entry.source else { return None };
    Genesis::from_bytes(&document.0).ok().map(|genesis| genesis_frame(&genesis))
}

fn again(view: &dyn View, prev: &Frame, frame: &Frame, trust: Trust) -> Result<Effects, Breach> {
    let number = frame.head.number;
    let entries: Option<Vec<Entry>> = frame
        .entries
        .iter()
        .map(|entry| match &entry.source {
            Source::Genesis(_) => None,
            Source::Tick => Some(Entry::Tick),
            Source::Signed(bytes) => read(&bytes.0, &entry.outcome.0, trust),
        })
        .collect();
    let entries = entries.ok_or(Breach::Chain(number))?;
    Ok(apply(
        view,
        &Batch {
            number,
            prev_hash: prev.hash(),
            prev_state_digest: prev.head.state_digest,
            time: frame.head.time,
            entries: &entries,
        },
    ))
}

fn read(bytes: &[u8], outcome: &[u8], trust: Trust) -> Option<Entry> {
    let signed = SignedCommand::decode(bytes).ok()?;
    match trust {
        Trust::Nothing => signed.verify().ok().map(Entry::signed),
        // The command was genuine, the payment request inside it was not, and must not become so now.
        Trust::OwnJournal if outcome == not_genuine() => {
            Some(Entry::signed(signed.verified_before()))
        }
        Trust::OwnJournal => Some(Entry::journaled(signed.verified_before())),
    }
}

/// An entry of a journal that is believed; `None` if it cannot be read.
pub(crate) fn journaled(bytes: &[u8], outcome: &[u8]) -> Option<Entry> {
    read(bytes, outcome, Trust::OwnJournal)
}

fn not_genuine() -> Vec<u8> {
    Outcome::Refused(Refusal::RequestNotGenuine).to_bytes()
}

/// The state after all frames, each verified; `frames` starts with frame 0.
pub fn replay<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Result<State, Breach> {
    let mut state = State::new();
    let mut prev: Option<&Frame> = None;
    for frame in frames {
        let effects = verify_frame(&state, prev, frame)?;
        state.absorb(effects.writes);
        prev = Some(frame);
    }
    Ok(state)
}

/// Ledger time for the next frame: the clock, but always later than the last frame.
pub fn next_time(last: Timestamp, clock: Timestamp) -> Timestamp {
    last.saturating_add_micros(1).max(clock)
}
