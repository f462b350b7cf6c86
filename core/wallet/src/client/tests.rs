//! The HTTP client against a socket that answers as it is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use scoin_api::ProblemBody;
use scoin_core::AccountId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the socket does with one connection.
#[derive(Clone, Debug)]
enum Act {
    /// Reads the request and closes.
    Drop,
    /// Reads the request and says nothing until the client gives up.
    Hang,
    /// Answers: status, more headers, body.
    Answer(u16, &'static str, String),
}

type Seen = Arc<Mutex<Vec<String>>>;

async fn serve(acts: Vec<Act>) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut open = Vec::new();
        for act in acts {
            let (mut socket, _) = listener.accept().await.unwrap();
            let request = read_request(&mut socket).await;
            log.lock().unwrap().push(request);
            match act {
                Act::Drop => {}
                Act::Hang => open.push(socket),
                Act::Answer(status, headers, body) => {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
                    );
                    socket.write_all(head.as_bytes()).await.unwrap();
                    socket.write_all(body.as_bytes()).await.unwrap();
                }
            }
        }
    });
    (address, seen)
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = socket.read(&mut piece).await.unwrap();
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
    }
}

fn client(base: &str) -> HttpClient {
    let waits = vec![Duration::from_millis(1); 3];
    let options = HttpOptions { timeout: Duration::from_millis(300), waits, root_pem: None };
    HttpClient::with_options(base, options).unwrap()
}

fn typed(client: &HttpClient) -> &dyn Client {
    client
}

fn answer(status: u16, body: &impl serde::Serialize) -> Act {
    Act::Answer(status, "", serde_json::to_string(body).unwrap())
}

fn accepted() -> Act {
    let body = r#"{"status":"accepted","id":"00","time":"2026-09-01T01:00:00.000000Z","sandbox":true,"outcome":{"effect":{"kind":"done"}}}"#;
    Act::Answer(200, "", body.to_owned())
}

#[tokio::test]
async fn lost_answers_are_asked_for_again_with_the_same_bytes() {
    let busy = answer(503, &ProblemBody::error(ErrorCode::Overloaded, "busy"));
    let (base, seen) = serve(vec![Act::Drop, Act::Hang, busy, accepted()]).await;
    let decision = typed(&client(&base)).submit(b"signed-bytes", false).await.unwrap();
    assert!(matches!(decision, Decision::Answered(_)));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|request| request == &seen[0]));
    assert!(seen[0].starts_with("post /v1/commands http/1.1"));
    assert!(
        seen[0].contains("content-type: application/cose") && seen[0].ends_with("signed-bytes")
    );
}

#[tokio::test]
async fn retries_end() {
    let (base, seen) = serve(vec![Act::Drop; 4]).await;
    let error = typed(&client(&base)).submit(b"x", true).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)));
    assert_eq!(seen.lock().unwrap().len(), 4);
    let problem = ProblemBody::error(ErrorCode::RateLimited, "slow down");
    let limited = Act::Answer(429, "retry-after: 0\r\n", serde_json::to_string(&problem).unwrap());
    let (base, _) = serve(vec![limited; 4]).await;
    let decision = typed(&client(&base)).submit(b"x", false).await.unwrap();
    assert!(matches!(decision, Decision::Later(problem) if problem.code == 1006));
    let page = Act::Answer(502, "", "<html>".to_owned());
    let (base, _) = serve(vec![page; 4]).await;
    let error = typed(&client(&base)).submit(b"x", false).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable(_)));
}

#[tokio::test]
async fn problems_keep_their_code_and_are_not_retried() {
    let problem = ProblemBody::error(ErrorCode::NotAuthorised, "no proof").with_reason("Expired");
    let (base, seen) = serve(vec![answer(401, &problem), answer(401, &problem)]).await;
    let client = client(&base);
    let error = typed(&client).report("Scoin abc").await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::NotAuthorised));
    assert!(matches!(&error, ClientError::Problem(found) if **found == problem));
    assert!(seen.lock().unwrap()[0].contains("authorization: scoin abc"));
    let rejected = typed(&client).submit(b"x", false).await.unwrap();
    assert!(matches!(rejected, Decision::Rejected(found) if found.code == 1005));
}

#[tokio::test]
async fn what_is_not_there_is_none_and_nonsense_is_an_error() {
    let missing = answer(404, &ProblemBody::error(ErrorCode::NotFound, "nothing"));
    let nonsense = Act::Answer(200, "", "not json".to_owned());
    let (base, _) = serve(vec![missing, nonsense]).await;
    let client = client(&base);
    assert_eq!(typed(&client).merchant(AccountId([1; 20])).await.unwrap(), None);
    assert!(matches!(typed(&client).city().await, Err(ClientError::Garbled(_))));
}

#[tokio::test]
async fn events_resume_after_the_last_id() {
    let entry = r#"{"frame":3,"index":1,"time":"2026-09-01T01:00:00.000000Z","action":"transfer","status":"accepted","amount":5,"change":5}"#;
    let stream = format!(":hi\n\nid: 3:1\nevent: entry\ndata: {entry}\n\n");
    let (base, seen) = serve(vec![Act::Answer(200, "", stream)]).await;
    let client = client(&base);
    let events = typed(&client).events(AccountId([1; 20]), "Scoin abc", Some("2:7")).await.unwrap();
    let events: Vec<_> = events.collect().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].as_ref().unwrap().id, "3:1");
    assert!(seen.lock().unwrap()[0].contains("last-event-id: 2:7"));
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for good in
        ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9/x", "https://city.example"]
    {
        assert!(HttpClient::new(good).is_ok(), "{good}");
    }
    for bad in [
        "http://city.example",
        "http://10.0.0.1",
        "ftp://localhost",
        "localhost:80",
        "",
        "https://x?y=1",
    ] {
        assert!(matches!(HttpClient::new(bad), Err(ClientError::Address(_))), "{bad}");
    }
}
