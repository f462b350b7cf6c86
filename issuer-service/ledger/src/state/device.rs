//! Devices beside what their keys may do: names, counts, locks; and how an account is recovered.

use scoin_core::Timestamp;
use scoin_core::keys::PublicKey;

use crate::canon::{canon_enum, canon_struct};

/// What is kept of an account's devices. Keys without a name, a count and a lock are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// By key.
    pub list: Vec<Device>,
}

/// What is kept of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its live key.
    pub key: PublicKey,
    /// What people call it.
    pub name: Option<String>,
    /// The highest count of a command of it. Once there is one, every command must carry a higher one.
    pub sequence: Option<u64>,
    /// When a count came twice: since then the key may do nothing.
    pub locked: Option<Timestamp>,
}

impl Devices {
    /// The device of a key, if anything is kept of it.
    pub fn get(&self, key: &PublicKey) -> Option<&Device> {
        let place = self.list.binary_search_by_key(key, |device| device.key).ok()?;
        self.list.get(place)
    }

    /// True if the key may do nothing.
    pub fn is_locked(&self, key: &PublicKey) -> bool {
        self.get(key).is_some_and(|device| device.locked.is_some())
    }

    /// Keep something of a key's device; what says nothing is not kept.
    pub(crate) fn change(&mut self, key: PublicKey, change: impl FnOnce(&mut Device)) {
        let kept = self.list.iter().position(|device| device.key == key);
        let new = Device { key, name: None, sequence: None, locked: None };
        let mut device = kept.map_or(new, |place| self.list.remove(place));
        change(&mut device);
        if device.name.is_some() || device.sequence.is_some() || device.locked.is_some() {
            self.list.push(device);
            self.list.sort_unstable_by_key(|device| device.key);
        }
    }

    /// Forget a key's device.
    pub(crate) fn forget(&mut self, key: &PublicKey) {
        self.list.retain(|device| device.key != *key);
    }
}

/// How an account is recovered: the key of its words, what was asked for, what runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The key of the recovery words, if one is registered.
    pub words: Option<PublicKey>,
    /// What single factors asked for; at most one of each.
    pub asked: Vec<Asking>,
    /// A recovery that two factors asked for.
    pub running: Option<Running>,
}

/// One factor asks for a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Which factor.
    pub factor: Factor,
    /// The new key.
    pub key: PublicKey,
    /// After this it does not count.
    pub until: Timestamp,
}

/// A recovery that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The key that takes the place of all others.
    pub key: PublicKey,
    /// Who asked for it, in order.
    pub factors: Vec<Factor>,
    /// When the last factor asked.
    pub begun: Timestamp,
    /// When the key takes over.
    pub due: Timestamp,
}

/// What can ask for a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// A device with an owner key.
    Device,
    /// The recovery words.
    Words,
    /// The city's officers.
    City,
}

impl Recovery {
    /// True if there is nothing to keep.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_none() && self.asked.is_empty() && self.running.is_none()
    }
}

canon_struct!(Devices { list });
canon_struct!(Device { key, name, sequence, locked });
canon_struct!(Recovery { words, asked, running });
canon_struct!(Asking { factor, key, until });
canon_struct!(Running { key, factors, begun, due });
canon_enum!(Factor { 1 Device, 2 Words, 3 City });
