//! What officers and auditors read: totals, proposals, checkpoint, frames.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use scoin_api::{
    Base64, CheckpointBody, FrameBody, FramesBody, ProblemBody, ProposalsBody, ReportBody, paths,
};
use scoin_core::PolicyId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use super::{App, auth, body};
use crate::engine::StoredFrame;
use crate::service::Service;
use crate::views;

/// Most frames in one answer.
const FRAMES_MAX: usize = 1000;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(paths::REPORT, get(report))
        .route(paths::PROPOSALS, get(proposals))
        .route(paths::CHECKPOINT, get(checkpoint))
        .route(paths::FRAMES, get(frames))
}

/// Which frames.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FramesQuery {
    /// Number of the first.
    from: u64,
    /// At most so many, 1 to 1000; 100 if absent. Fewer come when they are large.
    max: Option<usize>,
}

/// Totals of the whole city, recounted for this answer. For officers.
#[utoipa::path(
    get, path = "/v1/report", tag = "books",
    responses(
        (status = 200, body = ReportBody, description = "the money there is, by rule and by pool"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn report(
    State(service): App,
    headers: HeaderMap,
) -> Result<Json<ReportBody>, Problem> {
    auth::reader(&service, &headers)?.must_be_officer()?;
    Ok(Json(views::report(&service.books.live())))
}

/// Proposals that wait for approvals. For officers.
#[utoipa::path(
    get, path = "/v1/proposals", tag = "books",
    responses(
        (status = 200, body = ProposalsBody, description = "what waits for other officers"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn proposals(
    State(service): App,
    headers: HeaderMap,
) -> Result<Json<ProposalsBody>, Problem> {
    auth::reader(&service, &headers)?.must_be_officer()?;
    let needed = service.books.genesis().approvals_needed;
    Ok(Json(views::proposals(&service.books.live(), needed)))
}

/// Where the journal stands.
#[utoipa::path(get, path = "/v1/checkpoint", tag = "books", responses((status = 200, body = CheckpointBody, description = "size and root of the journal")))]
pub(super) async fn checkpoint(State(service): App) -> Json<CheckpointBody> {
    let live = service.books.live();
    let head = &live.tip.frame.head;
    Json(CheckpointBody {
        size: live.tree.size(),
        root: hex(live.root()),
        head: hex(live.tip.hash),
        state_digest: hex(head.state_digest),
        time: head.time.into(),
        seal: Base64(live.tip.seal.clone()),
    })
}

/// Frames of the journal, byte for byte. For officers.
#[utoipa::path(
    get, path = "/v1/frames", tag = "books", params(FramesQuery),
    responses(
        (status = 200, body = FramesBody, description = "frames of the journal, in order"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json", description = "not taken; try again"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn frames(
    State(service): App,
    body::Asked(query): body::Asked<FramesQuery>,
    headers: HeaderMap,
) -> Result<Json<FramesBody>, Problem> {
    auth::reader(&service, &headers)?.must_be_officer()?;
    let most = query.max.unwrap_or(100).clamp(1, FRAMES_MAX);
    let size = service.books.live().tree.size();
    let frames = service.books.engine().frames(query.from, most)?;
    Ok(Json(FramesBody { size, frames: frames.into_iter().map(frame).collect() }))
}

fn frame(stored: StoredFrame) -> FrameBody {
    FrameBody { number: stored.number, frame: Base64(stored.frame), seal: Base64(stored.seal) }
}

fn hex(hash: [u8; 32]) -> String {
    PolicyId(hash).to_hex()
}
