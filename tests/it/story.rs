//! Stories as data: what people type in one city, when, and what they must see. Run through `scoin` against the real
//! service on a clock the story sets.
//!
//! A file of `tests/data/stories/` has one step a line, its columns separated by tabs:
//!
//! - `city` and a zone, first: founds it. `people` and names: opens their accounts; `{name}` is an address from then on.
//! - `device` and names: wallets with a key and no account. `copy` and two names: the second one is a copy of the first,
//!   with everything in its folder. `{folder}` is where all these lie.
//! - `shops` and names: opens and registers a bakery for each.
//! - `file`, a name and a text: writes it beside the homes; `{name}` is its path from then on.
//! - `text`, a name and words: `{name}` is these words, in one piece. `{outing}` is the city's form for a day out.
//! - `shop`, a name and a category: one of that category.
//! - `at` and a time: the clock stands there, and what was due by then is done.
//! - a name and what it types; then any number of pairs of a JSON pointer and the value it must have. `{x}` is what was
//!   kept as `x`; the pair `keep` and `x=/pointer` keeps something; `refused` and a name expects that refusal.
//! - `tells`, then who, in which language and what is typed: what people read must hold each text that follows.
//! - lines that begin with `#`, and empty ones, are for people.

use std::collections::BTreeMap;
use std::path::Path;

use scoin_tests::Service;
use serde_json::{Value, json};

use crate::typist::{Typist, text};

const OFFICER: &str = "city/officers/1";

struct Story<'a> {
    typist: Typist<'a>,
    service: Option<Service>,
    server: String,
    kept: BTreeMap<String, String>,
}

impl Story<'_> {
    async fn step(&mut self, line: &str, place: &str) {
        let mut columns = line.split('\t').filter(|column| !column.is_empty());
        let who = columns.next().unwrap_or_default();
        let what = columns.next().unwrap_or_else(|| panic!("{place}: too short"));
        match who {
            "city" => self.found(what).await,
            "people" => {
                for name in what.split(' ') {
                    let address = self.typist.open(name, "person", &self.server);
                    self.kept.insert(name.to_owned(), address);
                }
            }
            "device" => {
                for name in what.split(' ') {
                    let words = self.typist.folder.join(format!("{name}.words"));
                    let words = words.to_str().expect("a path");
                    let typed = [
                        "wallet",
                        "init",
                        "--offline",
                        "--words-file",
                        words,
                        "--server",
                        &self.server,
                    ];
                    self.typist.done(name, &typed);
                }
            }
            "copy" => {
                let (from, to) = what.split_once(' ').expect("two names");
                copy(&self.typist.folder.join(from), &self.typist.folder.join(to));
            }
            "shops" => {
                for name in what.split(' ') {
                    self.open_shop(name, "food.bakery");
                }
            }
            "text" => {
                let value = columns.next().unwrap_or_default();
                self.kept.insert(what.to_owned(), value.to_owned());
            }
            "shop" => self.open_shop(what, columns.next().unwrap_or_default()),
            "file" => {
                let path = self.typist.folder.join(what);
                std::fs::write(&path, columns.next().unwrap_or_default()).expect("a file");
                self.kept.insert(what.to_owned(), path.to_str().expect("a path").to_owned());
            }
            "tells" => {
                let (teller, typed) = what.split_once(' ').expect("who, language and words");
                let (lang, typed) = typed.split_once(' ').expect("who, language and words");
                let typed: Vec<String> = typed.split(' ').map(|word| self.filled(word)).collect();
                let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
                let said = self.typist.text(teller, lang, &typed);
                for words in columns {
                    assert!(said.contains(words), "{place}: not said: {words}\n{said}");
                }
            }
            "at" => {
                self.typist.done(OFFICER, &["city", "clock", what]);
                // Any command is decided after what is due.
                self.typist.done(OFFICER, &["mint", "propose", "1", "--reason", "clock"]);
            }
            _ => self.types(who, what, &columns.collect::<Vec<_>>(), place),
        }
    }

    fn open_shop(&mut self, name: &str, category: &str) {
        let address = self.typist.open(name, "merchant", &self.server);
        let add = ["merchant", "add", &address, "--name", name, "--category", category];
        self.typist.done(OFFICER, &add);
        self.kept.insert(name.to_owned(), address);
    }

    /// A sandbox city with money, the city's rules, and two officers who agree.
    async fn found(&mut self, zone: &str) {
        let folder = self.typist.folder.join("city");
        let path = folder.to_str().expect("a path");
        let clock = "2026-03-03T12:00:00Z";
        let init = ["city", "init", path, "--sandbox", "--listen", "127.0.0.1:0", "--clock", clock];
        self.typist.done("nobody", &[&init[..], &["--zone", zone]].concat());
        let mut service = Service::new(&folder.join("issuer.toml"));
        service.start().await.expect("the service starts");
        self.service = Some(service);
        let address = std::fs::read_to_string(folder.join("address")).expect("the address");
        self.server = format!("http://{}", address.trim());
        let data = |file: &str| {
            let path = scoin_tests::repository().join("data").join(file);
            path.to_str().expect("a path").to_owned()
        };
        self.kept.insert("outing".to_owned(), data("rules/outing.scoin"));
        let holidays = data("kr/holidays-2026.csv");
        self.typist.done(OFFICER, &["calendar", "put", "kr.holidays", "--file", &holidays]);
        self.typist.done(OFFICER, &["policy", "publish", &data("rules/city.scoin")]);
        let mint = ["mint", "propose", "1_000_000", "--reason", "story"];
        let id = text(&self.typist.done(OFFICER, &mint)["id"]);
        self.typist.done("city/officers/2", &["mint", "approve", &id, "--yes"]);
    }

    fn types(&mut self, who: &str, what: &str, pairs: &[&str], place: &str) {
        let who = if who == "officer" { OFFICER } else { who };
        let words: Vec<String> = what.split(' ').map(|word| self.filled(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (exit, document) = self.typist.run(who, &words);
        let refused = pairs.chunks(2).any(|pair| pair[0] == "refused");
        assert_eq!(exit == 0, !refused, "{place}: {document:#}");
        for pair in pairs.chunks(2) {
            let [name, value] = pair else { panic!("{place}: a pair has two columns") };
            match *name {
                "refused" => {
                    assert_eq!(document["error"]["name"], **value, "{place}: {document:#}");
                }
                "keep" => {
                    let (key, pointer) = value.split_once('=').expect("x=/pointer");
                    let found = document.pointer(pointer).unwrap_or(&Value::Null);
                    self.kept.insert(key.to_owned(), text(found));
                }
                pointer => {
                    let found = document.pointer(pointer).unwrap_or(&Value::Null);
                    let value = self.filled(value);
                    let wanted: Value = serde_json::from_str(&value).unwrap_or(json!(value));
                    assert_eq!(*found, wanted, "{place}: {pointer} of {document:#}");
                }
            }
        }
    }

    /// A text with what was kept in place of `{x}`.
    fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.kept {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("an entry");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).expect("a file");
        }
    }
}

/// Tells one story; the audit of its journal must balance in the end.
async fn tell(name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("password"), "correct horse\n").expect("a file");
    let path = scoin_tests::repository().join("tests/data/stories").join(name);
    let source = std::fs::read_to_string(path).expect("the story");
    let typist = Typist { folder: folder.path() };
    let (service, server) = (None, String::new());
    let kept = BTreeMap::from([("folder".to_owned(), folder.path().display().to_string())]);
    let mut story = Story { typist, service, server, kept };
    for (number, line) in (1..).zip(source.lines()) {
        if !line.is_empty() && !line.starts_with('#') {
            story.step(line, &format!("{name}:{number}")).await;
        }
    }
    assert_eq!(story.typist.done(OFFICER, &["check"])["books"], "balanced");
    drop(story.service);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_takes_gives_back_and_closes() {
    tell("till.tsv").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chore_is_done_confirmed_and_paid() {
    tell("chores.tsv").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_out_is_paid_by_grandmother() {
    tell("outing.tsv").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowance_comes_on_its_date() {
    tell("allowance.tsv").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_added_and_a_copy_is_noticed() {
    tell("devices.tsv").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_costs_a_key_and_not_the_money() {
    tell("lost-phone.tsv").await;
}
