//! An account: who may act, what is known of its owner, what it holds and what it has spent.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use scoin_core::command::{AccountKind, Attributes, KeyRole, MerchantProfile};
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, Amount, LotId, PolicyId};

use super::{Counters, Lot};
use crate::canon::{BadBytes, Canon, Input, canon_enum, canon_struct, put_array};

/// The most lots a command may leave an account with. Money that comes back may go above it.
pub const LOTS_MAX: usize = 64;
/// The most device keys, guardians, wards or guards of one account.
pub const LINKS_MAX: usize = 16;

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it is.
    pub kind: AccountKind,
    /// Live device keys, sorted by key. Empty for pools.
    pub keys: Vec<DeviceKey>,
    /// Freezes in force, sorted.
    pub freezes: Vec<Freeze>,
    /// Guardians, sorted.
    pub guardians: Vec<AccountId>,
    /// Guardians asked who have not accepted yet, sorted.
    pub asked: Vec<AccountId>,
    /// Wards, sorted.
    pub wards: Vec<AccountId>,
    /// Policies on all its money, sorted.
    pub guards: Vec<Guard>,
    /// What an officer attested of its owner.
    pub attributes: Option<Arc<Attributes>>,
    /// Registry entry of a shop or service.
    pub merchant: Option<Arc<MerchantEntry>>,
    /// Name of a pool.
    pub pool: Option<String>,
    /// Its coins, sorted by lot id. No lot is empty.
    pub lots: Vec<Lot>,
    /// What it has spent under which rule.
    pub counters: Counters,
}

/// A device key in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKey {
    /// The key.
    pub key: PublicKey,
    /// What it may do.
    pub role: KeyRole,
    /// Most it may spend per civil day of the city.
    pub daily_cap: Option<Amount>,
    /// The civil day `spent` belongs to, days since 1970-01-01.
    pub day: i32,
    /// Spent on that day.
    pub spent: Amount,
}

/// Who has frozen an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freeze {
    /// The owner.
    Own,
    /// A guardian.
    Guardian(AccountId),
    /// The city.
    City,
}

impl Freeze {
    /// 1 itself, 2 a guardian, 3 the city.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Own => 1,
            Self::Guardian(_) => 2,
            Self::City => 3,
        }
    }
}

/// A policy on all money of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guard {
    /// The policy.
    pub policy: PolicyId,
    /// Who set it.
    pub by: AccountId,
    pub(crate) scope: ScopeName,
}

/// The name of a counter's scope, worked out when it is first asked for. It follows from the record it stands in, so it is no
/// part of that: it is not written, and any two are alike.
#[derive(Clone, Debug, Default)]
pub struct ScopeName(OnceLock<[u8; 16]>);

impl ScopeName {
    pub(crate) fn once(&self, make: impl FnOnce() -> [u8; 16]) -> [u8; 16] {
        *self.0.get_or_init(make)
    }
}

impl PartialEq for ScopeName {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ScopeName {}

impl PartialOrd for ScopeName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ScopeName {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl Guard {
    /// A policy set by someone.
    pub fn new(policy: PolicyId, by: AccountId) -> Self {
        Self { policy, by, scope: ScopeName::default() }
    }
}

/// A registered shop or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantEntry {
    /// What the policies may know of it.
    pub profile: MerchantProfile,
    /// True while suspended.
    pub suspended: bool,
}

impl Account {
    /// An account with nothing in it.
    pub fn empty(kind: AccountKind) -> Self {
        Self {
            kind,
            keys: Vec::new(),
            freezes: Vec::new(),
            guardians: Vec::new(),
            asked: Vec::new(),
            wards: Vec::new(),
            guards: Vec::new(),
            attributes: None,
            merchant: None,
            pool: None,
            lots: Vec::new(),
            counters: Counters::default(),
        }
    }

    /// The lot with this id.
    pub fn lot(&self, id: LotId) -> Option<&Lot> {
        self.lots.binary_search_by_key(&id, |lot| lot.id).ok().and_then(|at| self.lots.get(at))
    }

    /// The device key, if it is live.
    pub fn key(&self, key: &PublicKey) -> Option<&DeviceKey> {
        self.keys.iter().find(|device| device.key == *key)
    }

    /// The strongest freeze in force: 1 itself, 2 a guardian, 3 the city.
    pub fn frozen(&self) -> Option<u8> {
        self.freezes.iter().map(|freeze| freeze.rank()).max()
    }

    /// True for a registered shop that is not suspended.
    pub fn is_open_merchant(&self) -> bool {
        self.merchant.as_ref().is_some_and(|entry| !entry.suspended)
    }

    /// Everything it holds, held or not.
    pub fn balance(&self) -> Amount {
        Amount::checked_sum(self.lots.iter().map(|lot| lot.amount)).unwrap_or(Amount::MAX)
    }
}

canon_struct!(Account {
    kind,
    keys,
    freezes,
    guardians,
    asked,
    wards,
    guards,
    attributes,
    merchant,
    pool,
    lots,
    counters,
});
canon_struct!(DeviceKey { key, role, daily_cap, day, spent });
canon_enum!(Freeze { 1 Own, 2 Guardian(account), 3 City });
canon_struct!(MerchantEntry { profile, suspended });

impl Canon for Guard {
    fn put(&self, out: &mut Vec<u8>) {
        put_array(out, 2);
        self.policy.put(out);
        self.by.put(out);
    }
    fn take(input: &mut Input<'_>) -> Result<Self, BadBytes> {
        input.array(2)?;
        Ok(Self::new(Canon::take(input)?, Canon::take(input)?))
    }
}
