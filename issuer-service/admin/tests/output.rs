//! The output contract: one document on standard output with `--json`, words elsewhere, exit codes that mean something.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const TEN: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy-dsl/tests/data/policies/ten.scoin");

fn scoin(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_scoin"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Exactly one JSON document on standard output.
fn document(output: &Output) -> Value {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: `{text}`"))
}

fn check(arguments: &[&str], exit: i32, name: &str) {
    let mut with_json = arguments.to_vec();
    with_json.push("--json");
    let output = scoin(&with_json, "");
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
    let error = &document(&output)["error"];
    assert_eq!(error["name"], name, "{arguments:?}: {error}");
    assert!(
        error["code"].is_u64() && error["message"].is_string() && error["retryable"].is_boolean()
    );
    assert!(output.stderr.is_empty(), "{arguments:?}: nothing but the document");

    let output = scoin(arguments, "");
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}: a failure leaves standard output empty");
    assert!(!output.stderr.is_empty(), "{arguments:?}: a failure says why");
    assert!(!output.stderr.contains(&0x1b), "{arguments:?}: no colours without a terminal");
}

#[test]
fn failures_are_one_document_and_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "correct horse\n").unwrap();
    let password = password.to_str().unwrap();
    check(&["no-such-command"], 2, "usage");
    check(&["wallet", "give", "scoin1x", "1.5"], 2, "usage");
    check(&["policy", "check", "/no/such/file.scoin"], 3, "not-found");
    check(&["policy", "hash", TEN, "no.such"], 3, "not-found");
    check(&["wallet", "balance", "--home", home, "--password-file", password], 4, "sign-in");
    check(&["wallet", "balance", "--home", home, "--no-input"], 2, "usage");
    // A port that nobody can listen on: there is no service behind it.
    let nowhere = ["--server", "http://127.0.0.1:1"];
    check(&["city", "status", "--home", home, nowhere[0], nowhere[1]], 11, "unreachable");
    check(&["city", "init", home, "--sandbox", "--password-file", password], 6, "conflict");
    let new = folder.path().join("new");
    let new = new.to_str().unwrap();
    check(&["city", "init", new, "--password-file", password], 2, "usage");
    check(
        &["city", "init", new, "--sandbox", "--threshold", "4", "--password-file", password],
        2,
        "usage",
    );
}

#[test]
fn a_city_is_made_ready_for_its_service() {
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "correct horse\n").unwrap();
    let city = folder.path().join("city");
    let arguments = [
        "city",
        "init",
        city.to_str().unwrap(),
        "--sandbox",
        "--officers",
        "2",
        "--json",
        "--password-file",
    ];
    let arguments = [&arguments[..], &[password.to_str().unwrap()]].concat();
    let made = document(&scoin(&arguments, ""));
    assert_eq!(made["officers"].as_array().unwrap().len(), 2);
    for file in [
        "genesis.toml",
        "issuer.toml",
        "issuer.key",
        "officers/1/wallet.scks",
        "officers/2/words.txt",
    ] {
        assert!(city.join(file).exists(), "{file}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in ["issuer.key", "officers/1/words.txt"] {
            let rights = std::fs::metadata(city.join(file)).unwrap().permissions().mode();
            assert_eq!(rights & 0o077, 0, "{file} is for its owner only");
        }
    }
    let genesis: toml::Table =
        std::fs::read_to_string(city.join("genesis.toml")).unwrap().parse().unwrap();
    assert_eq!(genesis["approvals_needed"].as_integer(), Some(2));
}

#[test]
fn ten_policies_hold() {
    let output = scoin(&["policy", "check", TEN, "--json"], "");
    let found = document(&output);
    assert_eq!(found["examples"], serde_json::json!({ "passed": 37, "failed": 0 }), "{found}");
    // The exam gift embeds a ban that its own places make true already: said, and accepted.
    let codes: Vec<&Value> =
        found["diagnostics"].as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert_eq!(codes, ["W0402"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_wrong_example_is_shown_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.scoin");
    let source = std::fs::read_to_string(TEN).unwrap();
    std::fs::write(&file, source.replace("expect allow 3_000 won", "expect allow 3_001 won"))
        .unwrap();
    let output = scoin(&["policy", "check", file.to_str().unwrap(), "--json"], "");
    let found = document(&output);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(found["examples"], serde_json::json!({ "passed": 36, "failed": 1 }));
    assert_eq!(found["failed"][0]["found"], "allow 3_000 won");
    assert!(found["diagnostics"][0]["place"]["line"].is_u64());
    std::fs::write(&file, "policy x.y { zone }").unwrap();
    let output = scoin(&["policy", "check", file.to_str().unwrap(), "--json"], "");
    assert_eq!(output.status.code(), Some(7));
    assert!(!document(&output)["diagnostics"].as_array().unwrap().is_empty());
}

#[test]
fn rule_files_are_written_in_one_style() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.scoin");
    let path = file.to_str().unwrap();
    let (rough, good) = ("calendar  kr.days // days\n", "calendar kr.days  // days\n");
    let fmt = |arguments: &[&str], input: &str, exit: i32| {
        let output = scoin(&[&["policy", "fmt"], arguments].concat(), input);
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let there = || std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rough).unwrap();
    assert_eq!(fmt(&["--check", path, TEN], "", 7), format!("would change: {path}\n"));
    assert_eq!(there(), rough, "--check writes nothing");
    assert_eq!(fmt(&[path, TEN], "", 0), format!("changed: {path}\n"));
    assert_eq!(there(), good);
    assert_eq!(fmt(&["--check", path, TEN], "", 0), "");
    assert_eq!(fmt(&["-"], rough, 0), good);
    let found: Value = serde_json::from_str(&fmt(&["--json", path], "", 0)).unwrap();
    assert_eq!(found["files"][0]["changed"], false);
    std::fs::write(&file, "calendar {\n").unwrap();
    assert!(fmt(&[path], "", 7).contains(&format!("left alone: {path}")));
    assert_eq!(there(), "calendar {\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn offered_changes_are_shown_and_made() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.scoin");
    std::fs::write(&file, "policy a.b {\n  zone Asia/Seoul\n  cap day: 5_000 per day\n}\n")
        .unwrap();
    let path = file.to_str().unwrap();
    let output = scoin(&["policy", "check", path], "");
    assert_eq!(output.status.code(), Some(7));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("help: write `5_000 won`") && text.contains("5_000 won per day"),
        "{text}"
    );
    let output = scoin(&["policy", "check", "--fix", path], "");
    assert_eq!(output.status.code(), Some(0));
    assert!(std::fs::read_to_string(&file).unwrap().contains("cap day: 5_000 won per day\n"));
}

#[test]
fn questions_are_answered_line_by_line() {
    let questions = [
        r#"{"policy":"city.relief","args":{"$district":"gu.mapo"},"at":"2026-09-01T10:00","facts":{"payer.age":30,"payer.district":"gu.mapo","merchant.district":"gu.mapo","merchant.category":"food.grocer","merchant.groups":["small-business"]},"amount":42000,"items":[{"code":"apples","amount":6000,"tags":["food.fruit"]}],"spent":{"each-day":4000},"lists":{},"calendars":{"kr.holidays":["2026-03-02"]}}"#,
        r#"{"policy":"city.relief","args":{"$district":"gu.mapo"},"at":"2026-09-01T10:00","facts":{"payer.district":"gu.mapo","merchant.district":"gu.jongno","merchant.groups":["small-business"],"merchant.category":"food.grocer"},"amount":42000}"#,
        r#"{"policy":"family.snack","at":"2026-03-03T19:10","facts":{"payer.age":11,"merchant.category":"food.bakery"},"amount":500,"calendars":{"kr.holidays":["2026-03-02"]}}"#,
        r#"{"policy":"family.snack","args":{"$daily":5000},"at":"2026-03-03T18:59","facts":{"payer.age":11,"merchant.category":"food.bakery"},"amount":2500,"spent":{"each-day":4000,"thrice":2},"calendars":{"kr.holidays":[]}}"#,
        r#"{"policy":"city.tax-reward","at":"2026-07-15T12:00","facts":{"event.amount":9000000,"event.days-early":16}}"#,
        r#"{"policy":"city.relief","when":"now"}"#,
        "",
        r#"{"policy":"no.such","at":"2026-09-01T10:00","amount":1}"#,
        r#"{"policy":"city.transit","at":"2026-04-10T08:12","facts":{"payment.kind":"transit","merchant.category":["transit.metro"]},"amount":1550}"#,
    ];
    let output = scoin(&["policy", "ask", TEN, "--jsonl"], &(questions.join("\n") + "\n"));
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = [
        r#"{"allow":42000,"failed":[]}"#,
        r#"{"allow":0,"failed":["home-shop"],"pass_now":0,"next":null}"#,
        r#"{"allow":0,"failed":["after-school"],"pass_now":0,"next":"2026-03-04T14:00"}"#,
        r#"{"allow":1000,"failed":[]}"#,
        r#"{"give":32000}"#,
    ];
    for (answer, expected) in answers.iter().zip(expected) {
        assert_eq!(*answer, serde_json::from_str::<Value>(expected).unwrap());
    }
    assert_eq!(answers[5]["error"]["name"], "usage");
    assert_eq!(answers[6]["error"]["name"], "usage");
    assert_eq!(answers[7], serde_json::json!({ "allow": 1550, "failed": [] }));
    assert_eq!(answers.len(), 8, "a blank line is no question");
}

#[test]
fn an_answer_is_written_before_the_next_question_is_read() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(env!("CARGO_BIN_EXE_scoin"))
        .args(["policy", "ask", TEN, "--jsonl"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut questions = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        questions.write_all(b"{\"policy\":\"city.no-gambling\",\"at\":\"2026-09-01T10:00\",\"facts\":{\"merchant.category\":\"books\"},\"amount\":1}\n").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert_eq!(line, "{\"allow\":1,\"failed\":[]}\n");
    }
    drop(questions);
    assert!(child.wait().unwrap().success());
}

#[test]
fn ids_are_printed() {
    let all = document(&scoin(&["policy", "hash", TEN, "--json"], ""));
    let names: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"family.snack") && names.contains(&"city.tax-reward"), "{names:?}");
    let one = |arguments: &[&str]| {
        let words = [&["policy", "hash", TEN, "family.snack", "--json"], arguments].concat();
        document(&scoin(&words, ""))["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let (plain, same, other) =
        (one(&[]), one(&["--arg", "daily=5_000 won"]), one(&["--arg", "daily=6_000 won"]));
    assert_eq!(plain, same, "a default that is written out changes nothing");
    assert_ne!(plain, other);
}
