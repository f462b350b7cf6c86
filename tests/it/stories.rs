//! Stories of a family as data: who types what into `scoin`, and what must come of it, against the real service.

use std::collections::BTreeMap;
use std::path::Path;

use scoin_tests::{Service, repository};
use serde_json::Value;

use crate::typist::{Typist, text};

const RULES: &str = "
policy home.limit($daily: money) {
  title ko \"하루 한도\" en \"A limit a day\" zh \"每日上限\"
  zone Asia/Seoul
  cap daily: $daily per day
  expires never
}
policy home.books {
  title ko \"책만\" en \"Books only\" zh \"只买书\"
  zone Asia/Seoul
  require books: merchant.category in { books }
  expires never
}
";

#[tokio::test(flavor = "multi_thread")]
async fn privacy() {
    tell("privacy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ask() {
    tell("the-ask").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_guardians() {
    tell("the-two-guardians").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consent() {
    tell("consent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_age() {
    tell("of-age").await;
}

/// One story, told from its beginning.
struct Story<'a> {
    typist: Typist<'a>,
    known: BTreeMap<String, String>,
}

/// A step with what its answer must hold.
struct Step<'a> {
    line: usize,
    words: Vec<String>,
    expected: Vec<&'a str>,
}

async fn tell(name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut story, mut service) = Story::begin(folder.path()).await;
    let file = repository().join(format!("tests/data/stories/{name}.story"));
    let source = std::fs::read_to_string(&file).expect("a story");
    let steps = steps(&source);
    assert!(steps.len() > 20, "a story has steps");
    for step in &steps {
        story.take(step, &format!("{name}.story:{}", step.line));
    }
    let checked = story.typist.done("city/officers/3", &["check"]);
    assert_eq!(checked["books"], "balanced");
    service.stop();
}

impl Story<'_> {
    /// A city with a mother, a father and a child of eleven who has 20,000 won, a bakery and a bookshop.
    async fn begin(folder: &Path) -> (Story<'_>, Service) {
        std::fs::write(folder.join("password"), "correct horse\n").expect("a file");
        let typist = Typist { folder };
        let city = folder.join("city");
        let clock = "2026-03-03T15:30:00+09:00";
        let path = city.to_str().expect("a path");
        let init = ["city", "init", path, "--sandbox", "--listen", "127.0.0.1:0", "--clock", clock];
        typist.done("nobody", &init);
        let mut service = Service::new(&city.join("issuer.toml"));
        service.start().await.expect("the service starts");
        let server = std::fs::read_to_string(city.join("address")).expect("the address");
        let server = format!("http://{}", server.trim());
        let (one, two) = ("city/officers/1", "city/officers/2");
        let proposed = typist.done(one, &["mint", "propose", "1_000_000", "--reason", "budget"]);
        typist.done(two, &["mint", "approve", &text(&proposed["id"]), "--yes"]);
        let rules = folder.join("rules.scoin");
        std::fs::write(&rules, RULES).expect("a file");
        typist.done(one, &["policy", "publish", rules.to_str().expect("a path")]);
        let mut known = BTreeMap::new();
        for who in ["mother", "father", "child"] {
            known.insert(who.to_owned(), typist.open(who, "person", &server));
        }
        for (who, name, category) in
            [("bakery", "빵집", "food.bakery"), ("bookshop", "책방", "books")]
        {
            let address = typist.open(who, "merchant", &server);
            let add = ["merchant", "add", &address, "--name", name, "--category", category];
            typist.done(one, &add);
            known.insert(who.to_owned(), address);
        }
        let child = known.get("child").expect("opened").clone();
        let attest = ["account", "attest", &child, "--age", "11", "--age-until", "2026-12-31"];
        typist.done(one, &attest);
        typist.done(one, &["wallet", "give", &child, "20_000"]);
        (Story { typist, known }, service)
    }

    fn take(&mut self, step: &Step<'_>, place: &str) {
        let words: Vec<String> = step.words.iter().map(|word| self.filled(word, place)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["do", who, typed @ ..] => {
                let (exit, document) = self.typist.run(who, typed);
                assert_eq!(exit, 0, "{place}: {document}");
                self.check(&document, &step.expected, place);
            }
            ["no", who, typed @ .., "!", exit, name] => {
                let (found, document) = self.typist.run(who, typed);
                let error = &document["error"];
                assert_eq!(
                    (found.to_string().as_str(), error["name"].as_str()),
                    (*exit, Some(*name)),
                    "{place}: {document}"
                );
                self.check(error, &step.expected, place);
            }
            ["say", lang, who, typed @ ..] => {
                let said = self.typist.text(who, lang, typed).replace('\u{a0}', " ");
                for line in &step.expected {
                    assert!(said.contains(line), "{place}: not said: {line}\n{said}");
                }
            }
            ["let", name, "=", who, typed @ .., "@", path] => {
                let (exit, document) = self.typist.run(who, typed);
                assert_eq!(exit, 0, "{place}: {document}");
                let value = shown(at(&document, path));
                assert!(value != "null", "{place}: no `{path}` in {document}");
                self.known.insert((*name).to_owned(), value);
            }
            ["clock", time] => {
                self.typist.done("city/officers/1", &["city", "clock", time]);
            }
            ["has", who, amount] => {
                let balance = self.typist.done(who, &["wallet", "balance"]);
                assert_eq!(shown(&balance["total"]), *amount, "{place}");
            }
            other => panic!("{place}: what is {other:?}"),
        }
    }

    fn check(&self, document: &Value, expected: &[&str], place: &str) {
        for line in expected {
            let (path, value) = line.split_once(" = ").unwrap_or_else(|| panic!("{place}: {line}"));
            let found = match path.strip_suffix(".count") {
                Some(list) => at(document, list).as_array().map_or(0, Vec::len).to_string(),
                None => shown(at(document, path)),
            };
            let value = self.filled(value.trim_matches('"'), place);
            assert_eq!(found, value, "{place}: `{path}` in {document}");
        }
    }

    /// A word with `{name}` replaced by what is known under it.
    fn filled(&self, word: &str, place: &str) -> String {
        match word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            None => word.to_owned(),
            Some(name) => {
                let known = self.known.get(name);
                known.unwrap_or_else(|| panic!("{place}: `{name}` is not known")).clone()
            }
        }
    }
}

/// The value at `items.0.ask`.
fn at<'v>(document: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(document, |value, key| match key.parse::<usize>() {
        Ok(index) => &value[index],
        Err(_) => &value[key],
    })
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn steps(source: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (at, line) in source.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match (line.strip_prefix("  "), steps.last_mut()) {
            (Some(expected), Some(step)) => step.expected.push(expected),
            _ => steps.push(Step { line: at + 1, words: words(line), expected: Vec::new() }),
        }
    }
    steps
}

/// Words apart by blanks; what stands in quotation marks is one word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
