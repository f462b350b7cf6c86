//! Fuzz targets: each is a plain function over bytes that stops when something that must hold does not.
//!
//! To add one: write the function below `targets`, one line in [`TARGETS`], and a few small inputs in its folder of
//! `corpus/`. The ordinary tests then run it on the corpus and on some thousand changes of it, always the same ones;
//! `cargo xtask fuzz NAME --seconds N` runs it for longer.

pub mod mutate;
mod targets;

use std::path::{Path, PathBuf};
use std::{fs, io};

/// One thing that takes bytes from outside.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its folder in `corpus/`.
    pub corpus: &'static str,
    /// Changed inputs that the ordinary tests try.
    pub tries: u32,
    /// Must return for any bytes.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "lexer", corpus: "source", tries: 3_000, run: targets::source::lexer },
    Target { name: "parser", corpus: "source", tries: 2_000, run: targets::source::parser },
    Target { name: "formatter", corpus: "source", tries: 2_000, run: targets::source::formatter },
    Target { name: "compiler", corpus: "source", tries: 1_000, run: targets::source::compiler },
    Target { name: "compiled", corpus: "compiled", tries: 10_000, run: targets::policy::compiled },
    Target {
        name: "evaluator",
        corpus: "evaluator",
        tries: 2_000,
        run: targets::policy::evaluator,
    },
];

/// The folder of all corpora.
pub fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The inputs of a target, in the order of their names.
pub fn corpus(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let entries = fs::read_dir(corpora().join(target.corpus))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    paths.into_iter().map(fs::read).collect()
}
