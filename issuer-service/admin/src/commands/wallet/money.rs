//! Giving and paying.

use scoin_api::{PoliciesBody, paths};
use scoin_core::PolicyId;
use scoin_core::outcome::Effect;
use scoin_wallet::Done;

use super::make::failed;
use crate::args::wallet::{Give, Pay};
use crate::args::{Change, Global, parse};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, ask};
use crate::words;

/// `wallet give`
pub(crate) async fn give(global: &Global, give: Give) -> Result<Report, Failure> {
    let to = account(&give.to)?;
    let session = Session::open(global).await?;
    let policy = match &give.under {
        None => None,
        Some(name) => Some(policy(&session, name).await?),
    };
    let done = session
        .wallet
        .give(to, give.amount, policy, &ask(&give.change))
        .await
        .map_err(failed(global))?;
    let under = give.under.map_or_else(String::new, |name| format!(" under `{name}`"));
    Ok(words::done(
        &done,
        &give.change,
        format!("gave {} to {to}{under}", words::amount(give.amount)),
    ))
}

/// `wallet pay`
pub(crate) async fn pay(global: &Global, pay: Pay) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let asked = session.wallet.pay_with(&pay.request, pay.part, pay.lots, &ask(&pay.change)).await;
    let done = asked.map_err(failed(global))?;
    Ok(moved(&done, &pay.change, "paid"))
}

/// `wallet authorise`
pub(crate) async fn authorise(global: &Global, pay: Pay) -> Result<Report, Failure> {
    if pay.part || !pay.lots.is_empty() {
        return Err(Failure::new(Exit::Usage, "a reserved payment takes neither --part nor --lot")
            .hint("the shop may capture a part of it"));
    }
    let session = Session::open(global).await?;
    let done =
        session.wallet.authorise(&pay.request, &ask(&pay.change)).await.map_err(failed(global))?;
    Ok(moved(&done, &pay.change, "reserved"))
}

/// How much moved, and from which lots.
pub(super) fn moved(done: &Done, change: &Change, verb: &str) -> Report {
    let Effect::Moved { amount, parts } = &done.effect else {
        return words::done(done, change, verb);
    };
    let rows = parts.iter().map(|part| {
        vec![part.lot.0.to_string(), part.line.to_string(), words::amount(part.amount)]
    });
    let rows = rows.collect();
    words::done(done, change, format!("{verb} {}", words::amount(*amount)))
        .table(vec!["lot", "line", "amount"], rows)
}

/// A policy by id, or by the name of the only one of that name that is not retired.
pub(super) async fn policy(session: &Session, name: &str) -> Result<PolicyId, Failure> {
    if let Ok(id) = parse::policy_id(name) {
        return Ok(id);
    }
    let body: PoliciesBody = session.read(paths::POLICIES).await?;
    let ids: Vec<&str> = body
        .policies
        .iter()
        .filter(|policy| policy.name == name && policy.retired.is_none())
        .map(|policy| policy.id.as_str())
        .collect();
    match ids.as_slice() {
        [id] => parse::policy_id(id).map_err(|why| Failure::new(Exit::Failed, why)),
        [] => {
            Err(Failure::new(Exit::NotFound, format!("there is no policy `{name}` to give under"))
                .hint(format!("`scoin wallet adopt {name}` makes one")))
        }
        _ => Err(Failure::new(Exit::Usage, format!("there are {} policies `{name}`", ids.len()))
            .hint("name one by the id that `scoin wallet adopt` printed")
            .with("ids", ids)),
    }
}
