//! What can go wrong with a vault: each error says what to do next.

use std::io;

use thiserror::Error;

use super::PASSWORD_CHARS_MIN;

/// Why a vault could not be used.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The password does not open it.
    #[error("the password is wrong")]
    WrongPassword,
    /// The password is too short to protect anything.
    #[error("the password is too short: use at least {PASSWORD_CHARS_MIN} characters")]
    WeakPassword,
    /// The file is not whole: `Vault::restore_previous` may help.
    #[error("the vault file is damaged: restore the previous generation or use the words")]
    Damaged,
    /// The header asks for more or less work than is allowed.
    #[error("the vault file asks for a cost outside of the allowed range: do not open it")]
    Hostile,
    /// Written by a newer version.
    #[error("the vault file has an unknown format: update the wallet")]
    Version,
    /// There is no vault here.
    #[error("there is no wallet here: create one first")]
    Missing,
    /// There is a vault here already.
    #[error("there is a wallet here already: open it or choose another folder")]
    Exists,
    /// Locked, by hand or after idle time.
    #[error("the wallet is locked: unlock it with the password")]
    Locked,
    /// The words are not a valid mnemonic.
    #[error("these words are not a valid phrase: check their order and spelling")]
    Words,
    /// The words are good words, of another wallet.
    #[error("these words are of another wallet: use the ones written down for this one")]
    OtherWords,
    /// Written before backup words could open a file.
    #[error(
        "this vault is from before words could open it: restore from the words into a new folder"
    )]
    NoRecovery,
    /// The device's secret that this vault also needs is not where the header says.
    #[error(
        "this wallet also needs a secret kept by `{backend}`, and it is not there: \
         use the device it was made on, or recover with the backup words"
    )]
    SecondMissing {
        /// What kept the secret.
        backend: String,
    },
    /// What keeps the secret cannot be asked now.
    #[error(
        "this wallet also needs a secret kept by `{backend}`, which cannot be asked now ({why}): \
         unlock or start it, or recover with the backup words"
    )]
    SecondUnavailable {
        /// What keeps the secret.
        backend: String,
        /// What it said.
        why: String,
    },
    /// This device has nothing that keeps secrets.
    #[error("this device has no keyring to keep a second secret in ({0}): log in to a desktop")]
    NoKeyring(String),
    /// The device has too little memory for the cost of this vault.
    #[error("there is not enough free memory to open the vault: close other programs")]
    NoMemory,
    /// What should be kept does not fit into a vault.
    #[error("the vault file would be too large to be opened again: nothing was written")]
    TooLarge,
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random bytes: try again later")]
    NoRandom,
    /// A signature could not be made or did not verify.
    #[error("the signature could not be made")]
    Sign,
    /// The file could not be read or written.
    #[error("the vault file could not be read or written: {0}")]
    Io(#[from] io::Error),
}
