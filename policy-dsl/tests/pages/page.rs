//! The pages of `docs/diagnostics`: what their fenced blocks hold, what the compiler says to them, and what is written
//! back into them. Shared by the test that holds them true and by the command that mends them.
//!
//! A page is written by hand except for its title and for the block under each bad example, which is what the compiler
//! says. `docs/diagnostics/README.md` tells how to add one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{fs, io};

use scoin_policy::analyse::{Issue, Settings};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::codes::{self, Code};
use scoin_policy::diagnostic::{Diagnostic, position};
use scoin_policy::facts::World;
use scoin_policy::module::Module;

/// One example of a page.
#[derive(Debug)]
pub(crate) struct Block {
    /// True for one that gives no diagnostic.
    pub(crate) good: bool,
    /// The source, with `... 300 times` and `{U+202E}` written out.
    pub(crate) source: String,
    /// An argument from outside for its first policy.
    argument: Option<(String, String)>,
    /// What the analysis takes for granted, for an example that is analysed too.
    analysed: Option<Settings>,
}

/// No list and no calendar is known.
struct Nothing;

impl World for Nothing {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, _calendar: &str, _date: Date) -> Option<bool> {
        None
    }
}

/// `docs/diagnostics`.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}

/// Every file that a code or the index has: its path, what it holds, and what it should hold.
pub(crate) fn files() -> Vec<(PathBuf, String, String)> {
    let mut files = Vec::new();
    for code in codes::ALL {
        let path = folder().join(format!("{}.md", code.code));
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mended = mended(code, &text);
        files.push((path, text, mended));
    }
    let path = folder().join("README.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mended = index(&text);
    files.push((path, text, mended));
    files
}

/// Pages that belong to no code.
pub(crate) fn strays() -> io::Result<Vec<String>> {
    let known: BTreeSet<String> =
        codes::ALL.iter().map(|code| format!("{}.md", code.code)).collect();
    let mut strays = Vec::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "README.md" && !known.contains(&name) {
            strays.push(name);
        }
    }
    Ok(strays)
}

/// The examples of a page, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```scoin ") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(block(info, &body));
    }
    blocks
}

fn block(info: &str, body: &[&str]) -> Block {
    let (kind, rest) = info.split_once(' ').unwrap_or((info, ""));
    let argument = rest.strip_prefix("argument ").and_then(|rest| rest.split_once('='));
    let argument = argument.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let source = body.iter().map(|line| written_out(line)).collect();
    Block { good: kind == "good", source, argument, analysed: analysed(rest) }
}

/// `analysed`, or `issue 100000 on 2026-03-01`: what is probably not meant is said too.
fn analysed(rest: &str) -> Option<Settings> {
    if rest == "analysed" {
        return Some(Settings::default());
    }
    let (amount, date) = rest.strip_prefix("issue ")?.split_once(" on ")?;
    let today = Date::parse(date)?;
    let issue = Issue { at: Civil::start_of(today), amount: amount.parse().ok()? };
    Some(Settings { today: Some(today), issue: Some(issue), ..Settings::default() })
}

/// A line of an example: `... 300 times TEXT` is TEXT three hundred times, `{n}` in it the number of the time, and
/// `{U+202E}` is a character that nobody should have to see.
fn written_out(line: &str) -> String {
    let repeated = line.strip_prefix("... ").and_then(|rest| rest.split_once(" times "));
    let repeated = repeated
        .and_then(|(times, text)| Some((times.replace(',', "").parse::<usize>().ok()?, text)));
    if let Some((times, text)) = repeated {
        return (1..=times).map(|n| text.replace("{n}", &n.to_string()) + "\n").collect();
    }
    let mut pieces = line.split("{U+");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once('}').unwrap_or((piece, ""));
        text.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
        text.push_str(rest);
    }
    text + "\n"
}

/// Everything there is to say about an example: while reading it, while running its examples, or while giving it the
/// argument of the block.
pub(crate) fn found(source: &str, block: &Block) -> Vec<Diagnostic> {
    let (module, mut found) = Module::parse(source);
    let Some(module) = module else { return found };
    found.extend(module.examples(&Nothing).into_iter().filter_map(|result| result.failure));
    if let Some(settings) = &block.analysed {
        found.extend(module.warnings(&module.inspect(settings)));
    }
    let first = module.policies().into_iter().next();
    if let (Some(argument), Some(head)) = (&block.argument, first) {
        let arguments = std::slice::from_ref(argument);
        found.extend(module.policy(&head.name, arguments).err().into_iter().flatten());
    }
    found
}

/// The page with its title and the messages under its bad examples as they should be.
fn mended(code: &Code, page: &str) -> String {
    let mut text = format!("# {}: {}\n", code.code, code.about);
    let mut examples = blocks(page).into_iter();
    let mut lines = page.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        writeln!(text, "{line}").ok();
        if !line.starts_with("```scoin ") {
            continue;
        }
        for line in lines.by_ref() {
            writeln!(text, "{line}").ok();
            if line == "```" {
                break;
            }
        }
        let Some(block) = examples.next().filter(|block| !block.good) else { continue };
        // What stands there now goes; what the compiler says comes.
        while lines.next_if(|line| line.is_empty()).is_some() {}
        if lines.next_if(|line| *line == "```text").is_some() {
            while lines.next().is_some_and(|line| line != "```") {}
        }
        writeln!(text, "\n```text\n{}```", said(&block)).ok();
        if lines.peek().is_some_and(|line| !line.is_empty()) {
            text.push('\n');
        }
    }
    text
}

/// What the compiler says to an example, as text without colours.
fn said(block: &Block) -> String {
    let mut text = String::new();
    for found in found(&block.source, block) {
        let severity = if found.is_error() { "error" } else { "warning" };
        writeln!(text, "{severity}[{}]: {}", found.code, found.message).ok();
        for (number, label) in found.labels.iter().enumerate() {
            let (line, column) = position(&block.source, label.span.start);
            let shown = block.source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let shown: String = shown.chars().filter(|c| !is_unseen(*c)).take(100).collect();
            let marked = block.source.get(label.span.start..label.span.end).unwrap_or_default();
            let width = marked.lines().next().unwrap_or_default().chars().count();
            let mark = if number == 0 { "^" } else { "-" };
            writeln!(text, "{line:>4} | {shown}").ok();
            let blank = " ".repeat(column.saturating_sub(1).min(100));
            let mark = mark.repeat(width.clamp(1, 100));
            writeln!(text, "     | {}", format!("{blank}{mark} {}", label.text).trim_end()).ok();
        }
        if let Some(help) = &found.help {
            writeln!(text, "     = help: {help}").ok();
        }
        for fix in &found.fixes {
            writeln!(text, "     = fix: {}", fix.title).ok();
        }
    }
    text
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{202e}') || c.is_control()
}

/// The list of all codes: everything up to the table is kept.
fn index(page: &str) -> String {
    let before = page.split_once("| code |").map_or(page, |(before, _)| before);
    let mut text = format!("{before}| code | about |\n| --- | --- |\n");
    for code in codes::ALL {
        writeln!(text, "| [{0}]({0}.md) | {1} |", code.code, code.about).ok();
    }
    text
}
