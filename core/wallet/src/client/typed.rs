//! The service's calls with their types, as methods of `dyn Client`.

use scoin_api::{
    AccountBody, AnswerBody, BatchItem, CalendarBody, CheckpointBody, CityBody, ClockBody,
    FramesBody, HistoryBody, ListBody, MerchantBody, MerchantsBody, PoliciesBody, PolicyBody,
    ProblemBody, ProgramBody, ProposalsBody, ReportBody, Time, paths,
};
use scoin_core::{AccountId, CommandId, PolicyId, Timestamp};
use serde::de::DeserializeOwned;

use super::sse::Events;
use super::{Client, ClientError, Reply, Request};

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The ledger decided: accepted or refused. Final.
    Answered(Box<AnswerBody>),
    /// The command cannot be decided and never will be. Final, and not recorded.
    Rejected(Box<ProblemBody>),
    /// Not now: the same bytes may succeed later.
    Later(Box<ProblemBody>),
}

/// Which part of a history: at most `limit` entries older than `before` (`frame:index`; from the newest when absent).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Older than this.
    pub before: Option<String>,
    /// At most so many; the service's own limit when absent.
    pub limit: Option<u32>,
    /// As of this frame or later.
    pub min_seq: Option<u64>,
}

impl dyn Client + '_ {
    /// What the city is, and its time.
    pub async fn city(&self) -> Result<CityBody, ClientError> {
        self.get(paths::CITY.to_owned(), None).await
    }

    /// Sends one signed command.
    pub async fn submit(&self, command: &[u8], dry_run: bool) -> Result<Decision, ClientError> {
        let query = if dry_run { "?dry_run=true" } else { "" };
        let path = format!("{}{query}", paths::COMMANDS);
        let post = Some((paths::TYPE_COSE, command.to_vec()));
        let reply = self.send(Request { path, post, ..Request::default() }).await?;
        if is_success(reply.status) {
            return Ok(Decision::Answered(Box::new(parse(&reply.body)?)));
        }
        let error = problem(reply.status, &reply.body);
        if let ClientError::Problem(problem) = error { Ok(decide(*problem)) } else { Err(error) }
    }

    /// Sends several signed commands; the answers stand in the same order.
    pub async fn submit_batch(&self, commands: &[Vec<u8>]) -> Result<Vec<Decision>, ClientError> {
        let post = Some((paths::TYPE_CBOR, batch_body(commands)));
        let path = paths::COMMANDS_BATCH.to_owned();
        let reply = self.send(Request { path, post, ..Request::default() }).await?;
        let items: Vec<BatchItem> = success(&reply)?;
        if items.len() != commands.len() {
            return Err(ClientError::Garbled("the number of answers differs".to_owned()));
        }
        Ok(items.into_iter().map(Decision::from).collect())
    }

    /// The answer to a command given earlier; `None` if the service knows none.
    pub async fn answer(
        &self,
        account: AccountId,
        id: CommandId,
        proof: &str,
    ) -> Result<Option<AnswerBody>, ClientError> {
        let path = paths::command(&account.to_string(), &id.to_hex());
        optional(self.get(path, Some(proof)).await)
    }

    /// An account as of frame `min_seq` or later.
    pub async fn account(
        &self,
        account: AccountId,
        proof: &str,
        min_seq: Option<u64>,
    ) -> Result<AccountBody, ClientError> {
        let query = min_seq.map_or_else(String::new, |frame| format!("?min_seq={frame}"));
        self.get(format!("{}{query}", paths::account(&account.to_string())), Some(proof)).await
    }

    /// A page of an account's history, newest first.
    pub async fn history(
        &self,
        account: AccountId,
        proof: &str,
        page: &Page,
    ) -> Result<HistoryBody, ClientError> {
        let before = page.before.as_ref().map(|before| format!("before={before}"));
        let limit = page.limit.map(|limit| format!("limit={limit}"));
        let min_seq = page.min_seq.map(|frame| format!("min_seq={frame}"));
        let query: Vec<String> = before.into_iter().chain(limit).chain(min_seq).collect();
        let path = paths::account_history(&account.to_string());
        self.get(format!("{path}?{}", query.join("&")), Some(proof)).await
    }

    /// What happens to an account from now on, or after an event id.
    pub async fn events(
        &self,
        account: AccountId,
        proof: &str,
        after: Option<&str>,
    ) -> Result<Events, ClientError> {
        let request = Request {
            path: paths::account_events(&account.to_string()),
            proof: Some(proof.to_owned()),
            last_event: after.map(str::to_owned),
            ..Request::default()
        };
        Ok(Events::new(self.open_stream(request).await?))
    }

    /// All policies.
    pub async fn policies(&self) -> Result<PoliciesBody, ClientError> {
        self.get(paths::POLICIES.to_owned(), None).await
    }

    /// One policy; `None` if there is no such one.
    pub async fn policy(&self, id: PolicyId) -> Result<Option<PolicyBody>, ClientError> {
        optional(self.get(paths::policy(&id.to_hex()), None).await)
    }

    /// A list. Lists of persons need an officer's read proof.
    pub async fn list(
        &self,
        name: &str,
        proof: Option<&str>,
    ) -> Result<Option<ListBody>, ClientError> {
        optional(self.get(paths::list(name), proof).await)
    }

    /// A calendar.
    pub async fn calendar(&self, name: &str) -> Result<Option<CalendarBody>, ClientError> {
        optional(self.get(paths::calendar(name), None).await)
    }

    /// A registered shop.
    pub async fn merchant(&self, account: AccountId) -> Result<Option<MerchantBody>, ClientError> {
        optional(self.get(paths::merchant(&account.to_string()), None).await)
    }

    /// All registered shops and services.
    pub async fn merchants(&self) -> Result<MerchantsBody, ClientError> {
        self.get(paths::MERCHANTS.to_owned(), None).await
    }

    /// The reward programmes.
    pub async fn programs(&self) -> Result<Vec<ProgramBody>, ClientError> {
        self.get(paths::PROGRAMS.to_owned(), None).await
    }

    /// Proposals that wait for approvals; an officer's read proof.
    pub async fn proposals(&self, proof: &str) -> Result<ProposalsBody, ClientError> {
        self.get(paths::PROPOSALS.to_owned(), Some(proof)).await
    }

    /// The city's totals; an officer's read proof.
    pub async fn report(&self, proof: &str) -> Result<ReportBody, ClientError> {
        self.get(paths::REPORT.to_owned(), Some(proof)).await
    }

    /// Where the journal stands.
    pub async fn checkpoint(&self) -> Result<CheckpointBody, ClientError> {
        self.get(paths::CHECKPOINT.to_owned(), None).await
    }

    /// Frames of the journal from number `from`; an officer's read proof.
    pub async fn frames(&self, proof: &str, from: u64) -> Result<FramesBody, ClientError> {
        self.get(format!("{}?from={from}", paths::FRAMES), Some(proof)).await
    }

    /// Moves the clock of a sandbox city forward.
    pub async fn set_clock(&self, time: Timestamp) -> Result<ClockBody, ClientError> {
        let body = serde_json::to_vec(&ClockBody { time: Time(time) })
            .map_err(|error| ClientError::Garbled(error.to_string()))?;
        let path = paths::SANDBOX_CLOCK.to_owned();
        let post = Some(("application/json", body));
        success(&self.send(Request { path, post, ..Request::default() }).await?)
    }

    /// Reads a JSON body of any path.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: String,
        proof: Option<&str>,
    ) -> Result<T, ClientError> {
        let proof = proof.map(str::to_owned);
        success(&self.send(Request { path, proof, ..Request::default() }).await?)
    }
}

impl From<BatchItem> for Decision {
    fn from(item: BatchItem) -> Self {
        match item {
            BatchItem::Answer(answer) => Self::Answered(Box::new(answer)),
            BatchItem::Problem(problem) => decide(problem),
        }
    }
}

/// What a problem document means for the command it answers.
fn decide(mut problem: ProblemBody) -> Decision {
    match problem.answer.take() {
        Some(answer) => Decision::Answered(answer),
        None if problem.retryable => Decision::Later(Box::new(problem)),
        None => Decision::Rejected(Box::new(problem)),
    }
}

fn success<T: DeserializeOwned>(reply: &Reply) -> Result<T, ClientError> {
    if is_success(reply.status) {
        parse(&reply.body)
    } else {
        Err(problem(reply.status, &reply.body))
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(body).map_err(|error| ClientError::Garbled(error.to_string()))
}

/// The error of an answer that is no success. A body that is no problem document (a proxy's page) is told by its status:
/// a busy one means that nobody answered.
pub(super) fn problem(status: u16, body: &[u8]) -> ClientError {
    match serde_json::from_slice::<ProblemBody>(body) {
        Ok(problem) => ClientError::Problem(Box::new(problem)),
        Err(_) if status >= 500 => ClientError::Unreachable(format!("status {status}")),
        Err(_) => ClientError::Garbled(format!("status {status}")),
    }
}

fn optional<T>(found: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(ClientError::Problem(problem)) if problem.status == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

const fn is_success(status: u16) -> bool {
    matches!(status, 200..300)
}

/// A CBOR array of byte strings.
fn batch_body(commands: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = scoin_core::cbor::Writer::default();
    writer.array(commands.len());
    for command in commands {
        writer.bytes(command);
    }
    writer.into_bytes()
}
