//! A stop lets everything that was taken be answered.

use scoin_api::{AnswerBody, paths};

use crate::city::{open_account, serve};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_is_answered() {
    let mut city = serve().await;
    let url = format!("{}{}", city.base, paths::COMMANDS);
    let senders: Vec<_> = (0..50)
        .map(|id| {
            let request = city.http.post(&url).header("content-type", paths::TYPE_COSE);
            tokio::spawn(request.body(open_account(&format!("person {id}"), id)).send())
        })
        .collect();
    // One answer means that the service is in the middle of it.
    let mut senders = senders.into_iter();
    senders.next().unwrap().await.unwrap().unwrap();
    city.running.service.announce_stop();
    city.stop.take().unwrap().send(()).unwrap();
    city.server.await.unwrap();

    let mut answered = 1;
    for sender in senders {
        // A connection that was not taken any more is refused; one that was taken is answered.
        if let Ok(response) = sender.await.unwrap() {
            assert_eq!(response.status(), 200);
            let answer: AnswerBody = response.json().await.unwrap();
            assert!(answer.receipt.is_some());
            answered += 1;
        }
    }
    city.running.stop();
    let live = city.running.service.books.live();
    let accounts =
        live.state.iter().filter(|(key, _)| matches!(key, scoin_ledger::Key::Account(_)));
    assert_eq!(accounts.count(), answered + 3, "officers, treasury, and everyone who was answered");
}

#[tokio::test]
async fn not_ready_before_it_is_gone() {
    let mut city = serve().await;
    city.running.service.announce_stop();
    let ready = city.http.get(format!("{}{}", city.base, paths::READY)).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    city.running.stop();
    let late = city.http.post(format!("{}{}", city.base, paths::COMMANDS));
    let late = late.header("content-type", paths::TYPE_COSE).body(open_account("late", 1));
    assert_eq!(late.send().await.unwrap().status(), 503, "nothing is taken after the stop");
}
