//! Commands that wait for their answer.

use thiserror::Error;

/// Why the outbox could not be used.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// A record in the middle of the file is damaged: a command may have been sent that is not known any more.
    #[error(
        "the outbox is damaged at byte {0}: read the history from the issuer before paying again"
    )]
    Damaged(u64),
    /// The file could not be read or written.
    #[error("the outbox could not be read or written: {0}")]
    Io(#[from] std::io::Error),
}
