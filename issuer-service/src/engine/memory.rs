//! An engine that forgets everything at exit: for tests and for trying things out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{EachRecord, Engine, EngineError, StoredFrame, Tip, WriteBack};

/// Frames and records in memory.
#[derive(Debug, Default)]
pub struct MemoryEngine(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    frames: Vec<StoredFrame>,
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    state_frame: Option<u64>,
}

impl MemoryEngine {
    /// With nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn absorb(&mut self, back: &WriteBack) {
        for (key, record) in &back.records {
            match record {
                Some(record) => self.records.insert(key.clone(), record.clone()),
                None => self.records.remove(key),
            };
        }
        self.state_frame = Some(back.at);
    }
}

impl Engine for MemoryEngine {
    fn tip(&self) -> Result<Option<Tip>, EngineError> {
        let inside = self.inside();
        Ok(inside.frames.last().map(|frame| Tip { number: frame.number, hash: frame.hash }))
    }

    fn commit(&self, frame: &StoredFrame, back: Option<&WriteBack>) -> Result<(), EngineError> {
        let mut inside = self.inside();
        let expected = u64::try_from(inside.frames.len()).unwrap_or(u64::MAX);
        if frame.number != expected {
            return Err(EngineError::OutOfOrder { expected, found: frame.number });
        }
        inside.frames.push(frame.clone());
        if let Some(back) = back {
            inside.absorb(back);
        }
        Ok(())
    }

    fn write_back(&self, back: &WriteBack) -> Result<(), EngineError> {
        self.inside().absorb(back);
        Ok(())
    }

    fn frames(&self, from: u64, most: usize) -> Result<Vec<StoredFrame>, EngineError> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.inside().frames.iter().skip(from).take(most).cloned().collect())
    }

    fn records(&self, each: &mut EachRecord<'_>) -> Result<Option<u64>, EngineError> {
        let inside = self.inside();
        for (key, record) in &inside.records {
            each(key, record)?;
        }
        Ok(inside.state_frame)
    }

    fn close(&self) -> Result<(), EngineError> {
        Ok(())
    }
}
