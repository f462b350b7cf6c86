//! Talking to the issuer.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use thiserror::Error;

/// A boxed answer to come.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ClientError>> + Send + 'a>>;

/// Why the issuer gave no usable answer.
#[derive(Debug, Error)]
pub enum ClientError {
    /// No answer, after all retries: the request may or may not have arrived.
    #[error("the issuer cannot be reached: {0}")]
    Unreachable(String),
    /// The answer is not what the interface promises.
    #[error("the issuer's answer is not understood: {0}")]
    Garbled(String),
    /// The address is not usable.
    #[error("the address `{0}` cannot be used: it must be https, or http on this machine")]
    Address(String),
}

/// The issuer, as a wallet sees it.
pub trait Client: Send + Sync + fmt::Debug {
    /// Sends one signed command.
    fn submit<'a>(&'a self, command: &'a [u8], dry_run: bool) -> Pending<'a, Vec<u8>>;
}

/// The issuer over HTTP.
#[derive(Debug)]
pub struct HttpClient {
    base: String,
}

impl HttpClient {
    /// A client of the service at `base`: https, or plain http on this machine only.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        Self::with_timeout(base, Duration::from_secs(15))
    }

    /// As [`HttpClient::new`] with another time limit for one attempt.
    pub fn with_timeout(base: &str, _timeout: Duration) -> Result<Self, ClientError> {
        Ok(Self { base: base.to_owned() })
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }
}

impl Client for HttpClient {
    fn submit<'a>(&'a self, _command: &'a [u8], _dry_run: bool) -> Pending<'a, Vec<u8>> {
        Box::pin(async { Err(ClientError::Unreachable("not built yet".to_owned())) })
    }
}
