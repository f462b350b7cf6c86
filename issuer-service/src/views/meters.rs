//! What a wallet needs to estimate a payment without a connection: scopes, counters and gaps as the ledger keeps them.

use scoin_api::account::{LastBody, MeterBody};
use scoin_api::{LayerBody, Time};
use scoin_core::{AccountId, Timestamp};
use scoin_ledger::state::{Account, Bucket, Counters, LIFE, Last, Layer, Lot};
use scoin_ledger::{Key, Record, State, View, scope};
use scoin_policy::causes::Whose;

use super::account::hex;
use super::{layer_body, policy_entry};

/// The layers of a lot with whose they are, since when, and under which name they count.
pub(super) fn layer_bodies(
    state: &State,
    owner: (&AccountId, &Account),
    lot: &Lot,
    layers: &[Layer],
) -> Vec<LayerBody> {
    let mut prefix: Vec<(&str, AccountId)> = Vec::new();
    let mut bodies = Vec::with_capacity(layers.len());
    for (at, layer) in layers.iter().enumerate() {
        let entry = policy_entry(state, layer.policy);
        prefix.extend(entry.map(|entry| (entry.rule().name(), layer.granter)));
        bodies.push(LayerBody {
            whose: Some(whose(state, owner, &layer.granter).to_owned()),
            scope: entry.map(|_| hex(&scope::purse(prefix.iter().copied()))),
            issued: lot.ages.get(at).map(|age| Time(age.issued)),
            ..layer_body(state, layer)
        });
    }
    bodies
}

/// Whose rule it is, in the words of the interface.
pub(super) fn whose(state: &State, owner: (&AccountId, &Account), by: &AccountId) -> &'static str {
    let kind = match state.get(&Key::Account(*by)) {
        Some(Record::Account(account)) => Some(account.kind),
        _ => None,
    };
    match scoin_ledger::whose(owner, (by, kind)) {
        Whose::City => "city",
        Whose::Guardian => "guardian",
        Whose::Granter => "granter",
        Whose::Own => "own",
    }
}

/// Every bucket of the account and of its household.
pub(super) fn meters(state: &State, found: &Account) -> Vec<MeterBody> {
    let own = found.counters.buckets().map(|bucket| meter(&bucket, false));
    let home = household(state, found).into_iter().flat_map(Counters::buckets);
    own.chain(home.map(|bucket| meter(&bucket, true))).collect()
}

/// Every gap of the account and of its household.
pub(super) fn lasts(state: &State, found: &Account) -> Vec<LastBody> {
    let own = found.counters.lasts.iter().map(|one| last(one, false));
    let home = household(state, found).into_iter().flat_map(|counters| &counters.lasts);
    own.chain(home.map(|one| last(one, true))).collect()
}

fn household<'s>(state: &'s State, found: &Account) -> Option<&'s Counters> {
    let home = found.attributes.as_ref()?.household?;
    match state.get(&Key::Counters(scope::household(&home))) {
        Some(Record::Counters(counters)) => Some(counters),
        _ => None,
    }
}

fn meter(bucket: &Bucket, household: bool) -> MeterBody {
    MeterBody {
        scope: hex(&bucket.scope),
        measure: hex(&bucket.measure),
        day: Some(bucket.day).filter(|day| *day != LIFE),
        amount: bucket.amount.units(),
        count: bucket.count,
        household,
    }
}

fn last(last: &Last, household: bool) -> LastBody {
    LastBody {
        scope: hex(&last.scope),
        gap: hex(&last.gap),
        at: Time(Timestamp::from_micros(last.at)),
        household,
    }
}
