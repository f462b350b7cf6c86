//! The state of a back-test: the records by key, as fast to read as they can be.

use crate::state::{Key, Record, State, View, Writes};

/// A state to decide the past in.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    records: State,
}

impl World {
    /// Take over what a frame changed.
    pub(super) fn absorb(&mut self, writes: Writes) {
        self.records.absorb(writes);
    }

    /// Every record.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &Record)> {
        self.records.iter()
    }
}

impl View for World {
    fn get(&self, key: &Key) -> Option<&Record> {
        self.records.get(key)
    }

    fn keys(&self, from: &Key, to: &Key, most: usize) -> Vec<Key> {
        self.records.keys(from, to, most)
    }
}
