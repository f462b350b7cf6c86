//! Chores, and who may give a ward coins: the verbs of guardian and ward (`docs/adr/0033`, `docs/adr/0034`).

use scoin_api::{AccountBody, ChoreBody};
use scoin_core::command::{Action, Chore};
use scoin_core::{AccountId, CommandId};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;

impl Wallet {
    /// Sets a ward a chore; [`Done::id`] names it from then on.
    pub async fn set_chore(
        &self,
        ward: AccountId,
        terms: Chore,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetChore { ward, terms }, ask).await
    }

    /// Says that one's own chore is done on a day; today in the city when none is given.
    pub async fn mark_chore(
        &self,
        chore: CommandId,
        day: Option<i32>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let day = match day {
            Some(day) => day,
            None => self.today().await?.0,
        };
        self.submit(Action::MarkChore { chore, day }, ask).await
    }

    /// Confirms that a ward's chore is done on a day, or gives it back.
    pub async fn answer_chore(
        &self,
        (ward, chore, day): (AccountId, CommandId, i32),
        (done, note): (bool, Option<String>),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AnswerChore { ward, chore, day, done, note }, ask).await
    }

    /// Ends a ward's chore, with what it would still earn.
    pub async fn end_chore(
        &self,
        ward: AccountId,
        chore: CommandId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::EndChore { ward, chore }, ask).await
    }

    /// Says who may give a ward coins beside guardians and the city; `None` for anybody, as far as oneself says.
    pub async fn set_givers(
        &self,
        ward: AccountId,
        givers: Option<Vec<AccountId>>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let only = givers.is_some();
        let mut givers = givers.unwrap_or_default();
        givers.sort_unstable();
        givers.dedup();
        self.submit(Action::SetGivers { ward, only, givers }, ask).await
    }

    /// The chores of a ward, or one's own, as the books have them now.
    pub async fn chores(&self, account: AccountId) -> Result<Vec<ChoreBody>, WalletError> {
        let proof = self.read_proof().await?;
        let body: AccountBody = self.client().account(account, &proof, None).await?;
        Ok(body.chores)
    }
}
