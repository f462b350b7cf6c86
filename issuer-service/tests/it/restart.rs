//! What was answered stays answered, whatever was written back.

use std::path::Path;
use std::sync::Arc;

use scoin_core::Timestamp;
use scoin_core::command::{AccountKind, Action, MerchantProfile, Payment};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_issuer::check;
use scoin_issuer::engine::{Engine, RedbEngine};
use scoin_ledger::Disposition;

use crate::city::{self, START};

fn open(path: &Path) -> Arc<RedbEngine> {
    Arc::new(RedbEngine::open(path, 8).unwrap())
}

/// Five accounts, some refusals, and a restart in between; written back every so many frames, or only at the stop.
async fn survives(write_back_frames: u64, clean: bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let engine = open(&path);
    let mut running = city::start(engine.clone(), write_back_frames);
    let mut commands: Vec<_> =
        (0..5).map(|id| city::open_account(&format!("person {id}"), id)).collect();
    commands.push(city::command(
        "person 0",
        77,
        Action::AcceptWard { ward: city::account_of("x"), consent: None },
    ));
    let mut first = Vec::new();
    for command in &commands {
        first.push(running.decide(command).await);
    }
    let tip = running.service.books.live().tip.hash;
    let root = running.service.books.live().root();
    if clean {
        running.stop();
    } else {
        // The process is gone: its sequencer never gets to write anything back.
        engine.close().unwrap();
        std::mem::forget(running);
    }

    let engine = open(&path);
    let mut running = city::start(engine.clone(), 1000);
    assert_eq!(running.service.books.live().tip.hash, tip);
    assert_eq!(running.service.books.live().root(), root);
    for (command, first) in commands.iter().zip(&first) {
        let again = running.decide(command).await;
        assert_eq!(again.answer.outcome, first.answer.outcome);
        let Disposition::New { index } = first.answer.disposition else { panic!("{first:?}") };
        let frame = first.sealed.as_ref().unwrap().frame.head.number;
        assert_eq!(again.answer.disposition, Disposition::Repeated { frame, index });
        let receipt = running.service.books.sealed(frame).unwrap().unwrap().receipt(index);
        assert_eq!(receipt, first.sealed.as_ref().unwrap().receipt(index));
    }
    // What the tail changed before the crash must be written back too, whatever is changed after it.
    running.decide(&city::open_account("late", 99)).await;
    let root = running.service.books.live().root();
    running.stop();

    let engine = open(&path);
    let report = check::check(&city::genesis(), engine.as_ref()).unwrap();
    assert_eq!((report.frames, report.commands), (8, 7));
    assert_eq!(report.root, root);
}

#[tokio::test]
async fn after_a_clean_stop() {
    survives(1000, true).await;
}

#[tokio::test]
async fn after_a_crash_with_nothing_written_back() {
    survives(1000, false).await;
}

#[tokio::test]
async fn after_a_crash_with_some_written_back() {
    survives(2, false).await;
}

#[tokio::test]
async fn the_same_command_at_once_has_one_effect() {
    let mut running = city::start(Arc::new(scoin_issuer::engine::MemoryEngine::new()), 1000);
    let command = city::open_account("person", 1);
    let entries = (0..100).map(|_| scoin_issuer::admit::admit(&command).unwrap()).collect();
    let decisions = running.service.sequencer.decide(entries).await.unwrap();
    let new = decisions.iter().filter(|d| matches!(d.answer.disposition, Disposition::New { .. }));
    assert_eq!(new.count(), 1);
    assert!(decisions.iter().all(|d| matches!(d.answer.outcome, Outcome::Accepted(_))));
    running.stop();
}

#[tokio::test]
async fn time_comes_from_the_clock_and_always_increases() {
    let mut running = city::start(Arc::new(scoin_issuer::engine::MemoryEngine::new()), 1000);
    let first = running.decide(&city::open_account("a", 1)).await.time;
    let second = running.decide(&city::open_account("b", 2)).await.time;
    assert_eq!(second.micros(), first.micros() + 1);
    let hour = Timestamp::from_micros(START + 3_600_000_000);
    assert!(scoin_issuer::clock::Clock::advance(running.clock.as_ref(), hour));
    let third = running.decide(&city::open_account("c", 3)).await;
    assert_eq!(third.time, hour);
    let late = Timestamp::from_micros(START + 3_600_000_001);
    scoin_issuer::clock::Clock::advance(running.clock.as_ref(), late);
    let expired = running
        .decide(&city::command("a", 4, Action::Freeze { account: city::account_of("a") }))
        .await;
    assert_eq!(expired.answer.outcome, Outcome::Refused(Refusal::Expired));
    running.stop();
}

/// A forged payment request in the tail: the start believes its own journal, and must come to the same refusal.
#[tokio::test]
async fn a_forged_request_is_refused_again_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.redb");
    let engine = open(&path);
    let running = city::start(engine.clone(), 1000);
    running.decide(&city::open_account("ann", 1)).await;
    let kind = AccountKind::Merchant;
    running.decide(&city::command("shop", 2, Action::OpenAccount { kind })).await;
    let account = city::account_of("shop");
    let profile = MerchantProfile { name: "Shop".to_owned(), ..MerchantProfile::default() };
    let register = Action::RegisterMerchant { account, profile };
    let registered = running.decide(&city::command("officer 1", 3, register)).await;
    assert!(matches!(registered.answer.outcome, Outcome::Accepted(_)), "{registered:?}");

    let mut request = city::request("shop", 500);
    let last = request.len() - 1;
    request[last] ^= 1;
    let pay = Action::Pay(Payment { request, part: false, lots: Vec::new() });
    let refused = running.decide(&city::command("ann", 4, pay)).await;
    assert_eq!(refused.answer.outcome, Outcome::Refused(Refusal::RequestNotGenuine));
    engine.close().unwrap();
    std::mem::forget(running);

    let books = city::books(open(&path));
    assert_eq!(books.live().number(), 4);
}
