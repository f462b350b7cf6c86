//! A batch goes in, effects come out: the one way the books change.

use std::collections::{BTreeMap, BTreeSet};

use scoin_core::command::Action;
use scoin_core::outcome::Outcome;
use scoin_core::{AccountId, Amount, StackId, Timestamp};

use crate::frame::Frame;
use crate::invariants::Breach;
use crate::pending::VerifiedCommand;
use crate::state::{Key, Totals, Writes};

/// What the sequencer hands over: some entries in order, and where in the journal they go.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Number of the frame to be made: the last one's plus one.
    pub number: u64,
    /// Hash of the last frame's head.
    pub prev_hash: [u8; 32],
    /// State digest of the last frame.
    pub prev_state_digest: [u8; 32],
    /// Ledger time of all entries: max(last + 1 µs, clock).
    pub time: Timestamp,
    /// What to decide, in order.
    pub entries: &'a [Entry],
}

/// Something to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A command whose signature holds.
    Signed(Box<VerifiedCommand>),
    /// Do what is due. Issued by the sequencer, unsigned.
    Tick,
}

/// What a batch does.
#[derive(Clone, Debug)]
pub struct Effects {
    /// What changes in the state.
    pub writes: Writes,
    /// One answer for each entry, in order.
    pub answers: Vec<Answer>,
    /// The frame to append before any answer is given; `None` if no entry is to be journaled (then `writes` is empty).
    pub frame: Option<Frame>,
    /// The totals of every stack touched, as they are now.
    pub sums: BTreeMap<StackId, Totals>,
    /// Who is touched, for those who watch.
    pub events: Vec<Event>,
    /// A broken invariant. The process must stop before the frame is committed.
    pub breach: Option<Breach>,
}

/// The answer to one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was decided.
    pub outcome: Outcome,
    /// Where it is written.
    pub disposition: Disposition,
}

/// Where an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// In this batch's frame, at this index.
    New {
        /// Place in the frame.
        index: u32,
    },
    /// Decided before; `outcome` is the first answer, byte for byte.
    Repeated {
        /// Frame of the first answer.
        frame: u64,
        /// Place in that frame.
        index: u32,
    },
    /// Nowhere: the account or key is unknown, the city is another, the id was used for other content, or a tick found nothing to do.
    NotJournaled,
}

/// An account was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub account: AccountId,
    /// By which entry of the frame.
    pub index: u32,
    /// What happened.
    pub kind: EventKind,
    /// How much, if money is meant; else zero.
    pub amount: Amount,
    /// The other side, if there is one.
    pub with: Option<AccountId>,
}

/// What happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Keys, guardians, guards, attributes, registration or freezes changed.
    Changed,
    /// Money came in.
    Received,
    /// Money was paid or given.
    Sent,
    /// Money was reserved.
    Held,
    /// A reservation ended unused.
    Released,
    /// Money of a payment was given back.
    Refunded,
    /// Coins came to their end, melted or were taken back.
    Lost,
}

impl Entry {
    /// A command whose signature holds.
    pub fn signed(command: VerifiedCommand) -> Self {
        Self::Signed(Box::new(command))
    }
}

/// Everything deciding these entries may read directly, sorted: what an engine loads before [`apply`].
///
/// Reference data (policies, stacks, programmes, lists, calendars, totals, shared counters) is small, is needed by nearly
/// every batch and is expected to be at hand always; accounts reached only through a proposal, a hold or a payment follow
/// from its record.
pub fn footprint(entries: &[Entry]) -> BTreeSet<Key> {
    let mut keys = BTreeSet::from([Key::City, Key::Head]);
    for entry in entries {
        if let Entry::Signed(signed) = entry {
            let command = &signed.command;
            keys.insert(Key::Account(command.by));
            keys.insert(Key::Answer(command.by, command.id));
            action_keys(&command.action, &mut keys);
        }
    }
    keys
}

fn action_keys(action: &Action, keys: &mut BTreeSet<Key>) {
    let _ = (action, keys);
}
