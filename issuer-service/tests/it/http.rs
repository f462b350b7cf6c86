//! Requests and what comes back: good ones, bad ones, too many.

use reqwest::{Response, StatusCode};
use scoin_api::{
    AccountBody, AnswerBody, BatchItem, CheckpointBody, CityBody, EntryBody, ErrorCode, FramesBody,
    HistoryBody, ProblemBody, ReportBody, paths,
};
use scoin_core::command::Action;
use scoin_core::envelope::SignedCommand;
use scoin_core::read_proof::ReadProof;
use scoin_core::receipt::Receipt;
use scoin_core::{Amount, Timestamp};
use scoin_issuer::config::LimitsConfig;

use crate::city::{
    self, START, Served, account_of, command, key, network, open_account, serve, serve_with,
};

fn proof(name: &str) -> String {
    let expires = Timestamp::from_micros(START + 60_000_000);
    ReadProof { network: network(), account: account_of(name), expires }.to_header(&key(name))
}

impl Served {
    async fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Response {
        let request = self.http.post(format!("{}{path}", self.base));
        request.header("content-type", content_type).body(body).send().await.unwrap()
    }

    async fn send(&self, command: Vec<u8>) -> Response {
        self.post(paths::COMMANDS, paths::TYPE_COSE, command).await
    }

    async fn get(&self, path: &str, proof: Option<String>) -> Response {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(proof) = proof {
            request = request.header("authorization", proof);
        }
        request.send().await.unwrap()
    }
}

async fn problem(response: Response) -> ProblemBody {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], paths::TYPE_PROBLEM);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: ProblemBody = response.json().await.unwrap();
    assert_eq!(problem.status, status.as_u16());
    assert_eq!(problem.request_id, id);
    problem
}

#[tokio::test]
async fn a_command_is_answered_with_a_receipt_that_holds() {
    let mut city = serve().await;
    let sent = open_account("ann", 1);
    let response = city.send(sent.clone()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let first = response.text().await.unwrap();
    let answer: AnswerBody = serde_json::from_str(&first).unwrap();
    let receipt = Receipt::from_bytes(&answer.receipt.clone().unwrap().0).unwrap();
    let digest = *SignedCommand::decode(&sent).unwrap().digest();
    let verified = receipt.verify(&key("issuer").public_key(), network(), &digest).unwrap();
    assert_eq!(Some(verified.frame()), answer.frame);
    assert!(verified.sandbox());

    let again = city.send(sent).await.text().await.unwrap();
    assert_eq!(again, first, "the same answer, byte for byte");
    let path = paths::command(&account_of("ann").to_string(), &answer.id);
    let looked_up = city.get(&path, Some(proof("ann"))).await.text().await.unwrap();
    assert_eq!(looked_up, first);
    assert_eq!(problem(city.get(&path, None).await).await.code, 1005);
    city.running.stop();
}

#[tokio::test]
async fn a_dry_run_decides_and_records_nothing() {
    let mut city = serve().await;
    let sent = open_account("ann", 1);
    let path = format!("{}?dry_run=true", paths::COMMANDS);
    let tried: AnswerBody =
        city.post(&path, paths::TYPE_COSE, sent.clone()).await.json().await.unwrap();
    assert_eq!((tried.frame, tried.receipt), (None, None));
    let checkpoint: CheckpointBody = city.get(paths::CHECKPOINT, None).await.json().await.unwrap();
    assert_eq!(checkpoint.size, 1);
    let done: AnswerBody = city.send(sent).await.json().await.unwrap();
    assert_eq!(done.frame, Some(1));
    city.running.stop();
}

#[tokio::test]
async fn a_batch_is_answered_one_by_one() {
    let mut city = serve().await;
    let mut bad = open_account("bob", 2);
    let last = bad.len() - 1;
    bad[last] ^= 1;
    let commands = [open_account("ann", 1), bad, vec![1, 2, 3], open_account("cyd", 3)];
    let mut body = vec![0x84];
    for command in &commands {
        let length = u16::try_from(command.len()).unwrap();
        if length < 24 {
            body.push(0x40 | u8::try_from(length).unwrap());
        } else {
            body.push(if length < 256 { 0x58 } else { 0x59 });
            let bytes = length.to_be_bytes();
            body.extend_from_slice(if length < 256 { &bytes[1..] } else { &bytes });
        }
        body.extend_from_slice(command);
    }
    let response = city.post(paths::COMMANDS_BATCH, paths::TYPE_CBOR, body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let items: Vec<BatchItem> = response.json().await.unwrap();
    let codes = items.iter().map(|item| match item {
        BatchItem::Answer(answer) => u16::try_from(answer.index.unwrap()).unwrap(),
        BatchItem::Problem(problem) => problem.code,
    });
    assert_eq!(codes.collect::<Vec<_>>(), [0, 1004, 1001, 1]);
    city.running.stop();
}

#[tokio::test]
async fn every_bad_request_has_its_status_and_code() {
    let mut city = serve().await;
    let good = open_account("ann", 1);
    assert_eq!(city.send(good.clone()).await.status(), 200);
    let mut high = good.clone();
    high.push(0);
    let long = vec![0; paths::BODY_BYTES_MAX + 1];
    let rows: Vec<(&str, Response, u16, u16)> = vec![
        ("empty", city.send(Vec::new()).await, 400, 1001),
        ("noise", city.send(vec![0xff; 50]).await, 400, 1001),
        ("trailing", city.send(high).await, 400, 1001),
        ("too large", city.send(long).await, 413, 1003),
        ("json", city.post(paths::COMMANDS, "application/json", good.clone()).await, 415, 1002),
        ("no path", city.get("/nowhere", None).await, 404, 1009),
        ("method", city.get(paths::COMMANDS, None).await, 405, 1012),
        ("query", city.get("/v1/frames?from=x", None).await, 400, 1001),
        ("no proof", city.get(paths::REPORT, None).await, 401, 1005),
        ("not an officer", city.get(paths::REPORT, Some(proof("ann"))).await, 401, 1005),
        ("no proof at all", city.get(paths::REPORT, Some("Bearer x".into())).await, 401, 1005),
        ("unknown policy", city.get("/v1/policies/00", None).await, 404, 1009),
        ("unknown calendar", city.get("/v1/calendars/x", None).await, 404, 1009),
        ("unknown shop", city.get("/v1/merchants/x", None).await, 404, 1009),
        ("stranger", city.send(command("eve", 5, freeze("eve"))).await, 404, 2002),
        ("id again", city.send(command("ann", 1, freeze("ann"))).await, 409, 2004),
        ("nothing", city.send(command("ann", 6, give("ann", 0))).await, 422, 2008),
        (
            "back in time",
            city.post(
                paths::SANDBOX_CLOCK,
                "application/json",
                br#"{"time":"2026-01-01T00:00:00Z"}"#.to_vec(),
            )
            .await,
            403,
            1011,
        ),
        (
            "no time",
            city.post(paths::SANDBOX_CLOCK, "application/json", b"{}".to_vec()).await,
            400,
            1001,
        ),
    ];
    for (name, response, status, code) in rows {
        let problem = problem(response).await;
        assert_eq!((problem.status, problem.code), (status, code), "{name}: {problem:?}");
    }
    let trailing = city.send([good.clone(), vec![0]].concat()).await;
    assert_eq!(problem(trailing).await.reason.as_deref(), Some("TrailingBytes"));
    city.running.stop();
}

fn freeze(name: &str) -> Action {
    Action::Freeze { account: account_of(name) }
}

fn give(to: &str, amount: u64) -> Action {
    Action::Transfer { to: account_of(to), amount: Amount::new(amount) }
}

#[tokio::test]
async fn private_data_is_for_those_it_belongs_to() {
    let mut city = serve().await;
    city.send(open_account("ann", 1)).await;
    city.send(open_account("bob", 2)).await;
    let path = paths::account(&account_of("ann").to_string());
    let own: AccountBody = city.get(&path, Some(proof("ann"))).await.json().await.unwrap();
    assert_eq!((own.kind.as_str(), own.keys.len()), ("person", 1));
    let officer = city.get(&path, Some(proof("officer 1"))).await;
    assert_eq!(officer.status(), 200);
    assert_eq!(problem(city.get(&path, Some(proof("bob"))).await).await.code, 1005);
    let absent = paths::account(&account_of("nobody").to_string());
    assert_eq!(problem(city.get(&absent, Some(proof("nobody"))).await).await.code, 1009);

    let ahead = format!("{path}?min_seq=99");
    assert_eq!(problem(city.get(&ahead, Some(proof("ann"))).await).await.code, 1010);
    let reached = format!("{path}?min_seq={}", own.frame);
    assert_eq!(city.get(&reached, Some(proof("ann"))).await.status(), 200);
    city.running.stop();
}

#[tokio::test]
async fn history_is_paged_and_refusals_are_in_it() {
    let mut city = serve().await;
    city.send(open_account("ann", 1)).await;
    for id in 2..6 {
        assert_eq!(city.send(command("ann", id, give("bob", 0))).await.status(), 422);
    }
    let path = paths::account_history(&account_of("ann").to_string());
    let first: HistoryBody =
        city.get(&format!("{path}?limit=3"), Some(proof("ann"))).await.json().await.unwrap();
    assert_eq!(first.entries.len(), 3);
    assert_eq!(first.entries[0].action, "transfer");
    let refused = first.entries[0].outcome.as_ref().unwrap().refusal.as_ref().unwrap();
    assert_eq!(refused.code, 2008);
    let next = format!("{path}?limit=3&before={}", first.next.unwrap());
    let second: HistoryBody = city.get(&next, Some(proof("ann"))).await.json().await.unwrap();
    assert_eq!(second.entries.len(), 2);
    assert_eq!(second.entries[1].action, "open-account");
    assert_eq!(second.next, None);
    city.running.stop();
}

#[tokio::test]
async fn events_resume_where_they_ended() {
    let mut city = serve().await;
    city.send(open_account("ann", 1)).await;
    city.send(command("ann", 2, give("bob", 0))).await;
    let path = paths::account_events(&account_of("ann").to_string());
    let request = city.http.get(format!("{}{path}", city.base));
    let request = request.header("authorization", proof("ann")).header("last-event-id", "1:0");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let text = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(text.contains("id: 2:0"), "{text}");

    city.send(command("ann", 3, freeze("ann"))).await;
    let text = String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let entry: EntryBody = serde_json::from_str(data).unwrap();
    assert_eq!((entry.action.as_str(), entry.frame), ("freeze", 3));
    city.running.stop();
}

#[tokio::test]
async fn officers_read_totals_and_frames() {
    let mut city = serve().await;
    city.send(open_account("ann", 1)).await;
    let report: ReportBody =
        city.get(paths::REPORT, Some(proof("officer 1"))).await.json().await.unwrap();
    assert!(report.balanced);
    assert_eq!((report.frame, report.supply, report.accounts), (1, 0, 4));
    let path = format!("{}?from=0&max=10", paths::FRAMES);
    let frames: FramesBody = city.get(&path, Some(proof("officer 2"))).await.json().await.unwrap();
    assert_eq!((frames.size, frames.frames.len()), (2, 2));
    let info: CityBody = city.get(paths::CITY, None).await.json().await.unwrap();
    assert_eq!((info.network, info.frame), (network().to_hex(), 1));
    assert_eq!(info.tzdb.len(), 5);
    city.running.stop();
}

#[tokio::test]
async fn too_many_are_told_to_wait() {
    let limits = LimitsConfig { key_per_second: 1, key_burst: 2, ..city::unlimited() };
    let mut city = serve_with(limits).await;
    let mut codes = Vec::new();
    for id in 1..5 {
        let response = city.send(open_account("ann", id)).await;
        if response.status() == 429 {
            assert_eq!(response.headers()["retry-after"], "1");
            codes.push(problem(response).await.code);
        }
    }
    assert_eq!(codes, [ErrorCode::RateLimited.code(); 2]);
    assert_eq!(city.send(open_account("bob", 9)).await.status(), 200, "others are not concerned");
    city.running.stop();
}

#[tokio::test]
async fn health_and_metrics_are_told() {
    let mut city = serve().await;
    scoin_issuer::telemetry::metrics();
    city.send(open_account("ann", 1)).await;
    assert_eq!(city.get(paths::HEALTH, None).await.status(), 200);
    assert_eq!(city.get(paths::READY, None).await.status(), 200);
    let text = city.get(paths::METRICS, None).await.text().await.unwrap();
    for name in ["scoin_http_requests_total", "scoin_decisions_total", "scoin_batch_seconds_bucket"]
    {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(!text.contains(&account_of("ann").to_string()), "no account in a metric");
    city.running.stop();
}
