//! The file with the keys: its password, its words, its second secret, its repair. Nothing here needs the service.

use std::path::Path;
use std::sync::Arc;

use scoin_api::Time;
use scoin_wallet::vault::Keyring;
use scoin_wallet::{VaultCost, Wallet};
use serde_json::json;
use zeroize::Zeroizing;

use super::make::{failed, new_vault};
use crate::args::Global;
use crate::args::wallet::{Keyring as Switch, Password, Words};
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::home;
use crate::output::Report;
use crate::session::{Session, setup};

/// `wallet password`
pub(crate) fn password(global: &Global, password: &Password) -> Result<Report, Failure> {
    let file = password.new_password_file.as_deref();
    if password.recover {
        let folder = home::folder(global)?;
        let words = words_of(global, password.words_file.as_deref())?;
        let new = home::new_password_from(global, file)?;
        let vault = new_vault(Words::English);
        Wallet::recover(&folder, &new, words.trim(), vault, setup(global, &folder)?)
            .map_err(failed(global))?;
    } else {
        let old = home::password(global)?;
        let session = Session::open_with(global, &old)?;
        let new = home::new_password_from(global, file)?;
        let changed = session.wallet.change_password(&old, &new, VaultCost::STANDARD);
        changed.map_err(failed(global))?;
    }
    Ok(Report::new(json!({ "changed": true, "recovered": password.recover }))
        .text("the password is changed; copies of the old file still open with the old one"))
}

/// `wallet quiz`
pub(crate) fn quiz(global: &Global, words_file: Option<&Path>) -> Result<Report, Failure> {
    let session = Session::open_offline(global)?;
    let right = if let Some(file) = words_file {
        let words = Zeroizing::new(read_text(file)?);
        session.wallet.check_words(words.trim()).map_err(failed(global))?
    } else {
        if !home::can_ask(global) {
            return Err(Failure::new(
                Exit::Usage,
                "three words are asked for, and nobody can be asked",
            )
            .hint("write all the words into a file and name that with --words-file FILE"));
        }
        let quiz = session.wallet.quiz().map_err(failed(global))?;
        let mut typed = Vec::with_capacity(quiz.places.len());
        for place in quiz.places {
            typed.push(home::ask_secret(global, &format!("Word number {place}: "))?);
        }
        match typed.as_slice() {
            [one, two, three] => {
                session.wallet.answer_quiz([one, two, three]).map_err(failed(global))?
            }
            _ => false,
        }
    };
    if right {
        return Ok(
            Report::new(json!({ "right": true })).text("right: these words bring the wallet back")
        );
    }
    Err(Failure::new(Exit::SaidNo, "these are not this wallet's words")
        .hint("look at what you wrote down and try again; while this wallet opens, its money can still be moved to a new one"))
}

/// `wallet keyring on`, `wallet keyring off`
pub(crate) fn keyring(global: &Global, switch: Switch) -> Result<Report, Failure> {
    let password = home::password(global)?;
    let session = Session::open_with(global, &password)?;
    match switch {
        Switch::On => {
            let added = session.wallet.add_second_factor(&password, Arc::new(Keyring));
            let backend = added.map_err(failed(global))?;
            let text = format!(
                "from now on this wallet also needs a secret that `{backend}` keeps on this device; \
                 without it, the backup words open it"
            );
            Ok(Report::new(json!({ "second": backend })).text(text))
        }
        Switch::Off => {
            session.wallet.remove_second_factor(&password).map_err(failed(global))?;
            Ok(Report::new(json!({ "second": null }))
                .text("from now on the password alone opens this wallet"))
        }
    }
}

/// `wallet vault`
pub(crate) fn vault(global: &Global) -> Result<Report, Failure> {
    let folder = home::folder(global)?;
    let found = Wallet::protection(&folder).map_err(failed(global))?;
    let cost = format!("{} MiB, {} passes", found.cost.memory_kib / 1024, found.cost.passes);
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let json = json!({
        "memory_kib": found.cost.memory_kib,
        "passes": found.cost.passes,
        "created": Time(found.created),
        "second": found.second,
        "words_open_it": found.recovery,
        "previous_generation": found.previous,
    });
    Ok(Report::new(json).fields([
        ("a guess costs", cost),
        (
            "second secret",
            found.second.unwrap_or_else(|| "none: `scoin wallet keyring on`".to_owned()),
        ),
        ("backup words open it", yes(found.recovery)),
        ("generation before is there", yes(found.previous)),
    ]))
}

/// `wallet repair`
pub(crate) fn repair(global: &Global) -> Result<Report, Failure> {
    let folder = home::folder(global)?;
    let put_back = Wallet::repair(&folder).map_err(failed(global))?;
    let text = if put_back {
        "the generation before is back: open it with the password of that time, then `scoin wallet sync`"
    } else {
        "the file with the keys is whole: nothing was done"
    };
    Ok(Report::new(json!({ "put_back": put_back })).text(text))
}

fn words_of(global: &Global, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) => Ok(Zeroizing::new(read_text(file)?)),
        None => home::ask_secret(global, "Backup words: "),
    }
}
