//! The issuer over HTTP: TLS by rustls, plain HTTP on this machine only, bounded time, bounded retries.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, Url};

use super::{Client, ClientError, Pending, Pieces, Reply, Request};

/// Most bytes of an answer that are read.
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Waits between attempts; their number bounds the retries.
const WAITS_MILLIS: [u64; 3] = [100, 400, 1_200];
/// Longest wait that a service may ask for.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// How a client connects.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Time limit of one attempt, connecting included. An event stream has none but must begin within it.
    pub timeout: Duration,
    /// Waits between attempts; empty never retries.
    pub waits: Vec<Duration>,
    /// A certificate (PEM) to trust besides the system's, for a city with its own authority.
    pub root_pem: Option<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            waits: WAITS_MILLIS.map(Duration::from_millis).to_vec(),
            root_pem: None,
        }
    }
}

/// The issuer over HTTP. Cheap to share; keeps connections open.
#[derive(Debug)]
pub struct HttpClient {
    base: Url,
    http: reqwest::Client,
    options: HttpOptions,
}

impl HttpClient {
    /// A client of the service at `base`: https, or plain http on this machine only.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        Self::with_options(base, HttpOptions::default())
    }

    /// As [`HttpClient::new`] with other limits.
    pub fn with_options(base: &str, options: HttpOptions) -> Result<Self, ClientError> {
        let base = checked_base(base)?;
        install_tls();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("scoin-wallet/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.timeout)
            .redirect(reqwest::redirect::Policy::none());
        if is_local(&base) {
            builder = builder.no_proxy();
        }
        let set_up = |error: reqwest::Error| ClientError::SetUp(describe(&error));
        if let Some(pem) = &options.root_pem {
            builder =
                builder.tls_certs_merge([reqwest::Certificate::from_pem(pem).map_err(set_up)?]);
        }
        Ok(Self { base, http: builder.build().map_err(set_up)?, options })
    }

    /// The address.
    pub fn base(&self) -> &str {
        self.base.as_str()
    }

    async fn attempt(&self, request: &Request) -> Result<(Reply, Option<Duration>), ClientError> {
        let response = self.build(request)?.timeout(self.options.timeout).send().await;
        let response = response.map_err(|error| unreachable_for(&error))?;
        let status = response.status().as_u16();
        let wait = retry_after(response.headers());
        Ok((Reply { status, body: read_body(response).await? }, wait))
    }

    async fn send_patiently(&self, request: &Request) -> Result<Reply, ClientError> {
        for wait in &self.options.waits {
            let asked = match self.attempt(request).await {
                Ok((reply, asked)) if is_busy(reply.status) => asked,
                Ok((reply, _)) => return Ok(reply),
                Err(ClientError::Unreachable(_)) => None,
                Err(error) => return Err(error),
            };
            tokio::time::sleep(asked.unwrap_or(*wait).min(WAIT_MAX)).await;
        }
        self.attempt(request).await.map(|(reply, _)| reply)
    }

    async fn open(&self, request: &Request) -> Result<Pieces, ClientError> {
        let sending = self.build(request)?.header(ACCEPT, "text/event-stream").send();
        let response = tokio::time::timeout(self.options.timeout, sending)
            .await
            .map_err(|_| ClientError::Unreachable("no answer in time".to_owned()))?
            .map_err(|error| unreachable_for(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(super::typed::problem(status, &read_body(response).await?));
        }
        let pieces = response.bytes_stream();
        Ok(Box::pin(pieces.map(|piece| {
            piece.map(|bytes| bytes.to_vec()).map_err(|error| unreachable_for(&error))
        })))
    }

    fn build(&self, request: &Request) -> Result<reqwest::RequestBuilder, ClientError> {
        let url = self
            .base
            .join(request.path.trim_start_matches('/'))
            .map_err(|_| ClientError::Address(request.path.clone()))?;
        let mut builder = match &request.post {
            Some((kind, body)) => {
                self.http.post(url).header(CONTENT_TYPE, *kind).body(body.clone())
            }
            None => self.http.get(url),
        };
        if let Some(proof) = &request.proof {
            builder = builder.header(AUTHORIZATION, proof);
        }
        if let Some(last) = &request.last_event {
            builder = builder.header("last-event-id", last);
        }
        Ok(builder)
    }
}

impl Client for HttpClient {
    fn send(&self, request: Request) -> Pending<'_, Reply> {
        Box::pin(async move { self.send_patiently(&request).await })
    }

    fn open_stream(&self, request: Request) -> Pending<'_, Pieces> {
        Box::pin(async move { self.open(&request).await })
    }
}

/// Installs rustls' ring provider once for the process; another provider that is there already is as good.
fn install_tls() {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    INSTALLED.get_or_init(|| rustls::crypto::ring::default_provider().install_default().is_ok());
}

fn checked_base(base: &str) -> Result<Url, ClientError> {
    let wrong = || ClientError::Address(base.to_owned());
    let mut url = Url::parse(base).map_err(|_| wrong())?;
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && is_local(&url));
    if !allowed || url.host_str().is_none() || url.query().is_some() {
        return Err(wrong());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Statuses after which the same bytes may succeed.
const fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read_body(response: Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece.map_err(|error| unreachable_for(&error))?);
        if body.len() > REPLY_BYTES_MAX {
            return Err(ClientError::Garbled("the answer is too large".to_owned()));
        }
    }
    Ok(body)
}

fn unreachable_for(error: &reqwest::Error) -> ClientError {
    ClientError::Unreachable(describe(error))
}

/// The innermost reason, without the address (it may carry an account).
fn describe(error: &reqwest::Error) -> String {
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    source.to_string()
}
