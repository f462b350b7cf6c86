//! Which guards judge an account: its own, its household's and the city's.

use scoin_core::command::Over;
use scoin_core::{AccountId, PolicyId, Timestamp};
use scoin_policy::rule::Rule;

use crate::scope;
use crate::state::{Account, Key, Record, ScopeName};

/// One guard over an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardOn<'s> {
    /// The policy.
    pub policy: PolicyId,
    /// Who set it.
    pub by: AccountId,
    /// Whose money it judges; `None` for this account alone.
    pub over: Option<Over>,
    /// From when it judges; `None` for at once.
    pub starts: Option<Timestamp>,
    /// The name of its scope, once it is known, for a guard of this account alone.
    name: Option<&'s ScopeName>,
}

impl GuardOn<'_> {
    /// True once it judges.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.starts.is_none_or(|starts| starts <= now)
    }

    /// Whose spending its counters count together.
    pub fn scope(&self, rule: &Rule) -> [u8; 16] {
        match (&self.over, self.name) {
            (Some(over), _) => scope::shared_guard(rule.name(), over),
            (None, None) => scope::guard(rule.name(), &self.by),
            (None, Some(name)) => name.once(|| scope::guard(rule.name(), &self.by)),
        }
    }
}

/// Every guard over an account, in force or announced: its own first, then its household's, then the city's.
pub fn guards<'s>(
    get: impl Fn(&Key) -> Option<&'s Record>,
    account: &'s Account,
) -> Vec<GuardOn<'s>> {
    let own = account.guards.iter().map(|set| GuardOn {
        policy: set.policy,
        by: set.by,
        over: None,
        starts: None,
        name: Some(&set.scope),
    });
    let mut all: Vec<GuardOn<'s>> = own.collect();
    let home = account.attributes.as_ref().and_then(|known| known.household);
    for over in home.map(Over::Household).into_iter().chain([Over::City]) {
        if let Some(Record::Guards(set)) = get(&Key::Guards(over)) {
            all.extend(set.iter().map(|set| GuardOn {
                policy: set.policy,
                by: set.by,
                over: Some(over),
                starts: Some(set.starts),
                name: None,
            }));
        }
    }
    all
}
