//! What guardians settle between them: which changes need both, and the other one's yes.

use scoin_api::{AccountBody, ChangeBody};
use scoin_core::command::{Action, Quorum};
use scoin_core::{AccountId, CommandId};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;

/// A change that waits for the other guardian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose rules it loosens.
    pub ward: AccountId,
    /// True if this account asked for it.
    pub own: bool,
    /// As the issuer shows it.
    pub body: ChangeBody,
}

impl Wallet {
    /// Says for which kinds of loosening a ward's two guardians are both needed. To need fewer needs both.
    pub async fn set_quorum(
        &self,
        ward: AccountId,
        quorum: Quorum,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetQuorum { ward, quorum }, ask).await
    }

    /// Agrees to a change that needs both guardians: to the command of that digest, and nothing else.
    pub async fn agree_change(
        &self,
        ward: AccountId,
        (change, digest): (CommandId, [u8; 32]),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AgreeChange { ward, change, digest }, ask).await
    }

    /// Declines or withdraws a change that waits.
    pub async fn end_change(
        &self,
        ward: AccountId,
        change: CommandId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::EndChange { ward, change }, ask).await
    }

    /// Everything that waits for the other guardian of this account's wards, oldest first.
    pub async fn changes(&self) -> Result<Vec<Change>, WalletError> {
        let (proof, own) = (self.read_proof().await?, self.address()?);
        let mine: AccountBody = self.client().account(self.account_id()?, &proof, None).await?;
        let mut changes = Vec::new();
        for ward in mine.wards.iter().filter_map(|ward| ward.parse::<AccountId>().ok()) {
            let body: AccountBody = self.client().account(ward, &proof, None).await?;
            let of_ward = body.changes.into_iter();
            changes.extend(of_ward.map(|body| Change { ward, own: body.by == own, body }));
        }
        Ok(changes)
    }
}
