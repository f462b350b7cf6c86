//! `scoin wallet device …`, and what a sync tells of devices.

use scoin_api::KeyBody;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::DeviceNews;
use serde_json::{Value, json};

use super::family::role_of;
use super::make::failed;
use super::shop::qr_code;
use crate::args::Global;
use crate::args::device::{Add, Device};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home;
use crate::output::Report;
use crate::session::{Session, ask};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, device: Device) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let failed = failed(global);
    let wallet = &session.wallet;
    let catalogue = Catalogue::of(global.lang.into());
    match device {
        Device::Offer { name, qr } => {
            let link = wallet.offer_device(name).map_err(&failed)?;
            Ok(code(&catalogue, "device.offered", json!({ "offer": link }), &link, qr))
        }
        Device::Answer { offer, qr } => {
            let link = wallet.answer_device(&offer).await.map_err(&failed)?;
            Ok(code(&catalogue, "device.answered", json!({ "answer": link }), &link, qr))
        }
        Device::Check { answer, qr } => {
            let (digits, link) = wallet.check_device(&answer).map_err(&failed)?;
            let json = json!({ "code": digits, "reveal": link });
            let told = catalogue.say("device.digits", &[("code", (&apart(&digits)).into())]);
            let report = code(&catalogue, "device.checked", json, &link, qr);
            Ok(report.text(told))
        }
        Device::Add(what) => add(global, &session, what).await,
        Device::List => list(global, &session).await,
        Device::Name { key, name, change } => {
            let done = wallet.name_device(key, name.clone(), &ask(&change)).await;
            let said = format!("{} is called {name}", key.to_hex());
            Ok(words::done(&done.map_err(&failed)?, &change, said))
        }
        Device::Cap { key, amount, none: _, change } => {
            let done = wallet.cap_device(key, amount, &ask(&change)).await.map_err(&failed)?;
            let cap = amount.map_or_else(|| "no cap".to_owned(), words::amount);
            Ok(words::done(&done, &change, format!("{}: {cap} a day", key.to_hex())))
        }
        Device::Revoke { key, change } => {
            let done = wallet.revoke_key(key, &ask(&change)).await.map_err(&failed)?;
            Ok(words::done(&done, &change, format!("revoked: {}", key.to_hex())))
        }
        Device::Rotate { change } => {
            let done = wallet.rotate_key(&ask(&change)).await.map_err(&failed)?;
            let key = wallet.public_key().map_err(&failed)?.to_hex();
            Ok(words::done(&done, &change, format!("this device's key is {key}")))
        }
        Device::Unlock { key, change } => {
            let done = wallet.unlock_device(key, &ask(&change)).await.map_err(&failed)?;
            Ok(words::done(&done, &change, format!("it may act again: {}", key.to_hex())))
        }
    }
}

/// A code for the other screen, and what to do with it.
fn code(catalogue: &Catalogue, key: &str, json: Value, link: &str, qr: bool) -> Report {
    let report = Report::new(json).text(catalogue.say(key, &[])).text(link.to_owned());
    if qr { report.styled(qr_code(link)) } else { report }
}

/// The person types what the other screen shows: a yes would be given without looking.
async fn add(global: &Global, session: &Session, what: Add) -> Result<Report, Failure> {
    let linking = session.wallet.device_code(&what.reveal).await.map_err(failed(global))?;
    let typed = match what.code {
        Some(code) => code,
        None if home::can_ask(global) => {
            home::ask_secret(global, "Six digits on the new device: ")?.to_string()
        }
        None => {
            return Err(Failure::new(
                Exit::Usage,
                "the six digits of the new device are asked for",
            )
            .hint("look at its screen and write them with --code DIGITS"));
        }
    };
    let key = linking.key.to_hex();
    let terms = (role_of(what.role), what.daily_cap, what.name);
    let done = session.wallet.add_device(&what.reveal, &typed, terms, &ask(&what.change)).await;
    Ok(words::done(&done.map_err(failed(global))?, &what.change, format!("added: {key}")))
}

async fn list(global: &Global, session: &Session) -> Result<Report, Failure> {
    session.wallet.sync().await.map_err(failed(global))?;
    let mut account = session.wallet.account().map_err(failed(global))?.unwrap_or_default();
    let own = session.wallet.public_key().map_err(failed(global))?.to_hex();
    account.keys.sort_by_cached_key(|key| (key.key != own, key.name.clone(), key.key.clone()));
    let catalogue = Catalogue::of(global.lang.into());
    let rows = account.keys.iter().map(|key| {
        let mut state = Vec::new();
        if key.key == own {
            state.push(catalogue.say("device.this", &[]));
        }
        if key.locked.is_some() {
            state.push(catalogue.say("device.locked", &[]));
        }
        vec![
            key.name.clone().unwrap_or_default(),
            key.role.clone(),
            key.daily_cap.map(words::money).unwrap_or_default(),
            state.join(", "),
            key.key.clone(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let items = account.keys.iter().map(|key| {
        let mut item = serde_json::to_value(key).unwrap_or_default();
        if let Value::Object(fields) = &mut item {
            fields.insert("this".to_owned(), json!(key.key == own));
        }
        item
    });
    let json = json!({ "items": items.collect::<Vec<_>>() });
    Ok(Report::new(json).table(vec!["name", "role", "a day", "", "key"], rows))
}

/// Six digits in two groups, as people read them out.
fn apart(digits: &str) -> String {
    let (one, two) = digits.split_at_checked(3).unwrap_or((digits, ""));
    format!("{one} {two}")
}

/// What a sync says of the account's devices.
pub(super) fn tell(words: &Catalogue, news: &DeviceNews) -> String {
    let (key, body): (_, &KeyBody) = match news {
        DeviceNews::Added(body) => ("notice.device_added", body),
        DeviceNews::Gone(body) => ("notice.device_gone", body),
        DeviceNews::Locked(body) => ("notice.device_locked", body),
        DeviceNews::Behind(body) => ("notice.device_behind", body),
    };
    let name = body.name.clone().unwrap_or_else(|| body.key.get(..8).unwrap_or("?").to_owned());
    words.say(key, &[("name", (&name).into())])
}
