//! How policies stand, offers to move coins, and guards of several accounts.

use scoin_core::{AccountId, PolicyId, Timestamp};

use crate::canon::{canon_enum, canon_struct};

/// How a policy stands: in the city, or for one adopter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Who published or adopted it first.
    pub by: AccountId,
    /// True if an officer did, so that officers may retire it.
    pub city: bool,
    /// When it was published or adopted last.
    pub at: Timestamp,
    /// SHA-256 of the source text it was compiled from then.
    pub doc: [u8; 32],
    /// How it stands.
    pub status: Status,
}

/// Where a published policy is in its life. The numbers are its bytes; 2 is kept for rules that only watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Coins and guards may be put under it.
    Active,
    /// No new coins and no new guards, since then.
    Retired(Timestamp),
}

/// A name that officers have retired: whatever was published or adopted until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetiredName {
    /// The officer.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
    /// When it was published again, if it was: what is adopted since is in force.
    pub again: Option<Timestamp>,
}

/// An offer to move an owner's coins to a version that is not proved looser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who put the layer on the coins.
    pub granter: AccountId,
    /// Who made the offer: the granter, or an officer for the treasury or a pool.
    pub by: AccountId,
    /// The version the coins are under.
    pub from: PolicyId,
    /// The version they would be under.
    pub to: PolicyId,
    /// After this it is gone.
    pub until: Timestamp,
}

/// A guard of a household or of the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedGuard {
    /// The policy.
    pub policy: PolicyId,
    /// The officer who set it.
    pub by: AccountId,
    /// From when it judges.
    pub starts: Timestamp,
}

canon_struct!(Version { by, city, at, doc, status });
canon_enum!(Status { 1 Active, 3 Retired(at) });
canon_struct!(RetiredName { by, at, again });
canon_struct!(Offer { granter, by, from, to, until });
canon_struct!(SharedGuard { policy, by, starts });
