//! Whatever is sent: a problem document with a stable code, never a fault of the service, and nothing changed.

use scoin_api::{ErrorCode, paths};
use scoin_core::command::{Action, VALID_MICROS_MAX};
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, Amount, NetworkId};
use scoin_tests::actor::{fresh_id, pay};
use scoin_tests::chance::Chance;
use scoin_tests::load::send_bodies;
use scoin_tests::{Actor, City, Reply};

use crate::world::World;

const SECOND: u64 = 1_000_000;

/// One row: what is sent, how, and the code that must come back.
struct Row {
    name: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
    code: u16,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_bad_input_has_its_code_and_changes_nothing() {
    let world = World::with("test.free", 10_000).await;
    let good = world.payment(100);
    let first = world.city.service.line().send(&good).await.unwrap();
    assert!(first.accepted(), "{}", first.text());
    let before = books(&world).await;

    let mut rows = raw_rows(&good);
    rows.extend(signed_rows(&world));
    for row in rows {
        let reply =
            world.city.service.line().post(row.path, row.content_type, row.body).await.unwrap();
        check(row.name, &reply);
        assert_eq!(reply.code(), row.code, "{}: {}", row.name, reply.text());
        assert_eq!(books(&world).await, before, "{} changed something", row.name);
    }

    let again = world.city.service.line().send(&good).await.unwrap();
    assert_eq!(again.text(), first.text(), "the good command still has its first answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_random_bodies_change_nothing() {
    let world = World::with("test.free", 10_000).await;
    let unsent = world.payment(100);
    let before = world.city.service.checkpoint().await;
    let mut chance = Chance::new(10_000);
    let bodies: Vec<_> = (0..10_000).map(|_| random_request(&mut chance, &unsent)).collect();
    let replies = send_bodies(world.city.service.line().clone(), bodies, 32).await;
    assert_eq!(replies.len(), 10_000);
    for reply in &replies {
        check("a random body", reply);
    }
    assert_eq!(world.city.service.checkpoint().await, before, "nothing was recorded");
    let last = world.city.service.line().send(&unsent).await.unwrap();
    assert!(last.accepted(), "the service still takes a good command: {}", last.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_do_not_exist_are_problems_too() {
    let city = City::found().await;
    let line = city.service.line();
    let missing = line.get("/v1/nothing", None).await.unwrap();
    check("no such path", &missing);
    assert_eq!(missing.code(), ErrorCode::NotFound.code());
    let method = line.get(paths::COMMANDS, None).await.unwrap();
    check("wrong method", &method);
    assert_eq!(method.code(), ErrorCode::WrongMethod.code());
    let private = line.get(paths::REPORT, None).await.unwrap();
    check("no read proof", &private);
    assert_eq!(private.code(), ErrorCode::NotAuthorised.code());
    let garbage = line.get(paths::REPORT, Some("Scoin not-base64-*")).await.unwrap();
    check("garbage as a read proof", &garbage);
    assert_eq!(garbage.code(), ErrorCode::NotAuthorised.code());
}

/// Bodies that are no command at all.
fn raw_rows(good: &[u8]) -> Vec<Row> {
    let command = |name, body: Vec<u8>, code: ErrorCode| Row {
        name,
        path: paths::COMMANDS,
        content_type: paths::TYPE_COSE,
        body,
        code: code.code(),
    };
    let mut flipped = good.to_vec();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    let typed = |name, content_type| Row {
        name,
        path: paths::COMMANDS,
        content_type,
        body: good.to_vec(),
        code: ErrorCode::WrongContentType.code(),
    };
    vec![
        command("empty", Vec::new(), ErrorCode::Malformed),
        command("text", b"hello".to_vec(), ErrorCode::Malformed),
        command("json", b"{}".to_vec(), ErrorCode::Malformed),
        command("truncated", good[..good.len() / 2].to_vec(), ErrorCode::Malformed),
        command("one byte more", [good, &[0]].concat(), ErrorCode::Malformed),
        command("another tag", [&[0xd1], &good[1..]].concat(), ErrorCode::Malformed),
        command("oversized", vec![0; paths::BODY_BYTES_MAX + 1], ErrorCode::TooLarge),
        command("deeply nested", vec![0x81; 60_000], ErrorCode::Malformed),
        command("flipped signature", flipped, ErrorCode::BadSignature),
        typed("json as content type", "application/json"),
        typed("no such content type", "text/plain"),
        Row {
            name: "a batch that is none",
            path: paths::COMMANDS_BATCH,
            content_type: paths::TYPE_CBOR,
            body: b"hello".to_vec(),
            code: ErrorCode::Malformed.code(),
        },
        Row {
            name: "an oversized batch",
            path: paths::COMMANDS_BATCH,
            content_type: paths::TYPE_CBOR,
            body: vec![0; paths::BATCH_BYTES_MAX + 1],
            code: ErrorCode::TooLarge.code(),
        },
    ]
}

/// Well signed commands that must be refused.
fn signed_rows(world: &World) -> Vec<Row> {
    let (city, payer) = (&world.city, &world.payer);
    let now = city.now;
    let hour = now.saturating_add_micros(3_600 * SECOND);
    let to = world.shop.account;
    let transfer = |amount| Action::Transfer { to, amount: Amount::new(amount) };
    let stranger = Actor::named("stranger", city.network);
    let elsewhere = Actor::named("payer", NetworkId([7; 8]));
    let thief = Actor { key: stranger.key.clone(), ..payer.clone() };
    let late = now.saturating_add_micros(VALID_MICROS_MAX + 3_600 * SECOND);
    let taken = fresh_id(now);
    let row = |name, body, refusal: &Refusal| Row {
        name,
        path: paths::COMMANDS,
        content_type: paths::TYPE_COSE,
        body,
        code: refusal.code(),
    };
    let amount = Refusal::OutOfRange { field: "amount".to_owned() };
    let nobody = Action::Transfer { to: AccountId([9; 20]), amount: Amount::new(1) };
    let missing = Refusal::NotFound { what: "account".to_owned() };
    let forged = [world.shop.request(now, 50, Vec::new()), vec![0]].concat();
    vec![
        row("unknown account", stranger.sign(now, transfer(1)), &Refusal::UnknownAccount),
        row("unknown key", thief.sign(now, transfer(1)), &Refusal::UnknownKey),
        row("wrong network", elsewhere.sign(now, transfer(1)), &Refusal::WrongNetwork),
        row("expired", payer.sign_as(fresh_id(now), stamp(1), transfer(1)), &Refusal::Expired),
        row("future", payer.sign_as(fresh_id(now), late, transfer(1)), &Refusal::TooFarAhead),
        row("no amount", payer.sign(now, transfer(0)), &Refusal::ZeroAmount),
        row("the largest number", payer.sign(now, transfer(u64::MAX)), &amount),
        row("to nobody", payer.sign(now, nobody), &missing),
        row(
            "a request with a byte more",
            payer.sign(now, pay(forged)),
            &Refusal::RequestNotGenuine,
        ),
        row("first use of an id", payer.sign_as(taken, hour, transfer(0)), &Refusal::ZeroAmount),
        row("the id again", payer.sign_as(taken, hour, transfer(2)), &Refusal::IdConflict),
    ]
}

/// Nothing at all, noise, or a good command with some bits changed; to a path that takes bodies.
fn random_request(chance: &mut Chance, good: &[u8]) -> (&'static str, &'static str, Vec<u8>) {
    let (path, content_type) = match chance.below(8) {
        0 => (paths::COMMANDS_BATCH, paths::TYPE_CBOR),
        1 => (paths::SANDBOX_CLOCK, "application/json"),
        2 => (paths::COMMANDS, "application/json"),
        _ => (paths::COMMANDS, paths::TYPE_COSE),
    };
    let body = if path == paths::COMMANDS && chance.below(2) == 0 {
        let mut body = good.to_vec();
        for _ in 0..=chance.below(3) {
            let place = usize::try_from(chance.below(body.len() as u64)).unwrap();
            body[place] ^= u8::try_from(1 + chance.below(255)).unwrap();
        }
        if body == good {
            body.push(0);
        }
        body
    } else {
        let length = usize::try_from(chance.below(400)).unwrap();
        chance.bytes(length)
    };
    (path, content_type, body)
}

/// A problem document with a stable code, and not the service's fault.
fn check(name: &str, reply: &Reply) {
    assert!((400..500).contains(&reply.status), "{name}: {} {}", reply.status, reply.text());
    let problem = reply.problem();
    let known = ErrorCode::ALL.iter().any(|code| code.code() == problem.code);
    assert!(known || (2001..2100).contains(&problem.code), "{name}: {}", reply.text());
    assert!(!problem.title.is_empty() && !problem.request_id.is_empty(), "{name}");
}

/// What must not change: the money. (Refusals of known accounts are recorded, so the journal does grow.)
async fn books(world: &World) -> (u64, u64, serde_json::Value) {
    let mut report = world.city.report().await;
    for moving in ["frame", "time"] {
        report.as_object_mut().unwrap().remove(moving);
    }
    (world.balance(&world.payer).await, world.balance(&world.shop).await, report)
}

fn stamp(micros: u64) -> scoin_core::Timestamp {
    scoin_core::Timestamp::from_micros(micros)
}
