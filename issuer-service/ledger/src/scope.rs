//! Whose spending is counted together: the names of counters, and where they are kept.

use scoin_core::{AccountId, LotId};
use scoin_policy::ir::By;
use sha2::{Digest, Sha256};

use crate::state::{Account, Place};

/// Feeds an unambiguous form of its parts into a hash and takes 16 bytes of it.
fn name(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..]: [u8; 32] = hash.finalize().into();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// The purse of a layer: all lots of an owner whose stacks begin with the same (policy name, granter) pairs.
///
/// Names, not ids: raising a limit does not forget what was spent. Prefixes, not single layers: wrapping coins once more
/// opens no second purse beneath.
pub(crate) fn purse<'a>(prefix: impl Iterator<Item = (&'a str, AccountId)>) -> [u8; 16] {
    let pairs: Vec<(&str, AccountId)> = prefix.collect();
    let mut parts: Vec<&[u8]> = vec![b"scoin-purse/1"];
    for (policy, granter) in &pairs {
        parts.push(policy.as_bytes());
        parts.push(granter.as_bytes());
    }
    name(&parts)
}

/// All money of an account under a guard.
pub(crate) fn guard(policy: &str, by: &AccountId) -> [u8; 16] {
    name(&[b"scoin-guard/1", policy.as_bytes(), by.as_bytes()])
}

/// All rewards of a programme.
pub(crate) fn program(program: &str) -> [u8; 16] {
    name(&[b"scoin-program/1", program.as_bytes()])
}

fn household(id: &[u8; 16]) -> [u8; 16] {
    name(&[b"scoin-household/1", id])
}

/// The part of a scope that belongs to one merchant or one lot, where a counter is kept apart by these.
pub(crate) fn part(scope: [u8; 16], merchant: Option<AccountId>, lot: Option<LotId>) -> [u8; 16] {
    if merchant.is_none() && lot.is_none() {
        return scope;
    }
    let merchant = merchant.map(|id| id.0);
    let lot = lot.map(|id| id.0.to_be_bytes());
    let merchant: &[u8] = merchant.as_ref().map_or(&[], |id| id);
    let lot: &[u8] = lot.as_ref().map_or(&[], |id| id);
    name(&[b"scoin-part/1", &scope, merchant, lot])
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
