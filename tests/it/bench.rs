//! `scoin bench` runs to its end on a small city and says everything that its readers count on.

use std::process::Command;

use scoin_tests::binaries::binary;
use serde_json::Value;

/// Keys that tools read; never renamed.
const KEYS: [&str; 8] = [
    "cpu_us_per_verify",
    "http_over_verify",
    "batch_over_verify",
    "books_per_s",
    "payments_per_s",
    "hot_payments_per_s",
    "p50_ms",
    "p99_ms",
];

#[test]
fn ends_with_one_document_that_has_every_figure() {
    let output = Command::new(binary("scoin"))
        .args(["bench", "--seconds", "1", "--accounts", "10", "--json"])
        .output()
        .expect("scoin runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().count(), 1, "one document and nothing else: {text}");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    for key in KEYS {
        assert!(document[key].as_f64().is_some_and(|figure| figure > 0.0), "{key} in {document}");
    }
    for key in ["machine", "rules", "history"] {
        assert!(!document[key].is_null(), "{key} in {document}");
    }
}

#[test]
fn a_wish_out_of_range_is_a_mistake_in_the_words() {
    let output = Command::new(binary("scoin"))
        .args(["bench", "--seconds", "0", "--json"])
        .output()
        .expect("scoin runs");
    assert_eq!(output.status.code(), Some(2));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(document["error"]["message"].as_str().is_some_and(|text| text.contains("1..=600")));
}
