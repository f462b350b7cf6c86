//! Accounts and their device keys; what the city attests of a person.

use std::sync::Arc;

use scoin_core::command::{AccountKind, Attributes, KeyRole};
use scoin_core::keys::PublicKey;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::device::managing;
use super::{Asker, age, device, recovery, shop};
use crate::batch::EventKind;
use crate::state::{Account, DeviceKey, Key, LINKS_MAX, Record};
use crate::work::{Decision, Work, already, not_found, out_of_range};

pub(super) const WITH_KEYS: [AccountKind; 4] =
    [AccountKind::Person, AccountKind::Merchant, AccountKind::Service, AccountKind::Officer];

/// Opens an account. The caller has checked that it is derived from the key, or exists.
pub(super) fn open(work: &mut Work<'_>, asker: &Asker<'_>, kind: AccountKind) -> Decision {
    if work.account(&asker.by).is_some() {
        return Err(already("account"));
    }
    let mut account = Account::empty(kind);
    account.keys.push(fresh(asker.key, KeyRole::Owner, None));
    work.put(Key::Account(asker.by), Record::Account(Box::new(account)));
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, None);
    Ok(Effect::Done)
}

/// A key that has spent nothing yet.
pub(super) fn fresh(key: PublicKey, role: KeyRole, daily_cap: Option<Amount>) -> DeviceKey {
    DeviceKey { key, role, daily_cap, day: 0, spent: Amount::ZERO }
}

/// Adds a device key. Tills belong to shops and services.
pub(super) fn add_key(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    new: DeviceKey,
    name: Option<&str>,
) -> Decision {
    let account = managing(work, asker)?;
    if account.kind == AccountKind::Person && new.role != KeyRole::Owner {
        return Err(Refusal::NotAllowed);
    }
    if account.key(&new.key).is_some() {
        return Err(already("key"));
    }
    if account.keys.len() >= LINKS_MAX {
        return Err(out_of_range("key"));
    }
    // One secret must not be two factors of a recovery.
    if recovery::is_words(work, &asker.by, &new.key) {
        return Err(already("key"));
    }
    if let Some(name) = name {
        device::change(work, asker.by, new.key, |device| device.name = Some(name.to_owned()));
    }
    put_key(work, asker, new)
}

fn put_key(work: &mut Work<'_>, asker: &Asker<'_>, new: DeviceKey) -> Decision {
    let account = work.known_mut(&asker.by)?;
    account.keys.push(new);
    account.keys.sort_unstable_by_key(|device| device.key);
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, None);
    Ok(Effect::Done)
}

/// Revokes a device key, but never the last one that manages the others.
pub(super) fn revoke_key(work: &mut Work<'_>, asker: &Asker<'_>, key: PublicKey) -> Decision {
    let account =
        if asker.key == key { asker.acting(work, &WITH_KEYS)? } else { managing(work, asker)? };
    let revoked = *account.key(&key).ok_or_else(|| not_found("key"))?;
    device::check_not_last(work, asker, &revoked)?;
    device::forget(work, asker.by, &key);
    recovery::device_gone(work, asker.by);
    work.known_mut(&asker.by)?.keys.retain(|device| device.key != key);
    shop::key_gone(work, asker.by, key, None);
    work.tell(asker.by, EventKind::Changed, Amount::ZERO, None);
    Ok(Effect::Done)
}

/// Puts a new key in the place of the signing one.
pub(super) fn rotate_key(work: &mut Work<'_>, asker: &Asker<'_>, key: PublicKey) -> Decision {
    let roles = [KeyRole::Owner, KeyRole::Cashier, KeyRole::Manager];
    let account = asker.acting_as(work, &WITH_KEYS, &roles)?;
    if account.key(&key).is_some() {
        return Err(already("key"));
    }
    if recovery::is_words(work, &asker.by, &key) {
        return Err(already("key"));
    }
    let old = *account.key(&asker.key).ok_or(Refusal::UnknownKey)?;
    device::rename(work, asker.by, &asker.key, key);
    work.known_mut(&asker.by)?.keys.retain(|device| device.key != asker.key);
    shop::key_gone(work, asker.by, asker.key, Some(key));
    put_key(work, asker, DeviceKey { key, ..old })
}

/// Notes what an officer states of a person.
pub(super) fn attest(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    subject: AccountId,
    attributes: &Attributes,
) -> Decision {
    asker.officer(work)?;
    if work.known(&subject)?.kind != AccountKind::Person {
        return Err(not_found("account"));
    }
    let account = work.known_mut(&subject)?;
    let before = account.attributes.as_deref().and_then(|known| known.of_age_from);
    account.attributes = Some(Arc::new(attributes.clone()));
    age::reschedule(work, subject, before, attributes.of_age_from)?;
    let of_age = before != attributes.of_age_from && age::has_come(work, &subject);
    if of_age {
        work.tell(subject, EventKind::OfAge, Amount::ZERO, None);
    } else {
        work.tell(subject, EventKind::Changed, Amount::ZERO, Some(asker.by));
    }
    Ok(Effect::Done)
}
