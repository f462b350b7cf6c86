//! What is shown: a story for people, or one JSON document a line.

use std::io::{IsTerminal as _, Write as _};
use std::time::Instant;

use serde_json::{Value, json};

/// The only place that prints.
#[derive(Debug)]
pub(crate) struct Show {
    json: bool,
    bar: bool,
    began: Instant,
    chapter: String,
}

/// A refusal as a holder reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// Stable code.
    pub(crate) code: u64,
    /// Sentences in Korean.
    pub(crate) ko: Vec<String>,
    /// Sentences in English.
    pub(crate) en: Vec<String>,
}

impl Show {
    /// For people, or for programs.
    pub(crate) fn new(json: bool) -> Self {
        let bar = !json && std::io::stderr().is_terminal();
        Self { json, bar, began: Instant::now(), chapter: String::new() }
    }

    /// A new part of the story.
    pub(crate) fn chapter(&mut self, title: &str) {
        title.clone_into(&mut self.chapter);
        if !self.json {
            println!(
                "\n{title}  ({}.{} s)",
                self.began.elapsed().as_secs(),
                self.began.elapsed().subsec_millis() / 100
            );
        }
    }

    /// Something that was done.
    pub(crate) fn done(&self, what: &str) {
        if self.json {
            line(&json!({ "chapter": self.chapter, "done": what }));
        } else {
            println!("  + {what}");
        }
    }

    /// Something that was refused, in both languages.
    pub(crate) fn refused(&self, what: &str, said: &Said) {
        if self.json {
            line(&json!({
                "chapter": self.chapter, "refused": what, "code": said.code, "ko": said.ko, "en": said.en
            }));
            return;
        }
        println!("  - {what}: no ({})", said.code);
        for sentence in said.ko.iter().chain(&said.en) {
            println!("      {sentence}");
        }
    }

    /// How far something long is; only on a terminal.
    pub(crate) fn progress(&self, what: &str, done: usize, of: usize) {
        if !self.bar {
            return;
        }
        let filled = (done * 30).checked_div(of).unwrap_or(30).min(30);
        eprint!("\r  {what} [{}{}] {done}/{of} ", "=".repeat(filled), " ".repeat(30 - filled));
        if done >= of {
            eprint!("\r{}\r", " ".repeat(78));
        }
        let _ = std::io::stderr().flush();
    }

    /// The last line: what was measured, in this order.
    pub(crate) fn last(&self, measured: &[(&str, Value)]) {
        if self.json {
            let fields: Vec<String> =
                measured.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
            println!("{{{}}}", fields.join(","));
            return;
        }
        println!();
        for (name, value) in measured {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            println!("  {name:<16} {text}");
        }
    }
}

fn line(value: &Value) {
    println!("{value}");
    let _ = std::io::stdout().flush();
}
