//! What a wallet shows.

use scoin_api::{HistoryBody, LotBody, Time, paths};
use scoin_policy::alloc::Why;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::{Lot, Synced};
use serde_json::json;

use super::age::{coming_json, tell_of_age};
use super::allowance::{short_json, tell_missed, tell_short};
use super::make::failed;
use crate::args::{Global, Lang};
use crate::failure::Failure;
use crate::output::Report;
use crate::refused::sentences;
use crate::session::{Session, account_or_own};
use crate::words;

/// A clock that is further away from the city's is told of.
const CLOCK_MINUTES_TOLD: u64 = 2;

/// `wallet balance`
pub(crate) async fn balance(global: &Global) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    session.wallet.sync().await.map_err(failed(global))?;
    let balance = session.wallet.balance().map_err(failed(global))?;
    let lots = balance.lots.iter().map(|lot| {
        let body = LotBody {
            id: lot.id.0,
            amount: lot.amount.units(),
            held: lot.held.units(),
            starts: lot.starts.map(Time),
            expires: lot.expires.map(Time),
            ..LotBody::default()
        };
        json!({
            "id": body.id, "amount": body.amount, "held": body.held, "starts": body.starts, "expires": body.expires,
            "layers": lot.layers.iter().map(|layer| json!({
                "policy": layer.policy.to_hex(), "name": layer.name, "granter": layer.granter,
            })).collect::<Vec<_>>(),
        })
    });
    let json = json!({
        "total": balance.total.units(),
        "spendable": balance.spendable.units(),
        "held": balance.held.units(),
        "frame": balance.frame,
        "as_of": Time(balance.as_of),
        "lots": lots.collect::<Vec<_>>(),
    });
    let zone = session.zone();
    let rows = balance.lots.iter().map(|lot| {
        let end = lot.expires.map_or_else(|| "never".to_owned(), |end| words::local(end, &zone));
        vec![lot.id.0.to_string(), words::amount(lot.amount), title(global.lang, lot), end]
    });
    let rows = rows.collect();
    Ok(Report::new(json)
        .fields([
            ("spendable", words::amount(balance.spendable)),
            ("total", words::amount(balance.total)),
        ])
        .table(vec!["lot", "amount", "rules", "ends"], rows))
}

fn title(lang: Lang, lot: &Lot) -> String {
    let titles = lot.layers.iter().map(|layer| {
        let texts = layer.title.iter().map(|(language, text)| (language.as_str(), text.as_str()));
        words::pick(lang, texts).unwrap_or(&layer.name).to_owned()
    });
    titles.collect::<Vec<_>>().join(" + ")
}

/// `wallet history`
pub(crate) async fn history(
    global: &Global,
    whose: Option<&String>,
    limit: usize,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let path = paths::account_history(&account_or_own(&session, whose)?.to_string());
    let mut body: HistoryBody = session.read(&path).await?;
    body.entries.truncate(limit);
    let zone = session.zone();
    let rows = body.entries.iter().map(|entry| {
        let state = if entry.status == scoin_api::Status::Refused { "refused" } else { "" };
        vec![
            words::local(entry.time.0, &zone),
            entry.action.clone(),
            state.to_owned(),
            signed(entry.change),
            entry.other.clone().unwrap_or_else(|| entry.kinds.join(" ")),
            entry.reference.clone().unwrap_or_default(),
            entry.command.clone().unwrap_or_default(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let json = json!({ "address": body.address, "frame": body.frame, "items": body.entries, "next_cursor": body.next });
    Ok(Report::new(json).table(vec!["time", "what", "", "change", "with", "reference", "id"], rows))
}

pub(super) fn signed(change: i64) -> String {
    let units = words::money(change.unsigned_abs());
    match change {
        0 => String::new(),
        1.. => format!("+{units}"),
        _ => format!("-{units}"),
    }
}

/// `wallet sync`
pub(crate) async fn sync(global: &Global) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let synced = session.wallet.sync().await.map_err(failed(global))?;
    let asks = session.wallet.asks().await.map_err(failed(global))?;
    let asked = asks.iter().filter(|one| !one.own && one.is_open()).count();
    let changes = session.wallet.changes().await.map_err(failed(global))?;
    let changes = changes.iter().filter(|one| !one.own).count();
    let mut of_age = session.wallet.coming_of_age().await.map_err(failed(global))?;
    of_age.retain(|one| one.near);
    let json = json!({
        "frame": synced.frame,
        "entries": synced.entries,
        "receipts": synced.receipts,
        "answered": synced.answered,
        "rebuilt": synced.rebuilt,
        "announced": synced.announced,
        "offered": synced.offered,
        "asked": asked,
        "changes": changes,
        "short": synced.short.iter().map(short_json).collect::<Vec<_>>(),
        "missed": synced.missed,
        "of_age": of_age.iter().map(coming_json).collect::<Vec<_>>(),
        "came_of_age": synced.of_age,
        "devices": synced.devices,
        "recovery": synced.recovery,
        "ward_recoveries": synced.ward_recoveries,
        "missing": synced.missing.iter().map(|id| id.to_hex()).collect::<Vec<_>>(),
        "clock_behind_seconds": clock_behind(&session),
    });
    let (zone, mut report) = (session.zone(), Report::new(json));
    let catalogue = Catalogue::of(global.lang.into());
    for guard in &synced.announced {
        let from = guard.starts.map_or_else(String::new, |at| words::local(at.0, &zone));
        let over = guard.over.as_deref().unwrap_or_default();
        let key = if over == "city" { "notice.guard_city" } else { "notice.guard_household" };
        let places = [("from", (&from).into()), ("name", (&guard.name).into())];
        report = report.text(catalogue.say(key, &places));
    }
    for offer in &synced.offered {
        report = report.text(catalogue.say("notice.offer", &[("name", (&offer.name).into())]));
    }
    if let Some(asked) = u64::try_from(asked).ok().filter(|asked| *asked > 0) {
        report = report.text(catalogue.say("notice.asked", &[("n", asked.into())]));
    }
    if let Some(changes) = u64::try_from(changes).ok().filter(|changes| *changes > 0) {
        report = report.text(catalogue.say("notice.changes", &[("n", changes.into())]));
    }
    for turn in &synced.short {
        report = report.text(tell_short(&catalogue, turn, &zone));
    }
    for entry in &synced.missed {
        report = report.text(tell_missed(&catalogue, &session.wallet, entry, &zone));
    }
    report = tell_of_age(report, &catalogue, (&of_age, &synced.of_age));
    report = tell_devices(report, &synced, &catalogue, &zone);
    for id in &synced.missing {
        report = report.text(catalogue.say("notice.missing", &[("ref", (&id.to_hex()).into())]));
    }
    let minutes = clock_behind(&session).unwrap_or(0).unsigned_abs() / 60;
    if minutes >= CLOCK_MINUTES_TOLD {
        let minutes = words::money(minutes);
        report = report.text(catalogue.say("notice.clock", &[("minutes", (&minutes).into())]));
    }
    Ok(report.fields([
        ("frame", synced.frame.to_string()),
        ("new entries", synced.entries.to_string()),
        ("receipts verified", synced.receipts.to_string()),
        ("commands answered", synced.answered.to_string()),
    ]))
}

/// What a sync says of devices and recoveries.
fn tell_devices(mut report: Report, synced: &Synced, words: &Catalogue, zone: &str) -> Report {
    for news in &synced.devices {
        report = report.text(super::device::tell(words, news));
    }
    if let Some(recovery) = &synced.recovery {
        report = report.text(super::recovery::tell(words, recovery, zone));
    }
    for entry in &synced.ward_recoveries {
        report = report.text(super::recovery::tell_ward(words, entry));
    }
    report
}

/// Seconds by which this machine's clock is behind the city's (negative: ahead); `None` in a sandbox, whose time is its own.
fn clock_behind(session: &Session) -> Option<i64> {
    let sandbox = session.wallet.city().is_ok_and(|city| city.genesis.sandbox);
    let micros = session.wallet.clock_skew().filter(|_| !sandbox)?;
    micros.checked_div(1_000_000)
}

/// `wallet can-pay`: from what was last synced; without a connection too.
pub(crate) async fn can_pay(global: &Global, request: &str) -> Result<Report, Failure> {
    let session = Session::open_offline(global)?;
    // As fresh as it can be; what cannot be read is estimated from what is known.
    drop(session.wallet.sync().await);
    let estimate = session.wallet.can_i_pay(request).await.map_err(failed(global))?;
    let told = |lang| {
        let refusal = estimate.refusal.as_ref();
        let asked = Some(estimate.asked);
        refusal.and_then(|it| session.wallet.explain(it, asked, lang).ok()).unwrap_or_default()
    };
    let order = |lang| session.wallet.explain_lots(&estimate, lang).unwrap_or_default();
    let lots = estimate.uses.iter().map(|used| {
        json!({ "lot": used.lot.0, "amount": used.amount.units(), "why": used.why.map(Why::word) })
    });
    let json = json!({
        "estimate": true,
        "asked": estimate.asked.units(),
        "passes": estimate.passes.units(),
        "next": estimate.next.map(Time),
        "as_of": Time(estimate.as_of),
        "lots": lots.collect::<Vec<_>>(),
        "order": sentences(order),
        "sentences": sentences(told),
    });
    let lang = global.lang.into();
    let words = Catalogue::of(lang);
    let (asked, passes) = (words::amount(estimate.asked), words::amount(estimate.passes));
    let said = words.say("estimate", &[("asked", (&asked).into()), ("passes", (&passes).into())]);
    Ok(Report::new(json).text(said).text(order(lang).join("\n")).text(told(lang).join("\n")))
}
