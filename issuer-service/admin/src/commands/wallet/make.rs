//! Making a wallet, making it again from its words, and showing where it can be paid.

use std::path::Path;

use scoin_core::command::{AccountKind, Action};
use scoin_wallet::vault::NewVault;
use scoin_wallet::{Language, VaultCost, Wallet, WalletError};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::wallet::{Init, Kind, Restore, Words};
use crate::args::{Change, Global};
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::home::{self, Settings};
use crate::output::Report;
use crate::refused::failure_of;
use crate::session::{Session, now, setup};

/// `wallet init`
pub(crate) async fn init(global: &Global, init: &Init) -> Result<Report, Failure> {
    let folder = home::folder(global)?;
    let password = home::new_password(global)?;
    let setup = setup(global, &folder)?;
    let (wallet, words) = Wallet::create(&folder, &password, new_vault(init.words), setup)
        .map_err(|error| failure_of(error, global.lang))?;
    remember(global, &folder)?;
    let shown = match &init.words_file {
        Some(file) => {
            home::write_secret(file, words.expose())?;
            format!(
                "the backup words are in `{}`: move them to paper and delete the file",
                file.display()
            )
        }
        None => format!(
            "write these words down, they are shown once:\n\n{}\n\nthen run `scoin wallet quiz`: it asks for three of them\n",
            words.expose()
        ),
    };
    let session = Session { wallet, lang: global.lang };
    let opened = if init.offline { None } else { Some(open_account(&session, init.kind).await?) };
    let key = session.wallet.public_key().map_err(|error| failure_of(error, global.lang))?;
    let printed = init.words_file.is_none().then(|| words.expose().to_owned());
    let json = json!({
        "home": folder.display().to_string(),
        "public_key": key.to_hex(),
        "address": opened,
        "words": printed,
    });
    let address = opened.unwrap_or_else(|| "not opened yet: run `scoin wallet sync`".to_owned());
    Ok(Report::new(json).text(shown).fields([("address", address), ("public key", key.to_hex())]))
}

/// `wallet restore`
pub(crate) async fn restore(global: &Global, restore: &Restore) -> Result<Report, Failure> {
    let folder = home::folder(global)?;
    let words = match &restore.words_file {
        Some(file) => Zeroizing::new(read_text(file)?),
        None => home::ask_secret(global, "Backup words: ")?,
    };
    let password = home::new_password(global)?;
    let setup = setup(global, &folder)?;
    let wallet = Wallet::restore(&folder, &password, words.trim(), new_vault(restore.words), setup)
        .map_err(|error| failure_of(error, global.lang))?;
    remember(global, &folder)?;
    let session = Session { wallet, lang: global.lang };
    let address = open_account(&session, restore.kind).await?;
    Ok(Report::new(json!({ "home": folder.display().to_string(), "address": address }))
        .fields([("address", address)]))
}

/// `wallet address`
pub(crate) async fn address(global: &Global, qr: bool) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let address = session.own()?.to_string();
    let report = Report::new(json!({ "address": address })).text(address.clone());
    Ok(if qr { report.styled(super::shop::qr_code(&address)) } else { report })
}

/// `wallet new-id`: a UUID of version 7 at the city's time.
pub(crate) async fn new_id(global: &Global) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let now = session.wallet.city_now().await.map_err(failed(global))?;
    let [_, _, time @ ..] = now.micros().checked_div(1_000).unwrap_or(0).to_be_bytes();
    let mut id = [0_u8; 16];
    getrandom::fill(&mut id)
        .map_err(|_| Failure::new(Exit::Failed, "the operating system gives no random bytes"))?;
    for (place, byte) in id.iter_mut().zip(time) {
        *place = byte;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut id;
    *version = (*version & 0x0f) | 0x70;
    *variant = (*variant & 0x3f) | 0x80;
    let id = scoin_core::CommandId(id).to_hex();
    Ok(Report::new(json!({ "id": id })).text(id))
}

/// Joins the city and opens the account; an account that is open already is as good.
async fn open_account(session: &Session, kind: Kind) -> Result<String, Failure> {
    session.join().await?;
    let kind = match kind {
        Kind::Person => AccountKind::Person,
        Kind::Merchant => AccountKind::Merchant,
        Kind::Service => AccountKind::Service,
    };
    let asked = session.submit(Action::OpenAccount { kind }, &Change::default()).await;
    match asked {
        Err(failure) if failure.name != "already-done" => Err(failure),
        _ => Ok(session.own()?.to_string()),
    }
}

fn remember(global: &Global, folder: &Path) -> Result<(), Failure> {
    let server = home::server(global, folder)?;
    home::remember(folder, &Settings { server: Some(server), address_file: None })
}

pub(super) fn new_vault(words: Words) -> NewVault {
    let language = language_of(words);
    NewVault { language, cost: VaultCost::STANDARD, created: now() }
}

/// The language of words.
pub(super) const fn language_of(words: Words) -> Language {
    match words {
        Words::English => Language::English,
        Words::Korean => Language::Korean,
        Words::Chinese => Language::ChineseSimplified,
        Words::Japanese => Language::Japanese,
    }
}

/// What a verb of the wallet engine failed with.
pub(super) fn failed(global: &Global) -> impl Fn(WalletError) -> Failure {
    let lang = global.lang;
    move |error| failure_of(error, lang)
}
