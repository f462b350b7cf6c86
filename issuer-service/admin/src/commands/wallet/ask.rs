//! Asking from a refusal, and answering.

use scoin_api::AskAnswerBody;
use scoin_core::Amount;
use scoin_core::command::AskAnswer;
use scoin_core::outcome::Effect;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::Asked;
use serde_json::json;

use super::make::failed;
use crate::args::ask::{Ask, AskOn};
use crate::args::{Change, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, ask};
use crate::words;

/// `wallet ask …`
pub(crate) async fn run(global: &Global, asked: Ask) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match asked {
        Ask::Send { request, reason, change } => {
            let sent =
                session.wallet.ask_guardians(&request, reason.as_deref(), &ask(&change)).await;
            let done = sent.map_err(failed(global))?;
            Ok(words::done(&done, &change, "asked; `scoin wallet ask list` shows the answer"))
        }
        Ask::List => list(global, &session).await,
        Ask::Allow { on, today, change } => {
            let said = match today {
                None => AskAnswer::Once,
                Some(most) => AskAnswer::Today { most },
            };
            answer(global, &session, (on, said), &change).await
        }
        Ask::Replace { on, remove, set, change } => {
            answer(global, &session, (on, AskAnswer::Changed { remove, set }), &change).await
        }
        Ask::Decline { on, note, change } => {
            answer(global, &session, (on, AskAnswer::No { note }), &change).await
        }
    }
}

async fn answer(
    global: &Global,
    session: &Session,
    (on, answer): (AskOn, AskAnswer),
    change: &Change,
) -> Result<Report, Failure> {
    let found = find(&session.wallet.asks().await.map_err(failed(global))?, &on)?;
    let name = answer.name();
    let done = session
        .wallet
        .answer_ask(found.ward, found.request, answer, &ask(change))
        .await
        .map_err(failed(global))?;
    let about = format!("{} at {}", words::amount(Amount::new(found.body.amount)), found.shop);
    let waits = if matches!(done.effect, Effect::Pending { .. }) {
        "; another guardian is waited for"
    } else {
        ""
    };
    let said = format!("answered {name}: {about}{waits}");
    Ok(words::done(&done, change, said))
}

/// The one ask of a ward whose name begins so.
fn find(asks: &[Asked], on: &AskOn) -> Result<Asked, Failure> {
    let prefix = on.ask.to_ascii_lowercase();
    let of_ward = |one: &&Asked| on.ward.as_ref().is_none_or(|ward| *ward == one.ward.to_string());
    let wards = asks.iter().filter(|one| !one.own).filter(of_ward);
    let found: Vec<&Asked> = wards.filter(|one| one.body.request.starts_with(&prefix)).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::new(Exit::NotFound, format!("no ward asks `{}`", on.ask))
            .hint("`scoin wallet ask list` prints what they ask")),
        _ => Err(Failure::new(Exit::Usage, format!("`{}` is not one ask alone", on.ask))
            .hint("write more of its digits, or name the ward with --ward")),
    }
}

/// `wallet ask list`
async fn list(global: &Global, session: &Session) -> Result<Report, Failure> {
    let asks = session.wallet.asks().await.map_err(failed(global))?;
    let catalogue = Catalogue::of(global.lang.into());
    let zone = session.zone();
    let mut report = Report::new(json!({ "items": asks.iter().map(item).collect::<Vec<_>>() }));
    for one in &asks {
        let told = session.wallet.tell_ask(one, global.lang.into()).map_err(failed(global))?;
        report = report.text(told.join("\n"));
    }
    if asks.is_empty() {
        report = report.text(catalogue.say("ask.none", &[]));
    }
    let rows = asks.iter().map(|one| {
        let ward = if one.own { String::new() } else { one.ward.to_string() };
        let short = one.body.request.get(..12).unwrap_or_default().to_owned();
        let until = words::local(one.body.until.0, &zone);
        vec![short, ward, one.body.standing.clone(), words::money(one.body.amount), until]
    });
    let rows = rows.collect();
    Ok(report.table(vec!["ask", "by", "", "amount", "until"], rows))
}

fn item(one: &Asked) -> serde_json::Value {
    let answer = |answer: &AskAnswerBody| {
        json!({
            "by": answer.by, "at": answer.at, "answer": answer.answer, "most": answer.most, "note": answer.note,
        })
    };
    json!({
        "ask": one.body.request,
        "ward": one.ward.to_string(),
        "own": one.own,
        "shop": one.body.shop,
        "shop_name": one.shop,
        "amount": one.body.amount,
        "reason": one.body.reason,
        "asked": one.body.asked,
        "until": one.body.until,
        "standing": one.body.standing,
        "answers": one.body.answers.iter().map(answer).collect::<Vec<_>>(),
    })
}
