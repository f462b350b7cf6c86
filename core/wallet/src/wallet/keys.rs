//! What a wallet does with its vault: opening it with a second secret, getting back in, asking for the words, locking.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Setup, VAULT_FILE, Wallet, lock_folder};
use crate::error::WalletError;
use crate::vault::{NewVault, Protection, QUIZ_WORDS, Quiz, SecondFactor, Vault, VaultError};

/// How often a waiting lock looks at the clock: a machine that slept must not be trusted to count.
const LOOK_MICROS: u64 = 30_000_000;

impl Wallet {
    /// As [`Wallet::open`], with what keeps secrets on this device; it is asked only if the vault needs it.
    pub fn open_with(
        dir: &Path,
        password: &str,
        setup: Setup,
        factor: Option<Arc<dyn SecondFactor>>,
    ) -> Result<Self, WalletError> {
        let path = dir.join(VAULT_FILE);
        if !path.try_exists()? {
            return Err(VaultError::Missing.into());
        }
        let lock = lock_folder(dir)?;
        let vault = Vault::open_with(&path, password, setup.clock.now(), factor)?;
        Self::assemble(dir, vault, setup, lock)
    }

    /// Opens the wallet in `dir` by its backup words and gives it a new password: when the old one, or the device's
    /// second secret, is gone. Keys, city and waiting commands are as they were; the count of commands is learned anew.
    pub fn recover(
        dir: &Path,
        password: &str,
        words: &str,
        new: NewVault,
        setup: Setup,
    ) -> Result<Self, WalletError> {
        let path = dir.join(VAULT_FILE);
        if !path.try_exists()? {
            return Err(VaultError::Missing.into());
        }
        let lock = lock_folder(dir)?;
        let vault = Vault::recover(&path, words, password, new)?;
        let mut wallet = Self::assemble(dir, vault, setup, lock)?;
        // Who comes with the words may have come with an old copy of the folder: the count is learned anew.
        wallet.outbox.get_mut().set_counter(None)?;
        Ok(wallet)
    }

    /// Puts the vault's generation before back in the place of a damaged one. A whole one is left as it is: false.
    pub fn repair(dir: &Path) -> Result<bool, WalletError> {
        let path = dir.join(VAULT_FILE);
        let lock = lock_folder(dir)?;
        let whole = Vault::protection(&path);
        let put_back = match whole {
            Ok(_) => false,
            Err(VaultError::Damaged | VaultError::Missing) => {
                Vault::restore_previous(&path)?;
                true
            }
            Err(error) => return Err(error.into()),
        };
        drop(lock);
        Ok(put_back)
    }

    /// How the vault in `dir` is protected. Nothing is opened.
    pub fn protection(dir: &Path) -> Result<Protection, WalletError> {
        Ok(Vault::protection(&dir.join(VAULT_FILE))?)
    }

    /// Needs a second secret from now on, kept by `factor`; gives the name of what keeps it.
    pub fn add_second_factor(
        &self,
        password: &str,
        factor: Arc<dyn SecondFactor>,
    ) -> Result<String, WalletError> {
        Ok(self.lock_vault().add_second_factor(password, factor)?)
    }

    /// Needs the password only, from now on.
    pub fn remove_second_factor(&self, password: &str) -> Result<(), WalletError> {
        Ok(self.lock_vault().remove_second_factor(password)?)
    }

    /// Three words to ask for.
    pub fn quiz(&self) -> Result<Quiz, WalletError> {
        Ok(self.lock_vault().quiz()?)
    }

    /// Are these the words the last quiz asked for? After three wrong answers the wallet locks.
    pub fn answer_quiz(&self, typed: [&str; QUIZ_WORDS]) -> Result<bool, WalletError> {
        Ok(self.lock_vault().answer_quiz(typed)?)
    }

    /// Are these all the words of this wallet?
    pub fn check_words(&self, typed: &str) -> Result<bool, WalletError> {
        Ok(self.lock_vault().check_words(typed)?)
    }

    /// True once somebody has shown that the words are written down.
    pub fn words_checked(&self) -> Result<bool, WalletError> {
        Ok(self.lock_vault().words_checked()?)
    }

    /// Waits until the wallet has been idle for its time, wipes the keys and ends; ends at once when it is locked. A shell
    /// runs this after every unlock.
    pub async fn lock_when_idle(&self) {
        loop {
            let now = self.setup.clock.now();
            self.lock_if_idle();
            let Some(left) = self.lock_vault().idle_left(now) else { return };
            tokio::time::sleep(Duration::from_micros(left.clamp(1, LOOK_MICROS))).await;
        }
    }
}
