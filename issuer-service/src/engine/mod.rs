//! Engines: where frames become durable. They store bytes and decide nothing.
//!
//! A frame is committed before anything in it is acknowledged. Changed records follow lazily: an engine keeps them with
//! the number of the frame they are true at, and a start replays what came after ([`crate::books`]).

mod head_file;
mod memory;
mod redb_file;

pub use memory::MemoryEngine;
pub use redb_file::RedbEngine;

/// One sealed frame as an engine keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFrame {
    /// Its number; the first is 0.
    pub number: u64,
    /// Hash of its head.
    pub hash: [u8; 32],
    /// Canonical frame bytes.
    pub frame: Vec<u8>,
    /// The issuer's seal.
    pub seal: Vec<u8>,
    /// Who was touched by it ([`crate::history`]); can be made anew from the frames.
    pub touched: Vec<u8>,
}

/// The last frame of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Its number.
    pub number: u64,
    /// Hash of its head.
    pub hash: [u8; 32],
}

/// A record's key and its bytes; `None` if there is none any more.
pub type RecordWrite = (Vec<u8>, Option<Vec<u8>>);

/// What is done with a record's key and bytes.
pub type EachRecord<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), EngineError> + 'a;

/// Changed records, true at the end of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteBack {
    /// The frame.
    pub at: u64,
    /// What changed since the last write-back, by ascending key.
    pub records: Vec<RecordWrite>,
}

/// Why an engine cannot go on. None of these is retried.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Another process has the data file open.
    #[error("the data file is in use by another process; stop that one first")]
    InUse,
    /// The store reports damage or an I/O error.
    #[error("the data file cannot be used: {0}; restore it from a backup or another copy")]
    Store(String),
    /// The data file has lost what was acknowledged.
    #[error(
        "the data file ends at {found}, but frame {acknowledged} was acknowledged; \
         the file was damaged or replaced by an older copy: restore the newest one, \
         or remove the `.head` file beside it to give up what is missing"
    )]
    LostFrames {
        /// Where the file ends, in words.
        found: String,
        /// The last frame acknowledged.
        acknowledged: u64,
    },
    /// The data file holds something else than this program wrote.
    #[error("the data file is damaged: {0}")]
    Damaged(String),
    /// A frame was given out of order. Cannot happen with one sequencer.
    #[error("frame {found} was given where frame {expected} belongs")]
    OutOfOrder {
        /// What belongs there.
        expected: u64,
        /// What was given.
        found: u64,
    },
}

/// Where a journal and the records made from it are kept.
pub trait Engine: Send + Sync + std::fmt::Debug {
    /// The last durable frame; `None` before frame 0.
    fn tip(&self) -> Result<Option<Tip>, EngineError>;

    /// Make a frame durable, together with changed records if given. When this returns, both survive a power cut.
    fn commit(&self, frame: &StoredFrame, back: Option<&WriteBack>) -> Result<(), EngineError>;

    /// Make changed records durable without a frame (at shutdown).
    fn write_back(&self, back: &WriteBack) -> Result<(), EngineError>;

    /// Up to `most` frames from number `from`, in order. May stop early, but not before the first.
    fn frames(&self, from: u64, most: usize) -> Result<Vec<StoredFrame>, EngineError>;

    /// Every record written back, by ascending key, and the frame they are true at (`None` if none ever were).
    fn records(&self, each: &mut EachRecord<'_>) -> Result<Option<u64>, EngineError>;

    /// Release the data file.
    fn close(&self) -> Result<(), EngineError>;
}
