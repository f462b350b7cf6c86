//! Asking guardians about a refused payment, and answering as one.

use scoin_api::{AccountBody, AskBody};
use scoin_core::command::{Action, AskAnswer};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, PolicyId};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;

/// An ask as its ward or a guardian sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asked.
    pub ward: AccountId,
    /// True if this wallet's own account asked.
    pub own: bool,
    /// Digest of the payment request: the name of the ask.
    pub request: [u8; 32],
    /// Public name of the shop.
    pub shop: String,
    /// As the issuer shows it. While it waits, shop and amount are those of the signed request.
    pub body: AskBody,
}

impl Asked {
    /// True while it waits for an answer.
    pub fn is_open(&self) -> bool {
        self.body.standing == "open"
    }
}

impl Wallet {
    /// Asks the guardians about a payment that was refused. Asking again for the same request changes nothing.
    pub async fn ask_guardians(
        &self,
        code: &str,
        reason: Option<&str>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let request = self.read_request(code)?.bytes().to_vec();
        self.submit(Action::Ask { request, reason: reason.map(str::to_owned) }, ask).await
    }

    /// Answers a ward's ask, named by the digest of its request.
    pub async fn answer_ask(
        &self,
        ward: AccountId,
        request: [u8; 32],
        answer: AskAnswer,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AnswerAsk { ward, ask: request, answer }, ask).await
    }

    /// Everything that was asked and is not past its time: by this account and by its wards, oldest first.
    pub async fn asks(&self) -> Result<Vec<Asked>, WalletError> {
        let (proof, own) = (self.read_proof().await?, self.account_id()?);
        let mine = self.client().account(own, &proof, None).await?;
        let mut asked = self.asked_by(own, true, &mine).await?;
        for ward in mine.wards.iter().filter_map(|ward| ward.parse().ok()) {
            let body = self.client().account(ward, &proof, None).await?;
            asked.extend(self.asked_by(ward, false, &body).await?);
        }
        asked.sort_by_key(|one| one.body.asked);
        Ok(asked)
    }

    async fn asked_by(
        &self,
        ward: AccountId,
        own: bool,
        account: &AccountBody,
    ) -> Result<Vec<Asked>, WalletError> {
        let mut asked = Vec::with_capacity(account.asks.len());
        for body in &account.asks {
            let request = self.read_ask(body)?;
            let shop = match body.shop.parse() {
                Ok(shop) => self.shop(shop).await?.name,
                Err(_) => body.shop.clone(),
            };
            asked.push(Asked { ward, own, request, shop, body: body.clone() });
        }
        Ok(asked)
    }

    /// The digest that a guardian would answer; what is shown beside it must be what the merchant signed.
    fn read_ask(&self, body: &AskBody) -> Result<[u8; 32], WalletError> {
        let wrong =
            || WalletError::BadInput("the service shows an ask that was not asked".to_owned());
        let digest = PolicyId::from_hex(&body.request).ok_or_else(wrong)?.0;
        let Some(signed) = &body.signed else { return Ok(digest) };
        let request = PaymentRequest::open(&signed.0).map_err(|_| wrong())?;
        let shown = request.message();
        let same = *request.digest() == digest
            && shown.network == self.network()?
            && shown.merchant.to_string() == body.shop
            && shown.amount.units() == body.amount;
        if same { Ok(digest) } else { Err(wrong()) }
    }
}
