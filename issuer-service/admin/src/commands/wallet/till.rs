//! `scoin wallet shop …`: a till, its staff, its day.

use std::time::Duration;

use scoin_api::{TakingsBody, TillBody};
use scoin_core::command::TillRights;
use scoin_core::outcome::Effect;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::{Move, Received as Came, Refund as Back, RequestDraft, StatementLine};
use serde_json::{Value, json};

use super::make::failed;
use super::money::moved;
use super::shop::qr_code;
use crate::args::Global;
use crate::args::shop::{Received, Refund, Right, Sell, Shop, Staff, Statement, Till, Who};
use crate::failure::Failure;
use crate::home;
use crate::output::Report;
use crate::session::{Session, account, ask};
use crate::words;

/// `wallet shop …`
pub(crate) async fn run(global: &Global, shop: Shop) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match shop {
        Shop::Sell(sell) => self::sell(global, &session, sell).await,
        Shop::Received(received) => self::received(global, &session, received).await,
        Shop::Refund(refund) => self::refund(global, &session, refund).await,
        Shop::Capture { hold, amount, who, change } => {
            sign_in(global, &session, &who)?;
            let done = session.wallet.capture(hold, amount, &ask(&change)).await;
            Ok(moved(&done.map_err(failed(global))?, &change, "taken"))
        }
        Shop::Cancel { hold, who, change } => {
            sign_in(global, &session, &who)?;
            let done = session.wallet.void(hold, &ask(&change)).await.map_err(failed(global))?;
            Ok(words::done(&done, &change, "released"))
        }
        Shop::Close { day, who, change } => {
            sign_in(global, &session, &who)?;
            let done = session.wallet.close_day(day.map(|day| day.0), &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            let text = if let Effect::Closed(takings) = &done.effect {
                told(global, "shop.closed", &TakingsBody::of(takings))
            } else {
                String::new()
            };
            Ok(words::done(&done, &change, text))
        }
        Shop::Days => days(global, &session).await,
        Shop::Statement(statement) => self::statement(global, &session, &statement).await,
        Shop::Till(till) => self::till(global, &session, till).await,
        Shop::Staff(staff) => self::staff(global, &session, staff),
    }
}

/// Signs in who stands at the till, if a name is given.
fn sign_in(global: &Global, session: &Session, who: &Who) -> Result<(), Failure> {
    let Some(name) = &who.staff else { return Ok(()) };
    let pin = home::pin(global, who.pin_file.as_deref())?;
    session.wallet.sign_in(name, &pin).map_err(failed(global))?;
    Ok(())
}

async fn sell(global: &Global, session: &Session, sell: Sell) -> Result<Report, Failure> {
    if let Some(merchant) = &sell.merchant {
        session.wallet.act_for(account(merchant)?).map_err(failed(global))?;
    }
    sign_in(global, session, &sell.who)?;
    let draft = RequestDraft {
        amount: sell.amount,
        items: sell.items.into_iter().map(|line| (line.code, line.amount, line.tags)).collect(),
        valid_micros: Some(u64::from(sell.seconds).saturating_mul(1_000_000)),
        order: Some(sell.order.clone()),
        ..RequestDraft::default()
    };
    let link = session.wallet.request(draft).await.map_err(failed(global))?;
    let json = json!({
        "request": link, "amount": sell.amount.units(), "order": sell.order, "seconds": sell.seconds,
    });
    let report = Report::new(json).text(link.clone());
    Ok(if sell.qr { report.styled(qr_code(&link)) } else { report })
}

async fn received(global: &Global, session: &Session, asked: Received) -> Result<Report, Failure> {
    sign_in(global, session, &asked.who)?;
    let since = asked.since.as_deref();
    let arrivals = match asked.wait {
        Some(seconds) => {
            let patience = Duration::from_secs(u64::from(seconds));
            session.wallet.wait_received(since, patience).await
        }
        None => session.wallet.received(since).await,
    };
    let arrivals = arrivals.map_err(failed(global))?;
    let item = |one: &Came| {
        json!({
            "cursor": one.cursor, "payment": one.payment, "time": one.time,
            "amount": one.amount.units(), "order": one.order,
        })
    };
    let items: Vec<Value> = arrivals.items.iter().map(item).collect();
    let words = Catalogue::of(global.lang.into());
    let mut report = Report::new(json!({ "items": items, "cursor": arrivals.cursor }));
    if let [one] = arrivals.items.as_slice() {
        let amount = words::amount(one.amount);
        report = report.text(words.say("shop.received", &[("amount", (&amount).into())]));
    }
    let zone = session.zone();
    let rows = arrivals.items.iter().map(|one| {
        let order = one.order.clone().unwrap_or_default();
        vec![words::local(one.time.0, &zone), words::amount(one.amount), order, one.payment.clone()]
    });
    let rows = rows.collect();
    Ok(report.table(vec!["time", "amount", "order", "payment"], rows))
}

async fn refund(global: &Global, session: &Session, asked: Refund) -> Result<Report, Failure> {
    sign_in(global, session, &asked.who)?;
    let (amount, reason) = (words::amount(asked.amount), Some(asked.reason));
    let (payment, lines) = (asked.payment, asked.lines);
    let back = Back { payment, amount: asked.amount, lines, reason };
    let done = session.wallet.refund(back, &ask(&asked.change)).await.map_err(failed(global))?;
    let words = Catalogue::of(global.lang.into());
    let said = words.say("shop.refunded", &[("amount", (&amount).into())]);
    Ok(words::done(&done, &asked.change, said))
}

async fn days(global: &Global, session: &Session) -> Result<Report, Failure> {
    let shop = session.wallet.shop_books().await.map_err(failed(global))?;
    let payout = session.wallet.next_payout().await.map_err(failed(global))?;
    let mut report = Report::new(
        json!({ "open": shop.open, "items": shop.days, "payout": payout }),
    )
    .text(told(global, "shop.open", &shop.open));
    if let Some(day) = &payout {
        let words = Catalogue::of(global.lang.into());
        report = report.text(words.say("shop.payout", &[("date", day.into())]));
    }
    let rows = shop.days.iter().map(|day| row(&day.takings)).collect();
    Ok(report.table(HEAD.to_vec(), rows))
}

const HEAD: [&str; 8] =
    ["day", "number", "payments", "taken", "refunds", "given back", "net", "cashed out"];

fn row(day: &TakingsBody) -> Vec<String> {
    vec![
        day.day.clone(),
        day.number.to_string(),
        day.payments.to_string(),
        words::money(day.gross),
        day.refunds.to_string(),
        words::money(day.refunded),
        signed(day.net),
        words::money(day.redeemed),
    ]
}

fn signed(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}", words::money(units.unsigned_abs()))
}

/// A day in one sentence.
fn told(global: &Global, key: &str, day: &TakingsBody) -> String {
    let words = Catalogue::of(global.lang.into());
    let (gross, back, net) = (words::money(day.gross), words::money(day.refunded), signed(day.net));
    words.say(
        key,
        &[
            ("date", (&day.day).into()),
            ("n", u64::from(day.payments).into()),
            ("gross", (&gross).into()),
            ("back", (&back).into()),
            ("net", (&net).into()),
        ],
    )
}

async fn statement(
    global: &Global,
    session: &Session,
    asked: &Statement,
) -> Result<Report, Failure> {
    let text =
        |day: Option<scoin_policy::civil::Date>| day.map(|day| scoin_api::encode::date_text(day.0));
    let (from, to) = (text(asked.from), text(asked.to));
    let found = session.wallet.statement(from.as_deref(), to.as_deref()).await;
    let found = found.map_err(failed(global))?;
    let zone = session.zone();
    if let Some(path) = &asked.csv {
        let csv = csv(&Catalogue::of(global.lang.into()), &found.lines, &zone);
        std::fs::write(path, csv).map_err(|error| home::cannot_write(path, &error))?;
    }
    let lines = found.lines.iter().map(|line| {
        json!({
            "day": line.day, "time": line.time, "what": line.what.word(), "amount": line.amount.units(),
            "reference": line.reference, "payment": line.payment, "place": line.place,
        })
    });
    let lines: Vec<Value> = lines.collect();
    let categories = found
        .categories
        .iter()
        .map(|one| json!({ "day": one.day, "tag": one.tag, "amount": one.amount.units() }));
    let categories: Vec<Value> = categories.collect();
    let json = json!({
        "days": found.days, "items": lines, "categories": categories, "payout": found.payout,
    });
    let mut report = Report::new(json);
    for day in &found.days {
        report = report.text(told(global, "shop.closed", &day.takings));
    }
    if let Some(day) = &found.payout {
        let words = Catalogue::of(global.lang.into());
        report = report.text(words.say("shop.payout", &[("date", day.into())]));
    }
    let rows = found.lines.iter().map(|line| {
        let reference = line.reference.clone().unwrap_or_default();
        let what = line.what.word().to_owned();
        vec![words::local(line.time.0, &zone), what, words::amount(line.amount), reference]
    });
    let rows = rows.collect();
    Ok(report.table(vec!["time", "what", "amount", "reference"], rows))
}

/// The statement for a spreadsheet: a byte order mark, heads in the language of the reader, money that leaves negative.
fn csv(words: &Catalogue, lines: &[StatementLine], zone: &str) -> String {
    let head = ["day", "time", "what", "amount", "reference", "payment"];
    let head = head.map(|name| words.say(&format!("shop.csv.{name}"), &[]));
    let mut text = String::from("\u{feff}");
    push_row(&mut text, &head);
    for line in lines {
        let what = line.what.word().replace('-', "_");
        let amount = match line.what {
            Move::Taken => line.amount.units().to_string(),
            Move::Refunded | Move::CashedOut => format!("-{}", line.amount.units()),
        };
        push_row(
            &mut text,
            &[
                line.day.clone(),
                words::local(line.time.0, zone),
                words.say(&format!("shop.csv.{what}"), &[]),
                amount,
                line.reference.clone().unwrap_or_default(),
                line.payment.clone().unwrap_or_default(),
            ],
        );
    }
    text
}

fn push_row(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell as RFC 4180 has it. What a spreadsheet would take for a formula is kept a text.
fn quoted(cell: &str) -> String {
    let is_number = cell.strip_prefix('-').unwrap_or(cell).bytes().all(|b| b.is_ascii_digit());
    let is_formula = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

async fn till(global: &Global, session: &Session, till: Till) -> Result<Report, Failure> {
    match till {
        Till::List => {
            let shop = session.wallet.shop_books().await.map_err(failed(global))?;
            let rows = shop
                .tills
                .iter()
                .map(|till| vec![till.key.clone(), till.role.clone(), may(till).join(" ")]);
            let rows = rows.collect();
            Ok(Report::new(json!({ "items": shop.tills })).table(vec!["key", "role", "may"], rows))
        }
        Till::Set { key, may, by_role, change } => {
            let rights = (!by_role).then(|| rights(&may));
            let done = session.wallet.set_till(key, rights, &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            Ok(words::done(&done, &change, format!("the till {} is set", key.to_hex())))
        }
    }
}

fn may(till: &TillBody) -> Vec<&'static str> {
    let rights = till.rights();
    let all = scoin_wallet::wallet::TillRight::ALL.into_iter();
    all.filter(|right| right.is_in(rights)).map(scoin_wallet::wallet::TillRight::word).collect()
}

fn rights(may: &[Right]) -> TillRights {
    TillRights {
        receive: may.contains(&Right::Receive),
        cancel: may.contains(&Right::Cancel),
        refund: may.contains(&Right::Refund),
        close: may.contains(&Right::Close),
    }
}

fn staff(global: &Global, session: &Session, staff: Staff) -> Result<Report, Failure> {
    match staff {
        Staff::List => {
            let all = session.wallet.staff().map_err(failed(global))?;
            let items = all.iter().map(|one| {
                let TillRights { receive, cancel, refund, close } = one.rights;
                json!({
                    "name": one.name, "receive": receive, "cancel": cancel, "refund": refund,
                    "close": close, "wrong": one.wrong,
                })
            });
            let items: Vec<Value> = items.collect();
            let rows = all.iter().map(|one| vec![one.name.clone(), one.wrong.to_string()]);
            let rows = rows.collect();
            Ok(Report::new(json!({ "items": items })).table(vec!["name", "wrong PINs"], rows))
        }
        Staff::Put { name, may, pin_file } => {
            let pin = home::pin(global, pin_file.as_deref())?;
            session.wallet.put_staff(&name, rights(&may), &pin).map_err(failed(global))?;
            Ok(Report::new(json!({ "name": name })).text(format!("{name} works at this till")))
        }
        Staff::Remove { name } => {
            session.wallet.remove_staff(&name).map_err(failed(global))?;
            Ok(Report::new(json!({ "name": name })).text(format!("{name} is off this till")))
        }
    }
}

#[cfg(test)]
mod tests {
    use scoin_api::Time;
    use scoin_core::{Amount, Timestamp};
    use scoin_policy::explain::Lang;

    use super::*;

    fn line(what: Move, amount: u64, reference: &str) -> StatementLine {
        StatementLine {
            day: "2026-03-03".to_owned(),
            time: Time(Timestamp::from_micros(1_772_517_600_000_000)),
            what,
            amount: Amount::new(amount),
            reference: Some(reference.to_owned()),
            payment: Some("0".repeat(32)),
            place: "7:0".to_owned(),
        }
    }

    #[test]
    fn the_sheet_has_a_mark_heads_in_the_readers_language_and_the_sums() {
        let lines = [
            line(Move::Taken, 3_000, "A-17"),
            line(Move::Taken, 5_000, "A,\"18\""),
            line(Move::Refunded, 1_000, "=stale"),
            line(Move::CashedOut, 4_000, ""),
        ];
        for (lang, head, taken) in [
            (Lang::Ko, "영업일,시각,구분,금액,주문번호·사유,결제번호", "결제"),
            (Lang::En, "Business day,Time,What,Amount,Order or reason,Payment", "Payment"),
            (Lang::Zh, "营业日,时间,类别,金额,订单号或原因,付款编号", "收款"),
        ] {
            let sheet = csv(&Catalogue::of(lang), &lines, "Asia/Seoul");
            let rows: Vec<&str> = sheet.split("\r\n").collect();
            assert_eq!(rows[0], format!("\u{feff}{head}"));
            let id = "0".repeat(32);
            assert_eq!(rows[1], format!("2026-03-03,2026-03-03 15:00:00,{taken},3000,A-17,{id}"));
            assert!(rows[2].contains("\"A,\"\"18\"\"\"") && rows[3].contains("'=stale"));
            // What a spreadsheet adds up is what is left with the city.
            let amount = |row: &&str| row.split(',').nth(3)?.parse::<i64>().ok();
            let sums = rows.iter().skip(1).filter(|row| !row.contains('"')).filter_map(amount);
            assert_eq!(sums.sum::<i64>(), 3_000 - 1_000 - 4_000);
            assert_eq!(rows.len(), 6);
        }
    }

    #[test]
    fn cells_stay_cells_and_texts_stay_texts() {
        for (cell, written) in [
            ("A-17", "A-17"),
            ("-300", "-300"),
            ("=1+1", "'=1+1"),
            ("-1+cmd", "'-1+cmd"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
