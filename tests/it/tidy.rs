//! What the files of the repository must look like; each rule with its reason in the message.

use std::fs;
use std::path::{Path, PathBuf};

use scoin_api::ErrorCode;
use scoin_tests::repository;

/// Nobody reads longer files; `STYLE.md` 8.
const LINES_MAX: usize = 700;

#[test]
fn every_rust_file_says_what_it_is_for() {
    check_rust("opens with a `//!` line that says what the file is for", |text| {
        text.starts_with("//!")
    });
}

#[test]
fn no_rust_file_is_too_long() {
    check_rust("has at most 700 lines; split it", |text| text.lines().count() <= LINES_MAX);
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        "TO\u{44}O",
        "FIX\u{4d}E",
        "XX\u{58}:",
        "HAC\u{4b}:",
        "todo\u{21}(",
        "unimplemented\u{21}(",
    ];
    check_rust("has no mark of unfinished work; finish it, or file an issue", |text| {
        !marks.iter().any(|mark| text.contains(mark))
    });
}

#[test]
fn every_test_runs_and_can_fail() {
    let marks = ["#[ig\u{6e}ore", "assert!(tr\u{75}e)", "assert_eq!(1\u{2c} 1)"];
    check_rust("has no test that is skipped or cannot fail", |text| {
        !marks.iter().any(|mark| text.contains(mark))
    });
}

#[test]
fn no_file_knows_one_machine() {
    let paths = ["/wor\u{6b}/", "/roo\u{74}/", "/far\u{6d}/", "/hom\u{65}/", "/tmp/\u{62}ash"];
    let wrong: Vec<String> =
        files(&["rs", "md", "toml", "scoin", "csv", "json", "yml", "yaml", "sh", "cddl"])
            .into_iter()
            .filter(|file| {
                let text = read(file);
                paths.iter().any(|path| text.contains(path))
            })
            .map(|file| shown(&file))
            .collect();
    assert!(wrong.is_empty(), "these files name a path of one machine: {}", wrong.join(", "));
}

#[test]
fn the_readme_leads_with_the_two_commands_and_ci_runs_the_second() {
    let readme = read(&repository().join("README.md"));
    let (_, after) = readme.split_once("```\n").expect("the README has a code block");
    let (block, _) = after.split_once("```").expect("the block ends");
    let commands: Vec<&str> =
        block.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).collect();
    assert_eq!(commands, ["cargo xtask demo", "cargo xtask test"]);

    let ci = read(&repository().join(".ci/run"));
    let lines: Vec<&str> = ci.lines().filter(|line| line.contains("cargo")).collect();
    assert_eq!(
        lines.last(),
        Some(&"exec cargo xtask test"),
        ".ci/run runs exactly the second command"
    );
    assert!(read(&repository().join(".cargo/config.toml")).contains("xtask = "));
}

#[test]
fn every_refusal_is_documented_and_tested() {
    let page = read(&repository().join("docs/refusals.md"));
    let tests = test_code();
    let variants = refusals();
    assert!(variants.len() >= 29, "the list of refusals was not found in core/src/outcome/mod.rs");
    let mut wrong = Vec::new();
    for (name, code) in &variants {
        if !page.contains(&format!("| {code} | {name} |")) {
            wrong.push(format!("docs/refusals.md has no row `| {code} | {name} |`"));
        }
        if !mentions(&tests, name) {
            wrong.push(format!("no test names Refusal::{name}"));
        }
    }
    let rows = page.lines().filter(|line| line.starts_with("| 2")).count();
    if rows != variants.len() {
        wrong.push(format!("docs/refusals.md has {rows} rows for {} refusals", variants.len()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_error_of_the_service_is_documented() {
    let page = read(&repository().join("docs/errors.md"));
    for error in ErrorCode::ALL {
        let again = if error.retryable() { "yes" } else { "no" };
        let row = format!("| {} | {} | {} | {again} |", error.code(), error.name(), error.status());
        assert!(page.contains(&row), "docs/errors.md has no row `{row}`");
    }
    let rows = page.lines().filter(|line| line.starts_with("| 1")).count();
    assert_eq!(rows, ErrorCode::ALL.len(), "docs/errors.md has a row for no code");
}

#[test]
fn the_list_of_decisions_is_complete() {
    let folder = repository().join("docs/adr");
    let list = read(&folder.join("README.md"));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    for (index, name) in names.iter().enumerate() {
        let number = format!("{:04}", index + 1);
        assert!(name.starts_with(&number), "{name} should be number {number}");
        assert!(
            list.contains(&format!("[{number}]({name})")),
            "docs/adr/README.md leaves out {name}"
        );
    }
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in files(&["md"]) {
        let text = read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            if !page.parent().unwrap().join(path).exists() {
                wrong.push(format!("{}: {target}", shown(&page)));
            }
        }
    }
    assert!(wrong.is_empty(), "dead links:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_that_the_architecture_names_exists() {
    let text = read(&repository().join("ARCHITECTURE.md"));
    let mut wrong = Vec::new();
    for word in text.split('`').skip(1).step_by(2) {
        let looks_like_a_path = word.contains('/') && !word.contains([' ', '*', ':', '{', '<']);
        if looks_like_a_path && !repository().join(word).exists() {
            wrong.push(word);
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md names what is not there: {}", wrong.join(", "));
}

fn check_rust(rule: &str, holds: impl Fn(&str) -> bool) {
    let wrong: Vec<String> = files(&["rs"])
        .into_iter()
        .filter(|file| !holds(&read(file)))
        .map(|file| shown(&file))
        .collect();
    assert!(wrong.is_empty(), "a rust file {rule}:\n{}", wrong.join("\n"));
}

/// (variant, code) of `Refusal`, read from its source.
fn refusals() -> Vec<(String, u16)> {
    let source = read(&repository().join("core/src/outcome/mod.rs"));
    let (_, after) = source.split_once("pub enum Refusal {").expect("the enum is there");
    let (body, _) = after.split_once("\n}").expect("the enum ends");
    let mut found = Vec::new();
    let mut name = String::new();
    for line in body.lines() {
        let is_variant =
            line.starts_with("    ") && line.chars().nth(4).is_some_and(char::is_uppercase);
        if is_variant {
            name = line.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
        }
        let code =
            line.split(" = ").nth(1).and_then(|rest| rest.trim_end_matches(',').parse().ok());
        if let Some(code) = code {
            found.push((name.clone(), code));
        }
    }
    found
}

/// All code that tests the books: the ledger's own tests and ours. (That core can encode a refusal proves nothing here.)
fn test_code() -> String {
    let mut code = String::new();
    for file in files(&["rs"]) {
        let text = read(&file);
        let path = shown(&file);
        if !path.starts_with("issuer-service/ledger/") && !path.starts_with("tests/it/") {
            continue;
        }
        if path.contains("tests/") || path.ends_with("tests.rs") {
            code.push_str(&text);
        } else if let Some((_, tests)) = text.split_once("#[cfg(test)]") {
            code.push_str(tests);
        }
    }
    code
}

/// True if `Refusal::Name` stands in the code, and not only as the beginning of a longer name.
fn mentions(code: &str, name: &str) -> bool {
    let full = format!("Refusal::{name}");
    code.match_indices(&full).any(|(at, _)| {
        !code[at + full.len()..].starts_with(|next: char| next.is_ascii_alphanumeric())
    })
}

/// All files of the checkout with one of these endings, in order; what is built or fetched is left out.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![repository()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !["target", ".git", "node_modules"].contains(&name) {
                    open.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|ending| endings.iter().any(|one| ending == *one))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}
