//! What a wallet shows: balance, lots, history; all from the cache, as of the last sync.

use scoin_api::{AccountBody, EntryBody, LotBody};
use scoin_core::{Amount, LotId, PolicyId, Timestamp};

use super::Wallet;
use super::sync::HISTORY;
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
    /// The lots in the order the issuer gave them.
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

impl Wallet {
    /// The balance as of the last sync; nothing before the first one. What has begun or ended since is counted by the
    /// city's time as this wallet knows it.
    pub fn balance(&self) -> Result<Balance, WalletError> {
        let Some(account) = self.account()? else { return Ok(Balance::default()) };
        Ok(Balance::of(&account, self.now_for(&account)?))
    }

    /// The city's time for a look at a cached account, without asking for it.
    pub(crate) fn now_for(&self, account: &AccountBody) -> Result<Timestamp, WalletError> {
        // A sandbox' time has nothing to do with this machine's until it has been heard.
        let unheard = self.city()?.genesis.sandbox && self.clock_skew().is_none();
        let synced = account.time.0;
        Ok(if unheard { synced } else { self.known_now().max(synced) })
    }

    /// The account as of the last sync; `None` before the first one.
    pub fn account(&self) -> Result<Option<AccountBody>, WalletError> {
        self.cached(super::sync::ACCOUNT)
    }

    /// The newest entries of the history as of the last sync, newest first.
    pub fn history(&self, most: usize) -> Result<Vec<EntryBody>, WalletError> {
        let kept = self.store.scan(HISTORY)?;
        let entries = kept.iter().rev().take(most);
        Ok(entries.filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok()).collect())
    }
}

impl Balance {
    fn of(account: &AccountBody, now: Timestamp) -> Self {
        let lots: Vec<Lot> = account.lots.iter().filter_map(Lot::of).collect();
        let sum = |part: &dyn Fn(&Lot) -> Amount| {
            Amount::checked_sum(lots.iter().map(part)).unwrap_or(Amount::MAX)
        };
        let frozen = !account.frozen.is_empty();
        let free = |lot: &Lot| if frozen { Amount::ZERO } else { lot.free(now) };
        Self {
            total: sum(&|lot| lot.amount),
            held: sum(&|lot| lot.held),
            spendable: sum(&free),
            frame: account.frame,
            as_of: account.time.0,
            lots,
        }
    }
}

impl Lot {
    /// What works at `now`, whatever the rules of a certain payment.
    pub fn free(&self, now: Timestamp) -> Amount {
        let begun = self.starts.is_none_or(|starts| starts <= now);
        let ended = self.expires.is_some_and(|expires| expires <= now);
        if begun && !ended { self.amount.saturating_sub(self.held) } else { Amount::ZERO }
    }

    fn of(body: &LotBody) -> Option<Self> {
        let layer = |layer: &scoin_api::LayerBody| {
            Some(Layer {
                policy: PolicyId::from_hex(&layer.policy)?,
                name: layer.name.clone(),
                title: layer.title.clone().into_iter().collect(),
                granter: layer.granter.clone(),
            })
        };
        Some(Self {
            id: LotId(body.id),
            amount: Amount::new(body.amount),
            held: Amount::new(body.held),
            layers: body.layers.iter().map(layer).collect::<Option<_>>()?,
            starts: body.starts.map(|time| time.0),
            expires: body.expires.map(|time| time.0),
        })
    }
}
