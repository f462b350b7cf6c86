//! `scoin wallet recovery …`, and what a sync tells of a recovery.

use std::path::Path;

use scoin_api::{AccountBody, EntryBody, RecoveryBody, paths};
use scoin_core::command::Action;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::Done;
use scoin_wallet::vault::RecoveryKey;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::make::{failed, language_of};
use crate::args::device::Recovery;
use crate::args::{Change, Global};
use crate::failure::{Failure, read_text};
use crate::home;
use crate::output::Report;
use crate::session::{Session, account, ask};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, recovery: Recovery) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let catalogue = Catalogue::of(global.lang.into());
    let failed = failed(global);
    let wallet = &session.wallet;
    match recovery {
        Recovery::Words { words, words_file, change } => {
            let made = RecoveryKey::make(language_of(words));
            let (key, words) = made.map_err(|error| failed(error.into()))?;
            let done = wallet.set_recovery_key(Some(key.public_key()), &ask(&change)).await;
            let done = done.map_err(&failed)?;
            let shown = if let Some(file) = &words_file {
                home::write_secret(file, words.expose())?;
                let file = file.display().to_string();
                catalogue.say("recovery.words_in", &[("file", (&file).into())])
            } else {
                let (lead, alone) =
                    (catalogue.say("recovery.words", &[]), catalogue.say("recovery.alone", &[]));
                format!("{lead}\n\n{}\n\n{alone}", words.expose())
            };
            let printed = words_file.is_none().then(|| words.expose().to_owned());
            let mut json = words::done_json(&done, &change);
            add(&mut json, "words", json!(printed));
            add(&mut json, "key", json!(key.public_key().to_hex()));
            Ok(Report::new(json).text(shown))
        }
        Recovery::Forget { change } => {
            let done = wallet.set_recovery_key(None, &ask(&change)).await.map_err(&failed)?;
            Ok(words::done(&done, &change, catalogue.say("recovery.none", &[])))
        }
        Recovery::Start { account: whose, words_file, no_words } => {
            let whose = account(&whose)?;
            let key = if no_words { None } else { Some(key_of(global, words_file.as_deref())?) };
            let done = wallet.begin_recovery(whose, key.as_ref()).await.map_err(&failed)?;
            let public = wallet.public_key().map_err(&failed)?.to_hex();
            let mut json = match &done {
                Some(done) => words::done_json(done, &Change::default()),
                None => json!({}),
            };
            add(&mut json, "public_key", json!(public));
            let said = done.as_ref().map_or_else(
                || catalogue.say("recovery.need_two", &[]),
                |done| said(&catalogue, done),
            );
            Ok(Report::new(json).text(said).fields([("public key", public)]))
        }
        Recovery::Agree { key, change } => {
            let done = wallet.ask_recovery(key, &ask(&change)).await.map_err(&failed)?;
            let said = said(&catalogue, &done);
            Ok(words::done(&done, &change, said))
        }
        Recovery::Cancel { account: whose, words_file, change } => {
            let done = match whose {
                Some(whose) => {
                    let key = key_of(global, words_file.as_deref())?;
                    wallet.cancel_by_words(account(&whose)?, &key).await
                }
                None => wallet.cancel_recovery(&ask(&change)).await,
            };
            let said = catalogue.say("recovery.cancelled", &[]);
            Ok(words::done(&done.map_err(&failed)?, &change, said))
        }
        Recovery::Show => show(&session, &catalogue).await,
    }
}

/// `account recover`: the city's word that this person stood at its desk.
pub(crate) async fn of_city(
    global: &Global,
    (whose, key): (String, scoin_core::keys::PublicKey),
    change: Change,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let proposal = scoin_core::command::Proposal::Recover { account: account(&whose)?, key };
    let done = session.submit(Action::Propose { proposal }, &change).await?;
    let next = format!("next: another officer runs `scoin mint approve {}`", done.id.to_hex());
    let report = words::done(&done, &change, format!("proposed to recover {whose}"));
    let pending = matches!(done.effect, scoin_core::outcome::Effect::Pending { .. });
    Ok(if pending { report.text(next) } else { report })
}

async fn show(session: &Session, catalogue: &Catalogue) -> Result<Report, Failure> {
    let own = session.own()?.to_string();
    let body: AccountBody = session.read(&paths::account(&own)).await?;
    let zone = session.zone();
    let registered = if body.recovery.words.is_some() { "recovery.have" } else { "recovery.none" };
    let report = Report::new(json!(body.recovery)).text(catalogue.say(registered, &[]));
    Ok(report.text(tell(catalogue, &body.recovery, &zone)))
}

/// What asking did.
fn said(catalogue: &Catalogue, done: &Done) -> String {
    let pending = matches!(done.effect, scoin_core::outcome::Effect::Pending { .. });
    catalogue.say(if pending { "recovery.need_second" } else { "recovery.begun" }, &[])
}

/// What a sync says of the account's own recovery.
pub(super) fn tell(words: &Catalogue, recovery: &RecoveryBody, zone: &str) -> String {
    if let Some(running) = &recovery.running {
        let date = words::local(running.due.0, zone);
        return words.say("notice.recovery_running", &[("date", (&date).into())]);
    }
    match recovery.asked.last() {
        Some(asked) => words.say("notice.recovery_asked", &[("who", (&asked.factor).into())]),
        None => String::new(),
    }
}

/// What a sync tells a guardian of a ward's recovery.
pub(super) fn tell_ward(words: &Catalogue, entry: &EntryBody) -> String {
    let what = entry.action.replace('-', "_");
    words.say("notice.recovery_ward", &[("what", (&what).into())])
}

fn key_of(global: &Global, file: Option<&Path>) -> Result<RecoveryKey, Failure> {
    let words = match file {
        Some(file) => Zeroizing::new(read_text(file)?),
        None => home::ask_secret(global, "Recovery words: ")?,
    };
    RecoveryKey::from_words(words.trim()).map_err(|error| failed(global)(error.into()))
}

fn add(json: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = json {
        fields.insert(name.to_owned(), value);
    }
}
