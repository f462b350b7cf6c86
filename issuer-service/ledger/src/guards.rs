//! Which guards judge an account: its own, its household's and the city's.

use scoin_core::command::Over;
use scoin_core::{AccountId, PolicyId, Timestamp};
use scoin_policy::rule::Rule;

use crate::scope;
use crate::state::{Account, Key, Record};

/// One guard over an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardOn {
    /// The policy.
    pub policy: PolicyId,
    /// Who set it.
    pub by: AccountId,
    /// Whose money it judges; `None` for this account alone.
    pub over: Option<Over>,
    /// From when it judges; `None` for at once.
    pub starts: Option<Timestamp>,
}

impl GuardOn {
    /// True once it judges.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.starts.is_none_or(|starts| starts <= now)
    }

    /// Whose spending its counters count together.
    pub fn scope(&self, rule: &Rule) -> [u8; 16] {
        match &self.over {
            None => scope::guard(rule.name(), &self.by),
            Some(over) => scope::shared_guard(rule.name(), over),
        }
    }
}

/// Every guard over an account, in force or announced: its own first, then its household's, then the city's.
pub fn guards<'s>(get: impl Fn(&Key) -> Option<&'s Record>, account: &Account) -> Vec<GuardOn> {
    let own = account.guards.iter();
    let own = own.map(|set| GuardOn { policy: set.policy, by: set.by, over: None, starts: None });
    let mut all: Vec<GuardOn> = own.collect();
    let home = account.attributes.as_ref().and_then(|known| known.household);
    for over in home.map(Over::Household).into_iter().chain([Over::City]) {
        if let Some(Record::Guards(set)) = get(&Key::Guards(over)) {
            all.extend(set.iter().map(|set| GuardOn {
                policy: set.policy,
                by: set.by,
                over: Some(over),
                starts: Some(set.starts),
            }));
        }
    }
    all
}
