//! The count of this device's commands: it rises with every one, and a copy of the device that does not know of the other's
//! commands repeats one of them, which the ledger notices (`docs/adr/0029`).

use scoin_core::command::Command;
use scoin_core::envelope;
use scoin_core::receipt::Receipt;

use super::{Ask, Wallet};
use crate::client::ClientError;
use crate::error::WalletError;
use crate::outbox::Outbox;

/// Most counts tried to find the one of a command that was answered before.
const TRIED_MAX: u64 = 200_000;

impl Wallet {
    /// The count of the last command. A device that came back from its words, or lost its outbox, learns it from the
    /// issuer; any other one believes its own.
    pub(super) async fn count(&self, outbox: &mut Outbox) -> Result<u64, WalletError> {
        if let Some(count) = outbox.counter() {
            return Ok(count);
        }
        let proof = self.read_proof().await?;
        let key = self.public_key()?.to_hex();
        let count = match self.client().account(self.account_id()?, &proof, None).await {
            Ok(account) => {
                let found = account.keys.iter().find(|device| device.key == key);
                found.and_then(|device| device.sequence).unwrap_or(0)
            }
            // The account or the key is not known there: it has counted nothing.
            Err(ClientError::Problem(problem)) if !problem.retryable => 0,
            Err(error) => return Err(error.into()),
        };
        outbox.set_counter(Some(count))?;
        Ok(count)
    }

    /// The count of a command whose id the caller made, if it was asked and answered before: the same content again, so
    /// that it is the same bytes, and gets the same answer.
    pub(super) async fn count_before(
        &self,
        command: &Command,
        ask: &Ask,
        last: u64,
    ) -> Result<Option<Option<u64>>, WalletError> {
        let Some(id) = ask.id else { return Ok(None) };
        let proof = self.read_proof().await?;
        let answer = match self.client().answer(command.by, id, &proof).await {
            Ok(Some(answer)) => answer,
            // Not answered, not readable for this key, or nobody there: it is a new command as far as is known.
            Ok(None) | Err(ClientError::Problem(_) | ClientError::Unreachable(_)) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let receipt = answer.receipt.and_then(|bytes| Receipt::from_bytes(&bytes.0).ok());
        let Some(receipt) = receipt else { return Ok(None) };
        let key = self.public_key()?;
        let counts = (1..=last).rev().take(usize::try_from(TRIED_MAX).unwrap_or(usize::MAX));
        let is_it = |sequence: &Option<u64>| {
            let tried = Command { sequence: *sequence, ..command.clone() };
            envelope::digest(&tried, &key) == receipt.command
        };
        Ok(counts.map(Some).chain([None]).find(is_it))
    }
}
