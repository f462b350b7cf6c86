//! A second secret beside the password, kept by the device: a stolen file alone cannot be guessed at.
//!
//! Which keeper has it stands in the vault's header, so that a wallet on a machine with another one says what it lacks.
//! It is never the only way in: the backup words open the file without it (`Vault::recover`).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;
use zeroize::Zeroizing;

/// Length of the secret in bytes.
pub const FACTOR_BYTES: usize = 32;

/// A second secret.
pub type FactorSecret = Zeroizing<[u8; FACTOR_BYTES]>;

/// Why a keeper of secrets cannot be used now.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FactorError(pub String);

/// What keeps secrets on this device: a keyring, a secure element behind an app, memory in tests.
pub trait SecondFactor: Send + Sync + fmt::Debug {
    /// What keeps the secret, as written into the vault: 1 to 32 letters, digits and hyphens; never changes its meaning.
    fn backend(&self) -> &str;

    /// Keeps a secret under a name, durably; one that was there is replaced.
    ///
    /// # Errors
    /// It cannot be kept: nothing is written into the vault then.
    fn keep(&self, name: &str, secret: &[u8; FACTOR_BYTES]) -> Result<(), FactorError>;

    /// The secret of this name; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be asked for now, for example because the keyring is locked.
    fn find(&self, name: &str) -> Result<Option<FactorSecret>, FactorError>;

    /// Forgets the secret of this name; forgetting nothing is no error.
    ///
    /// # Errors
    /// It may still be there.
    fn forget(&self, name: &str) -> Result<(), FactorError>;
}

/// A keeper in memory, for tests and for shells that keep the secret themselves.
#[derive(Default)]
pub struct MemoryFactor {
    backend: String,
    secrets: Mutex<BTreeMap<String, FactorSecret>>,
}

impl MemoryFactor {
    /// An empty one that calls itself `backend`.
    pub fn new(backend: &str) -> Self {
        Self { backend: backend.to_owned(), secrets: Mutex::default() }
    }

    /// How many secrets it keeps.
    pub fn len(&self) -> usize {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// True if it keeps none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl SecondFactor for MemoryFactor {
    fn backend(&self) -> &str {
        &self.backend
    }

    fn keep(&self, name: &str, secret: &[u8; FACTOR_BYTES]) -> Result<(), FactorError> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(name.to_owned(), Zeroizing::new(*secret));
        Ok(())
    }

    fn find(&self, name: &str) -> Result<Option<FactorSecret>, FactorError> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn forget(&self, name: &str) -> Result<(), FactorError> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

impl fmt::Debug for MemoryFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryFactor").field("backend", &self.backend).finish_non_exhaustive()
    }
}
