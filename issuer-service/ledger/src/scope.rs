//! Whose spending is counted together: the names of counters, and where they are kept.

use scoin_core::command::Over;
use scoin_core::{AccountId, LotId};
use scoin_policy::ir::By;
use scoin_policy::scope::{self, name};

use crate::state::{Account, Place};

/// The purse of a layer: all lots of an owner whose stacks begin with the same (policy name, granter) pairs.
///
/// Names, not ids: raising a limit does not forget what was spent. Prefixes, not single layers: wrapping coins once more
/// opens no second purse beneath.
pub fn purse<'a>(prefix: impl Iterator<Item = (&'a str, AccountId)>) -> [u8; 16] {
    let pairs: Vec<(&str, AccountId)> = prefix.collect();
    let mut parts: Vec<&[u8]> = vec![b"scoin-purse/1"];
    for (policy, granter) in &pairs {
        parts.push(policy.as_bytes());
        parts.push(granter.as_bytes());
    }
    name(&parts)
}

/// All money of an account under a guard.
pub fn guard(policy: &str, by: &AccountId) -> [u8; 16] {
    name(&[b"scoin-guard/1", policy.as_bytes(), by.as_bytes()])
}

/// All money under a guard of a household or of the city. Whoever of the officers set it, it counts on.
pub fn shared_guard(policy: &str, over: &Over) -> [u8; 16] {
    let kind: &[u8] = match over {
        Over::City => b"scoin-city-guard/1",
        Over::Household(_) => b"scoin-household-guard/1",
    };
    name(&[kind, policy.as_bytes()])
}

/// All rewards of a programme.
pub(crate) fn program(program: &str) -> [u8; 16] {
    name(&[b"scoin-program/1", program.as_bytes()])
}

/// What a household spends together.
pub fn household(id: &[u8; 16]) -> [u8; 16] {
    name(&[b"scoin-household/1", id])
}

/// The part of a scope that belongs to one merchant or one lot, where a counter is kept apart by these.
pub(crate) fn part(scope: [u8; 16], merchant: Option<AccountId>, lot: Option<LotId>) -> [u8; 16] {
    scope::part(scope, merchant.map(|id| id.0), lot.map(|id| id.0))
}

/// Where an owner's counter is kept: with the household if it counts by household and there is one, else with the owner.
pub(crate) fn place(by: &[By], owner: AccountId, account: &Account) -> Place {
    let home = account.attributes.as_ref().and_then(|known| known.household);
    match home.filter(|_| by.contains(&By::Household)) {
        Some(home) => Place::Shared(household(&home)),
        None => Place::Account(owner),
    }
}

/// Where a programme's counter is kept: with the earner or the household, else with the programme.
pub(crate) fn program_place(
    program: &str,
    by: &[By],
    owner: AccountId,
    account: &Account,
) -> Place {
    if by.contains(&By::Payer) || by.contains(&By::Household) {
        place(by, owner, account)
    } else {
        Place::Shared(self::program(program))
    }
}
