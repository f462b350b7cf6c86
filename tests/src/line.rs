//! A line to a service: requests out, answers back byte for byte.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use scoin_api::{AnswerBody, ProblemBody, paths};
use serde::de::DeserializeOwned;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_mins(1);

static CRYPTO: Once = Once::new();

/// Where a service is, and a client to ask it with. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Line {
    base: String,
    http: reqwest::Client,
}

/// What the service answered, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Line {
    /// A line that leads nowhere yet.
    pub fn new() -> Self {
        CRYPTO.call_once(|| {
            // A second installation would be refused, and the first one is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .pool_max_idle_per_host(128)
            .build()
            .expect("a client without special wishes");
        Self { base: String::new(), http }
    }

    /// From now on leads to `http://127.0.0.1:PORT`.
    pub fn set_base(&mut self, base: String) {
        self.base = base;
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The client beneath.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Sends one signed command.
    ///
    /// # Errors
    ///
    /// If no answer arrived: the command may or may not have been recorded.
    pub async fn send(&self, command: &[u8]) -> Result<Reply, reqwest::Error> {
        self.post(paths::COMMANDS, paths::TYPE_COSE, command.to_vec()).await
    }

    /// Posts any body of any type.
    ///
    /// # Errors
    ///
    /// If no answer arrived.
    pub async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Reply, reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.base));
        Reply::of(request.header(CONTENT_TYPE, content_type).body(body).send().await?).await
    }

    /// Reads a path, with a read proof if it is private.
    ///
    /// # Errors
    ///
    /// If no answer arrived.
    pub async fn get(&self, path: &str, proof: Option<&str>) -> Result<Reply, reqwest::Error> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(proof) = proof {
            request = request.header(AUTHORIZATION, proof);
        }
        Reply::of(request.send().await?).await
    }
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl Reply {
    async fn of(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let content_type = response
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = response.bytes().await?.to_vec();
        Ok(Self { status, content_type, body })
    }

    /// The body as this JSON document.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text()))
    }

    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// True if the command was accepted.
    pub fn accepted(&self) -> bool {
        self.status == 200
    }

    /// The recorded answer, of an accepted or a refused command. `None` for an error that is no decision.
    pub fn answer(&self) -> Option<AnswerBody> {
        if self.accepted() {
            return Some(self.json());
        }
        self.problem().answer.map(|answer| *answer)
    }

    /// The problem document.
    pub fn problem(&self) -> ProblemBody {
        assert_eq!(self.content_type, paths::TYPE_PROBLEM, "{}: {}", self.status, self.text());
        let problem: ProblemBody = self.json();
        assert_eq!(problem.status, self.status, "{}", self.text());
        problem
    }

    /// The stable code of the problem document; 0 if accepted.
    pub fn code(&self) -> u16 {
        if self.accepted() { 0 } else { self.problem().code }
    }
}
