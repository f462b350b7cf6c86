//! Changing what opens a vault: the password, the second secret of the device, and the way back in with the words.

use std::path::Path;
use std::sync::Arc;

use scoin_core::Timestamp;

use super::factor::{FactorError, FactorSecret, SecondFactor};
use super::file::{Header, Second};
use super::memory::with_clean_stack;
use super::replace::{self, Disk, Files};
use super::{
    IDLE_MICROS, NewVault, Open, Vault, VaultCost, VaultError, check_password, mnemonic_of,
    open_file, read, sealed,
};
use crate::seal;

impl Vault {
    /// Changes the password. A crash at any moment leaves a vault that opens with the old one or with the new one; on
    /// return neither generation opens with the old one. A second secret stays as it is.
    pub fn change_password(
        &mut self,
        old: &str,
        new: &str,
        cost: VaultCost,
    ) -> Result<(), VaultError> {
        self.change_password_on(&mut Disk, (old, new), cost)
    }

    pub(super) fn change_password_on(
        &mut self,
        files: &mut dyn Files,
        (old, new): (&str, &str),
        cost: VaultCost,
    ) -> Result<(), VaultError> {
        check_password(new)?;
        self.prove(old)?;
        let second = self.header.second().cloned();
        self.rekey(files, new, second, cost)
    }

    /// Makes a second secret, keeps it with `factor`, and needs it from now on beside the password. Returns what keeps
    /// it. The words open the file without it.
    pub fn add_second_factor(
        &mut self,
        password: &str,
        factor: Arc<dyn SecondFactor>,
    ) -> Result<String, VaultError> {
        self.prove(password)?;
        let backend = factor.backend().to_owned();
        let unavailable = |error: FactorError| VaultError::NoKeyring(error.0);
        let secret = seal::make_random().map(FactorSecret::new).ok_or(VaultError::NoRandom)?;
        let second = Second {
            backend: backend.clone(),
            name: seal::make_random().ok_or(VaultError::NoRandom)?,
        };
        let name = hex::encode(second.name);
        factor.keep(&name, &secret).map_err(unavailable)?;
        // A keeper that forgets would lock people out: it must show the secret before the vault needs it.
        if factor.find(&name).map_err(unavailable)?.as_ref() != Some(&secret) {
            return Err(VaultError::NoKeyring("it does not give back what it keeps".to_owned()));
        }
        let (before, kept_by) = (self.header.second().cloned(), self.factor.replace(factor));
        let cost = self.header.cost();
        if let Err(error) = self.rekey(&mut Disk, password, Some(second), cost) {
            self.factor = kept_by;
            return Err(error);
        }
        forget(before.as_ref(), kept_by.as_deref());
        Ok(backend)
    }

    /// Needs the password only, from now on. The device's secret is forgotten.
    pub fn remove_second_factor(&mut self, password: &str) -> Result<(), VaultError> {
        self.prove(password)?;
        let before = self.header.second().cloned();
        let cost = self.header.cost();
        self.rekey(&mut Disk, password, None, cost)?;
        forget(before.as_ref(), self.factor.as_deref());
        Ok(())
    }

    /// Opens the vault in `path` with its backup words and gives it a new password, when the old one or the device's
    /// secret is gone. What the vault knew is kept; it needs no second secret afterwards.
    pub fn recover(
        path: &Path,
        words: &str,
        password: &str,
        new: NewVault,
    ) -> Result<Self, VaultError> {
        check_password(password)?;
        with_clean_stack(|| {
            let mnemonic = mnemonic_of(words, new.language)?;
            let entropy = mnemonic.entropy();
            let file = read(path)?;
            let (header, key, body) = open_file(&file, &mut |header| header.recover(&entropy))?;
            let (secrets, facts) = body.unpack(&key)?;
            let open = Open { secrets, facts, used: new.created, quiz: None, wrong_answers: 0 };
            let path = path.to_owned();
            let mut vault =
                Self { path, header, open: Some(open), idle_micros: IDLE_MICROS, factor: None };
            vault.rekey(&mut Disk, password, None, new.cost)?;
            Ok(vault)
        })
    }

    /// The password is asked for again before anything about it changes; the vault is open afterwards.
    fn prove(&mut self, password: &str) -> Result<(), VaultError> {
        let used = self.open.as_ref().map_or_else(Timestamp::default, |open| open.used);
        self.unlock(password, used)
    }

    /// Seals the same content under a new key and replaces both generations by it.
    fn rekey(
        &mut self,
        files: &mut dyn Files,
        password: &str,
        second: Option<Second>,
        cost: VaultCost,
    ) -> Result<(), VaultError> {
        with_clean_stack(|| {
            let header = Header::make(cost, self.header.created(), second)?;
            let secret = second_secret(&header, self.factor.as_deref())?;
            let key = header.key(password, secret.as_ref())?;
            let open = self.opened_mut()?;
            let header = header.with_recovery(&key, open.secrets.get().entropy())?;
            let bytes = sealed(&header, &key, open.secrets.get(), &open.facts)?;
            replace::replace_on(files, &self.path, &bytes)?;
            // From here on the file is of the new key, whatever happens to the generation before.
            let open = self.opened_mut()?;
            open.secrets.get_mut().key.copy_from_slice(key.as_slice());
            self.header = header;
            Ok(replace::replace_on(files, &replace::old(&self.path), &bytes)?)
        })
    }
}

/// The second secret that a header asks for.
pub(super) fn second_secret(
    header: &Header,
    factor: Option<&dyn SecondFactor>,
) -> Result<Option<FactorSecret>, VaultError> {
    let Some(second) = header.second() else { return Ok(None) };
    let backend = || second.backend.clone();
    let missing = || VaultError::SecondMissing { backend: backend() };
    let factor = factor.filter(|factor| factor.backend() == second.backend).ok_or_else(missing)?;
    let found = factor
        .find(&hex::encode(second.name))
        .map_err(|error| VaultError::SecondUnavailable { backend: backend(), why: error.0 })?;
    found.map(Some).ok_or_else(missing)
}

/// A secret that no vault needs any more. If it cannot be forgotten it stays behind, and opens nothing.
fn forget(second: Option<&Second>, factor: Option<&dyn SecondFactor>) {
    if let (Some(second), Some(factor)) = (second, factor)
        && let Err(error) = factor.forget(&hex::encode(second.name))
    {
        tracing::warn!(%error, "a second secret could not be forgotten");
    }
}
