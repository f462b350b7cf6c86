//! `scoin account …`: accounts as an officer sees them.

use scoin_api::{AccountBody, AttributesBody, paths};
use scoin_core::command::{Action, Attributes};
use serde_json::json;

use super::policy::date;
use crate::args::Global;
use crate::args::city::{Account, Attest};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::refused::failure_of;
use crate::session::{Session, account, account_or_own, ask};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, what: Account) -> Result<Report, Failure> {
    match what {
        Account::Show { account } => show(global, account.as_ref()).await,
        Account::Freeze { account: whose, change } => {
            let action = Action::Freeze { account: account(&whose)? };
            let done = Session::open(global).await?.submit(action, &change).await?;
            Ok(words::done(&done, &change, format!("frozen: {whose}")))
        }
        Account::Unfreeze { account: whose, change } => {
            let action = Action::Unfreeze { account: account(&whose)? };
            let done = Session::open(global).await?.submit(action, &change).await?;
            Ok(words::done(&done, &change, format!("no longer frozen: {whose}")))
        }
        Account::Recover { account, key, change } => {
            super::wallet::recovery::of_city(global, (account, key), change).await
        }
        Account::Attest(attest) => state(global, attest).await,
        Account::Consent(consent) => {
            let pair = (account(&consent.ward)?, account(&consent.guardian)?);
            let proof = consent.way.proof(&consent.evidence);
            let session = Session::open(global).await?;
            let done = session.wallet.confirm_consent(pair, proof, &ask(&consent.change)).await;
            let done = done.map_err(|error| failure_of(error, global.lang))?;
            let said = format!("confirmed for {}: {}", consent.guardian, proof.way.name());
            Ok(words::done(&done, &consent.change, said))
        }
        Account::Migrate(migrate) => super::life::migrate_city(global, migrate).await,
    }
}

async fn show(global: &Global, whose: Option<&String>) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let id = account_or_own(&session, whose)?;
    let body: AccountBody = session.read(&paths::account(&id.to_string())).await?;
    let frozen: Vec<&str> = body.frozen.iter().map(|freeze| freeze.by.as_str()).collect();
    let mut fields = vec![
        ("address", body.address.clone()),
        ("kind", body.kind.clone()),
        ("balance", words::money(body.balance)),
        ("reserved", words::money(body.held)),
        ("keys", body.keys.len().to_string()),
        ("frozen by", if frozen.is_empty() { "nobody".to_owned() } else { frozen.join(", ") }),
    ];
    if let Some(merchant) = &body.merchant {
        fields.push(("registered as", merchant.name.clone()));
        fields.push(("categories", merchant.categories.join(" ")));
        fields.push(("suspended", if merchant.suspended { "yes" } else { "no" }.to_owned()));
    }
    let zone = session.zone();
    let rows = body.lots.iter().map(|lot| {
        let rules: Vec<&str> = lot.layers.iter().map(|layer| layer.name.as_str()).collect();
        let end = lot.expires.map_or_else(|| "never".to_owned(), |end| words::local(end.0, &zone));
        vec![
            lot.id.to_string(),
            words::money(lot.amount),
            words::money(lot.held),
            rules.join(" + "),
            end,
        ]
    });
    let rows: Vec<_> = rows.collect();
    Ok(Report::new(json!(body))
        .fields(fields)
        .table(vec!["lot", "amount", "reserved", "rules", "ends"], rows))
}

async fn state(global: &Global, attest: Attest) -> Result<Report, Failure> {
    let subject = account(&attest.account)?;
    let change = attest.change.clone();
    let session = Session::open(global).await?;
    let stated: AccountBody = session.read(&paths::account(&subject.to_string())).await?;
    let attributes = attributes(attest, &stated.attributes)?;
    let done = session.submit(Action::Attest { subject, attributes }, &change).await?;
    Ok(words::done(&done, &change, format!("stated about {subject}")))
}

fn attributes(attest: Attest, stated: &AttributesBody) -> Result<Attributes, Failure> {
    let age_until = attest.age_until.as_deref().map(day).transpose()?;
    let household = match &attest.household {
        None => None,
        Some(text) => {
            let mut bytes = [0; 16];
            hex::decode_to_slice(text, &mut bytes).map_err(|_| {
                Failure::new(Exit::Usage, format!("`{text}` is not a household number"))
                    .hint("write 32 hex digits")
            })?;
            Some(bytes)
        }
    };
    let mut groups = attest.groups;
    groups.sort();
    groups.dedup();
    Ok(Attributes {
        age: attest.age,
        age_until,
        district: attest.district,
        household,
        children: attest.children,
        groups,
        of_age_from: kept(attest.of_age_from.as_ref(), stated.of_age_from.as_ref())?,
        private_from: kept(attest.private_from.as_ref(), stated.private_from.as_ref())?,
    })
}

/// Days on which a person's rights begin stay as stated unless something else is said: forgotten, they would be lost.
fn kept(said: Option<&String>, stated: Option<&String>) -> Result<Option<i32>, Failure> {
    let text = said.or(stated).filter(|text| text.as_str() != "never");
    text.map(|text| day(text)).transpose()
}

fn day(text: &str) -> Result<i32, Failure> {
    let found = date(text).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("`{text}` is not a day"))
            .hint("write a day such as 2026-12-31")
    })?;
    Ok(found.0)
}
