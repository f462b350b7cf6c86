//! Server-sent events of one account: what its history gains, as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::Stream;
use scoin_api::history::parse_event_id;
use scoin_api::{EntryBody, ErrorCode, ProblemBody, paths};
use scoin_core::AccountId;
use tokio::sync::watch;

use super::App;
use super::accounts::{entries, visible};
use super::auth::Reader;
use super::problem::Problem;
use crate::history::Place;
use crate::service::Service;

/// Entries read at once.
const AT_ONCE: usize = 100;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new().route(paths::ACCOUNT_EVENTS, get(events))
}

/// What happens to an account, from now on or after `Last-Event-ID`. Each event is an entry of its history.
#[utoipa::path(
    get, path = "/v1/accounts/{address}/events", tag = "accounts",
    params(
        ("address" = String, Path, description = "bech32m address"),
        ("Last-Event-ID" = Option<String>, Header, description = "`frame:index`: only what came after it"),
    ),
    responses(
        (status = 200, body = EntryBody, content_type = "text/event-stream", description = "one event for each entry that touches the account"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn events(
    State(service): App,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let (account, reader) = visible(&service, &address, &headers)?;
    let after = match headers.get("last-event-id").map(|value| value.to_str().unwrap_or("")) {
        None => service.books.live().history.last(&account).unwrap_or((0, 0)),
        Some(text) => parse_event_id(text).ok_or_else(|| {
            Problem::new(ErrorCode::Malformed, "`Last-Event-ID` is no `frame:index`")
        })?,
    };
    let watcher = Watcher {
        reached: service.books.reached(),
        stopping: service.stopping(),
        service,
        account,
        reader,
        after,
        ready: Vec::new(),
    };
    let stream = futures_util::stream::unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Follows one account.
struct Watcher {
    service: Arc<Service>,
    account: AccountId,
    /// Who watches. Who may not see the account any more hears no more of it.
    reader: Reader,
    after: Place,
    /// Entries read and not yet sent, newest first.
    ready: Vec<EntryBody>,
    reached: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
}

impl Watcher {
    /// The next event; `None` when the service stops, or the account is not the reader's to see any more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let now = self.service.now();
            if !self.reader.sees(&self.service.books.live(), &self.account, now) {
                return None;
            }
            if let Some(entry) = self.ready.pop() {
                self.after = (entry.frame, entry.index);
                let event = Event::default().id(entry.event_id()).event("entry");
                return event.json_data(&entry).ok();
            }
            self.reached.mark_unchanged();
            if self.read() {
                continue;
            }
            tokio::select! {
                changed = self.reached.changed() => changed.ok()?,
                stopped = self.stopping.wait_for(|stopping| *stopping) => {
                    drop(stopped);
                    return None;
                }
            }
        }
    }

    /// Read what is new; `false` if nothing is.
    fn read(&mut self) -> bool {
        let touches = self.service.books.live().history.after(&self.account, self.after, AT_ONCE);
        let Some(last) = touches.last() else { return false };
        let place = (last.frame, last.index);
        match entries(&self.service, self.reader, self.account, &touches) {
            Ok(entries) => self.ready = entries.into_iter().rev().collect(),
            Err(error) => tracing::error!(%error, "the journal cannot be read"),
        }
        if self.ready.is_empty() {
            self.after = place;
        }
        true
    }
}
