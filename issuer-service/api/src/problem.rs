//! Errors and refusals as RFC 9457 problem documents.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::AnswerBody;
use crate::error::ErrorCode;
use crate::refusal::RefusalBody;

/// The body of every answer that is not a success, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:scoin:problem:<name>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line, the same for every problem of this code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// One line about this case, for people.
    pub detail: String,
    /// The path that was asked.
    pub instance: String,
    /// Stable number: 1001.. of [`ErrorCode`], 2001.. of a refusal.
    pub code: u16,
    /// Stable name of the code.
    pub name: String,
    /// The `x-request-id` of this answer.
    pub request_id: String,
    /// True if the same request may succeed later, unchanged.
    pub retryable: bool,
    /// For `malformed`: the decoder's named error, `TrailingBytes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For a refusal: the recorded answer, with its receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Box<AnswerBody>>,
}

impl ProblemBody {
    /// An error that is not a decision. Path and request id are filled in by the service's edge.
    pub fn error(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: kind(code.name()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            instance: String::new(),
            code: code.code(),
            name: code.name().to_owned(),
            request_id: String::new(),
            retryable: code.retryable(),
            reason: None,
            answer: None,
        }
    }

    /// A refusal; `answer` is absent only for the refusals that are not journaled.
    pub fn refusal(refusal: &RefusalBody, status: u16, answer: Option<AnswerBody>) -> Self {
        Self {
            kind: kind(&refusal.name),
            title: refusal.title.clone(),
            status,
            detail: refusal.detail(),
            instance: String::new(),
            code: refusal.code,
            name: refusal.name.clone(),
            request_id: String::new(),
            retryable: false,
            reason: None,
            answer: answer.map(Box::new),
        }
    }

    /// The same problem, with the decoder's named error.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The refusal inside, if this is a recorded decision.
    pub fn refused(&self) -> Option<&RefusalBody> {
        self.answer.as_ref()?.outcome.refusal.as_ref()
    }
}

fn kind(name: &str) -> String {
    format!("urn:scoin:problem:{name}")
}
