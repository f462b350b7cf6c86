//! Policies, modules, lists, calendars, programmes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use scoin_api::{
    CalendarBody, ListBody, ModuleBody, PoliciesBody, PolicyBody, ProblemBody, ProgramBody, paths,
};
use scoin_core::PolicyId;
use scoin_core::command::ListKind;

use super::problem::Problem;
use super::{App, auth};
use crate::service::Service;
use crate::views;

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(paths::POLICIES, get(policies))
        .route(paths::POLICY, get(policy))
        .route(paths::RULES, get(modules))
        .route(paths::LIST, get(list))
        .route(paths::CALENDAR, get(calendar))
        .route(paths::PROGRAMS, get(programs))
}

/// All policies.
#[utoipa::path(get, path = "/v1/policies", tag = "rules", responses((status = 200, body = PoliciesBody, description = "the policies known")))]
pub(super) async fn policies(State(service): App) -> Json<PoliciesBody> {
    Json(views::policies(&service.books.live()))
}

/// One policy.
#[utoipa::path(
    get, path = "/v1/policies/{id}", tag = "rules",
    params(("id" = String, Path, description = "64 hex digits")),
    responses(
        (status = 200, body = PolicyBody, description = "the compiled policy"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    )
)]
pub(super) async fn policy(
    State(service): App,
    Path(id): Path<String>,
) -> Result<Json<PolicyBody>, Problem> {
    let missing = || Problem::not_found("policy", &id);
    let policy = PolicyId::from_hex(&id).ok_or_else(missing)?;
    views::policy(&service.books.live(), policy).map(Json).ok_or_else(missing)
}

/// The source text of all published modules.
#[utoipa::path(get, path = "/v1/rules", tag = "rules", responses((status = 200, body = Vec<ModuleBody>, description = "the published rule texts")))]
pub(super) async fn modules(State(service): App) -> Json<Vec<ModuleBody>> {
    Json(views::modules(&service.books.live()))
}

/// One list. Lists of persons are for officers only.
#[utoipa::path(
    get, path = "/v1/lists/{name}", tag = "rules",
    params(("name" = String, Path, description = "qualified name")),
    responses(
        (status = 200, body = ListBody, description = "the list as it stands"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    ),
    security((), ("read_proof" = []))
)]
pub(super) async fn list(
    State(service): App,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ListBody>, Problem> {
    let found = views::list(&service.books.live(), &name);
    let (kind, body) = found.ok_or_else(|| Problem::not_found("list", &name))?;
    if kind == ListKind::Persons {
        auth::reader(&service, &headers)?.must_be_officer()?;
    }
    Ok(Json(body))
}

/// One calendar.
#[utoipa::path(
    get, path = "/v1/calendars/{name}", tag = "rules",
    params(("name" = String, Path, description = "qualified name")),
    responses(
        (status = 200, body = CalendarBody, description = "the calendar as it stands"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
    )
)]
pub(super) async fn calendar(
    State(service): App,
    Path(name): Path<String>,
) -> Result<Json<CalendarBody>, Problem> {
    let found = views::calendar(&service.books.live(), &name);
    found.map(Json).ok_or_else(|| Problem::not_found("calendar", &name))
}

/// The reward programmes and what their pools have left.
#[utoipa::path(get, path = "/v1/programs", tag = "rules", responses((status = 200, body = Vec<ProgramBody>, description = "the programmes in force")))]
pub(super) async fn programs(State(service): App) -> Json<Vec<ProgramBody>> {
    Json(views::programs(&service.books.live(), service.books.network()))
}
