//! One batch in the journal: its head, and every entry as received with its outcome.

use scoin_core::envelope::{EnvelopeError, SignedCommand};
use scoin_core::merkle::{Hash, Levels};
use scoin_core::receipt::{FrameHead, Receipt, entry_leaf};
use sha2::{Digest, Sha256};

use crate::canon::{BadBytes, Blob, canon_enum, canon_struct, from_bytes, to_bytes};

/// One frame of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What is hashed into the chain and signed.
    pub head: FrameHead,
    /// What was decided, in order.
    pub entries: Vec<FrameEntry>,
}

/// One entry of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameEntry {
    /// What was asked.
    pub source: Source,
    /// Canonical bytes of the outcome.
    pub outcome: Blob,
}

/// Where an entry came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The genesis document; only in frame 0.
    Genesis(Blob),
    /// A signed command, byte for byte as received.
    Signed(Blob),
    /// The sequencer, because something was due.
    Tick,
}

impl Frame {
    /// Canonical bytes, as stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Strict decoding of what [`Frame::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadBytes> {
        from_bytes(bytes)
    }

    /// Hash of the head: what the next frame names as its predecessor.
    pub fn hash(&self) -> Hash {
        self.head.hash()
    }

    /// The tree over the entries: its root is in the head, its paths are in receipts.
    pub fn tree(&self) -> Result<Levels, EnvelopeError> {
        let leaves = self.entries.iter().map(FrameEntry::leaf).collect::<Result<_, _>>()?;
        Ok(Levels::new(leaves))
    }

    /// The receipt of an entry under a seal of this frame; `None` if there is no such entry.
    /// Reads every entry: for one frame's receipts in a row, take the paths from [`Frame::tree`].
    pub fn receipt(&self, index: u32, seal: &[u8]) -> Option<Receipt> {
        let entry = self.entries.get(usize::try_from(index).ok()?)?;
        let path = self.tree().ok()?.path(u64::from(index))?;
        let command = entry.digest().ok()?;
        let (seal, outcome) = (seal.to_vec(), entry.outcome.0.clone());
        Some(Receipt { seal, index: u64::from(index), command, outcome, path })
    }
}

impl FrameEntry {
    /// What names the entry: the digest of the command, the hash of the genesis document, or zero for a tick.
    pub fn digest(&self) -> Result<Hash, EnvelopeError> {
        match &self.source {
            Source::Genesis(document) => Ok(Sha256::digest(&document.0).into()),
            Source::Signed(bytes) => Ok(*SignedCommand::decode(&bytes.0)?.digest()),
            Source::Tick => Ok([0; 32]),
        }
    }

    fn leaf(&self) -> Result<Hash, EnvelopeError> {
        Ok(entry_leaf(&self.digest()?, &self.outcome.0))
    }
}

canon_struct!(Frame { head, entries });
canon_struct!(FrameEntry { source, outcome });
canon_enum!(Source { 1 Genesis(bytes), 2 Signed(bytes), 3 Tick });
