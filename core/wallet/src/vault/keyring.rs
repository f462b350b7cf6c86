//! The keyring of the operating system as a second factor: Keychain, Windows' credentials, or the Secret Service of a
//! Linux desktop.

use zeroize::Zeroizing;

use super::factor::{FACTOR_BYTES, FactorError, FactorSecret, SecondFactor};

/// What the secrets are filed under.
const SERVICE: &str = "scoin-wallet";

/// The name of this system's keyring, as written into a vault.
const BACKEND: &str = if cfg!(target_os = "macos") {
    "apple-keychain"
} else if cfg!(target_os = "windows") {
    "windows-credentials"
} else {
    "secret-service"
};

/// The keyring of this user's session. A server or a plain terminal has none: then every call says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keyring;

impl SecondFactor for Keyring {
    fn backend(&self) -> &'static str {
        BACKEND
    }

    fn keep(&self, name: &str, secret: &[u8; FACTOR_BYTES]) -> Result<(), FactorError> {
        entry(name)?.set_secret(secret).map_err(|error| failed(&error))
    }

    fn find(&self, name: &str) -> Result<Option<FactorSecret>, FactorError> {
        let found = match entry(name)?.get_secret() {
            Ok(found) => Zeroizing::new(found),
            Err(keyring::Error::NoEntry) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let mut secret = FactorSecret::default();
        if found.len() != secret.len() {
            return Err(FactorError("it keeps something else under this name".to_owned()));
        }
        secret.copy_from_slice(&found);
        Ok(Some(secret))
    }

    fn forget(&self, name: &str) -> Result<(), FactorError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}

fn entry(name: &str) -> Result<keyring::Entry, FactorError> {
    if let Err(error) = keyring::Entry::store_status() {
        return Err(failed(error));
    }
    keyring::Entry::new(SERVICE, name).map_err(|error| failed(&error))
}

fn failed(error: &keyring::Error) -> FactorError {
    // Some variants carry what they read, which may be a secret: those are not put into words by the crate.
    let carries =
        matches!(error, keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..));
    let why = || "it keeps something else under this name".to_owned();
    FactorError(if carries { why() } else { error.to_string() })
}
