//! The store in memory: for tests and for runs that should leave nothing behind.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Batch, Change, Store, StoreError};

/// A map behind a lock.
#[derive(Debug, Default)]
pub struct MemoryStore {
    records: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Store for MemoryStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records()?.get(key).cloned())
    }

    fn scan(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let records = self.records()?;
        let from_prefix = records.range(prefix.to_owned()..);
        let within = from_prefix.take_while(|(key, _)| key.starts_with(prefix));
        Ok(within.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut records = self.records()?;
        for (key, change) in batch.into_changes() {
            match change {
                Change::Put(value) => records.insert(key, value),
                Change::Remove => records.remove(&key),
            };
        }
        Ok(())
    }
}

impl MemoryStore {
    fn records(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>>, StoreError> {
        self.records.lock().map_err(|_| StoreError::Damaged("an earlier change failed".to_owned()))
    }
}
