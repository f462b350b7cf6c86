//! The real `scoin`, run as a person would run it; always with `--json`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use scoin_core::CommandId;
use scoin_tests::binaries::binary;
use serde_json::Value;

use crate::show::Said;
use crate::tally::Tally;

/// Everybody's password: the vaults of the demo protect nothing.
pub(crate) const PASSWORD: &str = "a demo protects nothing";

/// The command line on one city.
#[derive(Debug)]
pub(crate) struct Cli {
    folder: PathBuf,
    password: PathBuf,
    server: String,
}

/// How a command ended that could be refused.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The document it printed.
    Done(Value),
    /// The error document it printed.
    Refused(Value),
}

impl Cli {
    /// Homes are made below `folder`.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let password = folder.join("password");
        std::fs::write(&password, PASSWORD).context("the password file")?;
        Ok(Self { folder: folder.to_path_buf(), password, server: String::new() })
    }

    /// From now on talks to the service at `http://127.0.0.1:PORT`.
    pub(crate) fn set_server(&mut self, server: &str) {
        server.clone_into(&mut self.server);
    }

    /// The home of somebody.
    pub(crate) fn home(&self, who: &str) -> PathBuf {
        self.folder.join(who)
    }

    /// Runs a command that must work.
    pub(crate) fn must(&self, tally: &mut Tally, who: &str, arguments: &[&str]) -> Result<Value> {
        match self.run(tally, who, arguments)? {
            End::Done(document) => Ok(document),
            End::Refused(document) => {
                bail!("`scoin {}` was refused: {document}", arguments.join(" "))
            }
        }
    }

    /// Runs a command that must be refused by the ledger, and gives the words of the refusal.
    pub(crate) fn must_not(
        &self,
        tally: &mut Tally,
        who: &str,
        arguments: &[&str],
    ) -> Result<(Said, Value)> {
        match self.run(tally, who, arguments)? {
            End::Refused(document) => Ok((said(&document), document["error"].clone())),
            End::Done(_) => bail!("`scoin {}` should have been refused", arguments.join(" ")),
        }
    }

    /// Runs a command as somebody.
    pub(crate) fn run(&self, tally: &mut Tally, who: &str, arguments: &[&str]) -> Result<End> {
        let mut command = Command::new(binary("scoin"));
        command.args(arguments).args(["--json", "--no-input", "--yes", "--password-file"]);
        command.arg(&self.password).arg("--home").arg(self.home(who));
        if !self.server.is_empty() {
            command.args(["--server", &self.server]);
        }
        let output = command.output().context("scoin cannot be started")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let document: Value = serde_json::from_str(text.trim()).map_err(|error| {
            let errors = String::from_utf8_lossy(&output.stderr);
            anyhow!(
                "`scoin {}` printed no document ({error}): {text} {errors}",
                arguments.join(" ")
            )
        })?;
        if output.status.success() || document["status"] == "accepted" {
            if document["frame"].is_u64() {
                count(tally, &document["id"], true);
            }
            for item in document["items"].as_array().into_iter().flatten() {
                count(tally, &item["id"], true);
            }
            return Ok(End::Done(document));
        }
        let error = &document["error"];
        if error["code"].as_u64().is_none_or(|code| code < 2000) {
            bail!("`scoin {}` failed: {document}", arguments.join(" "));
        }
        if error["frame"].is_u64() {
            count(tally, &error["id"], false);
        }
        Ok(End::Refused(document))
    }
}

fn count(tally: &mut Tally, id: &Value, accepted: bool) {
    if let Some(id) = id.as_str().and_then(CommandId::from_hex) {
        tally.answered(id, accepted);
    }
}

fn said(document: &Value) -> Said {
    let error = &document["error"];
    let sentences = |language: &str| -> Vec<String> {
        let list = error["sentences"][language].as_array();
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Said {
        code: error["code"].as_u64().unwrap_or_default(),
        ko: sentences("ko"),
        en: sentences("en"),
    }
}
