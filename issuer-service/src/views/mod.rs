//! Records of the ledger as clients see them. Pure: a state goes in, a body comes out.

mod account;
mod allowance;
mod books;
mod chore;
mod device;
mod family;
mod history;
mod meters;
mod private;
mod rules;
mod shop;

pub(crate) use account::{account, merchant, merchants};
pub(crate) use books::{programs, proposals, report};
pub(crate) use history::entry;
pub(crate) use private::{hide_in_account, hide_in_entry};
pub(crate) use rules::{calendar, list, modules, policies, policy};

use scoin_api::{LayerBody, TextsBody, texts};
use scoin_core::{AccountId, PolicyId, StackId, Timestamp};
use scoin_ledger::state::{Layer, PolicyEntry};
use scoin_ledger::zone::Zone;
use scoin_ledger::{Key, Record, State, View};

/// The layers of a stack, lowest first.
fn layers(state: &State, stack: StackId) -> Vec<Layer> {
    match state.get(&Key::Stack(stack)) {
        Some(Record::Stack(layers)) => layers.to_vec(),
        _ => Vec::new(),
    }
}

fn layer_body(state: &State, layer: &Layer) -> LayerBody {
    let (name, title) = name_and_title(state, layer.policy);
    LayerBody {
        policy: layer.policy.to_hex(),
        name,
        title,
        granter: layer.granter.to_string(),
        ..LayerBody::default()
    }
}

fn policy_entry(state: &State, id: PolicyId) -> Option<&PolicyEntry> {
    match state.get(&Key::Policy(id)) {
        Some(Record::Policy(entry)) => Some(entry),
        _ => None,
    }
}

fn name_and_title(state: &State, id: PolicyId) -> (String, TextsBody) {
    policy_entry(state, id).map_or_else(Default::default, |entry| {
        let policy = entry.rule().policy();
        (policy.name.clone(), texts(&policy.title))
    })
}

/// The date of an instant in the zone of the city.
fn today(state: &State, now: Timestamp) -> i32 {
    let zone = match state.get(&Key::City) {
        Some(Record::City(city)) => Zone::named(&city.zone),
        _ => None,
    };
    zone.map_or(0, |zone| zone.date(now).0)
}

/// Every record between two keys.
fn between<'s>(
    state: &'s State,
    from: &Key,
    to: &Key,
) -> impl Iterator<Item = (Key, &'s Record)> + use<'s> {
    let keys = state.keys(from, to, usize::MAX);
    keys.into_iter().filter_map(|key| state.get(&key).map(|record| (key, record)))
}

/// Every account.
fn accounts(state: &State) -> impl Iterator<Item = (AccountId, &scoin_ledger::state::Account)> {
    let first = Key::Account(AccountId([0; 20]));
    let end = Key::Answer(AccountId([0; 20]), scoin_core::CommandId([0; 16]));
    between(state, &first, &end).filter_map(|(key, record)| match (key, record) {
        (Key::Account(id), Record::Account(account)) => Some((id, account.as_ref())),
        _ => None,
    })
}
