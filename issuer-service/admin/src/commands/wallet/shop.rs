//! What a shop does: ask to be paid, take, release, give back, cash out.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use scoin_core::{Amount, CommandId};
use scoin_wallet::wallet::{Refund, RequestDraft};
use serde_json::json;

use super::make::failed;
use super::money::moved;
use crate::args::wallet::Request;
use crate::args::{Change, Global};
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, ask};
use crate::words;

/// `wallet request`
pub(crate) async fn request(global: &Global, request: Request) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    if let Some(merchant) = &request.merchant {
        session.wallet.act_for(account(merchant)?).map_err(failed(global))?;
    }
    let minutes = u64::from(request.minutes);
    let draft = RequestDraft {
        amount: request.amount,
        kind: Some(request.kind),
        items: request.items.into_iter().map(|line| (line.code, line.amount, line.tags)).collect(),
        valid_micros: Some(minutes.saturating_mul(60_000_000)),
        reference: request.reference,
        channel: request.channel,
        order: None,
    };
    let amount = draft.amount.units();
    let link = session.wallet.request(draft).await.map_err(failed(global))?;
    let report = Report::new(json!({ "request": link, "amount": amount })).text(link.clone());
    Ok(if request.qr { report.styled(qr_code(&link)) } else { report })
}

/// `wallet capture`
pub(crate) async fn capture(
    global: &Global,
    hold: CommandId,
    amount: Amount,
    change: &Change,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let done = session.wallet.capture(hold, amount, &ask(change)).await.map_err(failed(global))?;
    Ok(moved(&done, change, "taken"))
}

/// `wallet void`
pub(crate) async fn void(
    global: &Global,
    hold: CommandId,
    change: &Change,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let done = session.wallet.void(hold, &ask(change)).await.map_err(failed(global))?;
    Ok(words::done(&done, change, "released"))
}

/// `wallet refund`
pub(crate) async fn refund(
    global: &Global,
    what: (CommandId, Amount, Vec<(u32, Amount)>),
    change: &Change,
) -> Result<Report, Failure> {
    let (payment, amount, lines) = what;
    let session = Session::open(global).await?;
    let done = session
        .wallet
        .refund(Refund { payment, amount, lines, reason: None }, &ask(change))
        .await
        .map_err(failed(global))?;
    Ok(words::done(&done, change, format!("gave back {}", words::amount(amount))))
}

/// `wallet redeem`
pub(crate) async fn redeem(
    global: &Global,
    amount: Amount,
    change: &Change,
) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let done = session.wallet.redeem(amount, &ask(change)).await.map_err(failed(global))?;
    Ok(words::done(&done, change, format!("cashed out {}", words::amount(amount))))
}

/// The text as a QR code of half blocks; a text too long for one is shown as it is.
pub(super) fn qr_code(text: &str) -> String {
    match QrCode::new(text.as_bytes()) {
        Ok(code) => code
            .render::<Dense1x2>()
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .build(),
        Err(_) => "too long for a QR code".to_owned(),
    }
}
