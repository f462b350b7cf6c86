//! The help of every command, compared with a file: what people read changes on purpose only.
//!
//! `SCOIN_UPDATE=1 cargo test -p scoin-admin --test help` writes the files anew.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn every_help_is_as_written_down() {
    let update = std::env::var_os("SCOIN_UPDATE").is_some();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/cli");
    let mut known: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut waiting = vec![Vec::new()];
    let mut wrong = Vec::new();
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        let help = help(&path);
        for name in subcommands(&help) {
            let mut deeper = path.clone();
            deeper.push(name);
            waiting.push(deeper);
        }
        let words = std::iter::once("scoin").chain(path.iter().map(String::as_str));
        let file = format!("{}.txt", words.collect::<Vec<_>>().join("-"));
        known.remove(&file);
        seen += 1;
        if update {
            fs::write(folder.join(&file), &help).unwrap();
        } else if fs::read_to_string(folder.join(&file)).ok().as_deref() != Some(&help) {
            wrong.push(file);
        }
    }
    assert!(seen > 50, "only {seen} commands were found: the walk is broken");
    if update {
        for file in known {
            fs::remove_file(folder.join(file)).unwrap();
        }
        return;
    }
    assert_eq!(
        wrong,
        Vec::<String>::new(),
        "help changed; run with SCOIN_UPDATE=1 and read the difference"
    );
    assert_eq!(known, BTreeSet::new(), "these commands are gone; run with SCOIN_UPDATE=1");
}

fn help(path: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_scoin"))
        .args(path)
        .arg("--help")
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{path:?} --help");
    assert!(output.stderr.is_empty(), "{path:?} --help writes to standard error");
    String::from_utf8(output.stdout).unwrap()
}

/// The names in the `Commands:` part.
fn subcommands(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let entries = lines.take_while(|line| !line.is_empty());
    // A name is indented by two; the lines of a long description by more.
    let names = entries.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(ToOwned::to_owned).collect()
}
