//! One batch in the journal: its head, and every entry as received with its outcome.

use crate::canon::{BadBytes, Blob, Canon, Input, canon_enum, canon_struct, from_bytes, to_bytes};
use crate::pending::FrameHead;

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
    pub fn hash(&self) -> [u8; 32] {
        [0; 32]
    }
}

impl Canon for FrameHead {
    fn put(&self, out: &mut Vec<u8>) {
        let _ = out;
    }
    fn take(_input: &mut Input<'_>) -> Result<Self, BadBytes> {
        Err(BadBytes)
    }
}
canon_struct!(Frame { head, entries });
canon_struct!(FrameEntry { source, outcome });
canon_enum!(Source { 1 Genesis(bytes), 2 Signed(bytes), 3 Tick });
