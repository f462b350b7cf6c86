//! The life of rules in a city: how each stands, retiring, moving coins to another version, guards over several accounts.

use scoin_api::{AccountBody, PoliciesBody, PolicyBody, paths};
use scoin_core::command::{Action, NOTICE_MICROS, Over};
use scoin_core::{AccountId, PolicyId};
use scoin_wallet::Done;
use serde_json::json;

use crate::args::city::{CityGuard, Migrate};
use crate::args::policy::Retire;
use crate::args::wallet::{Offer, OfferOn};
use crate::args::{Change, Global, parse};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Public, Session, account, account_or_own};
use crate::words;

/// `policy list`
pub(crate) async fn list(global: &Global, name: Option<&str>) -> Result<Report, Failure> {
    let mut body: PoliciesBody = Public::new(global)?.read(paths::POLICIES).await?;
    body.policies.retain(|policy| name.is_none_or(|name| policy.name == name));
    if let (Some(name), true) = (name, body.policies.is_empty()) {
        return Err(Failure::new(Exit::NotFound, format!("the city has no policy `{name}`"))
            .hint("`scoin policy list` prints all of them"));
    }
    let rows = body.policies.iter().map(|policy| {
        vec![
            policy.name.clone(),
            format!("sp1:{}", policy.id),
            policy.status.clone().unwrap_or_default(),
            policy.publisher.clone().unwrap_or_else(|| "adopted".to_owned()),
            arguments(policy),
        ]
    });
    let rows = rows.collect();
    let columns = vec!["name", "id", "status", "published by", "arguments"];
    Ok(Report::new(json!(body)).table(columns, rows))
}

/// `policy show`
pub(crate) async fn show(global: &Global, policy: PolicyId) -> Result<Report, Failure> {
    let body: PolicyBody = Public::new(global)?.read(&paths::policy(&policy.to_hex())).await?;
    let mut fields = vec![
        ("name", body.name.clone()),
        ("id", format!("sp1:{}", body.id)),
        ("status", body.status.clone().unwrap_or_default()),
    ];
    for (label, text) in [
        ("published by", body.publisher.clone()),
        ("published", body.published.map(scoin_api::Time::to_text)),
        ("retired", body.retired.map(scoin_api::Time::to_text)),
        ("source", body.doc.clone()),
    ] {
        fields.extend(text.map(|text| (label, text)));
    }
    fields.push(("arguments", arguments(&body)));
    Ok(Report::new(json!(body)).fields(fields))
}

fn arguments(policy: &PolicyBody) -> String {
    let pairs = policy.arguments.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join(" ")
}

/// `policy retire`, `wallet retire`
pub(crate) async fn retire(global: &Global, retire: Retire) -> Result<Report, Failure> {
    let Retire { policy, change } = retire;
    let action = match parse::policy_id(&policy) {
        Ok(policy) => Action::RetirePolicy { policy },
        Err(_) => Action::RetireName { name: policy.clone() },
    };
    let done = Session::open(global).await?.submit(action, &change).await?;
    Ok(words::done(&done, &change, format!("retired: {policy}")))
}

/// `account migrate`: coins of the treasury, or of a pool.
pub(crate) async fn migrate_city(global: &Global, migrate: Migrate) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let pool = migrate.pool.as_deref().unwrap_or("treasury");
    let network =
        session.wallet.network().map_err(|error| crate::refused::failure_of(error, global.lang))?;
    send(&session, migrate_action(&migrate, AccountId::pool(network, pool))?, &migrate.change).await
}

/// `wallet migrate`: coins one has given.
pub(crate) async fn migrate_own(global: &Global, migrate: Migrate) -> Result<Report, Failure> {
    if migrate.pool.is_some() {
        return Err(Failure::new(Exit::Usage, "a wallet moves the coins its owner gave")
            .hint("leave --pool out; officers use `scoin account migrate`"));
    }
    let session = Session::open(global).await?;
    let granter = session.own()?;
    send(&session, migrate_action(&migrate, granter)?, &migrate.change).await
}

fn migrate_action(migrate: &Migrate, granter: AccountId) -> Result<Action, Failure> {
    let owner = account(&migrate.owner)?;
    Ok(Action::Migrate { owner, granter, from: migrate.from, to: migrate.to })
}

async fn send(session: &Session, action: Action, change: &Change) -> Result<Report, Failure> {
    let done = session.submit(action, change).await?;
    let said = match moved(&done) {
        Some(amount) => format!("moved {amount}: the new version is proved looser"),
        None => format!(
            "offered: the holder decides (`scoin wallet offer accept {}`)",
            done.id.to_hex()
        ),
    };
    Ok(words::done(&done, change, said))
}

fn moved(done: &Done) -> Option<String> {
    match &done.effect {
        scoin_core::outcome::Effect::Moved { amount, .. } => Some(words::amount(*amount)),
        scoin_core::outcome::Effect::Done
        | scoin_core::outcome::Effect::Policy(_)
        | scoin_core::outcome::Effect::Pending { .. }
        | scoin_core::outcome::Effect::Earned { .. }
        | scoin_core::outcome::Effect::Closed(_) => None,
    }
}

/// `wallet offer …`
pub(crate) async fn offer(global: &Global, offer: Offer) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match offer {
        Offer::List { account } => list_offers(&session, account.as_ref()).await,
        Offer::Accept(on) => accept(&session, on).await,
        Offer::Decline(on) => {
            let owner = account_or_own(&session, on.account.as_ref())?;
            let action = Action::DeclineMigration { owner, offer: on.offer };
            let done = session.submit(action, &on.change).await?;
            Ok(words::done(&done, &on.change, format!("declined: {}", on.offer.to_hex())))
        }
    }
}

async fn list_offers(session: &Session, whose: Option<&String>) -> Result<Report, Failure> {
    let owner = account_or_own(session, whose)?;
    let body: AccountBody = session.read(&paths::account(&owner.to_string())).await?;
    let zone = session.zone();
    let rows = body.offers.iter().map(|offer| {
        vec![
            offer.id.clone(),
            offer.name.clone(),
            format!("sp1:{}", offer.from),
            format!("sp1:{}", offer.to),
            offer.granter.clone(),
            words::local(offer.until.0, &zone),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let columns = vec!["id", "rule", "from", "to", "given by", "until"];
    Ok(Report::new(json!({ "items": body.offers })).table(columns, rows))
}

/// What is accepted is what is shown now, or what `--to` names.
async fn accept(session: &Session, on: OfferOn) -> Result<Report, Failure> {
    let owner = account_or_own(session, on.account.as_ref())?;
    let to = if let Some(to) = on.to {
        to
    } else {
        let body: AccountBody = session.read(&paths::account(&owner.to_string())).await?;
        let id = on.offer.to_hex();
        let shown = body.offers.iter().find(|offer| offer.id == id);
        shown.and_then(|offer| PolicyId::from_hex(&offer.to)).ok_or_else(|| {
            Failure::new(Exit::NotFound, format!("there is no offer `{id}`"))
                .hint("`scoin wallet offer list` prints those that stand")
        })?
    };
    let action = Action::AcceptMigration { owner, offer: on.offer, to };
    let done = session.submit(action, &on.change).await?;
    let amount = moved(&done).unwrap_or_default();
    Ok(words::done(&done, &on.change, format!("moved {amount} to sp1:{}", to.to_hex())))
}

/// `city guard …`
pub(crate) async fn guard(global: &Global, guard: CityGuard) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let over = |household: Option<[u8; 16]>| household.map_or(Over::City, Over::Household);
    let (action, change, said) = match guard {
        CityGuard::Set { policy, household, starts, change } => {
            let over = over(household);
            let starts = match starts {
                Some(starts) => starts.0,
                None => earliest(&session, over).await?,
            };
            let action = Action::SetSharedGuard { over, policy, starts };
            let said = format!(
                "sp1:{} applies from {}",
                policy.to_hex(),
                words::local(starts, &session.zone())
            );
            (action, change, said)
        }
        CityGuard::Remove { policy, household, change } => {
            let action = Action::RemoveSharedGuard { over: over(household), policy };
            (action, change, format!("sp1:{} no longer applies", policy.to_hex()))
        }
    };
    let done = session.submit(action, &change).await?;
    Ok(words::done(&done, &change, said))
}

/// The earliest time from which such a guard may judge, with a minute for the way.
async fn earliest(session: &Session, over: Over) -> Result<scoin_core::Timestamp, Failure> {
    const MINUTE_MICROS: u64 = 60_000_000;
    let now = session.wallet.city_now().await;
    let now = now.map_err(|error| crate::refused::failure_of(error, session.lang))?;
    let ahead = match over {
        Over::City => NOTICE_MICROS.saturating_add(MINUTE_MICROS),
        Over::Household(_) => MINUTE_MICROS,
    };
    Ok(now.saturating_add_micros(ahead))
}
