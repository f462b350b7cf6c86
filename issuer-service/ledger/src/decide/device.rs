//! Devices: their names, caps and locks, and the count of each one's commands (`docs/adr/0029`).
//!
//! A key with a daily cap manages no other key, or it could lift its own cap by a second key without one.

use scoin_core::command::{Action, Command, KeyRole};
use scoin_core::keys::PublicKey;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, Amount};

use super::Asker;
use super::account::WITH_KEYS;
use crate::batch::EventKind;
use crate::state::{Account, DeviceKey, Devices, Key, Record};
use crate::work::{Decision, Work, already, not_found, out_of_range};

/// What a command's own count and the lock of its key say, before anything else is looked at.
pub(crate) fn check(work: &Work<'_>, command: &Command, key: &PublicKey) -> Result<(), Refusal> {
    let Some(devices) = kept(work, &command.by) else { return Ok(()) };
    let Some(device) = devices.get(key) else { return Ok(()) };
    // A locked device may still be one of two that ask for a recovery: it waits, and everybody is told.
    if device.locked.is_some() {
        let recovers = matches!(command.action, Action::Recover { .. });
        return if recovers { Ok(()) } else { Err(Refusal::KeyLocked) };
    }
    match (device.sequence, command.sequence) {
        (Some(_), None) => Err(out_of_range("sequence")),
        (Some(last), Some(count)) if count <= last => Err(Refusal::SequenceUsed { last }),
        (None, _) | (Some(_), Some(_)) => Ok(()),
    }
}

/// Keep the count of a command that is answered, whatever the answer; lock the key whose count came twice.
pub(crate) fn note(work: &mut Work<'_>, command: &Command, key: PublicKey, outcome: &Outcome) {
    let live = |key: &PublicKey| {
        work.account(&command.by).is_some_and(|account| account.key(key).is_some())
    };
    let key = match (&command.action, outcome) {
        (Action::RotateKey { key: new }, Outcome::Accepted(_)) => *new,
        _ => key,
    };
    if !live(&key) {
        return;
    }
    if matches!(outcome, Outcome::Refused(Refusal::SequenceUsed { .. })) {
        let now = work.now();
        change(work, command.by, key, |device| device.locked = device.locked.or(Some(now)));
    } else if let Some(count) = command.sequence
        && *outcome != Outcome::Refused(Refusal::KeyLocked)
    {
        change(work, command.by, key, |device| device.sequence = device.sequence.max(Some(count)));
    }
}

/// Changes or lifts the cap of a key.
pub(super) fn set_cap(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    key: PublicKey,
    daily_cap: Option<Amount>,
) -> Decision {
    let account = managing(work, asker)?;
    let device = *account.key(&key).ok_or_else(|| not_found("key"))?;
    if device.daily_cap == daily_cap {
        return Err(already("cap"));
    }
    if daily_cap.is_some() {
        check_not_last(work, asker, &device)?;
    }
    let account = work.known_mut(&asker.by)?;
    for found in account.keys.iter_mut().filter(|found| found.key == key) {
        found.daily_cap = daily_cap;
    }
    tell(work, asker.by);
    Ok(Effect::Done)
}

/// Names a device: another one, or itself.
pub(super) fn name(work: &mut Work<'_>, asker: &Asker<'_>, key: PublicKey, name: &str) -> Decision {
    if asker.key != key {
        managing(work, asker)?;
    }
    let account = work.account(&asker.by).ok_or(Refusal::UnknownAccount)?;
    account.key(&key).ok_or_else(|| not_found("key"))?;
    change(work, asker.by, key, |device| device.name = Some(name.to_owned()));
    tell(work, asker.by);
    Ok(Effect::Done)
}

/// Lets a locked device act again. Its count stays: it must learn it.
pub(super) fn unlock(work: &mut Work<'_>, asker: &Asker<'_>, key: PublicKey) -> Decision {
    let account = managing(work, asker)?;
    account.key(&key).ok_or_else(|| not_found("key"))?;
    if !kept(work, &asker.by).is_some_and(|devices| devices.is_locked(&key)) {
        return Err(already("key"));
    }
    change(work, asker.by, key, |device| device.locked = None);
    tell(work, asker.by);
    Ok(Effect::Done)
}

/// The acting account, if the key may manage its keys: an owner key without a cap.
pub(super) fn managing<'w>(work: &'w Work<'_>, asker: &Asker<'_>) -> Result<&'w Account, Refusal> {
    let account = asker.acting(work, &WITH_KEYS)?;
    let capped = account.key(&asker.key).is_some_and(|device| device.daily_cap.is_some());
    if capped { Err(Refusal::NotAllowed) } else { Ok(account) }
}

/// The last key that manages the others must stay as it is: nobody could undo that.
pub(super) fn check_not_last(
    work: &Work<'_>,
    asker: &Asker<'_>,
    going: &DeviceKey,
) -> Result<(), Refusal> {
    let account = work.account(&asker.by).ok_or(Refusal::UnknownAccount)?;
    let devices = kept(work, &asker.by);
    let manages = |device: &&DeviceKey| {
        device.role == KeyRole::Owner
            && device.daily_cap.is_none()
            && !devices.is_some_and(|devices| devices.is_locked(&device.key))
    };
    let others = account.keys.iter().filter(manages).filter(|device| device.key != going.key);
    let needed = manages(&going) && others.count() == 0;
    if needed { Err(Refusal::NotAllowed) } else { Ok(()) }
}

/// What is kept of an account's devices.
pub(super) fn kept<'w>(work: &'w Work<'_>, account: &AccountId) -> Option<&'w Devices> {
    match work.get(&Key::Devices(*account)) {
        Some(Record::Devices(devices)) => Some(devices),
        _ => None,
    }
}

/// Change what is kept of one device.
pub(super) fn change(
    work: &mut Work<'_>,
    account: AccountId,
    key: PublicKey,
    change: impl FnOnce(&mut crate::state::Device),
) {
    let mut devices = kept(work, &account).cloned().unwrap_or_default();
    devices.change(key, change);
    put(work, account, devices);
}

/// A new key takes over name and count of an old one.
pub(super) fn rename(work: &mut Work<'_>, account: AccountId, old: &PublicKey, new: PublicKey) {
    let Some(devices) = kept(work, &account) else { return };
    let Some(found) = devices.get(old).cloned() else { return };
    let mut devices = devices.clone();
    devices.forget(old);
    devices.change(new, |device| *device = crate::state::Device { key: new, ..found });
    put(work, account, devices);
}

/// Nothing is kept of a key that is gone.
pub(super) fn forget(work: &mut Work<'_>, account: AccountId, key: &PublicKey) {
    let Some(devices) = kept(work, &account) else { return };
    let mut devices = devices.clone();
    devices.forget(key);
    put(work, account, devices);
}

/// Write down what is kept; nothing for nothing.
pub(super) fn put(work: &mut Work<'_>, account: AccountId, devices: Devices) {
    let place = Key::Devices(account);
    if !devices.list.is_empty() {
        work.put(place, Record::Devices(Box::new(devices)));
    } else if work.get(&place).is_some() {
        work.remove(place);
    }
}

fn tell(work: &mut Work<'_>, account: AccountId) {
    work.tell(account, EventKind::Changed, Amount::ZERO, None);
}
