//! The state: records under ordered keys, and the map that holds them in memory.

mod account;
mod allowance;
mod chore;
mod counter;
mod device;
mod family;
mod givers;
mod key;
mod life;
mod lot;
mod payment;
mod record;
mod rules;
mod shop;

use std::collections::BTreeMap;

pub use account::{
    Account, DeviceKey, Freeze, Guard, LINKS_MAX, LOTS_MAX, MerchantEntry, ScopeName,
};
pub use allowance::{
    ALLOWANCES_MAX, ALLOWANCES_TO_MAX, Allowed, LastTurn, OWED_MAX, Owed, Source, Turn, turn_after,
    turn_from,
};
pub use chore::{
    CHORE_OWED_MAX, CHORES_MAX, MARKS_MAX, Mark, MarkStanding, Payout, Task, payout_after,
    payout_from,
};
pub use counter::{Bucket, Counters, LIFE, Last, Slot};
pub use device::{Asking, Device, Devices, Factor, Recovery, Running};
pub use family::{
    ASKS_KEPT_MAX, AskStanding, Asked, CHANGES_MAX, CONSENTS_MAX, Confirmed, Consent,
    EXCEPTIONS_MAX, Excepted, Exception, Family, Loosening, Said, Waiting,
};
pub use givers::Givers;
pub use key::{Due, Key};
pub use life::{Offer, RetiredName, SharedGuard, Status, Version};
pub use lot::{Layer, LayerAge, Lot, PLAIN, Stack, stack_id};
pub use payment::{Charged, Hold, Paid, PaidPart, Place, RequestUse, Rewarded};
pub use record::{
    Answered, City, Head, ListEntry, ModuleEntry, Proposed, Record, Standing, Totals,
};
pub use rules::{PolicyEntry, ProgramEntry};
pub use shop::{ClosedDay, OpenDay, Till};

/// What a frame changes: the record that stands under a key from now on, or `None` if nothing does.
pub type Writes = BTreeMap<Key, Option<Record>>;

/// Where [`crate::apply`] reads: a consistent state, true at the end of the last frame.
pub trait View {
    /// The record under a key.
    fn get(&self, key: &Key) -> Option<&Record>;
    /// The keys from `from` up to but not including `to`, ascending, at most `most`.
    fn keys(&self, from: &Key, to: &Key, most: usize) -> Vec<Key>;
}

/// The whole state in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    records: BTreeMap<Key, Record>,
}

impl State {
    /// A state with nothing in it, before frame 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Take over what a frame changed.
    pub fn absorb(&mut self, writes: Writes) {
        for (key, record) in writes {
            match record {
                Some(record) => self.records.insert(key, record),
                None => self.records.remove(&key),
            };
        }
    }

    /// Every record, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Record)> {
        self.records.iter()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True before frame 0.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

impl View for State {
    fn get(&self, key: &Key) -> Option<&Record> {
        self.records.get(key)
    }

    fn keys(&self, from: &Key, to: &Key, most: usize) -> Vec<Key> {
        if from >= to {
            return Vec::new();
        }
        self.records.range(from..to).take(most).map(|(key, _)| key.clone()).collect()
    }
}
