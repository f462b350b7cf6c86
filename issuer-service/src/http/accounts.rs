//! Accounts, their history, and shops.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use scoin_api::history::parse_event_id;
use scoin_api::{
    AccountBody, EntryBody, ErrorCode, HistoryBody, MerchantBody, MerchantsBody, ProblemBody, paths,
};
use scoin_core::AccountId;
use scoin_core::command::AccountKind;
use scoin_ledger::Frame;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Reader;
use super::problem::Problem;
use super::{App, auth, body};
use crate::engine::EngineError;
use crate::history::Touch;
use crate::service::Service;
use crate::views;

/// How long a read waits for the frame it asked for.
const MIN_SEQ_WAIT: Duration = Duration::from_secs(1);
/// Most entries on a page of history.
const PAGE_MAX: usize = 500;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(paths::ACCOUNT, get(account))
        .route(paths::ACCOUNT_HISTORY, get(history))
        .route(paths::MERCHANT, get(merchant))
        .route(paths::MERCHANTS, get(merchants))
}

/// How fresh an answer must be.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FreshQuery {
    /// Answer only from a state that contains this frame.
    min_seq: Option<u64>,
}

/// Which page of a history.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// Entries before this place, `frame:index`; as `next` of the page before.
    before: Option<String>,
    /// At most so many, 1 to 500; 50 if absent.
    limit: Option<usize>,
    /// Answer only from a state that contains this frame.
    min_seq: Option<u64>,
}

/// One account. For itself, its guardians and officers.
#[utoipa::path(
    get, path = "/v1/accounts/{address}", tag = "accounts",
    params(("address" = String, Path, description = "bech32m address"), FreshQuery),
    responses(
        (status = 200, body = AccountBody, description = "the account as it stands"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn account(
    State(service): App,
    Path(address): Path<String>,
    body::Asked(query): body::Asked<FreshQuery>,
    headers: HeaderMap,
) -> Result<Json<AccountBody>, Problem> {
    let (id, reader) = visible(&service, &address, &headers)?;
    reach(&service, query.min_seq).await?;
    let now = service.now();
    let limited = reader.is_limited(&service, &id);
    let mut found = views::account(&service.books.live(), id, now);
    if let Some(body) = found.as_mut().filter(|_| limited) {
        views::hide_in_account(body);
    }
    found.map(Json).ok_or_else(|| Problem::not_found("account", &address))
}

/// What happened to an account, newest first.
#[utoipa::path(
    get, path = "/v1/accounts/{address}/history", tag = "accounts",
    params(("address" = String, Path, description = "bech32m address"), PageQuery),
    responses(
        (status = 200, body = HistoryBody, description = "what happened, newest first"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json", description = "not taken; try again"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn history(
    State(service): App,
    Path(address): Path<String>,
    body::Asked(query): body::Asked<PageQuery>,
    headers: HeaderMap,
) -> Result<Json<HistoryBody>, Problem> {
    let (id, reader) = visible(&service, &address, &headers)?;
    let before = match query.before.as_deref().map(|text| (text, parse_event_id(text))) {
        None => None,
        Some((_, Some(place))) => Some(place),
        Some((text, None)) => {
            let detail = format!("`before` is `{text}`; write it as `frame:index`");
            return Err(Problem::new(ErrorCode::Malformed, detail));
        }
    };
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    reach(&service, query.min_seq).await?;
    let (frame, touches) = {
        let live = service.books.live();
        (live.number(), live.history.before(&id, before, limit.saturating_add(1)))
    };
    let more = touches.len() > limit;
    let page = touches.get(..limit).unwrap_or(&touches);
    let entries = entries(&service, reader, id, page)?;
    let next = entries.last().filter(|_| more).map(EntryBody::event_id);
    Ok(Json(HistoryBody { address, frame, entries, next }))
}

/// A registered shop or city service.
#[utoipa::path(
    get, path = "/v1/merchants/{address}", tag = "merchants",
    params(("address" = String, Path, description = "bech32m address")),
    responses(
        (status = 200, body = MerchantBody, description = "the shop as registered"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    )
)]
pub(super) async fn merchant(
    State(service): App,
    Path(address): Path<String>,
) -> Result<Json<MerchantBody>, Problem> {
    let missing = || Problem::not_found("shop", &address);
    let id = address.parse().map_err(|_| missing())?;
    views::merchant(&service.books.live(), id).map(Json).ok_or_else(missing)
}

/// All registered shops and services.
#[utoipa::path(
    get, path = "/v1/merchants", tag = "merchants", responses((status = 200, body = MerchantsBody, description = "the registered shops"))
)]
pub(super) async fn merchants(State(service): App) -> Json<MerchantsBody> {
    Json(views::merchants(&service.books.live()))
}

/// The account of an address and who reads it, if the reader may see it.
pub(super) fn visible(
    service: &Service,
    address: &str,
    headers: &HeaderMap,
) -> Result<(AccountId, Reader), Problem> {
    let reader = auth::reader(service, headers)?;
    let id = address.parse().map_err(|_| Problem::not_found("account", address))?;
    reader.must_see(service, &id)?;
    Ok((id, reader))
}

/// Touches of an account as entries, as this reader may see them; each frame is read once.
pub(super) fn entries(
    service: &Service,
    reader: Reader,
    account: AccountId,
    touches: &[Touch],
) -> Result<Vec<EntryBody>, EngineError> {
    let mut entries = Vec::with_capacity(touches.len());
    let mut last: Option<Arc<Frame>> = None;
    let is_shop =
        service.books.live().account(&account).is_some_and(|found| {
            matches!(found.kind, AccountKind::Merchant | AccountKind::Service)
        });
    for touch in touches {
        if last.as_ref().is_none_or(|frame| frame.head.number != touch.frame) {
            last = service.books.frame(touch.frame)?;
        }
        entries
            .extend(last.as_ref().and_then(|frame| views::entry((account, is_shop), touch, frame)));
    }
    if reader.is_limited(service, &account) {
        let live = service.books.live();
        for entry in &mut entries {
            views::hide_in_entry(&live, entry);
        }
    }
    Ok(entries)
}

/// Wait a little for a frame.
async fn reach(service: &Service, min_seq: Option<u64>) -> Result<(), Problem> {
    let Some(min_seq) = min_seq else { return Ok(()) };
    let mut reached = service.books.reached();
    let wait = reached.wait_for(|frame| *frame >= min_seq);
    if let Ok(Ok(_)) = tokio::time::timeout(MIN_SEQ_WAIT, wait).await {
        return Ok(());
    }
    let detail = format!("the journal is at frame {}", service.books.live().number());
    Err(Problem::new(ErrorCode::BehindMinSeq, detail).retry_after(1))
}
