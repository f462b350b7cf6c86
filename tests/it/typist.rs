//! Somebody who types `scoin` in one city.

use std::path::Path;
use std::process::Command;

use scoin_tests::binaries::binary;
use serde_json::{Value, json};

/// A command line in one city; every answer is one JSON document.
pub(crate) struct Typist<'a> {
    pub(crate) folder: &'a Path,
}

impl Typist<'_> {
    /// Runs `scoin` as `who` and gives the exit code and the document.
    pub(crate) fn run(&self, who: &str, words: &[&str]) -> (i32, Value) {
        let (exit, text) = self.print(who, &[words, &["--json"]].concat());
        let document = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{words:?}: {error}: `{text}`"));
        (exit, document)
    }

    /// What `scoin` prints for people, in a language; it must work.
    pub(crate) fn text(&self, who: &str, lang: &str, words: &[&str]) -> String {
        let (exit, text) = self.print(who, &[words, &["--lang", lang]].concat());
        assert_eq!(exit, 0, "{who} {words:?}: {text}");
        text
    }

    fn print(&self, who: &str, words: &[&str]) -> (i32, String) {
        let output = Command::new(binary("scoin"))
            .args(words)
            .arg("--home")
            .arg(self.folder.join(who))
            .arg("--password-file")
            .arg(self.folder.join("password"))
            .env_clear()
            .output()
            .expect("scoin runs");
        let text = String::from_utf8(output.stdout).expect("text");
        (output.status.code().expect("an exit code"), text)
    }

    /// As [`Typist::run`] for what must work.
    pub(crate) fn done(&self, who: &str, words: &[&str]) -> Value {
        let (exit, document) = self.run(who, words);
        assert_eq!(exit, 0, "{who} {words:?}: {document}");
        document
    }

    /// As [`Typist::run`] for what must be refused with this exit code and name.
    pub(crate) fn refused(&self, who: &str, words: &[&str], exit: i32, name: &str) -> Value {
        let (found, document) = self.run(who, words);
        assert_eq!(
            (found, &document["error"]["name"]),
            (exit, &json!(name)),
            "{words:?}: {document}"
        );
        document["error"].clone()
    }

    /// Opens an account and gives its address.
    pub(crate) fn open(&self, who: &str, kind: &str, server: &str) -> String {
        let words = self.folder.join(format!("{who}.words"));
        let words = words.to_str().expect("a path");
        let arguments =
            ["wallet", "init", "--kind", kind, "--words-file", words, "--server", server];
        text(&self.done(who, &arguments)["address"])
    }
}

/// A JSON value that must be text.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("`{value}` is no text")).to_owned()
}
