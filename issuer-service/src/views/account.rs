//! Accounts, their coins and what of their limits is used; shops.

use std::collections::BTreeMap;

use scoin_api::account::DayBody;
use scoin_api::{
    AccountBody, AttributesBody, CounterBody, FreezeBody, GuardBody, LotBody, MerchantBody,
    MerchantsBody, OfferBody,
};
use scoin_core::command::{AccountKind, Attributes, Over};
use scoin_core::{AccountId, Amount, CommandId, Timestamp};
use scoin_ledger::age::is_of_age;
use scoin_ledger::state::{Account, Bucket, Freeze, LIFE, Lot, MerchantEntry, PolicyEntry, Slot};
use scoin_ledger::{GuardOn, Key, Record, State, View};
use scoin_policy::ir::{Quantity, Window};
use scoin_policy::rule::{CapSlot, Unit};

use super::allowance::allowances;
use super::{device, family, layers, meters, name_and_title, policy_entry};
use crate::books::Live;

/// An account as of a ledger time.
pub(crate) fn account(live: &Live, id: AccountId, now: Timestamp) -> Option<AccountBody> {
    let found = live.account(&id)?;
    let state = &live.state;
    let family = family::family(state, id);
    let of_age = live.city().is_some_and(|city| is_of_age(city, found, now));
    let held = sum(found.lots.iter().map(|lot| lot.held));
    Some(AccountBody {
        address: id.to_string(),
        kind: kind(found.kind).to_owned(),
        frame: live.number(),
        time: live.time().into(),
        balance: found.balance().units().saturating_sub(held),
        held,
        keys: device::keys(state, id, found),
        recovery: device::recovery(state, id),
        frozen: found.freezes.iter().map(freeze).collect(),
        guardians: if of_age { Vec::new() } else { addresses(&found.guardians) },
        guardians_asked: if of_age { Vec::new() } else { addresses(&found.asked) },
        wards: addresses(&found.wards),
        guards: guards(state, (&id, found)),
        offers: offers(live, id),
        asks: family::asks(family, now),
        exceptions: family::exceptions(family, now),
        quorum: family::quorum(family),
        changes: family::changes(family, now),
        consents: family::consents(family),
        givers: family::givers(state, id),
        shops_shared: match state.get(&Key::Shared(id)) {
            Some(Record::Shared(with)) => addresses(with),
            _ => Vec::new(),
        },
        allowances: allowances(state, id),
        chores: super::chore::chores(state, id),
        attributes: found.attributes.as_deref().map_or_else(Default::default, attributes),
        lots: lots(state, (&id, found)),
        counters: counters(state, found, now),
        meters: meters::meters(state, found),
        lasts: meters::lasts(state, found),
        merchant: found.merchant.as_deref().map(|entry| shop(id, entry)),
        shop: super::shop::shop(live, id, found, now),
    })
}

/// A registered shop or service.
pub(crate) fn merchant(live: &Live, id: AccountId) -> Option<MerchantBody> {
    live.account(&id)?.merchant.as_deref().map(|entry| shop(id, entry))
}

/// All registered shops and services.
pub(crate) fn merchants(live: &Live) -> MerchantsBody {
    let all = super::accounts(&live.state);
    let shops = all.filter_map(|(id, found)| Some(shop(id, found.merchant.as_deref()?)));
    let mut merchants: Vec<_> = shops.collect();
    merchants.sort_by(|a, b| a.address.cmp(&b.address));
    MerchantsBody { frame: live.number(), merchants }
}

fn kind(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Person => "person",
        AccountKind::Merchant => "merchant",
        AccountKind::Service => "service",
        AccountKind::Officer => "officer",
        AccountKind::Pool => "pool",
    }
}

fn freeze(freeze: &Freeze) -> FreezeBody {
    let by = match freeze {
        Freeze::Own => "itself",
        Freeze::Guardian(_) => "guardian",
        Freeze::City => "city",
    };
    FreezeBody { by: by.to_owned() }
}

fn guards(state: &State, owner: (&AccountId, &Account)) -> Vec<GuardBody> {
    let body = |guard: &GuardOn<'_>| {
        let (name, title) = name_and_title(state, guard.policy);
        let scope = policy_entry(state, guard.policy).map(|entry| hex(&guard.scope(entry.rule())));
        let over = guard.over.map(|over| match over {
            Over::City => "city".to_owned(),
            Over::Household(_) => "household".to_owned(),
        });
        GuardBody {
            policy: guard.policy.to_hex(),
            name,
            title,
            set_by: guard.by.to_string(),
            whose: Some(meters::whose(state, owner, &guard.by).to_owned()),
            scope,
            over,
            starts: guard.starts.map(Into::into),
        }
    };
    scoin_ledger::guards(|key| state.get(key), owner.1).iter().map(body).collect()
}

/// Offers that stand.
fn offers(live: &Live, owner: AccountId) -> Vec<OfferBody> {
    let end = owner_after(owner);
    let (from, to) = (Key::Offer(owner, CommandId([0; 16])), Key::Offer(end, CommandId([0; 16])));
    let all = super::between(&live.state, &from, &to);
    let body = |(key, record): (Key, &Record)| match (key, record) {
        (Key::Offer(_, id), Record::Offer(offer)) if offer.until > live.time() => Some(OfferBody {
            id: id.to_hex(),
            name: name_and_title(&live.state, offer.to).0,
            from: offer.from.to_hex(),
            to: offer.to.to_hex(),
            granter: offer.granter.to_string(),
            until: offer.until.into(),
        }),
        _ => None,
    };
    all.filter_map(body).collect()
}

/// The account id behind this one, so that a range of keys ends with it.
fn owner_after(owner: AccountId) -> AccountId {
    let mut bytes = owner.0;
    for byte in bytes.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    AccountId(bytes)
}

fn attributes(attributes: &Attributes) -> AttributesBody {
    AttributesBody {
        age: attributes.age,
        age_until: attributes.age_until.map(scoin_api::encode::date_text),
        district: attributes.district.clone(),
        household: attributes.household.map(|number| hex(&number)),
        children: attributes.children,
        groups: attributes.groups.clone(),
        of_age_from: attributes.of_age_from.map(scoin_api::encode::date_text),
        private_from: attributes.private_from.map(scoin_api::encode::date_text),
    }
}

fn lots(state: &State, owner: (&AccountId, &Account)) -> Vec<LotBody> {
    let mut lots: Vec<&Lot> = owner.1.lots.iter().collect();
    lots.sort_by_key(|lot| (lot.expires.unwrap_or(Timestamp::from_micros(u64::MAX)), lot.id));
    lots.into_iter().map(|lot| lot_body(state, owner, lot)).collect()
}

fn lot_body(state: &State, owner: (&AccountId, &Account), lot: &Lot) -> LotBody {
    let layers = layers(state, lot.stack);
    let starts = layers.iter().zip(&lot.ages).filter_map(|(layer, age)| {
        let entry = policy_entry(state, layer.policy)?;
        starts_at(entry, age.issued)
    });
    LotBody {
        id: lot.id.0,
        amount: lot.amount.units(),
        held: lot.held.units(),
        stack: lot.stack.to_hex(),
        granter: lot.granter.to_string(),
        issued: lot.issued.into(),
        starts: starts.max().filter(|starts| *starts > lot.issued).map(Into::into),
        expires: lot.expires.map(Into::into),
        layers: meters::layer_bodies(state, owner, lot, &layers),
        grace: lot.grace,
    }
}

/// When a layer put on at `issued` begins to work.
fn starts_at(entry: &PolicyEntry, issued: Timestamp) -> Option<Timestamp> {
    let civil = entry.rule().starts_at(entry.zone().civil(issued))?;
    Some(entry.zone().first_instant(civil))
}

/// The counters of an account, with the caps of the rules it has coins or guards under.
fn counters(state: &State, found: &Account, now: Timestamp) -> Vec<CounterBody> {
    let caps = caps_in_reach(state, found);
    let mut groups: BTreeMap<([u8; 16], [u8; 16]), Vec<Bucket>> = BTreeMap::new();
    for bucket in found.counters.buckets() {
        groups.entry((bucket.scope, bucket.measure)).or_default().push(bucket);
    }
    let bodies = groups.into_iter().flat_map(|((scope, measure), buckets)| {
        let plain = CounterBody {
            scope: hex(&scope),
            measure: hex(&measure),
            days: buckets.iter().filter(|bucket| bucket.day != LIFE).map(day).collect(),
            ..CounterBody::default()
        };
        let slot = Slot { scope, measure };
        let named: Vec<_> = caps
            .get(&measure)
            .into_iter()
            .flatten()
            .map(|(entry, cap)| with_cap(plain.clone(), found, slot, (entry, cap, now)))
            .collect();
        if named.is_empty() { vec![plain] } else { named }
    });
    bodies.collect()
}

type Reach<'a> = BTreeMap<[u8; 16], Vec<(&'a PolicyEntry, &'a CapSlot)>>;

fn caps_in_reach<'a>(state: &'a State, found: &Account) -> Reach<'a> {
    let of_lots = found.lots.iter().flat_map(|lot| layers(state, lot.stack));
    let of_guards = scoin_ledger::guards(|key| state.get(key), found);
    let of_guards = of_guards.into_iter().map(|guard| guard.policy);
    let policies: std::collections::BTreeSet<_> =
        of_lots.map(|layer| layer.policy).chain(of_guards).collect();
    let mut reach = Reach::new();
    for entry in policies.into_iter().filter_map(|policy| policy_entry(state, policy)) {
        for cap in entry.rule().caps().iter().filter(|cap| cap.keeps_count()) {
            reach.entry(cap.measure.0).or_default().push((entry, cap));
        }
    }
    reach
}

fn with_cap(
    mut body: CounterBody,
    found: &Account,
    slot: Slot,
    (entry, cap, now): (&PolicyEntry, &CapSlot, Timestamp),
) -> CounterBody {
    body.rule = Some(cap.rule_name.clone());
    body.label = Some(cap.label.clone());
    body.window = Some(window(cap.window));
    body.limit = match cap.quantity {
        Quantity::Money(limit) | Quantity::Count(limit) => Some(limit),
        Quantity::MoneyTimes(..) | Quantity::Share(_) => None,
    };
    let (amount, count) = if cap.window == Window::Life {
        found.counters.sum(slot, LIFE, LIFE)
    } else {
        cap.dates(entry.zone().date(now))
            .map_or((0, 0), |(from, to)| found.counters.sum(slot, from.0, to.0))
    };
    body.used = match cap.counts {
        Unit::Money => amount,
        Unit::Count => count,
    };
    body
}

fn window(window: Window) -> String {
    match window {
        Window::Payment => "payment".to_owned(),
        Window::Day => "day".to_owned(),
        Window::Week => "week".to_owned(),
        Window::Month => "month".to_owned(),
        Window::Year => "year".to_owned(),
        Window::Life => "life".to_owned(),
        Window::Days(number) => format!("{number} days"),
        Window::Months(number) => format!("{number} months"),
        Window::Years(number) => format!("{number} years"),
    }
}

fn day(bucket: &Bucket) -> DayBody {
    DayBody { day: bucket.day, amount: bucket.amount.units(), count: bucket.count }
}

fn shop(id: AccountId, entry: &MerchantEntry) -> MerchantBody {
    let profile = &entry.profile;
    MerchantBody {
        address: id.to_string(),
        name: profile.name.clone(),
        categories: profile.categories.clone(),
        district: profile.district.clone(),
        groups: profile.groups.clone(),
        mcc: profile.mcc,
        online: profile.online,
        suspended: entry.suspended,
    }
}

fn addresses(ids: &[AccountId]) -> Vec<String> {
    ids.iter().map(AccountId::to_string).collect()
}

fn sum(amounts: impl Iterator<Item = Amount>) -> u64 {
    amounts.fold(0, |sum, amount| sum.saturating_add(amount.units()))
}

pub(super) fn hex(bytes: &[u8; 16]) -> String {
    CommandId(*bytes).to_hex()
}
