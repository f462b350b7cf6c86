//! Accounts, lots, counters, shops.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::TextsBody;
use crate::allowance::AllowanceBody;
use crate::chore::ChoreBody;
use crate::device::RecoveryBody;
use crate::encode::Time;
use crate::family::{AskBody, ChangeBody, ConsentBody, ExceptionBody, GiversBody, QuorumBody};
use crate::shop::ShopBody;

/// One account, as itself, its guardians and the city's officers may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountBody {
    /// bech32m address.
    pub address: String,
    /// `person`, `merchant`, `service`, `officer` or `pool`.
    pub kind: String,
    /// Number of the last frame this view contains; use it as `min_seq`.
    pub frame: u64,
    /// Ledger time of that frame.
    pub time: Time,
    /// Spendable money, minor units: all lots without what is held.
    pub balance: u64,
    /// Money reserved by holds.
    pub held: u64,
    /// Device keys, live ones only.
    pub keys: Vec<KeyBody>,
    /// How the account is recovered.
    #[serde(default, skip_serializing_if = "RecoveryBody::is_empty")]
    pub recovery: RecoveryBody,
    /// Who has frozen it; empty if nobody.
    pub frozen: Vec<FreezeBody>,
    /// Addresses of the guardians.
    pub guardians: Vec<String>,
    /// Addresses of guardians who were asked and have not accepted yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guardians_asked: Vec<String>,
    /// Addresses of the wards.
    pub wards: Vec<String>,
    /// Policies on all money of the account.
    pub guards: Vec<GuardBody>,
    /// Offers to move coins to other versions of their rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<OfferBody>,
    /// Payments that rules refused and that the guardians are asked about, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<AskBody>,
    /// What guardians let through now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionBody>,
    /// Which kinds of loosening need both guardians; absent while one is enough for everything.
    #[serde(default, skip_serializing_if = "QuorumBody::is_default")]
    pub quorum: QuorumBody,
    /// Changes that need both guardians and wait for the other one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeBody>,
    /// When and how each guardian consented; also of those who are guardians no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentBody>,
    /// Who may give it coins, by guardian; a giver must be on every list. Empty if anybody may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub givers: Vec<GiversBody>,
    /// Guardians whom this account lets see in which shops it pays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shops_shared: Vec<String>,
    /// Allowances it gives and is given.
    pub allowances: Vec<AllowanceBody>,
    /// Chores it is to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chores: Vec<ChoreBody>,
    /// What the city attested.
    pub attributes: AttributesBody,
    /// The coins, in the published order of spending.
    pub lots: Vec<LotBody>,
    /// What of which limit is used.
    pub counters: Vec<CounterBody>,
    /// Everything counted, as the ledger keeps it: for estimates without a connection.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meters: Vec<MeterBody>,
    /// When each gap was last used, as the ledger keeps it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lasts: Vec<LastBody>,
    /// If it is a registered shop or service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<MerchantBody>,
    /// If it is a shop or a service: its tills and business days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<ShopBody>,
}

/// One bucket of a counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeterBody {
    /// Whose spending is counted together, 32 hex digits.
    pub scope: String,
    /// What is counted, 32 hex digits.
    pub measure: String,
    /// Civil day in the rule's zone, days since 1970-01-01; absent for the sum of all days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i32>,
    /// Minor units.
    pub amount: u64,
    /// Payments.
    pub count: u64,
    /// True if the household counts it together.
    #[serde(default)]
    pub household: bool,
}

/// When something last happened that must not happen again too soon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastBody {
    /// Whose, 32 hex digits.
    pub scope: String,
    /// Which gap, 32 hex digits.
    pub gap: String,
    /// When.
    pub at: Time,
    /// True if the household counts it together.
    #[serde(default)]
    pub household: bool,
}

/// A device key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyBody {
    /// Compressed public key, 66 hex digits.
    pub key: String,
    /// `owner`, `cashier` or `manager`.
    pub role: String,
    /// Most it may spend a civil day, minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_cap: Option<u64>,
    /// What its people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The highest count of its commands, if it counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// Since when it is locked, because a count came twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<Time>,
}

/// A freeze.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FreezeBody {
    /// `itself`, `guardian` or `city`.
    pub by: String,
}

/// A policy on all money of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuardBody {
    /// 64 hex digits.
    pub policy: String,
    /// Its name.
    pub name: String,
    /// Its title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// Address of who set it.
    pub set_by: String,
    /// Whose rule it is: `city`, `guardian`, `granter` or `own`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// The scope of its counters, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// `household` or `city` if it judges the money of others too; absent for this account alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// From when it judges, for guards of a household or of the city; may be in the future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Time>,
}

/// An offer to move coins to another version of their rule, that only the holder (or a guardian who did not make it)
/// accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferBody {
    /// Id of the migrating command, 32 hex digits.
    pub id: String,
    /// Name of the rule.
    pub name: String,
    /// The version the coins are under, 64 hex digits.
    pub from: String,
    /// The version they would be under, 64 hex digits.
    pub to: String,
    /// Address of who put the rule on the coins.
    pub granter: String,
    /// After this it is gone.
    pub until: Time,
}

/// Predicates about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttributesBody {
    /// Completed years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Last day on which the age is known, `2026-12-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_until: Option<String>,
    /// District tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Opaque household number, 32 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// Number of children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub children: Option<u8>,
    /// Group tags.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The day from which the person decides alone and has no guardians, `2033-03-14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_age_from: Option<String>,
    /// The day from which guardians see sums and kinds of shops only, `2029-03-14`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_from: Option<String>,
}

/// Coins of one owner under one stack of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LotBody {
    /// The ledger's number.
    pub id: u64,
    /// Minor units, with what is held.
    pub amount: u64,
    /// Of which reserved.
    pub held: u64,
    /// 64 hex digits; all zero for coins without rules.
    pub stack: String,
    /// The rules, lowest first.
    pub layers: Vec<LayerBody>,
    /// Address of who gave it.
    pub granter: String,
    /// When it was issued.
    pub issued: Time,
    /// When it begins to work, if later than issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Time>,
    /// When it ends (exclusive), if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
    /// True for coins that had ended and live again for a while after a refund: their rules' own ends do not count.
    #[serde(default)]
    pub grace: bool,
}

/// One layer of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LayerBody {
    /// 64 hex digits.
    pub policy: String,
    /// Its name, `family.snack`.
    pub name: String,
    /// Its title by language.
    #[serde(default, skip_serializing_if = "TextsBody::is_empty")]
    pub title: TextsBody,
    /// Address of who put it there.
    pub granter: String,
    /// Whose rule it is: `city`, `guardian`, `granter` or `own`. Only in lots of an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whose: Option<String>,
    /// The scope of its counters, 32 hex digits. Only in lots of an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it was put on these coins. Only in lots of an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Time>,
}

/// What of a limit is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CounterBody {
    /// Whose spending is counted together, hex.
    pub scope: String,
    /// What is counted, 32 hex digits.
    pub measure: String,
    /// Name of the rule, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Label of the cap, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `payment`, `day`, `week`, `month`, `year`, `life` or `7 days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// Used in the current window: minor units, or a number of payments.
    pub used: u64,
    /// The limit, where it is a plain number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Day buckets (civil date, amount, count), for offline estimates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayBody>,
}

/// One day of a counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayBody {
    /// Days since 1970-01-01 in the city's zone.
    pub day: i32,
    /// Minor units.
    pub amount: u64,
    /// Payments.
    pub count: u64,
}

/// A registered shop or city service. Public.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MerchantBody {
    /// bech32m address.
    pub address: String,
    /// Display name.
    pub name: String,
    /// Category tags.
    pub categories: Vec<String>,
    /// District tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Group tags.
    pub groups: Vec<String>,
    /// ISO 18245 code, as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mcc: Option<u16>,
    /// True for an online shop.
    pub online: bool,
    /// True if suspended.
    pub suspended: bool,
}

/// All registered shops and services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MerchantsBody {
    /// Number of the last frame this view contains.
    pub frame: u64,
    /// By address.
    pub merchants: Vec<MerchantBody>,
}
