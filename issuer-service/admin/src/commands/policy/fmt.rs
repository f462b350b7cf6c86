//! `policy fmt`: rule files in the one style, and files written so that a crash leaves the old or the new text.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use scoin_policy::syntax::fmt::format;
use serde_json::{Value, json};

use super::draw::{diagnostic_json, drawn};
use crate::args::policy::Fmt;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::home::cannot_write;
use crate::output::Report;

/// Runs the command.
pub(crate) fn run(fmt: &Fmt) -> Result<Report, Failure> {
    let mut report = Report::new(Value::Null);
    let mut files = Vec::new();
    for file in &fmt.files {
        let source = read_text(file)?;
        let name = file.display().to_string();
        let (changed, found) = match format(&source) {
            Ok(text) => {
                let changed = text != source;
                if fmt.check && changed {
                    report = report.text(format!("would change: {name}")).exit(Exit::Refused);
                } else if file.as_os_str() == "-" && !fmt.check {
                    return Ok(standard_output(&text, changed));
                } else if changed {
                    replace(file, &text)?;
                    report = report.text(format!("changed: {name}"));
                }
                (changed, Vec::new())
            }
            Err(found) => {
                for found in &found {
                    report = report.styled(drawn(file, &source, found));
                }
                report = report.text(format!("left alone: {name}")).exit(Exit::Refused);
                (false, found)
            }
        };
        let found: Vec<Value> = found.iter().map(|one| diagnostic_json(&source, one)).collect();
        files.push(json!({ "file": name, "changed": changed, "diagnostics": found }));
    }
    report.json = json!({ "files": files });
    Ok(report)
}

/// The text itself for people and pipes, in a document with `--json`.
fn standard_output(text: &str, changed: bool) -> Report {
    Report::new(json!({ "changed": changed, "text": text })).text(text)
}

/// Gives a file this text: first beside it, then under its name, with the rights it had. A link keeps pointing to it.
pub(crate) fn replace(file: &Path, text: &str) -> Result<(), Failure> {
    let replaced = || -> io::Result<()> {
        let file = fs::canonicalize(file)?;
        let rights = fs::metadata(&file)?.permissions();
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = file.with_file_name(name);
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .and_then(|mut new| {
                new.write_all(text.as_bytes())?;
                new.set_permissions(rights)?;
                new.sync_all()
            })
            .and_then(|()| fs::rename(&beside, &file));
        if written.is_err() {
            drop(fs::remove_file(&beside));
        }
        written
    };
    replaced().map_err(|error| cannot_write(file, &error))
}
