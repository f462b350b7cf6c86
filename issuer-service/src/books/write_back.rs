//! Which changed records are written back, and when.

use std::collections::BTreeSet;

use scoin_ledger::canon::to_bytes;
use scoin_ledger::{Key, Record, State, View, Writes};

use super::Live;
use crate::engine::{RecordWrite, WriteBack};

/// More changed records than this are not held back, so that no single frame carries too many.
const DIRTY_MAX: usize = 20_000;

/// What has changed since the last write-back.
#[derive(Debug)]
pub struct WriteBackPlan {
    every: u64,
    since: u64,
    dirty: BTreeSet<Key>,
}

impl WriteBackPlan {
    /// Write back at least every so many frames.
    pub fn new(every: u64) -> Self {
        Self { every, since: 0, dirty: BTreeSet::new() }
    }

    /// Take note of a frame's changes; if it is time, everything changed since the last write-back, true after this frame.
    pub(super) fn next(
        &mut self,
        frame: u64,
        writes: &Writes,
        before: &State,
    ) -> Option<WriteBack> {
        self.note(writes);
        self.since = self.since.saturating_add(1);
        if self.since < self.every && self.dirty.len() <= DIRTY_MAX {
            return None;
        }
        let after = |key: &Key| match writes.get(key) {
            Some(written) => written.as_ref().map(to_bytes),
            None => before.get(key).map(to_bytes),
        };
        Some(self.take(frame, after))
    }

    /// Take note of changes that a frame already in the journal made.
    pub(super) fn note(&mut self, writes: &Writes) {
        self.dirty.extend(writes.keys().cloned());
    }

    /// Everything changed since the last write-back, if anything.
    pub(super) fn rest(&mut self, live: &Live) -> Option<WriteBack> {
        let bytes = |record: &Record| to_bytes(record);
        (!self.dirty.is_empty())
            .then(|| self.take(live.number(), |key| live.state.get(key).map(bytes)))
    }

    fn take(&mut self, at: u64, record: impl Fn(&Key) -> Option<Vec<u8>>) -> WriteBack {
        self.since = 0;
        let dirty = std::mem::take(&mut self.dirty);
        let records = dirty.iter().map(|key| -> RecordWrite { (to_bytes(key), record(key)) });
        WriteBack { at, records: records.collect() }
    }
}
