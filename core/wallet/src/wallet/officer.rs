//! What officers and city services do.

use scoin_core::command::{Action, Attributes, ConsentProof, ListKind, MerchantProfile, Proposal};
use scoin_core::{AccountId, Amount, CommandId};

use super::{Ask, Done, Wallet};
use crate::error::WalletError;

/// A fact that a city service reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who earns.
    pub account: AccountId,
    /// Event name, `tax.paid`.
    pub event: String,
    /// Unique for the fact reported.
    pub evidence: [u8; 32],
    /// `event.amount`.
    pub amount: Amount,
    /// `event.days-early`.
    pub days_early: Option<i64>,
    /// `event.role`.
    pub role: Option<String>,
}

impl Wallet {
    /// Publishes rule text.
    pub async fn publish_rules(&self, source: &str, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::PublishRules { source: source.to_owned() }, ask).await
    }

    /// Changes a list; `change` is (to add, to remove).
    pub async fn put_list(
        &self,
        name: &str,
        kind: ListKind,
        change: (Vec<String>, Vec<String>),
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        let (add, remove) = change;
        self.submit(Action::PutList { name: name.to_owned(), kind, add, remove }, ask).await
    }

    /// Replaces a calendar; days since 1970-01-01, ascending.
    pub async fn put_calendar(
        &self,
        name: &str,
        days: Vec<i32>,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::PutCalendar { name: name.to_owned(), days }, ask).await
    }

    /// Registers a shop or a city service.
    pub async fn register_merchant(
        &self,
        account: AccountId,
        profile: MerchantProfile,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::RegisterMerchant { account, profile }, ask).await
    }

    /// Suspends a shop, or lifts that.
    pub async fn suspend_merchant(
        &self,
        account: AccountId,
        suspended: bool,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::SuspendMerchant { account, suspended }, ask).await
    }

    /// Proposes what needs several officers. [`Done::id`] and [`Done::digest`] name it for the others.
    pub async fn propose(&self, proposal: Proposal, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Propose { proposal }, ask).await
    }

    /// Approves a proposal of this digest.
    pub async fn approve(
        &self,
        proposal: CommandId,
        digest: [u8; 32],
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::Approve { proposal, digest }, ask).await
    }

    /// Declines or withdraws a proposal.
    pub async fn decline(&self, proposal: CommandId, ask: &Ask) -> Result<Done, WalletError> {
        self.submit(Action::Decline { proposal }, ask).await
    }

    /// Moves treasury money into a programme's pool.
    pub async fn fund_pool(
        &self,
        pool: &str,
        amount: Amount,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::FundPool { pool: pool.to_owned(), amount }, ask).await
    }

    /// States predicates about a person.
    pub async fn attest(
        &self,
        subject: AccountId,
        attributes: Attributes,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::Attest { subject, attributes }, ask).await
    }

    /// Confirms a guardian's consent that an office has seen or heard.
    pub async fn confirm_consent(
        &self,
        (ward, guardian): (AccountId, AccountId),
        consent: ConsentProof,
        ask: &Ask,
    ) -> Result<Done, WalletError> {
        self.submit(Action::ConfirmConsent { ward, guardian, consent }, ask).await
    }

    /// Reports a fact, as a city service; it may earn rewards.
    pub async fn report(&self, report: Report, ask: &Ask) -> Result<Done, WalletError> {
        let Report { account, event, evidence, amount, days_early, role } = report;
        let action = Action::Earn { account, event, evidence, amount, days_early, role };
        self.submit(action, ask).await
    }
}
