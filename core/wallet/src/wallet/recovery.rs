//! Getting an account back: any two of a device, the recovery words and the city name a new key, which takes over after
//! the city's delay unless a device or the words stop it.

use scoin_core::command::{Action, Command};
use scoin_core::envelope::SignedCommand;
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, CommandId};

use super::{Ask, Done, Wallet};
use crate::client::{ClientError, Decision};
use crate::error::WalletError;
use crate::seal;
use crate::vault::{RecoveryKey, VaultError};

/// How long a command of the words stays valid, in microseconds: 1 hour.
const VALID_MICROS: u64 = 60 * 60 * 1_000_000;

impl Wallet {
    /// Registers the key of the recovery words, in place of the one before; none from now on without one.
    pub async fn set_recovery_key(
        &self,
        key: Option<PublicKey>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetRecoveryKey { key }, ask).await
    }

    /// As one device of the account: asks that this key takes the place of all device keys.
    pub async fn ask_recovery(&self, key: PublicKey, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Recover { key }, ask).await
    }

    /// As a device: stops a recovery, and forgets what was asked for.
    pub async fn cancel_recovery(&self, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::CancelRecovery, ask).await
    }

    /// As a new device: acts for the account from now on; nothing is allowed to it before its key has taken over.
    /// With the words it also asks for that.
    pub async fn begin_recovery(
        &self,
        account: AccountId,
        words: Option<&RecoveryKey>,
    ) -> Result<Option<Done>, WalletError> {
        if self.account()?.is_some_and(|own| own.address != account.to_string()) {
            let text = "this wallet has an account of its own: recover with a new wallet";
            return Err(WalletError::BadInput(text.to_owned()));
        }
        let done = match words {
            Some(words) => {
                let action = Action::Recover { key: self.public_key()? };
                Some(self.by_words(account, words, action).await?)
            }
            None => None,
        };
        self.act_for(account)?;
        Ok(done)
    }

    /// By the words: stops a recovery of the account, and forgets what was asked for.
    pub async fn cancel_by_words(
        &self,
        account: AccountId,
        words: &RecoveryKey,
    ) -> Result<Done, WalletError> {
        self.by_words(account, words, Action::CancelRecovery).await
    }

    /// What the words ask is not kept in the outbox: asking again is harmless, and the words are not kept to sign it again.
    async fn by_words(
        &self,
        account: AccountId,
        words: &RecoveryKey,
        action: Action,
    ) -> Result<Done, WalletError> {
        let now = self.city_now().await?;
        let random = seal::make_random().ok_or(VaultError::NoRandom)?;
        let command = Command {
            id: CommandId::time_ordered(now, random),
            network: self.network()?,
            by: account,
            valid_until: now.saturating_add_micros(VALID_MICROS),
            action,
            sequence: None,
        };
        let bytes = words.sign(&command);
        let signed = SignedCommand::decode(&bytes).map_err(|_| VaultError::Sign)?;
        match self.client().submit(&bytes, false).await? {
            Decision::Answered(answer) => {
                let (outcome, proof) = self.verify(&answer, signed.digest())?;
                super::submit::conclude(command.id, *signed.digest(), outcome, Some(proof))
            }
            Decision::Rejected(problem) => Err(super::submit::rejected(command.id, problem)),
            Decision::Later(problem) => Err(ClientError::Problem(problem).into()),
        }
    }
}
