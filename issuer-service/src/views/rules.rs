//! Policies, modules, lists, calendars.

use scoin_api::{Base64, CalendarBody, ListBody, ModuleBody, PoliciesBody, PolicyBody, texts};
use scoin_core::command::ListKind;
use scoin_core::{PolicyId, Timestamp};
use scoin_ledger::state::{PolicyEntry, Status, Version};
use scoin_ledger::{Key, Record, State, View};

use super::{between, policy_entry};
use crate::books::Live;

/// All policies, by name, then id.
pub(crate) fn policies(live: &Live) -> PoliciesBody {
    let (from, to) = (Key::Policy(PolicyId([0; 32])), Key::Module([0; 32]));
    let all = between(&live.state, &from, &to).filter_map(|(key, record)| match (key, record) {
        (Key::Policy(_), Record::Policy(entry)) => Some(policy_body(&live.state, entry)),
        _ => None,
    });
    let mut policies: Vec<_> = all.collect();
    policies.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    PoliciesBody { frame: live.number(), policies }
}

/// One policy.
pub(crate) fn policy(live: &Live, id: PolicyId) -> Option<PolicyBody> {
    policy_entry(&live.state, id).map(|entry| policy_body(&live.state, entry))
}

/// Published rule text.
pub(crate) fn modules(live: &Live) -> Vec<ModuleBody> {
    let (from, to) = (Key::Module([0; 32]), Key::Name(String::new()));
    let all = between(&live.state, &from, &to);
    all.filter_map(|(key, record)| match (key, record) {
        (Key::Module(hash), Record::Module(entry)) => {
            Some(ModuleBody { name: hex(&hash), source: entry.source.clone() })
        }
        _ => None,
    })
    .collect()
}

/// A list; the kind tells who may see it.
pub(crate) fn list(live: &Live, name: &str) -> Option<(ListKind, ListBody)> {
    let Some(Record::List(entry)) = live.state.get(&Key::List(name.to_owned())) else {
        return None;
    };
    let kind = match entry.kind {
        ListKind::Merchants => "merchants",
        ListKind::Products => "products",
        ListKind::Persons => "persons",
    };
    let members = entry.members.iter().cloned().collect();
    Some((entry.kind, ListBody { name: name.to_owned(), kind: kind.to_owned(), members }))
}

/// A calendar.
pub(crate) fn calendar(live: &Live, name: &str) -> Option<CalendarBody> {
    let Some(Record::Calendar(days)) = live.state.get(&Key::Calendar(name.to_owned())) else {
        return None;
    };
    let days = days.iter().map(|day| scoin_api::encode::date_text(*day)).collect();
    Some(CalendarBody { name: name.to_owned(), days })
}

fn policy_body(state: &State, entry: &PolicyEntry) -> PolicyBody {
    let policy = entry.rule().policy();
    let module = match state.get(&Key::Name(policy.name.clone())) {
        Some(Record::Name(hash)) => Some(hex(hash)),
        _ => None,
    };
    let version = match state.get(&Key::version(&policy.name, entry.id())) {
        Some(Record::Version(version)) => Some(version),
        _ => None,
    };
    let retired = version.and_then(|version| retired_at(state, &policy.name, version));
    let status = if retired.is_some() { "retired" } else { "active" };
    PolicyBody {
        status: version.map(|_| status.to_owned()),
        publisher: version.filter(|version| version.city).map(|version| version.by.to_string()),
        published: version.map(|version| version.at.into()),
        retired: retired.map(Into::into),
        doc: version.map(|version| hex(&version.doc)),
        id: entry.id().to_hex(),
        name: policy.name.clone(),
        title: texts(&policy.title),
        canonical: Base64(policy.to_bytes_with_texts()),
        module,
        arguments: entry.arguments().to_vec(),
    }
}

/// When the city retired a version, or the name since it was published last.
fn retired_at(state: &State, name: &str, version: &Version) -> Option<Timestamp> {
    if let Status::Retired(at) = version.status {
        return Some(at);
    }
    match state.get(&Key::Retired(name.to_owned())) {
        Some(Record::Retired(name)) if version.at <= name.at => Some(name.at),
        _ => None,
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    PolicyId(*bytes).to_hex()
}
