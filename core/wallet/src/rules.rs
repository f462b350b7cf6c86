//! Policies in the cache: fetched, proved by their id, and what they refer to.

use std::collections::BTreeSet;

use scoin_api::PolicyBody;
use scoin_core::PolicyId;
use scoin_policy::ir::{Policy, Pred, Test, Transfer};

use crate::error::WalletError;
use crate::wallet::Wallet;

/// Lists and calendars by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) lists: BTreeSet<String>,
    pub(crate) calendars: BTreeSet<String>,
}

impl Wallet {
    /// A policy by id: from the cache, or from the issuer. `None` if neither has it. Its id is the hash of its content,
    /// so nobody can pass another one off for it.
    pub async fn policy(&self, id: PolicyId) -> Result<Option<Policy>, WalletError> {
        if let Some(policy) = self.cached_policy(id)? {
            return Ok(Some(policy));
        }
        let Some(body) = self.client().policy(id).await? else { return Ok(None) };
        let policy = proved(id, &body);
        if policy.is_some() {
            self.cache(key(id), &body)?;
        }
        Ok(policy)
    }

    /// A policy by id, from the cache alone.
    pub fn cached_policy(&self, id: PolicyId) -> Result<Option<Policy>, WalletError> {
        let body: Option<PolicyBody> = self.cached(&key(id))?;
        Ok(body.and_then(|body| proved(id, &body)))
    }
}

fn proved(id: PolicyId, body: &PolicyBody) -> Option<Policy> {
    let policy = Policy::from_bytes(&body.canonical.0).ok()?;
    (policy.id().0 == id.0).then_some(policy)
}

fn key(id: PolicyId) -> String {
    format!("policy/{}", id.to_hex())
}

/// Adds the lists and calendars that a policy names.
pub(crate) fn references(policy: &Policy, names: &mut Names) {
    for clause in &policy.clauses {
        of_pred(&clause.pred, names);
    }
    for cap in &policy.caps {
        cap.when.iter().chain(&cap.on_items).for_each(|pred| of_pred(pred, names));
    }
    for gap in &policy.gaps {
        gap.when.iter().for_each(|pred| of_pred(pred, names));
    }
    if let Transfer::To(pred) = &policy.transfer {
        of_pred(pred, names);
    }
    policy.also.iter().for_each(|inner| references(inner, names));
}

fn of_pred(pred: &Pred, names: &mut Names) {
    match pred {
        Pred::And(all) | Pred::Or(all) => all.iter().for_each(|pred| of_pred(pred, names)),
        Pred::Not(inner) | Pred::AnyItem(inner) | Pred::EveryItem(inner) => of_pred(inner, names),
        Pred::Test(Test::InList(_, name, _)) => {
            names.lists.insert(name.clone());
        }
        Pred::Test(Test::OnCalendar(name, _)) => {
            names.calendars.insert(name.clone());
        }
        Pred::Known(_) | Pred::Test(_) => {}
    }
}
