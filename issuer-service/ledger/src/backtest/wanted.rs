//! Which payments and requests something later in the past may ask for.
//!
//! Most payments are never refunded and most requests are shown once. Their records are half of what a decision writes,
//! so a back-test keeps only those that another entry may read.

#![expect(
    clippy::disallowed_types,
    reason = "only asked whether it holds a key: there is no order"
)]

use std::collections::{BTreeSet, HashSet};

use crate::batch::{Entry, footprint};
use crate::state::Key;

/// The records of payments and requests that must be kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted(HashSet<Key>);

impl Wanted {
    /// What more than one of these entries may read.
    pub(super) fn of<'e>(entries: impl Iterator<Item = &'e Entry>) -> Self {
        let (mut once, mut more) = (HashSet::new(), HashSet::new());
        for entry in entries {
            let keys: BTreeSet<Key> = footprint(std::slice::from_ref(entry));
            for key in keys.into_iter().filter(is_counted) {
                if once.contains(&key) {
                    more.insert(key);
                } else {
                    once.insert(key);
                }
            }
        }
        Self(more)
    }

    /// May the record be read again?
    pub(super) fn wants(&self, key: &Key) -> bool {
        !is_counted(key) || self.0.contains(key)
    }
}

fn is_counted(key: &Key) -> bool {
    matches!(key, Key::Payment(_) | Key::Request(..))
}
