//! What a back-test found: exact numbers, and for each reason a few payments without names.

use scoin_core::outcome::Refusal;
use scoin_core::{Amount, Timestamp};

/// The most samples of one reason.
pub const SAMPLES_MAX: usize = 3;

/// The bands of ages: the first year of each. They are the cut points of the published rules.
pub const AGE_BANDS: [u8; 4] = [0, 13, 19, 65];

/// What would have been different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Commands and ticks decided again.
    pub entries: u64,
    /// How many of them came out differently in any byte, a payment that is still refused, only for another sum, too.
    pub differing: u64,
    /// Payments and authorisations.
    pub payments: Payments,
    /// Why payments changed. A payment that several clauses stopped counts under each of them.
    pub reasons: Vec<ReasonCount>,
    /// People with a changed payment or reward.
    pub people: u64,
    /// Shops with a changed payment.
    pub shops: u64,
    /// Changed payments by attested age.
    pub by_age: Vec<Group>,
    /// Changed payments by attested district of the payer.
    pub by_district: Vec<Group>,
    /// Rewards, by the pool that gives them.
    pub rewards: Vec<PoolRewards>,
    /// Commands whose rewards changed.
    pub rewards_changed: u64,
    /// Other commands whose outcome changed.
    pub followers: Vec<Follower>,
    /// Coins that came to their end or melted meanwhile, minor units.
    pub ended: Twice,
    /// Coins left under the rules replaced, in the hands of people, when the time ends.
    pub left: Twice,
}

/// The same sum as it was and as it comes out again, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Twice {
    /// In the journal.
    pub was: Amount,
    /// With the candidate.
    pub is: Amount,
}

/// Payments and authorisations, decided again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payments {
    /// All of them.
    pub decided: u64,
    /// Paid then, refused now.
    pub refused: u64,
    /// Refused then, paid now.
    pub paid: u64,
    /// Another amount is paid.
    pub amount: u64,
    /// The same amount from other coins.
    pub coins: u64,
    /// Refused as before, for another reason or with other numbers.
    pub reason: u64,
    /// What was paid in all.
    pub money: Twice,
    /// What was paid then and is refused now.
    pub money_refused: Amount,
    /// What was refused then and is paid now.
    pub money_paid: Amount,
}

/// In which way a payment changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Paid then, refused now.
    Refused,
    /// Refused then, paid now.
    Paid,
    /// Another amount is paid.
    Amount,
}

/// Why a payment changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A clause of the rule in question: of the candidate if it refuses now, of the old rule if that refused then.
    Clause {
        /// Name of the policy that states it.
        rule: String,
        /// Its label.
        label: String,
    },
    /// A clause of another rule, met only because earlier payments came out differently.
    OtherRule {
        /// Name of the policy that states it.
        rule: String,
        /// Its label.
        label: String,
    },
    /// No rule: money that is not there (or no longer missing), lots that are not there. The code of the refusal.
    Refusal(u16),
    /// The rules leave more or less of a payment whose payer allowed a part.
    Part,
}

/// How often a reason changed a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// In which way.
    pub change: Change,
    /// Why.
    pub reason: Reason,
    /// An example of the refusal, if it is no rule's.
    pub refusal: Option<Refusal>,
    /// Payments.
    pub payments: u64,
    /// What they were asked to pay, minor units.
    pub money: Amount,
    /// The first few.
    pub samples: Vec<Sample>,
}

/// One changed payment. Nobody is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub time: Timestamp,
    /// What the shop asked for.
    pub asked: Amount,
    /// What was paid; zero if it was refused.
    pub paid: Twice,
    /// The shop's first category.
    pub shop: Option<String>,
}

/// Changed payments of some people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// A band of ages, `0-12`, `65-`, or a district; `None` where nothing is attested.
    pub name: Option<String>,
    /// How many people.
    pub people: u64,
    /// Paid then, refused now.
    pub refused: u64,
    /// Refused then, paid now.
    pub paid: u64,
    /// Another amount is paid.
    pub amount: u64,
    /// What they paid with these payments.
    pub money: Twice,
}

/// Rewards of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolRewards {
    /// Name of the pool.
    pub pool: String,
    /// Rewards given then.
    pub times_was: u64,
    /// Rewards given now.
    pub times_is: u64,
    /// Money given.
    pub money: Twice,
}

/// Commands of one kind that are not decided by the rules of a payment, and changed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follower {
    /// What was asked.
    pub verb: Verb,
    /// Done then, refused now.
    pub refused: u64,
    /// Refused then, done now.
    pub done: u64,
    /// Done (or refused) both times, with another result.
    pub other: u64,
}

/// Kinds of commands that follow from payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// A fact was reported.
    Earn,
    /// Coins were given, under one more layer or as they are.
    Give,
    /// A hold was captured.
    Capture,
    /// A hold was let go.
    Void,
    /// A payment was given back.
    Refund,
    /// A shop cashed out.
    Redeem,
    /// Anything else.
    Other,
}

impl Report {
    /// True if nothing at all came out differently.
    pub fn is_same(&self) -> bool {
        self.differing == 0
            && self.rewards_changed == 0
            && self.ended.was == self.ended.is
            && self.left.was == self.left.is
    }
}
