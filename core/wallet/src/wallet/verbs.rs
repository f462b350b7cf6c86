//! What people and shops do. Every verb is one action through [`Wallet::submit`].

use scoin_core::command::{AccountKind, Action, ConsentProof, KeyRole, Payment};
use scoin_core::envelope::{Message, Verified};
use scoin_core::keys::PublicKey;
use scoin_core::request::{self, Item, PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, LotId, PolicyId, RequestId};

use super::{Ask, Done, ORDER_VALID_MICROS, TillRight, Wallet};
use crate::error::WalletError;
use crate::seal;
use crate::vault::{Intent, VaultError};

/// How long a request may be paid unless the shop says otherwise: 15 minutes.
const REQUEST_VALID_MICROS: u64 = 15 * 60 * 1_000_000;

/// What a shop asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestDraft {
    /// Total, minor units.
    pub amount: Amount,
    /// `purchase`, `transit` or `bill`; `purchase` when absent.
    pub kind: Option<String>,
    /// (code, amount, tags) by line; their sum must be `amount`. Empty when the shop keeps no list.
    pub items: Vec<(String, Amount, Vec<String>)>,
    /// How long it may be paid, in microseconds from now; 15 minutes when absent.
    pub valid_micros: Option<u64>,
    /// The shop's own number or words, at most 64 characters.
    pub reference: Option<String>,
    /// `shop` or `online`.
    pub channel: Option<String>,
    /// The order's number, at most 64 characters: an order is paid once, whichever till shows its code and however often.
    /// Stands in the place of `reference`; the code lives 60 seconds when `valid_micros` is absent.
    pub order: Option<String>,
}

impl Wallet {
    /// Opens the account that this wallet's first key names.
    pub async fn open_account(&self, kind: AccountKind, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::OpenAccount { kind }, ask).await
    }

    /// Gives coins: as they are, or under one more layer of rules.
    pub async fn give(
        &self,
        to: AccountId,
        amount: Amount,
        policy: Option<PolicyId>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let action = match policy {
            Some(policy) => Action::Grant { to, amount, policy },
            None => Action::Transfer { to, amount },
        };
        self.submit(action, ask).await
    }

    /// Makes an instance of a published policy; [`Done::policy`] is its id.
    pub async fn adopt(
        &self,
        name: &str,
        arguments: Vec<(String, String)>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AdoptPolicy { name: name.to_owned(), arguments }, ask).await
    }

    /// Signs a payment request as this shop. The text goes into the QR code.
    pub async fn request(&self, draft: RequestDraft) -> Result<String, WalletError> {
        let now = self.city_now().await?;
        let random = seal::make_random().ok_or(VaultError::NoRandom)?;
        self.check_staff(TillRight::Receive)?;
        let merchant = self.account_id()?;
        let (id, usual) = match &draft.order {
            Some(order) => (Self::order_request(merchant, order), ORDER_VALID_MICROS),
            None => (RequestId::time_ordered(now, random), REQUEST_VALID_MICROS),
        };
        let valid = draft.valid_micros.unwrap_or(usual);
        let request = PaymentRequest {
            id,
            network: self.network()?,
            merchant,
            amount: draft.amount,
            kind: kind_of(draft.kind.as_deref())?,
            items: draft.items.into_iter().map(item).collect(),
            expires: now.saturating_add_micros(valid),
            reference: draft.order.or(draft.reference),
            channel: draft.channel,
        };
        let wrong =
            |field| WalletError::BadInput(format!("`{field}` of the request is out of range"));
        request.check().map_err(wrong)?;
        Ok(request::to_link(&self.sign(&Intent::Request(&request))?))
    }

    /// Pays a request, whole.
    pub async fn pay(&self, request: &str, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Pay(self.payment(request, false, Vec::new())?), ask).await
    }

    /// Pays a request: a part of it if `part` allows that, from `lots` in this order if any are named.
    pub async fn pay_with(
        &self,
        request: &str,
        part: bool,
        lots: Vec<LotId>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::Pay(self.payment(request, part, lots)?), ask).await
    }

    /// Reserves coins for a request.
    pub async fn authorise(&self, request: &str, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Authorise(self.payment(request, false, Vec::new())?), ask).await
    }

    /// Takes all or part of a hold, as the shop.
    pub async fn capture(
        &self,
        hold: CommandId,
        amount: Amount,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::Capture { hold, amount }, ask).await
    }

    /// Releases a hold.
    pub async fn void(&self, hold: CommandId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Void { hold }, ask).await
    }

    /// Cashes out, as the shop.
    pub async fn redeem(&self, amount: Amount, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Redeem { amount }, ask).await
    }

    /// Stops all spending of an account: one's own, or a ward's.
    pub async fn freeze(&self, account: AccountId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Freeze { account }, ask).await
    }

    /// Lifts a freeze this account has set.
    pub async fn unfreeze(&self, account: AccountId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Unfreeze { account }, ask).await
    }

    /// Names a guardian; takes effect when that account accepts.
    pub async fn ask_guardian(&self, guardian: AccountId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::AskGuardian { guardian }, ask).await
    }

    /// Accepts a ward who asked, and says how the consent was made sure of.
    pub async fn accept_ward(
        &self,
        ward: AccountId,
        consent: Option<ConsentProof>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AcceptWard { ward, consent }, ask).await
    }

    /// Ends a guardianship.
    pub async fn end_guardian(
        &self,
        ward: AccountId,
        guardian: AccountId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::EndGuardian { ward, guardian }, ask).await
    }

    /// Puts a policy on all money of an account: one's own, or a ward's.
    pub async fn set_guard(
        &self,
        account: AccountId,
        policy: PolicyId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SetGuard { account, policy }, ask).await
    }

    /// Removes a guard this account has set.
    pub async fn remove_guard(
        &self,
        account: AccountId,
        policy: PolicyId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::RemoveGuard { account, policy }, ask).await
    }

    /// No new coins and no new guards under a policy this account has adopted (officers: that the city published).
    pub async fn retire_policy(&self, policy: PolicyId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::RetirePolicy { policy }, ask).await
    }

    /// Moves an owner's coins, on which this account put `from`, to the version `to` of the same rule: at once if that is
    /// proved looser, else as an offer.
    pub async fn migrate(
        &self,
        owner: AccountId,
        (from, to): (PolicyId, PolicyId),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let granter = self.account_id()?;
        self.submit(Action::Migrate { owner, granter, from, to }, ask).await
    }

    /// Accepts an offer to move coins of this account or of a ward to the version `to`.
    pub async fn accept_migration(
        &self,
        owner: AccountId,
        (offer, to): (CommandId, PolicyId),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AcceptMigration { owner, offer, to }, ask).await
    }

    /// Ends an offer to move coins: as the holder, a guardian or the granter.
    pub async fn decline_migration(
        &self,
        owner: AccountId,
        offer: CommandId,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::DeclineMigration { owner, offer }, ask).await
    }

    /// Adds a device key.
    pub async fn add_key(
        &self,
        key: PublicKey,
        role: KeyRole,
        daily_cap: Option<Amount>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::AddKey { key, role, daily_cap, name: None }, ask).await
    }

    /// Revokes a device key.
    pub async fn revoke_key(&self, key: PublicKey, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::RevokeKey { key }, ask).await
    }

    /// Replaces this device's key by the next one of its seed. The vault changes over when the ledger has accepted.
    pub async fn rotate_key(&self, ask: &Ask) -> Result<Done, WalletError> {
        let key = self.lock_vault().next_key()?;
        self.submit(Action::RotateKey { key }, ask).await
    }

    fn payment(&self, link: &str, part: bool, lots: Vec<LotId>) -> Result<Payment, WalletError> {
        let request = self.read_request(link)?;
        Ok(Payment { request: request.bytes().to_vec(), part, lots })
    }

    /// Reads a payment code: its signature holds and it is of this wallet's city. Whether the signing key is the shop's,
    /// only the issuer knows.
    pub fn read_request(&self, link: &str) -> Result<Verified<PaymentRequest>, WalletError> {
        let bytes = request::from_link(link.trim())
            .map_err(|error| WalletError::BadInput(error.to_string()))?;
        let read = PaymentRequest::open(&bytes)
            .map_err(|error| WalletError::BadInput(format!("the payment code: {error}")))?;
        let same = read.message().network == self.network()?;
        if same { Ok(read) } else { Err(WalletError::OtherCity) }
    }
}

fn kind_of(word: Option<&str>) -> Result<PaymentKind, WalletError> {
    let Some(word) = word else { return Ok(PaymentKind::Purchase) };
    PaymentKind::from_word(word).ok_or_else(|| {
        WalletError::BadInput(format!("`{word}` is not a kind: use purchase, transit or bill"))
    })
}

fn item((code, amount, mut tags): (String, Amount, Vec<String>)) -> Item {
    tags.sort();
    tags.dedup();
    Item { code, amount, tags }
}
