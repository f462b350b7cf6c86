//! Reading what clients send: typed, bounded in size and time.

use std::time::Duration;

use axum::extract::Request;
use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use futures_util::StreamExt;
use scoin_api::{ErrorCode, paths};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// How long a body may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_secs(10);
/// How much of a body that is too large is still read and thrown away, so that its sender hears why.
const DRAIN_BYTES_MAX: usize = 4 * paths::BATCH_BYTES_MAX;

/// The body of a request of one content type, at most `max` bytes.
pub(super) async fn read(
    request: Request,
    content_type: &str,
    max: usize,
) -> Result<Vec<u8>, Problem> {
    let typed = is_of_type(request.headers(), content_type);
    let body = tokio::time::timeout(ARRIVAL_MAX, collect(request, max));
    let body = body.await.map_err(|_| {
        Problem::new(ErrorCode::TooSlow, "the body did not arrive within 10 seconds")
    })??;
    if !typed {
        let detail = format!("send the body as `{content_type}`");
        return Err(Problem::new(ErrorCode::WrongContentType, detail));
    }
    body.ok_or_else(|| {
        Problem::new(ErrorCode::TooLarge, format!("the body is larger than {max} bytes"))
    })
}

/// All bytes, or `None` if there are too many.
async fn collect(request: Request, max: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut stream = request.into_body().into_data_stream();
    let (mut bytes, mut total) = (Vec::new(), 0usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(ErrorCode::Malformed, "the body was cut off; send it again")
        })?;
        total = total.saturating_add(chunk.len());
        if total > DRAIN_BYTES_MAX {
            break;
        }
        if total <= max {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((total <= max).then_some(bytes))
}

fn is_of_type(headers: &HeaderMap, expected: &str) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(expected))
}

/// A query string as `T`; unknown and malformed parameters are a problem document.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(query)| Self(query)).map_err(|rejection| {
            Problem::new(ErrorCode::Malformed, format!("the query: {}", rejection.body_text()))
        })
    }
}
