//! Talking to the issuer: one trait with two primitives, typed calls on top of it, and HTTP as the real thing.

mod http;
mod sse;
mod typed;

use std::fmt;
use std::pin::Pin;

use futures_util::Stream;
use scoin_api::{ErrorCode, ProblemBody};
use thiserror::Error;

pub use self::http::{HttpClient, HttpOptions};
pub use self::sse::{Event, Events};
pub use self::typed::{Decision, Page};

/// A boxed answer to come.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ClientError>> + Send + 'a>>;

/// The body of an answer that does not end, in pieces as they arrive.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Vec<u8>, ClientError>> + Send>>;

/// The issuer, as a wallet sees it. The typed calls are methods of `dyn Client`.
pub trait Client: Send + Sync + fmt::Debug {
    /// Asks once or, when the answer is lost or the service is busy, a few times: always with the same bytes. Any status
    /// is an answer.
    fn send(&self, request: Request) -> Pending<'_, Reply>;

    /// Opens a stream; the answer's status has been checked.
    fn open_stream(&self, request: Request) -> Pending<'_, Pieces>;
}

/// What is asked of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Path and query, `/v1/city`.
    pub path: String,
    /// Content type and body of a POST; a GET without.
    pub post: Option<(&'static str, Vec<u8>)>,
    /// The `Authorization` header: a read proof.
    pub proof: Option<String>,
    /// The `Last-Event-ID` header of a resumed stream.
    pub last_event: Option<String>,
}

/// What the service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why the issuer gave no usable answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No answer, after all retries: the request may or may not have arrived.
    #[error("the issuer cannot be reached: {0}")]
    Unreachable(String),
    /// The service answered with a problem, untouched.
    #[error("the issuer answered: {} (code {})", .0.detail, .0.code)]
    Problem(Box<ProblemBody>),
    /// The answer is not what the interface promises.
    #[error("the issuer's answer is not understood: {0}")]
    Garbled(String),
    /// The address is not usable.
    #[error("the address `{0}` cannot be used: it must be https, or http on this machine")]
    Address(String),
    /// The TLS set-up is not usable.
    #[error("the connection cannot be set up: {0}")]
    SetUp(String),
}

impl ClientError {
    /// The issuer's error code, if it answered with one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Problem(problem) => {
                ErrorCode::ALL.into_iter().find(|code| code.code() == problem.code)
            }
            Self::Unreachable(_) | Self::Garbled(_) | Self::Address(_) | Self::SetUp(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
