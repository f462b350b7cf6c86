//! What a wallet shows: balance, lots, history.

use scoin_core::{Amount, LotId, PolicyId, Timestamp};

use super::Wallet;
use crate::error::WalletError;

/// The money of an account, as of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// All lots, holds included.
    pub total: Amount,
    /// What works now: started, not expired, not held, not frozen. Rules may still say no to a certain payment.
    pub spendable: Amount,
    /// Reserved by holds.
    pub held: Amount,
    /// The lots in the published order of spending.
    pub lots: Vec<Lot>,
    /// Frame this is true at.
    pub frame: u64,
    /// Ledger time of that frame.
    pub as_of: Timestamp,
}

/// Coins under one stack of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The ledger's number.
    pub id: LotId,
    /// Holds included.
    pub amount: Amount,
    /// Reserved by holds.
    pub held: Amount,
    /// The rules, lowest first; empty for plain money.
    pub layers: Vec<Layer>,
    /// When it begins to work, if later than issue.
    pub starts: Option<Timestamp>,
    /// When it ends (exclusive), if ever.
    pub expires: Option<Timestamp>,
}

/// One layer of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its policy.
    pub policy: PolicyId,
    /// Qualified name, `family.snack`.
    pub name: String,
    /// (`ko`, "...") pairs.
    pub title: Vec<(String, String)>,
    /// Address of who put it there.
    pub granter: String,
}

/// What a sync found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Frame the cache is now true at.
    pub frame: u64,
    /// New entries of the history.
    pub entries: usize,
    /// Receipts verified.
    pub receipts: usize,
    /// Commands that got their answer.
    pub answered: usize,
    /// True if the cache had been damaged and was rebuilt.
    pub rebuilt: bool,
}

impl Wallet {
    /// Finishes what waits, then reads account, history and rules from the issuer and verifies the receipts.
    pub async fn sync(&self) -> Result<Synced, WalletError> {
        Err(WalletError::NotJoined)
    }

    /// The balance as of the last sync.
    pub fn balance(&self) -> Result<Balance, WalletError> {
        Err(WalletError::NotJoined)
    }
}
