//! The stamp beside the store: what its records add up to, before and after the last commit.

use std::io;
use std::path::Path;

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::sled::digest;
use crate::vault::replace;

const NAME: &str = "stamp";

/// Number of records and the exclusive-or of their hashes: the same in any order, and cheap to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Tally {
    #[n(0)]
    records: u64,
    #[cbor(n(1), with = "minicbor::bytes")]
    sum: [u8; 32],
}

impl Tally {
    /// With one more record.
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        self.records = self.records.saturating_add(1);
        self.toggle(key, value);
    }

    /// With one record less.
    pub(super) fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.records = self.records.saturating_sub(1);
        self.toggle(key, value);
    }

    fn toggle(&mut self, key: &[u8], value: &[u8]) {
        for (to, from) in self.sum.iter_mut().zip(digest(key, value)) {
            *to ^= from;
        }
    }
}

/// The two states a crash may leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Stamp {
    /// Before the last commit.
    #[n(0)]
    pub(super) before: Tally,
    /// After it.
    #[n(1)]
    pub(super) after: Tally,
}

impl Stamp {
    /// True if a store may add up to this.
    pub(super) fn allows(&self, tally: &Tally) -> bool {
        *tally == self.before || *tally == self.after
    }

    /// Writes the stamp into the store's folder, durably and atomically.
    pub(super) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let mut bytes = minicbor::to_vec(self).map_err(io::Error::other)?;
        let sum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&sum);
        Ok(replace::replace(&folder.join(NAME), &bytes)?)
    }

    /// Reads the stamp; none, or a damaged one, means a damaged store.
    pub(super) fn read(folder: &Path) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("the stamp is missing or damaged".to_owned());
        let bytes = match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(damaged()),
            Err(error) => return Err(error.into()),
        };
        let (content, sum) = bytes.split_last_chunk::<32>().ok_or_else(damaged)?;
        if Sha256::digest(content).as_slice() != sum {
            return Err(damaged());
        }
        minicbor::decode(content).map_err(|_| damaged())
    }
}
