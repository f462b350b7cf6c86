//! `scoin city …`: make a city, ask one how it is.

use std::fs;
use std::path::{Path, PathBuf};

use scoin_api::setup::GenesisFile;
use scoin_api::{CheckpointBody, CityBody, Time, paths};
use scoin_core::AccountId;
use scoin_core::genesis::{Genesis, RECOVERY_HOURS};
use scoin_core::keys::{PublicKey, SecretKey};
use scoin_wallet::vault::{Language, NewVault};
use scoin_wallet::{Vault, VaultCost};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::args::city::{City, Init};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::home::{self, Settings, cannot_write};
use crate::output::Report;
use crate::session::{Public, now};

/// Runs one command.
pub(crate) async fn run(global: &Global, city: City) -> Result<Report, Failure> {
    match city {
        City::Init(init) => make(global, &init),
        City::Status => status(global).await,
        City::Guard(guard) => super::life::guard(global, guard).await,
        City::Clock { time } => {
            let body = Public::new(global)?.set_clock(time).await?;
            let text = body.time.to_text();
            Ok(Report::new(json!(body)).text(format!("the city's clock stands at {text}")))
        }
    }
}

/// One officer's folder and key.
struct Officer {
    folder: Option<PathBuf>,
    key: PublicKey,
}

fn make(global: &Global, init: &Init) -> Result<Report, Failure> {
    check(init)?;
    let password =
        if init.officer_keys.is_empty() { Some(home::new_password(global)?) } else { None };
    empty_folder(&init.dir)?;
    let issuer = issuer_key(&init.dir)?;
    let (mut vaults, mut officers) = (Vec::new(), Vec::new());
    match &password {
        Some(password) => {
            for number in 1..=init.officers {
                let (vault, officer) = officer(init, number, password)?;
                vaults.push(vault);
                officers.push(officer);
            }
        }
        None => {
            officers
                .extend(init.officer_keys.iter().map(|key| Officer { folder: None, key: *key }));
        }
    }
    let genesis = genesis(init, &officers, issuer)?;
    write_genesis(&init.dir.join("genesis.toml"), &genesis)?;
    write(&init.dir.join("issuer.toml"), &issuer_toml(init))?;
    for vault in &mut vaults {
        vault
            .set_genesis(&genesis.to_bytes())
            .map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    }
    Ok(made(init, &genesis, &officers))
}

fn check(init: &Init) -> Result<(), Failure> {
    let count = if init.officer_keys.is_empty() {
        usize::from(init.officers)
    } else {
        init.officer_keys.len()
    };
    if usize::from(init.threshold) > count {
        return Err(Failure::new(
            Exit::Usage,
            format!("{} of {count} officers can never agree", init.threshold),
        )
        .hint("make --threshold at most the number of officers"));
    }
    if !init.sandbox && init.officer_keys.is_empty() {
        return Err(Failure::new(Exit::Usage, "a live city does not make its officers' keys in one place")
            .why("whoever runs this command could act as every officer")
            .hint("each officer runs `scoin wallet init --offline` and sends the key of `scoin wallet key show`; \
                   name each with --officer-key, or add --sandbox to try things out"));
    }
    if !init.sandbox && init.clock.is_some() {
        return Err(Failure::new(Exit::Usage, "a live city runs on the real time")
            .hint("leave --clock out, or add --sandbox"));
    }
    jiff::tz::TimeZone::get(&init.zone).map(drop).map_err(|_| {
        Failure::new(Exit::Usage, format!("`{}` is not a time zone", init.zone))
            .hint("such as Asia/Seoul")
    })
}

/// The folder, new or empty: a city is never written over another.
fn empty_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let mut inside = fs::read_dir(folder).map_err(|error| cannot_write(folder, &error))?;
    match inside.next() {
        None => Ok(()),
        Some(_) => {
            Err(Failure::new(Exit::Conflict, format!("`{}` is not empty", folder.display()))
                .hint("choose a new folder: a city is never written over another"))
        }
    }
}

/// Makes the issuer's key and keeps it in a file that only the owner may read.
fn issuer_key(folder: &Path) -> Result<PublicKey, Failure> {
    let secret = loop {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(&mut *bytes).map_err(|_| {
            Failure::new(Exit::Failed, "the operating system gives no random bytes")
        })?;
        if let Some(secret) = SecretKey::from_bytes(&bytes) {
            break secret;
        }
    };
    let text =
        Zeroizing::new(format!("{}\n", Zeroizing::new(hex::encode(*secret.to_bytes())).as_str()));
    home::write_secret(&folder.join("issuer.key"), &text)?;
    Ok(secret.public_key())
}

/// Makes one officer's home: vault, backup words, address of the service.
fn officer(init: &Init, number: u8, password: &str) -> Result<(Vault, Officer), Failure> {
    let folder = init.dir.join("officers").join(number.to_string());
    let settings =
        Settings { server: server(init), address_file: Some(PathBuf::from("../../address")) };
    home::remember(&folder, &settings)?;
    let new = NewVault { language: Language::English, cost: VaultCost::FLOOR, created: now() };
    let failed =
        |error: scoin_wallet::vault::VaultError| Failure::new(Exit::Usage, error.to_string());
    let (vault, words) =
        Vault::create(&folder.join("wallet.scks"), password, new).map_err(failed)?;
    home::write_secret(&folder.join("words.txt"), words.expose())?;
    let key = vault.public_key().map_err(failed)?;
    Ok((vault, Officer { folder: Some(folder), key }))
}

fn genesis(init: &Init, officers: &[Officer], issuer: PublicKey) -> Result<Genesis, Failure> {
    let mut keys: Vec<PublicKey> = officers.iter().map(|officer| officer.key).collect();
    keys.sort_unstable();
    let genesis = Genesis {
        name: init.name.clone(),
        currency: init.word.clone(),
        iso: init.currency.clone(),
        exponent: init.exponent,
        zone: init.zone.clone(),
        sandbox: init.sandbox,
        officers: keys,
        approvals_needed: init.threshold,
        issuer,
        created: init.clock.map_or_else(now, |time| time.0),
        hold_hours: init.hold_hours,
        recovery_hours: Some(init.recovery_hours).filter(|hours| *hours != RECOVERY_HOURS),
    };
    genesis.check().map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    Ok(genesis)
}

fn write_genesis(path: &Path, genesis: &Genesis) -> Result<(), Failure> {
    let file = GenesisFile {
        name: genesis.name.clone(),
        currency: genesis.currency.clone(),
        currency_code: genesis.iso.clone(),
        exponent: genesis.exponent,
        zone: genesis.zone.clone(),
        sandbox: genesis.sandbox,
        officers: genesis.officers.iter().map(|key| key.to_hex()).collect(),
        approvals_needed: genesis.approvals_needed,
        issuer: genesis.issuer.to_hex(),
        created: Time(genesis.created),
        hold_hours: u32::from(genesis.hold_hours),
        recovery_hours: genesis.recovery_hours,
    };
    let text =
        toml::to_string(&file).map_err(|error| Failure::new(Exit::Failed, error.to_string()))?;
    write(
        path,
        &format!(
            "# The city's founding document. Its hash names the network, so it never changes.\n{text}"
        ),
    )
}

/// The service's configuration: what differs from the defaults.
fn issuer_toml(init: &Init) -> String {
    let clock = init
        .clock
        .map_or_else(String::new, |time| format!("\n[clock]\nstart = \"{}\"\n", time.to_text()));
    format!(
        "# Configuration of scoin-issuerd; paths are relative to this file.\n\n\
         [city]\ngenesis = \"genesis.toml\"\n\n[issuer]\nkey_file = \"issuer.key\"\n\n[data]\nfile = \"scoin.redb\"\n\n\
         [http]\nlisten = \"{}\"\naddress_file = \"address\"\n{clock}",
        init.listen
    )
}

/// The service's address, if the port is known.
fn server(init: &Init) -> Option<String> {
    let port_is_open = init.listen.rsplit(':').next() == Some("0");
    (!port_is_open).then(|| format!("http://{}", init.listen))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| cannot_write(path, &error))
}

fn made(init: &Init, genesis: &Genesis, officers: &[Officer]) -> Report {
    let network = genesis.network_id();
    let rows = officers.iter().map(|officer| {
        let home = officer
            .folder
            .as_ref()
            .map_or_else(|| "their own".to_owned(), |folder| folder.display().to_string());
        (AccountId::derive(network, &officer.key).to_string(), home)
    });
    let rows: Vec<(String, String)> = rows.collect();
    let config = init.dir.join("issuer.toml").display().to_string();
    let json = json!({
        "network": network.to_hex(),
        "name": genesis.name,
        "sandbox": genesis.sandbox,
        "dir": init.dir.display().to_string(),
        "config": config,
        "approvals_needed": genesis.approvals_needed,
        "issuer_key": genesis.issuer.to_hex(),
        "treasury": genesis.treasury().to_string(),
        "server": server(init),
        "officers": rows.iter().map(|(account, home)| json!({ "account": account, "home": home })).collect::<Vec<_>>(),
    });
    Report::new(json)
        .fields([
            ("city", genesis.name.clone()),
            ("network", network.to_hex()),
            ("approvals", format!("{} of {}", genesis.approvals_needed, genesis.officers.len())),
        ])
        .table(
            vec!["officer", "home"],
            rows.into_iter().map(|(account, home)| vec![account, home]).collect(),
        )
        .text(format!("next: scoin-issuerd serve --config {config}"))
}

async fn status(global: &Global) -> Result<Report, Failure> {
    let public = Public::new(global)?;
    let city: CityBody = public.read(paths::CITY).await?;
    let checkpoint: CheckpointBody = public.read(paths::CHECKPOINT).await?;
    let kind = if city.sandbox { "sandbox: a city for trying things out" } else { "live" };
    let fields = [
        ("city", city.name.clone()),
        ("network", city.network.clone()),
        ("kind", kind.to_owned()),
        (
            "currency",
            format!("{} ({}, {} decimals)", city.currency, city.currency_code, city.exponent),
        ),
        ("time", format!("{} {}", crate::words::local(city.time.0, &city.zone), city.zone)),
        ("approvals", city.approvals_needed.to_string()),
        ("treasury", city.treasury.clone()),
        ("frames", checkpoint.size.to_string()),
        ("root", checkpoint.root.clone()),
        ("service", city.version.clone()),
    ];
    Ok(Report::new(json!({ "city": city, "checkpoint": checkpoint })).fields(fields))
}
