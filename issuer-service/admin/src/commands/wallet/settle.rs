//! What guardians settle between them.

use scoin_api::{AccountBody, ChangeBody, ConsentBody, paths};
use scoin_core::command::Quorum;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::{Change, Right};
use serde_json::json;

use super::age::{coming_json, tell_coming};
use super::make::failed;
use crate::args::Global;
use crate::args::family::{Family, Need, OnChange};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, account_or_own, ask};
use crate::words;

/// `wallet family …`
pub(crate) async fn run(global: &Global, family: Family) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match family {
        Family::Show { account } => show(global, &session, account.as_ref()).await,
        Family::Quorum { ward, need, change } => {
            let id = account(&ward)?;
            let body: AccountBody = session.read(&paths::account(&ward)).await?;
            let quorum = merged(&body, &need);
            let done = session.wallet.set_quorum(id, quorum, &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            let said = words::settled(&done, format!("settled for {ward}"));
            Ok(words::done(&done, &change, said))
        }
        Family::Givers { ward, only, nobody: _, anybody, change } => {
            let id = account(&ward)?;
            let givers: Result<Vec<_>, _> = only.iter().map(|one| account(one)).collect();
            let givers = givers?;
            let list = (!anybody).then_some(givers);
            let done = session.wallet.set_givers(id, list, &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            let key = if anybody { "family.givers_anybody" } else { "family.givers_only" };
            let said = Catalogue::of(global.lang.into()).say(key, &[]);
            Ok(words::done(&done, &change, said))
        }
        Family::Share { guardian, stop, change } => {
            let id = account(&guardian)?;
            let done = session.wallet.share_shops(id, !stop, &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            let said = if stop { "no longer sees your shops" } else { "sees your shops" };
            Ok(words::done(&done, &change, format!("{guardian} {said}")))
        }
        Family::Agree(on) => agree(global, &session, on).await,
        Family::Decline(on) => {
            let found = find(global, &session, &on).await?;
            let done = session.wallet.end_change(found.ward, on.waiting, &ask(&on.change)).await;
            let done = done.map_err(failed(global))?;
            Ok(words::done(&done, &on.change, format!("ended: {}", found.body.what)))
        }
    }
}

fn merged(body: &AccountBody, need: &Need) -> Quorum {
    let old = body.quorum;
    Quorum {
        guards: need.guards.unwrap_or(old.guards),
        answers: need.answers.unwrap_or(old.answers),
        unfreeze: need.unfreeze.unwrap_or(old.unfreeze),
        ending: need.ending.unwrap_or(old.ending),
    }
}

/// What is agreed to is what is shown now.
async fn agree(global: &Global, session: &Session, on: OnChange) -> Result<Report, Failure> {
    let found = find(global, session, &on).await?;
    let digest = <[u8; 32]>::try_from(hex::decode(&found.body.digest).unwrap_or_default())
        .map_err(|_| Failure::new(Exit::Failed, "the service shows no digest of the change"))?;
    let done =
        session.wallet.agree_change(found.ward, (on.waiting, digest), &ask(&on.change)).await;
    let done = done.map_err(failed(global))?;
    Ok(words::done(&done, &on.change, format!("agreed: {}", found.body.what)))
}

async fn find(global: &Global, session: &Session, on: &OnChange) -> Result<Change, Failure> {
    let id = on.waiting.to_hex();
    let changes = session.wallet.changes().await.map_err(failed(global))?;
    changes.into_iter().find(|change| change.body.id == id).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("no change `{id}` waits"))
            .hint("`scoin wallet family show WARD` prints what waits")
    })
}

/// `wallet family show`
async fn show(
    global: &Global,
    session: &Session,
    whose: Option<&String>,
) -> Result<Report, Failure> {
    let id = account_or_own(session, whose)?;
    let body: AccountBody = session.read(&paths::account(&id.to_string())).await?;
    let zone = session.zone();
    let catalogue = Catalogue::of(global.lang.into());
    let rights = session.wallet.rights(id, &body).map_err(failed(global))?;
    let day = |right| rights.iter().find(|one| one.right == right).map(coming_json);
    let mut report = Report::new(json!({
        "address": body.address, "guardians": body.guardians, "wards": body.wards, "quorum": body.quorum,
        "changes": body.changes, "consents": body.consents, "givers": body.givers,
        "of_age": day(Right::OfAge), "private": day(Right::Private),
        "shops_shared": body.shops_shared,
    }));
    for coming in &rights {
        report = report.text(tell_coming(&catalogue, coming));
    }
    if body.guardians.len() > 1 {
        for (kind, needed) in kinds(&body) {
            let key = if needed == 2 { "family.both" } else { "family.one" };
            let kind = catalogue.say(&format!("family.{kind}"), &[]);
            report = report.text(catalogue.say(key, &[("kind", (&kind).into())]));
        }
    }
    for consent in body.consents.iter().filter(|one| body.guardians.contains(&one.guardian)) {
        let ConsentBody { guardian, at, way, .. } = consent;
        let at = words::local(at.0, &zone);
        let places = [("guardian", guardian.into()), ("at", (&at).into())];
        report = report.text(catalogue.say("family.consent", &places));
        let way = catalogue.say(&format!("family.consent_{way}"), &[]);
        report = report.text(catalogue.say("family.consent_by", &[("way", (&way).into())]));
    }
    let rows = body.changes.iter().map(|change| {
        let ChangeBody { id, what, by, until, .. } = change;
        vec![id.clone(), what.clone(), by.clone(), words::local(until.0, &zone)]
    });
    let rows = rows.collect();
    Ok(report.table(vec!["change", "what", "asked by", "until"], rows))
}

/// Each kind of loosening with how many guardians it needs in force.
fn kinds(body: &AccountBody) -> [(&'static str, u8); 4] {
    let of_two = body.quorum;
    let ending = of_two.ending.max(of_two.guards).max(of_two.answers).max(of_two.unfreeze);
    [
        ("guards", of_two.guards),
        ("answers", of_two.answers),
        ("unfreeze", of_two.unfreeze),
        ("ending", ending),
    ]
}
