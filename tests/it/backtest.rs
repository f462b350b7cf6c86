//! `scoin policy backtest` against a real city: the rule in force changes nothing, a narrower one exactly what it must.

use std::path::{Path, PathBuf};

use scoin_core::command::{AccountKind, Action};
use scoin_tests::actor::{Actor, pay};
use scoin_tests::city::{START, instant};
use scoin_tests::load::send_all;
use scoin_tests::{Line, Service};
use serde_json::{Value, json};

use crate::typist::{Typist, text};

const OFFICER: &str = "city/officers/1";
const CHILDREN: usize = 4;
const EACH: usize = 60;

/// The rule of the city; `cap` is what may be spent a day.
fn rule(cap: &str) -> String {
    format!(
        r#"policy test.pocket {{
  title ko "용돈" en "Pocket money"
  zone Asia/Seoul
  require bakery: merchant.category in {{ food.bakery }}
  cap each-day: {cap} per day
  expires never
  example "a loaf" {{ at 2026-03-03 15:30 merchant.category food.bakery amount 500 won }} expect allow
}}
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_decided_again_from_the_command_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("password"), "correct horse\n").expect("a file");
    let typist = Typist { folder: folder.path() };
    let mut service = found(&typist).await;
    spend(&typist, service.line().clone()).await;

    let same = backtest(&typist, &rule("5_000 won"), &[]);
    // Each child asked for 60 times 100 won and was paid 50 times.
    assert_eq!((&same["same"], &same["payments"]["decided"]), (&json!(true), &json!(240)));
    assert_eq!(same["payments"]["money"], json!({ "was": 20_000, "is": 20_000 }));
    assert_eq!(same["differing"], 0);

    // Now 30 times: 20 payments less for each child.
    let narrower = backtest(&typist, &rule("3_000 won"), &["--from", "2026-03-03"]);
    assert_eq!((&narrower["same"], &narrower["people"]), (&json!(false), &json!(CHILDREN)));
    let payments = &narrower["payments"];
    assert_eq!((&payments["refused"], &payments["money_refused"]), (&json!(80), &json!(8_000)));
    assert_eq!((&payments["paid"], &payments["reason"]), (&json!(0), &json!(40)));
    let reason = &narrower["reasons"][0];
    assert_eq!((&reason["label"], &reason["payments"]), (&json!("each-day"), &json!(80)));
    assert_eq!(reason["samples"].as_array().map(Vec::len), Some(3));
    assert_eq!(reason["samples"][0]["shop"], "food.bakery");
    let wider = backtest(&typist, &rule("5_500 won"), &[]);
    assert_eq!(
        (&wider["payments"]["paid"], &wider["payments"]["refused"]),
        (&json!(20), &json!(0))
    );
    // As a guard on everybody it counts apart from the coins' own rule, and comes to the same here.
    let guard = backtest(&typist, &rule("3_000 won"), &["--guard", "everybody"]);
    assert_eq!(guard["payments"]["refused"], 80);

    from_a_file(&typist, &narrower);
    what_cannot_be_tried(&typist);
    service.stop();
}

/// A saved journal gives the same document without a service or a vault, and a damaged one gives nothing.
fn from_a_file(typist: &Typist<'_>, expected: &Value) {
    let journal = typist.folder.join("journal");
    let path = journal.to_str().expect("a path");
    let checked = typist.done(OFFICER, &["check", "--save", path]);
    assert_eq!(checked["books"], "balanced");
    typist.refused(OFFICER, &["check", "--save", path], 6, "conflict");
    let candidate = file(typist, &rule("3_000 won"));
    let candidate = candidate.to_str().expect("a path");
    let words = ["policy", "backtest", candidate, "--from", "2026-03-03", "--journal", path];
    assert_eq!(&typist.done("nobody", &words), expected);

    let whole = std::fs::read(&journal).expect("a file");
    let mut bent = whole.clone();
    bent[whole.len() / 2] ^= 1;
    for damaged in [&bent[..], &whole[..whole.len() - 1], &whole[..100], &[]] {
        std::fs::write(&journal, damaged).expect("a file");
        let error = typist.refused("nobody", &words, 1, "failed");
        assert!(text(&error["message"]).contains("is not a whole journal"), "{error}");
    }
    std::fs::remove_file(&journal).expect("a file");
    typist.refused("nobody", &words, 3, "not-found");
}

fn what_cannot_be_tried(typist: &Typist<'_>) {
    let no = |source: &str, more: &[&str], exit, name| {
        let candidate = file(typist, source);
        let words = [&["policy", "backtest", candidate.to_str().expect("a path")], more].concat();
        typist.refused(OFFICER, &words, exit, name)
    };
    let mistake = no(&rule("3_000"), &[], 7, "refused");
    assert_eq!(mistake["diagnostics"][0]["code"], "E0202", "{mistake}");
    let example = no(&rule("400 won"), &[], 7, "refused");
    assert!(text(&example["why"]).contains("a loaf"), "{example}");
    let other = rule("3_000 won").replace("test.pocket", "test.other");
    no(&other, &[], 3, "not-found");
    no(&rule("3_000 won"), &["--rule", "test.none"], 2, "usage");
    no(&rule("3_000 won"), &["--from", "2026-03-04", "--to", "2026-03-03"], 2, "usage");
    no(&rule("3_000 won"), &["--from", "2026-04-01"], 3, "not-found");
    let replaced = backtest(typist, &other, &["--replace", "test.pocket"]);
    assert_eq!(
        (&replaced["payments"]["refused"], &replaced["candidate"]["instances"]),
        (&json!(80), &json!(1))
    );
}

fn backtest(typist: &Typist<'_>, source: &str, more: &[&str]) -> Value {
    let candidate = file(typist, source);
    let words = [&["policy", "backtest", candidate.to_str().expect("a path")], more].concat();
    typist.done(OFFICER, &words)
}

fn file(typist: &Typist<'_>, source: &str) -> PathBuf {
    let path = typist.folder.join("candidate.scoin");
    std::fs::write(&path, source).expect("a file");
    path
}

/// A city with the rule and some money.
async fn found(typist: &Typist<'_>) -> Service {
    let city = typist.folder.join("city");
    let city_path = city.to_str().expect("a path");
    let init =
        ["city", "init", city_path, "--sandbox", "--listen", "127.0.0.1:0", "--clock", START];
    typist.done("nobody", &init);
    let mut service = Service::new(&city.join("issuer.toml"));
    service.start().await.expect("the service starts on what `city init` made");
    publish(typist, &typist.folder.join("rule.scoin"));
    let proposed = typist.done(OFFICER, &["mint", "propose", "1_000_000", "--reason", "budget 7"]);
    typist.done("city/officers/2", &["mint", "approve", &text(&proposed["id"]), "--yes"]);
    service
}

fn publish(typist: &Typist<'_>, path: &Path) {
    std::fs::write(path, rule("5_000 won")).expect("a file");
    typist.done(OFFICER, &["policy", "publish", path.to_str().expect("a path")]);
}

/// Every child asks for sixty loaves.
async fn spend(typist: &Typist<'_>, line: Line) {
    let now = instant(START);
    let status = typist.done(OFFICER, &["city", "status"]);
    let network =
        scoin_core::NetworkId::from_hex(&text(&status["city"]["network"])).expect("an id");
    let shop = Actor::named("shop", network);
    let open = shop.sign(now, Action::OpenAccount { kind: AccountKind::Merchant });
    line.send(&open).await.expect("an answer");
    let address = shop.account.to_string();
    let add = ["merchant", "add", &address, "--name", "빵집", "--category", "food.bakery"];
    typist.done(OFFICER, &add);
    let mut payments = Vec::new();
    for child in 0..CHILDREN {
        let child = Actor::named(&format!("child {child}"), network);
        let open = child.sign(now, Action::OpenAccount { kind: AccountKind::Person });
        line.send(&open).await.expect("an answer");
        let address = child.account.to_string();
        typist.done(OFFICER, &["wallet", "give", &address, "10_000", "--under", "test.pocket"]);
        let loaf = || child.sign(now, pay(shop.request(now, 100, Vec::new())));
        payments.extend(std::iter::repeat_with(loaf).take(EACH));
    }
    send_all(line, payments, 8).await;
}
