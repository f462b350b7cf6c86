//! Commands: one, many, on trial, and the answers given before.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use scoin_api::{
    AnswerBody, BatchItem, ErrorCode, OutcomeBody, ProblemBody, Status, paths, refusal,
};
use scoin_core::cbor::Reader;
use scoin_core::keys::PublicKey;
use scoin_core::{AccountId, CommandId};
use scoin_ledger::{Answer, Disposition, Entry, Key, Record, View};
use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::Problem;
use super::{App, auth, body};
use crate::books::Decision;
use crate::sealed::SealedFrame;
use crate::service::Service;
use crate::{admit, telemetry};

pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(paths::COMMANDS, post(one))
        .route(paths::COMMANDS_BATCH, post(batch))
        .route(paths::COMMAND, get(lookup))
}

/// How a command is to be treated.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HowQuery {
    /// Decide, and record nothing.
    dry_run: bool,
}

/// Ask for one change. The answer to an id is the same for ever.
#[utoipa::path(
    post, path = "/v1/commands", tag = "commands", params(HowQuery),
    request_body(content = Vec<u8>, content_type = "application/cose", description = "one signed command, see docs/wire.md"),
    responses(
        (status = 200, body = AnswerBody, description = "accepted"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, with the receipt of the refusal; or not decided"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json", description = "not taken; try again"),
    )
)]
pub(super) async fn one(
    State(service): App,
    body::Asked(how): body::Asked<HowQuery>,
    request: Request,
) -> Result<Json<AnswerBody>, Problem> {
    let bytes = body::read(request, paths::TYPE_COSE, paths::BODY_BYTES_MAX).await?;
    let entry = admit::admit(&bytes)?;
    let id = within_limits(&service, &entry, &mut HeldOff::default())?;
    let decision = if how.dry_run {
        let tried = service.books.try_out(entry, service.clock.now());
        Decision { sealed: None, ..tried.ok_or_else(undecided)? }
    } else {
        let decisions = service.sequencer.decide(vec![entry]).await?;
        decisions.into_iter().next().ok_or_else(undecided)?
    };
    let body = answer(&service, id, &decision, how.dry_run)?;
    Ok(Json(body))
}

/// Ask for several changes, decided next to each other and in this order.
#[utoipa::path(
    post, path = "/v1/commands/batch", tag = "commands",
    request_body(content = Vec<u8>, content_type = "application/cbor", description = "an array of byte strings, each a signed command"),
    responses(
        (status = 200, body = Vec<BatchItem>, description = "one answer or problem for each, in order"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json", description = "not taken; try again"),
    )
)]
pub(super) async fn batch(
    State(service): App,
    request: Request,
) -> Result<Json<Vec<BatchItem>>, Problem> {
    let bytes = body::read(request, paths::TYPE_CBOR, paths::BATCH_BYTES_MAX).await?;
    let admitted = tokio::task::spawn_blocking(move || admit_batch(&bytes));
    let admitted = admitted.await.map_err(|_| undecided())??;

    let mut entries = Vec::new();
    let mut held_off = HeldOff::default();
    let mut rows: Vec<Result<CommandId, Problem>> = Vec::with_capacity(admitted.len());
    for command in admitted {
        let row = command.map_err(Problem::from).and_then(|entry| {
            let id = within_limits(&service, &entry, &mut held_off)?;
            entries.push(entry);
            Ok(id)
        });
        rows.push(row);
    }
    let decisions = service.sequencer.decide(entries).await?;
    let mut decisions = decisions.into_iter();
    let items = rows.into_iter().map(|row| {
        let decided = row.and_then(|id| {
            let decision = decisions.next().ok_or_else(undecided)?;
            answer(&service, id, &decision, false)
        });
        decided.map_or_else(|problem| BatchItem::Problem(*problem.body), BatchItem::Answer)
    });
    Ok(Json(items.collect()))
}

/// The answer given to a command before.
#[utoipa::path(
    get, path = "/v1/commands/{account}/{id}", tag = "commands",
    params(("account" = String, Path, description = "address"), ("id" = String, Path, description = "32 hex digits")),
    responses(
        (status = 200, body = AnswerBody, description = "accepted or refused then"),
        (status = "4XX", body = ProblemBody, content_type = "application/problem+json", description = "refused, and why"),
        (status = "5XX", body = ProblemBody, content_type = "application/problem+json", description = "not taken; try again"),
    ),
    security(("read_proof" = []))
)]
pub(super) async fn lookup(
    State(service): App,
    Path((account, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<AnswerBody>, Problem> {
    let reader = auth::reader(&service, &headers)?;
    let account: AccountId =
        account.parse().map_err(|_| Problem::not_found("account", &account))?;
    reader.must_see(&service, &account)?;
    reader.must_see_shops(&service, &account)?;
    let missing = || Problem::not_found("answer", &id);
    let command = CommandId::from_hex(&id).ok_or_else(missing)?;
    let place = match service.books.live().state.get(&Key::Answer(account, command)) {
        Some(Record::Answer(answered)) => (answered.frame, answered.index),
        _ => return Err(missing()),
    };
    let sealed = service.books.sealed(place.0)?.ok_or_else(missing)?;
    let outcome = outcome_at(&sealed, place.1).ok_or_else(undecided)?;
    Ok(Json(recorded(&sealed, place.1, command, outcome)))
}

/// Read, verify and prepare a batch.
fn admit_batch(bytes: &[u8]) -> Result<Vec<Result<Entry, Box<ProblemBody>>>, Problem> {
    let malformed = |error: scoin_core::cbor::CborError| {
        Problem::new(ErrorCode::Malformed, format!("the batch: {error}"))
    };
    let mut reader = Reader::new(bytes);
    let count = reader.array().map_err(malformed)?;
    if usize::try_from(count).map_or(true, |count| count > paths::BATCH_COMMANDS_MAX) {
        let detail = format!("a batch holds at most {} commands", paths::BATCH_COMMANDS_MAX);
        return Err(Problem::new(ErrorCode::TooLarge, detail));
    }
    let commands = (0..count).map(|_| reader.bytes()).collect::<Result<Vec<_>, _>>();
    let commands = commands.map_err(malformed)?;
    reader.end().map_err(malformed)?;
    Ok(admit::admit_all(&commands))
}

/// Draw from the buckets of the key and the account; the command's id.
fn within_limits(
    service: &Service,
    entry: &Entry,
    held_off: &mut HeldOff,
) -> Result<CommandId, Problem> {
    let Entry::Signed(admitted) = entry else { return Err(undecided()) };
    let signed = admitted.signed();
    let room = held_off.room(signed.key(), || {
        service.key_buckets.take(signed.key().as_bytes())?;
        service.account_buckets.take(&signed.command().by)
    });
    room.map_err(auth::too_many)?;
    Ok(signed.command().id)
}

/// Keys of which a command of this batch was held off.
///
/// A key counts its commands, and a lower count after a higher one would look like a copy of the device: once a command
/// of a key is held off, so are those of it that follow.
#[derive(Debug, Default)]
struct HeldOff(BTreeSet<PublicKey>);

impl HeldOff {
    /// Is there room for a command of this key? Else the seconds to wait.
    fn room(&mut self, key: &PublicKey, take: impl FnOnce() -> Result<(), u32>) -> Result<(), u32> {
        if self.0.contains(key) {
            return Err(1);
        }
        take().inspect_err(|_| {
            self.0.insert(*key);
        })
    }
}

/// A decision as it travels: an answer if accepted, a problem with the answer inside if refused.
fn answer(
    service: &Service,
    id: CommandId,
    decision: &Decision,
    dry_run: bool,
) -> Result<AnswerBody, Problem> {
    let Answer { outcome, disposition } = &decision.answer;
    let view = OutcomeBody::of(outcome);
    telemetry::decided(view.refusal.as_ref().map_or(0, |refusal| refusal.code));
    let body = match *disposition {
        _ if dry_run => Some(unrecorded(service, id, decision, view)),
        Disposition::NotJournaled => return Err(not_journaled(&view)),
        Disposition::New { index } => {
            decision.sealed.as_ref().map(|sealed| recorded(sealed, index, id, view))
        }
        Disposition::Repeated { frame, index } => {
            service.books.sealed(frame)?.map(|sealed| recorded(&sealed, index, id, view))
        }
    };
    let body = body.ok_or_else(undecided)?;
    match body.outcome.refusal.clone() {
        None => Ok(body),
        Some(refused) => {
            let status = refusal::status_of_code(refused.code);
            Err(ProblemBody::refusal(&refused, status, Some(body)).into())
        }
    }
}

fn recorded(sealed: &SealedFrame, index: u32, id: CommandId, outcome: OutcomeBody) -> AnswerBody {
    let head = &sealed.frame.head;
    AnswerBody {
        status: outcome.status(),
        id: id.to_hex(),
        time: head.time.into(),
        sandbox: head.sandbox,
        frame: Some(head.number),
        index: Some(index),
        receipt: sealed.receipt(index).map(|receipt| scoin_api::Base64(receipt.to_bytes())),
        outcome,
    }
}

fn unrecorded(
    service: &Service,
    id: CommandId,
    decision: &Decision,
    outcome: OutcomeBody,
) -> AnswerBody {
    AnswerBody {
        status: if outcome.refusal.is_some() { Status::Refused } else { Status::Accepted },
        id: id.to_hex(),
        time: decision.time.into(),
        sandbox: service.books.genesis().sandbox,
        frame: None,
        index: None,
        receipt: None,
        outcome,
    }
}

fn outcome_at(sealed: &SealedFrame, index: u32) -> Option<OutcomeBody> {
    let entry = sealed.frame.entries.get(usize::try_from(index).ok()?)?;
    let outcome = scoin_core::outcome::Outcome::from_bytes(&entry.outcome.0).ok()?;
    Some(OutcomeBody::of(&outcome))
}

fn not_journaled(view: &OutcomeBody) -> Problem {
    match &view.refusal {
        Some(refused) => {
            let status = refusal::status_of_code(refused.code);
            ProblemBody::refusal(refused, status, None).into()
        }
        None => undecided(),
    }
}

fn undecided() -> Problem {
    Problem::new(ErrorCode::Internal, "the command was not decided; ask for its answer by its id")
}

#[cfg(test)]
mod tests {
    use scoin_core::keys::SecretKey;

    use super::*;

    #[test]
    fn what_follows_a_command_that_was_held_off_is_held_off_too() {
        let key = |number| SecretKey::from_bytes(&[number; 32]).unwrap().public_key();
        let mut held_off = HeldOff::default();
        assert_eq!(held_off.room(&key(1), || Ok(())), Ok(()));
        assert_eq!(held_off.room(&key(1), || Err(3)), Err(3));
        assert_eq!(held_off.room(&key(1), || Ok(())), Err(1), "a token came back meanwhile");
        assert_eq!(held_off.room(&key(2), || Ok(())), Ok(()), "others are not touched");
    }
}
