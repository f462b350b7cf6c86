//! A sealed frame, and the receipts that can be cut from it.

use scoin_core::keys::SecretKey;
use scoin_core::merkle::{Hash, Levels};
use scoin_core::receipt::{Receipt, entry_leaf};
use scoin_ledger::Frame;

use crate::engine::{EngineError, StoredFrame};

/// A frame of the journal with its seal.
#[derive(Debug)]
pub struct SealedFrame {
    /// The frame.
    pub frame: Frame,
    /// Hash of its head.
    pub hash: Hash,
    /// The issuer's signature over the head.
    pub seal: Vec<u8>,
    /// What names each entry.
    digests: Vec<Hash>,
    levels: Levels,
}

impl SealedFrame {
    /// Seal a frame that was just decided.
    pub fn seal(frame: Frame, issuer: &SecretKey) -> Result<Self, EngineError> {
        let seal = frame.head.seal(issuer);
        Self::with_seal(frame, seal)
    }

    /// A frame read back from an engine.
    pub fn from_stored(stored: &StoredFrame) -> Result<Self, EngineError> {
        let frame = Frame::from_bytes(&stored.frame).map_err(|_| damaged(stored.number))?;
        Self::with_seal(frame, stored.seal.clone())
    }

    /// As an engine keeps it.
    pub fn to_stored(&self, touched: Vec<u8>) -> StoredFrame {
        StoredFrame {
            number: self.frame.head.number,
            hash: self.hash,
            frame: self.frame.to_bytes(),
            seal: self.seal.clone(),
            touched,
        }
    }

    /// The receipt of one entry; `None` if there is no such entry.
    pub fn receipt(&self, index: u32) -> Option<Receipt> {
        let at = usize::try_from(index).ok()?;
        Some(Receipt {
            seal: self.seal.clone(),
            index: u64::from(index),
            command: *self.digests.get(at)?,
            outcome: self.frame.entries.get(at)?.outcome.0.clone(),
            path: self.levels.path(u64::from(index))?,
        })
    }

    fn with_seal(frame: Frame, seal: Vec<u8>) -> Result<Self, EngineError> {
        let number = frame.head.number;
        let digests = frame.entries.iter().map(scoin_ledger::FrameEntry::digest);
        let digests = digests.collect::<Result<Vec<Hash>, _>>().map_err(|_| damaged(number))?;
        let rows = digests.iter().zip(&frame.entries);
        let leaves = rows.map(|(digest, entry)| entry_leaf(digest, &entry.outcome.0)).collect();
        let levels = Levels::new(leaves);
        if levels.root() != frame.head.entries_root {
            return Err(damaged(number));
        }
        Ok(Self { hash: frame.hash(), frame, seal, digests, levels })
    }
}

fn damaged(number: u64) -> EngineError {
    EngineError::Damaged(format!("frame {number} cannot be read"))
}
