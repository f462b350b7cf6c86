//! Devices of an account, and how it is recovered.

use scoin_api::{AskingBody, KeyBody, RecoveryBody, RunningBody};
use scoin_core::command::KeyRole;
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, Amount};
use scoin_ledger::state::{Account, Asking, DeviceKey, Devices, Factor, Running};
use scoin_ledger::{Key, Record, State, View};

/// The live keys of an account.
pub(super) fn keys(state: &State, id: AccountId, found: &Account) -> Vec<KeyBody> {
    let devices = match state.get(&Key::Devices(id)) {
        Some(Record::Devices(devices)) => Some(devices.as_ref()),
        _ => None,
    };
    found.keys.iter().map(|device| key(device, devices)).collect()
}

/// How an account is recovered.
pub(super) fn recovery(state: &State, id: AccountId) -> RecoveryBody {
    let Some(Record::Recovery(recovery)) = state.get(&Key::Recovery(id)) else {
        return RecoveryBody::default();
    };
    RecoveryBody {
        words: recovery.words.map(PublicKey::to_hex),
        asked: recovery.asked.iter().map(asking).collect(),
        running: recovery.running.as_ref().map(running),
    }
}

/// What a key may do.
pub(super) fn role(role: KeyRole) -> &'static str {
    match role {
        KeyRole::Owner => "owner",
        KeyRole::Cashier => "cashier",
        KeyRole::Manager => "manager",
    }
}

fn key(device: &DeviceKey, devices: Option<&Devices>) -> KeyBody {
    let kept = devices.and_then(|devices| devices.get(&device.key));
    KeyBody {
        key: device.key.to_hex(),
        role: role(device.role).to_owned(),
        daily_cap: device.daily_cap.map(Amount::units),
        name: kept.and_then(|kept| kept.name.clone()),
        sequence: kept.and_then(|kept| kept.sequence),
        locked: kept.and_then(|kept| kept.locked).map(Into::into),
    }
}

fn asking(asking: &Asking) -> AskingBody {
    AskingBody {
        factor: factor(asking.factor),
        key: asking.key.to_hex(),
        until: asking.until.into(),
    }
}

fn running(running: &Running) -> RunningBody {
    RunningBody {
        key: running.key.to_hex(),
        factors: running.factors.iter().map(|one| factor(*one)).collect(),
        begun: running.begun.into(),
        due: running.due.into(),
    }
}

fn factor(factor: Factor) -> String {
    let word = match factor {
        Factor::Device => "device",
        Factor::Words => "words",
        Factor::City => "city",
    };
    word.to_owned()
}
