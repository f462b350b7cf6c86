//! The tools for rule text, from outside: check, test, compare, form, hash, ask.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const TEN: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../policy-dsl/tests/data/policies/ten.scoin");

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scoin"));
    command.arg("policy").args(arguments).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn scoin(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

#[track_caller]
fn document(arguments: &[&str], exit: i32) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    let output = scoin(&all);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {text}");
    serde_json::from_str(&text).unwrap()
}

#[track_caller]
fn text(arguments: &[&str], exit: i32) -> String {
    let output = scoin(arguments);
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn file(folder: &Path, name: &str, source: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, source).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn check_counts_examples_and_shows_what_changes_nothing() {
    let found = document(&["check", TEN], 0);
    assert_eq!(found["examples"], json!({ "passed": 37, "failed": 0 }));
    let [only] = found["diagnostics"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((&only["code"], &only["severity"]), (&json!("W0402"), &json!("warning")));
    assert_eq!(only["labels"].as_array().unwrap().len(), 3);
    assert!(only["help"].as_str().unwrap().contains("for example: Fri 20 November 2026"), "{only}");
    let snack = &found["policies"][0];
    assert_eq!((&snack["name"], &snack["satisfiable"]), (&json!("family.snack"), &json!(true)));
    assert_eq!(
        (&snack["cost"]["total"], &snack["manifest"]["cuts"]["payer.age"]),
        (&json!(211), &json!([19]))
    );
    assert_eq!(snack["not_proved"], json!([]));

    document(&["check", TEN, "--deny-warnings"], 7);
    let bare = document(&["check", TEN, "--deny-warnings", "--no-analysis"], 0);
    assert_eq!((&bare["diagnostics"], &bare["policies"]), (&json!([]), &json!([])));
    let dated = document(&["check", TEN, "--as-of", "2026-03-02"], 0);
    assert_eq!(dated["policies"][0]["spendable"]["until"], "2026-04-01");
    let issued = document(&["check", TEN, "--as-of", "2026-03-02", "--issue", "1_000_000"], 0);
    let codes: Vec<&str> = issued["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"W0410"), "{codes:?}");
}

#[test]
fn what_is_too_large_to_analyse_is_a_note_and_no_finding() {
    let folder = tempfile::tempdir().unwrap();
    let pairs: Vec<String> = (0..40)
        .map(|at| format!("(payer.groups in {{ a{at} }} and payer.groups in {{ z{at} }})"))
        .collect();
    let source = format!(
        "policy test.knot {{\n  zone Asia/Seoul\n  require knot: {}\n}}\n",
        pairs.join(" or ")
    );
    let path = file(folder.path(), "knot.scoin", &source);
    let found = document(&["check", &path, "--deny-warnings"], 0);
    assert_eq!(
        (&found["diagnostics"], &found["policies"][0]["satisfiable"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(found["policies"][0]["not_proved"], json!(["too large to decide exactly"]));
    assert!(text(&["check", &path], 0).contains("note: not proved: `test.knot`: too large"));
}

#[test]
fn compare_tells_what_an_edit_does_and_whether_coins_may_move() {
    let folder = tempfile::tempdir().unwrap();
    let policy = |body: &str| {
        format!(
            "policy test.one {{\n  zone Asia/Seoul\n  {body}\n  expires 30 days after issue\n}}\n"
        )
    };
    let old = file(
        folder.path(),
        "old.scoin",
        &policy("require age: payer.age in 19..64  cap day: 5_000 won per day"),
    );
    let wider = file(
        folder.path(),
        "wider.scoin",
        &policy("require age: payer.age in 18..64  cap day: 6_000 won per day"),
    );
    let tighter = file(
        folder.path(),
        "tighter.scoin",
        &policy("require age: payer.age in 19..64  cap day: 4_000 won per day"),
    );

    let found = &document(&["compare", &old, &wider], 0)["items"][0];
    assert_eq!((&found["relation"], &found["migrate"]["answer"]), (&json!("wider"), &json!("yes")));
    assert!(
        found["allowed"][0]["conditions"]
            .as_array()
            .unwrap()
            .contains(&json!("payer.age in 18..18")),
        "{found}"
    );
    assert!(found["allowed"][0]["witness"]["words"].as_str().unwrap().contains("payer.age 18"));
    assert_eq!(
        (&found["denied"], &found["tighter"], &found["looser"]),
        (&json!([]), &json!([]), &json!(["day"]))
    );

    let found = &document(&["compare", &old, &tighter], 0)["items"][0];
    assert_eq!((&found["relation"], &found["tighter"]), (&json!("same"), &json!(["day"])));
    assert_eq!(
        (&found["migrate"]["answer"], &found["migrate"]["old"], &found["migrate"]["new"]),
        (&json!("no"), &json!(5000), &json!(4000))
    );
    assert!(text(&["compare", &old, &tighter], 0).contains("coins can move without asking: no"));
    assert_eq!(document(&["compare", &old, &old], 0)["items"][0]["change"], "none");

    let pair = [format!("{TEN}:city.transit"), format!("{TEN}:city.tax-coin")];
    let found = &document(&["compare", &pair[0], &pair[1]], 0)["items"][0];
    assert_eq!(found["relation"], "wider");
    document(&["compare", &pair[0], &format!("{TEN}:city.none")], 3);
    // Every policy of two sources by its name.
    let found = document(&["compare", TEN, TEN], 0);
    assert!(
        found["items"].as_array().unwrap().iter().all(|item| item["change"] == "none"),
        "{found}"
    );
}

#[test]
fn test_runs_examples_and_gates_on_coverage() {
    let found = document(&["test", TEN, "--coverage"], 0);
    assert_eq!(found["examples"], json!({ "passed": 37, "failed": 0 }));
    let percent = found["coverage"]["percent"].as_u64().unwrap();
    assert!((30..100).contains(&percent), "{percent}");
    let clause = |name: &str| {
        let clauses = found["clauses"].as_array().unwrap();
        clauses.iter().find(|one| one["clause"] == name && one["branch"].is_null()).unwrap().clone()
    };
    assert_eq!(
        (&clause("each-day")["passed"], &clause("each-day")["failed"]),
        (&json!(5), &json!(1))
    );
    assert_eq!(clause("gambling")["failed"], 0);
    document(&["test", TEN, "--min", &percent.to_string()], 0);
    document(&["test", TEN, "--min", &(percent + 1).to_string()], 7);
    document(&["test", TEN, "--all"], 7);
    assert!(text(&["test", TEN, "--coverage"], 0).contains("never failed"));
}

#[test]
fn a_form_is_filled_in_and_says_what_was_promised() {
    let empty = document(&["form", TEN, "family.snack"], 0);
    assert_eq!(
        empty["fields"][0]["label"],
        json!({ "ko": "하루 한도", "en": "Limit per day", "zh": "每天上限" })
    );
    assert_eq!(
        (&empty["fields"][0]["least"], &empty["fields"][0]["most"]),
        (&json!("1_000 won"), &json!("20_000 won"))
    );
    let filled = document(&["form", TEN, "family.snack", "--set", "daily=7,000"], 0);
    assert_eq!(
        filled["instance"]["arguments"],
        json!({ "$daily": "7_000 won", "$once": "3_000 won" })
    );
    assert_ne!(filled["instance"]["id"], empty["instance"]["id"]);
    assert!(filled["instance"]["promise"]["ko"].as_str().unwrap().contains("7,000원"), "{filled}");
    let hash = document(&["hash", TEN, "family.snack", "--arg", "daily=7_000 won"], 0);
    assert_eq!(hash["items"][0]["id"], filled["instance"]["id"]);
    assert!(hash["doc"].as_str().unwrap().starts_with("sha256:"));

    let wrong =
        document(&["form", TEN, "family.snack", "--set", "daily=500", "--set", "colour=red"], 7);
    assert_eq!(
        wrong["errors"][0],
        json!({
            "field": "daily",
            "ko": "1,000원 이상 20,000원 이하",
            "en": "at least 1,000\u{a0}won, at most 20,000\u{a0}won",
            "zh": "至少 1,000韩元，最多 20,000韩元",
        })
    );
    assert_eq!(
        (&wrong["errors"][1]["field"], &wrong["instance"]),
        (&json!("colour"), &Value::Null)
    );
    assert_eq!(document(&["form", TEN, "city.relief"], 0)["instance"], Value::Null);
    let missing = document(&["form", TEN, "city.relief", "--set", "district=gu.mapo"], 7);
    assert_eq!(missing["errors"][0]["en"], "fill this in");
}

/// The two documents of the design, word for word, and what stands around them.
#[test]
fn ask_answers_line_by_line_while_it_is_asked() {
    let mut child = command(&["ask", TEN, "--jsonl"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ask = |line: &str| -> Value {
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
        serde_json::from_str(&output.next().unwrap().unwrap()).unwrap()
    };
    let asked = json!({
        "policy": "city.relief", "args": { "$district": "gu.mapo" }, "at": "2026-09-01T10:00",
        "facts": { "payer.age": 30, "payer.district": "gu.mapo", "merchant.district": "gu.mapo",
                   "merchant.category": "food.grocer", "merchant.groups": ["small-business"] },
        "amount": 42000,
        "items": [{ "code": "apples", "amount": 6000, "tags": ["food.fruit"] }],
        "spent": { "each-day": 4000 }, "lists": {}, "calendars": { "kr.holidays": ["2026-03-02"] }
    });
    assert_eq!(ask(&asked.to_string()), json!({ "allow": 42000, "failed": [] }));
    let mut far = asked;
    far["facts"]["merchant.district"] = json!("gu.jongno");
    assert_eq!(
        ask(&far.to_string()),
        json!({ "allow": 0, "failed": ["home-shop"], "pass_now": 0, "next": null })
    );
    let snack = json!({
        "policy": "family.snack", "at": "2026-03-03T19:10", "amount": 2500,
        "facts": { "payer.age": 11, "merchant.category": "food.bakery" }, "calendars": { "kr.holidays": [] }
    });
    assert_eq!(
        ask(&snack.to_string()),
        json!({ "allow": 0, "failed": ["after-school"], "pass_now": 0, "next": "2026-03-04T14:00" })
    );
    let mut several = snack.clone();
    several["spent"] = json!({ "thrice": 3 });
    several["facts"]["payer.age"] = json!(40);
    assert_eq!(ask(&several.to_string())["failed"], json!(["after-school", "child", "thrice"]));
    let mut part = snack;
    part["at"] = json!("2026-03-03T15:00");
    part["amount"] = json!(4000);
    assert_eq!(ask(&part.to_string()), json!({ "allow": 3000, "failed": [] }));
    // A list given inline lets any shop of it pass; without it the shop is not known.
    let mut listed = part.clone();
    listed["amount"] = json!(1000);
    listed["facts"] = json!({ "payer.age": 11, "merchant.category": "toys", "merchant.id": "kim" });
    assert_eq!(ask(&listed.to_string())["failed"], json!(["snack-shop"]));
    listed["lists"] = json!({ "city.snack-shops": ["kim"] });
    assert_eq!(ask(&listed.to_string()), json!({ "allow": 1000, "failed": [] }));
    // Mistakes answer for themselves and stop nothing.
    for bad in [
        "{",
        "[1]",
        r#"{"policy":"city.relief"}"#,
        r#"{"policy":"no","at":"2026-09-01T10:00","amount":1}"#,
        "\u{ff}",
        "{\"x\":\"\u{0}\"}",
    ] {
        assert!(ask(bad)["error"]["message"].is_string(), "{bad}");
    }
    let long = format!("{}{}", " ".repeat(200_000), part);
    assert_eq!(ask(&long)["allow"], 3000);
    assert!(ask(&"x".repeat(2_000_000))["error"].is_object());
    input.write_all(b"\n   \r\n").unwrap();
    // Without a line end before the end of the input.
    input.write_all(part.to_string().as_bytes()).unwrap();
    drop(input);
    let last: Vec<String> = output.map(Result::unwrap).collect();
    assert_eq!(last.len(), 1, "{last:?}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn ask_takes_flags_and_gives_reasons_in_words() {
    let flags = [
        "ask",
        TEN,
        "--policy",
        "family.snack",
        "--at",
        "2026-03-03T19:10",
        "--amount",
        "2_500",
        "--fact",
        "payer.age=11",
        "--fact",
        "merchant.category=food.bakery",
        "--spent",
        "each-day=4000",
    ];
    let found = document(&flags, 0);
    assert_eq!(
        found,
        json!({ "allow": 0, "failed": ["after-school"], "pass_now": 0, "next": "2026-03-04T14:00" })
    );
    let said = text(&flags, 0);
    assert!(said.starts_with("deny after-school; works from 2026-03-04T14:00\n"), "{said}");
    assert!(said.contains("Only after school"), "{said}");
    let mut korean = flags.to_vec();
    korean.extend(["--lang", "ko"]);
    assert!(text(&korean, 0).contains("방과 후와 토요일 낮에만"), "{korean:?}");
}
