//! A problem on its way out. The edge adds path and request id, so handlers need not know them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use scoin_api::{ErrorCode, ProblemBody};

use crate::engine::EngineError;
use crate::sequencer::Busy;

/// What a handler answers instead of a success.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) body: Box<ProblemBody>,
    retry_after: Option<u32>,
}

impl Problem {
    /// An error with one line about this case.
    pub(super) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        ProblemBody::error(code, detail).into()
    }

    /// The same problem, with the seconds after which to try again.
    pub(super) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// There is no such thing.
    pub(super) fn not_found(what: &str, name: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no {what} `{name}`"))
    }
}

impl From<ProblemBody> for Problem {
    fn from(body: ProblemBody) -> Self {
        Self { body: Box::new(body), retry_after: None }
    }
}

impl From<Box<ProblemBody>> for Problem {
    fn from(body: Box<ProblemBody>) -> Self {
        Self { body, retry_after: None }
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Full => Self::new(ErrorCode::Overloaded, "the queue is full, try again shortly"),
            Busy::Stopping => Self::new(ErrorCode::NotReady, "the service is stopping"),
        }
        .retry_after(1)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        tracing::error!(%error, "the journal cannot be read");
        Self::new(ErrorCode::Internal, "the journal cannot be read now")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.body.status);
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
