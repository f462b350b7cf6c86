//! The cache of what the issuer could give again.

use thiserror::Error;

/// Why the store could not be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// What was read is not what was written.
    #[error("the local cache is damaged: {0}")]
    Damaged(String),
    /// A file could not be read or written.
    #[error("the local cache could not be read or written: {0}")]
    Io(#[from] std::io::Error),
}
