//! Around every request: an id, a panic caught, errors as problem documents, metrics and one line in the log.

use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use scoin_api::{ErrorCode, ProblemBody, paths};

use super::problem::Problem;
use crate::telemetry;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest request id taken over from a client.
const REQUEST_ID_MAX: usize = 64;

/// The outermost layer.
pub(super) async fn edge(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let started = tokio::time::Instant::now();

    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = answer.unwrap_or_else(|_| {
        tracing::error!(route, request_id = id, "a handler panicked");
        Problem::new(ErrorCode::Internal, "the service made a mistake").into_response()
    });
    let mut response = as_problem(response, &path, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }

    let status = response.status().as_u16();
    let took = started.elapsed();
    telemetry::request(&route, method.as_str(), status, took);
    // The route has no ids in it; the path would.
    tracing::debug!(%method, route, status, micros = %took.as_micros(), request_id = id, "answered");
    response
}

/// For every path that is none.
pub(super) async fn nothing_here() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is no such path; see `/openapi.json`")
}

/// Turn every error into a problem document, whoever made it.
fn as_problem(mut response: Response, path: &str, id: &str) -> Response {
    let status = response.status();
    let mut body = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => *problem.body,
        None if status.is_client_error() || status.is_server_error() => of_status(status),
        None => return response,
    };
    path.clone_into(&mut body.instance);
    id.clone_into(&mut body.request_id);
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(paths::TYPE_PROBLEM));
    headers.remove(header::CONTENT_LENGTH);
    let status = StatusCode::from_u16(body.status).unwrap_or(status);
    *response.status_mut() = status;
    response.map(|_| Body::from(bytes))
}

/// A problem for an error of the framework.
fn of_status(status: StatusCode) -> ProblemBody {
    let (code, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => (ErrorCode::WrongMethod, "see the `allow` header"),
        StatusCode::NOT_FOUND => (ErrorCode::NotFound, "there is no such path"),
        StatusCode::PAYLOAD_TOO_LARGE => (ErrorCode::TooLarge, "send less at once"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (ErrorCode::WrongContentType, "see `/openapi.json`"),
        other if other.is_server_error() => (ErrorCode::Internal, "the service made a mistake"),
        _ => (ErrorCode::Malformed, "the request is not well formed; see `/openapi.json`"),
    };
    ProblemBody::error(code, detail)
}

/// The client's own id, if it is a harmless word; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| {
        (1..=REQUEST_ID_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    given.filter(harmless).map_or_else(fresh_id, str::to_owned)
}

fn fresh_id() -> String {
    let mut bytes = [0; 8];
    // Without randomness the id is all zero: still a well-formed answer.
    let _ = getrandom::fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
