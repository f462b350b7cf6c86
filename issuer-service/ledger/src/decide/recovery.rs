//! Recovery: any two of a device, the recovery words and the city give an account a new key, after a delay in which
//! any device and the words can stop it (`docs/adr/0032`).

use scoin_core::command::{AccountKind, KeyRole};
use scoin_core::genesis::{Genesis, RECOVERY_HOURS};
use scoin_core::keys::PublicKey;
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount, Timestamp};

use super::Asker;
use super::account::fresh;
use super::device::{managing, put as put_devices};
use crate::batch::EventKind;
use crate::state::{Asking, Devices, Due, Factor, Key, Record, Recovery, Running};
use crate::work::{Decision, Work, already, not_found};

/// How long one factor waits for the second, in microseconds: 7 days.
const ASKED_MICROS: u64 = 7 * 24 * 3_600 * 1_000_000;
const HOUR_MICROS: u64 = 3_600 * 1_000_000;

/// Registers the key of the recovery words, in place of the one before.
pub(super) fn register(work: &mut Work<'_>, asker: &Asker<'_>, key: Option<PublicKey>) -> Decision {
    let account = managing(work, asker)?;
    // One secret must not be two factors.
    if key.is_some_and(|key| account.key(&key).is_some()) {
        return Err(already("key"));
    }
    let mut recovery = kept(work, &asker.by);
    check_idle(&recovery)?;
    if recovery.words == key {
        return Err(already("key"));
    }
    recovery.words = key;
    recovery.asked.retain(|asking| asking.factor != Factor::Words);
    put(work, asker.by, recovery);
    tell(work, asker.by);
    Ok(Effect::Done)
}

/// A device or the words ask for a new key.
pub(super) fn ask(work: &mut Work<'_>, asker: &Asker<'_>, key: PublicKey) -> Decision {
    let factor = factor_of(work, asker)?;
    agree(work, asker.by, factor, key)
}

/// The city's officers ask for a new key.
pub(super) fn of_city(work: &mut Work<'_>, account: AccountId, key: PublicKey) -> Decision {
    agree(work, account, Factor::City, key)
}

/// Can a new key be asked for at all?
pub(super) fn check(work: &Work<'_>, account: &AccountId, key: &PublicKey) -> Result<(), Refusal> {
    let known = work.known(account)?;
    if known.kind == AccountKind::Pool {
        return Err(not_found("account"));
    }
    let recovery = kept(work, account);
    if known.key(key).is_some() || recovery.words == Some(*key) {
        return Err(already("key"));
    }
    check_idle(&recovery)
}

/// A device or the words stop what runs, and what was asked for.
pub(super) fn cancel(work: &mut Work<'_>, asker: &Asker<'_>) -> Decision {
    factor_of(work, asker)?;
    let mut recovery = kept(work, &asker.by);
    let now = work.now();
    // Past its time it is over, whether the tick came before this command or comes after it.
    let over = recovery.running.as_ref().is_some_and(|running| running.due <= now);
    if over || (recovery.running.is_none() && recovery.asked.is_empty()) {
        return Err(not_found("recovery"));
    }
    if let Some(running) = recovery.running.take() {
        work.clear_due(running.due, Due::Recovery(asker.by));
    }
    recovery.asked.clear();
    put(work, asker.by, recovery);
    tell(work, asker.by);
    Ok(Effect::Done)
}

/// The time has come: the new key takes the place of all others. Everything else of the account stays.
pub(super) fn finish(work: &mut Work<'_>, account: AccountId) -> Result<(), Refusal> {
    let mut recovery = kept(work, &account);
    let Some(running) = recovery.running.take_if(|running| running.due <= work.now()) else {
        return Ok(());
    };
    work.known_mut(&account)?.keys = vec![fresh(running.key, KeyRole::Owner, None)];
    put_devices(work, account, Devices::default());
    recovery.asked.clear();
    put(work, account, recovery);
    tell(work, account);
    Ok(())
}

/// A device is gone: what a device asked for does not count any more.
pub(super) fn device_gone(work: &mut Work<'_>, account: AccountId) {
    let mut recovery = kept(work, &account);
    if recovery.asked.iter().any(|asking| asking.factor == Factor::Device) {
        recovery.asked.retain(|asking| asking.factor != Factor::Device);
        put(work, account, recovery);
    }
}

/// Is this the key of the account's recovery words?
pub(crate) fn is_words(work: &Work<'_>, account: &AccountId, key: &PublicKey) -> bool {
    match work.get(&Key::Recovery(*account)) {
        Some(Record::Recovery(recovery)) => recovery.words == Some(*key),
        _ => false,
    }
}

fn factor_of(work: &Work<'_>, asker: &Asker<'_>) -> Result<Factor, Refusal> {
    let account = work.account(&asker.by).ok_or(Refusal::UnknownAccount)?;
    match account.key(&asker.key) {
        Some(device) if device.role == KeyRole::Owner => Ok(Factor::Device),
        Some(_) => Err(Refusal::NotAllowed),
        None if is_words(work, &asker.by, &asker.key) => Ok(Factor::Words),
        None => Err(Refusal::UnknownKey),
    }
}

fn agree(work: &mut Work<'_>, account: AccountId, factor: Factor, key: PublicKey) -> Decision {
    check(work, &account, &key)?;
    let (now, mut recovery) = (work.now(), kept(work, &account));
    recovery.asked.retain(|asking| asking.until > now);
    if recovery.asked.iter().any(|asking| (asking.factor, asking.key) == (factor, key)) {
        return Err(already("recovery"));
    }
    recovery.asked.retain(|asking| asking.factor != factor);
    recovery.asked.push(Asking { factor, key, until: now.saturating_add_micros(ASKED_MICROS) });
    let agree = recovery.asked.iter().filter(|asking| asking.key == key);
    let factors: Vec<Factor> = agree.map(|asking| asking.factor).collect();
    // An officer's account is the city's own; its other officers are enough.
    let officer = work.known(&account)?.kind == AccountKind::Officer;
    let starts = factors.len() >= 2 || (officer && factor == Factor::City);
    let effect = if starts {
        let due = now.saturating_add_micros(delay(work));
        recovery.asked.clear();
        recovery.running = Some(Running { key, factors, begun: now, due });
        work.set_due(due, Due::Recovery(account));
        Effect::Done
    } else {
        Effect::Pending { missing: 1 }
    };
    put(work, account, recovery);
    tell(work, account);
    Ok(effect)
}

fn delay(work: &Work<'_>) -> u64 {
    let genesis = Genesis::from_bytes(&work.city().genesis.0);
    let hours = genesis.map_or(RECOVERY_HOURS, |genesis| genesis.recovery_hours());
    u64::from(hours).saturating_mul(HOUR_MICROS)
}

fn check_idle(recovery: &Recovery) -> Result<(), Refusal> {
    let due: Option<Timestamp> = recovery.running.as_ref().map(|running| running.due);
    due.map_or(Ok(()), |due| Err(Refusal::RecoveryRunning { due }))
}

fn kept(work: &Work<'_>, account: &AccountId) -> Recovery {
    match work.get(&Key::Recovery(*account)) {
        Some(Record::Recovery(recovery)) => recovery.as_ref().clone(),
        _ => Recovery::default(),
    }
}

fn put(work: &mut Work<'_>, account: AccountId, recovery: Recovery) {
    let place = Key::Recovery(account);
    if !recovery.is_empty() {
        work.put(place, Record::Recovery(Box::new(recovery)));
    } else if work.get(&place).is_some() {
        work.remove(place);
    }
}

/// Every device of the account and every guardian hears of it.
fn tell(work: &mut Work<'_>, account: AccountId) {
    let guardians = work.account(&account).map(|ward| ward.guardians.clone()).unwrap_or_default();
    work.tell(account, EventKind::Changed, Amount::ZERO, None);
    for guardian in guardians {
        work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(account));
    }
}
