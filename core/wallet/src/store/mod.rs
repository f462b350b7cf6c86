//! The cache of what the issuer could give again: account, history, rules, lists, contacts.
//!
//! Nothing here is the only copy of anything: keys are in the vault, unanswered commands in the outbox. So a damaged
//! cache is set aside and rebuilt. Two stores pass one conformance suite: [`MemoryStore`] and [`SledStore`].

mod memory;
mod sled;
mod stamp;

pub mod conformance;

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use thiserror::Error;

pub use self::memory::MemoryStore;
pub use self::sled::{SledStore, StoreKey};

/// Why the store could not be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// What was read is not what was written. Set the folder aside and sync again.
    #[error("the local cache is damaged: {0}")]
    Damaged(String),
    /// A file could not be read or written.
    #[error("the local cache could not be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Records by key, in order of their keys.
pub trait Store: Send + Sync + fmt::Debug {
    /// The value of a key.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// All records whose key begins with `prefix`, by key.
    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError>;

    /// All changes or none, and durable when this returns (where the store is durable at all).
    fn commit(&self, batch: Batch) -> Result<(), StoreError>;
}

/// Changes that happen together. The last change of a key counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    changes: BTreeMap<String, Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Put(Vec<u8>),
    Remove,
}

impl Batch {
    /// No changes.
    pub const fn new() -> Self {
        Self { changes: BTreeMap::new() }
    }

    /// Sets a value.
    pub fn put(&mut self, key: impl Into<String>, value: impl Into<Vec<u8>>) {
        self.changes.insert(key.into(), Change::Put(value.into()));
    }

    /// Removes a value; nothing happens if there is none.
    pub fn remove(&mut self, key: impl Into<String>) {
        self.changes.insert(key.into(), Change::Remove);
    }

    /// True without changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(crate) fn into_changes(self) -> impl Iterator<Item = (String, Change)> {
        self.changes.into_iter()
    }
}

#[cfg(test)]
mod cuts;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod tests;
