//! Runs the steps of a chore one after another, and says how long each took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A chore in progress.
pub(crate) struct Steps {
    root: PathBuf,
    began: Instant,
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// Begins a chore; all its commands run in `root`.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), began: Instant::now(), done: Vec::new() }
    }

    /// Runs cargo with these arguments.
    pub(crate) fn cargo(&mut self, name: &str, arguments: &[&str]) -> Result<()> {
        self.run(name, Command::new(crate::cargo()).args(arguments))
    }

    /// Runs one command; fails with its name when it fails.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<()> {
        eprintln!("--- {name}");
        let began = Instant::now();
        let status = command
            .current_dir(&self.root)
            .status()
            .with_context(|| format!("step `{name}`: {command:?} cannot be started"))?;
        if !status.success() {
            bail!("step `{name}` failed ({status}); to repeat only this step: {command:?}");
        }
        eprintln!("--- {name}: passed in {}", seconds(began.elapsed()));
        self.done.push((name.to_owned(), began.elapsed()));
        Ok(())
    }

    /// Prints the table of all steps.
    pub(crate) fn finish(self) {
        eprintln!();
        for (name, took) in &self.done {
            eprintln!("{name:<16} {:>9}", seconds(*took));
        }
        eprintln!("{:<16} {:>9}", "everything", seconds(self.began.elapsed()));
    }
}

fn seconds(time: Duration) -> String {
    format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100)
}
