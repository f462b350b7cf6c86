//! `policy check`: parse, check, run every example; what is wrong is shown at its place in the text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use scoin_policy::civil::Date;
use scoin_policy::diagnostic::{Diagnostic, Severity, position};
use scoin_policy::examples::ExampleResult;
use scoin_policy::facts::World;
use scoin_policy::module::Module;
use serde_json::{Value, json};

use super::request::date;
use crate::args::policy::Check;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// The Korean public holidays that examples may refer to; `--calendar` replaces them.
const KR_HOLIDAYS: &str = include_str!("../../../../../data/kr/holidays-2026.csv");

/// Runs the command.
pub(crate) fn run(check: &Check) -> Result<Report, Failure> {
    let mut source = read_text(&check.file)?;
    if check.fix {
        source = super::fix::file(&check.file, &source)?;
    }
    let world = Calendars::read(&check.calendars)?;
    let (module, mut diagnostics) = Module::parse(&source);
    let results = module.as_ref().map(|module| module.examples(&world)).unwrap_or_default();
    diagnostics.extend(results.iter().filter_map(|result| result.failure.clone()));
    let failed = results.iter().filter(|result| result.failure.is_some()).count();
    let passed = results.len().saturating_sub(failed);
    let bad = module.is_none() || diagnostics.iter().any(Diagnostic::is_error);
    let json = json!({
        "file": check.file.display().to_string(),
        "examples": { "passed": passed, "failed": failed },
        "failed": results.iter().filter(|result| result.failure.is_some()).map(failed_json).collect::<Vec<_>>(),
        "diagnostics": diagnostics.iter().map(|found| diagnostic_json(&source, found)).collect::<Vec<_>>(),
    });
    let mut report = Report::new(json);
    for found in &diagnostics {
        report = report.styled(drawn(&check.file, &source, found));
    }
    let verdict = if bad { "not accepted" } else { "accepted" };
    let count = module
        .as_ref()
        .map_or(0, |module| module.policies().len().saturating_add(module.programs().len()));
    let report = report.text(format!(
        "{verdict}: {count} policies and programmes, {passed} examples hold, {failed} fail"
    ));
    Ok(if bad { report.exit(Exit::Refused) } else { report })
}

/// The module of a file for the commands that need one without mistakes.
pub(crate) fn module(file: &Path, source: &str) -> Result<Module, Failure> {
    let (module, diagnostics) = Module::parse(source);
    module.ok_or_else(|| {
        let errors = diagnostics.iter().filter(|found| found.is_error());
        let first = errors.clone().next().map(ToString::to_string).unwrap_or_default();
        Failure::new(Exit::Refused, format!("`{}` does not compile", file.display()))
            .why(first)
            .hint(format!(
                "`scoin policy check {}` shows every mistake at its place",
                file.display()
            ))
            .with(
                "diagnostics",
                errors.map(|found| diagnostic_json(source, found)).collect::<Vec<_>>(),
            )
    })
}

/// The calendars that the examples of a module ask for.
pub(crate) fn calendars_asked(module: &Module) -> BTreeSet<String> {
    let asked = Asked::default();
    module.examples(&asked);
    asked.0.into_inner()
}

/// Every example holds with these calendars: what the city would say before it publishes.
pub(crate) fn examples_hold(
    (file, source): (&Path, &str),
    module: &Module,
    calendars: BTreeMap<String, BTreeSet<Date>>,
) -> Result<(), Failure> {
    let results = module.examples(&Calendars(calendars));
    let failed: Vec<Diagnostic> = results.into_iter().filter_map(|one| one.failure).collect();
    let Some(first) = failed.first() else { return Ok(()) };
    let file = file.display();
    Err(Failure::new(Exit::Refused, format!("an example of `{file}` does not hold"))
        .why(first.to_string())
        .hint(format!("`scoin policy check {file}` shows every one at its place"))
        .with(
            "diagnostics",
            failed.iter().map(|found| diagnostic_json(source, found)).collect::<Vec<_>>(),
        ))
}

/// A world that knows nothing and remembers which calendars it was asked for.
#[derive(Debug, Default)]
struct Asked(std::cell::RefCell<BTreeSet<String>>);

impl World for Asked {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, calendar: &str, _date: Date) -> Option<bool> {
        self.0.borrow_mut().insert(calendar.to_owned());
        None
    }
}

/// A policy or programme that does not compile with these arguments.
pub(crate) fn not_compiled(name: &str, found: &[Diagnostic]) -> Failure {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    Failure::new(Exit::Usage, format!("`{name}` does not compile with these arguments"))
        .why(lines.join("; "))
        .hint("give each with --arg NAME=VALUE, written as the language writes it")
}

/// Calendars by name, from files.
#[derive(Debug)]
struct Calendars(BTreeMap<String, BTreeSet<Date>>);

impl Calendars {
    fn read(given: &[(String, String)]) -> Result<Self, Failure> {
        let mut calendars = BTreeMap::new();
        calendars.insert("kr.holidays".to_owned(), dates("the built-in calendar", KR_HOLIDAYS)?);
        for (name, file) in given {
            calendars.insert(name.clone(), dates(file, &read_text(Path::new(file))?)?);
        }
        Ok(Self(calendars))
    }
}

impl World for Calendars {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        self.0.get(calendar).map(|days| days.contains(&date))
    }
}

/// The days of a calendar file: one a line, first on it; a head line, `#` lines and empty lines are passed over.
pub(crate) fn dates(file: &str, text: &str) -> Result<BTreeSet<Date>, Failure> {
    let mut days = BTreeSet::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let word = line
            .split([',', ';', ' ', '\t'])
            .next()
            .unwrap_or_default()
            .trim_matches(['"', '\u{feff}', '\r']);
        let head = number == 1 && word.starts_with("date");
        if word.is_empty() || word.starts_with('#') || head {
            continue;
        }
        let day = date(word).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("line {number} of `{file}` does not begin with a day"),
            )
            .hint("write one day a line, such as 2026-03-02")
        })?;
        days.insert(day);
    }
    Ok(days)
}

fn failed_json(result: &ExampleResult) -> Value {
    json!({ "rule": result.rule, "name": result.name, "expected": result.expected, "found": result.found })
}

pub(super) fn diagnostic_json(source: &str, found: &Diagnostic) -> Value {
    let place = found.span().map(|span| {
        let ((line, column), (end_line, end_column)) =
            (position(source, span.start), position(source, span.end));
        json!({ "start": span.start, "end": span.end, "line": line, "column": column,
                "end_line": end_line, "end_column": end_column })
    });
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(
            |edit| json!({ "start": edit.span.start, "end": edit.span.end, "text": edit.text }),
        );
        json!({ "title": fix.title, "edits": edits.collect::<Vec<_>>() })
    });
    json!({
        "code": found.code,
        "severity": if found.severity == Severity::Error { "error" } else { "warning" },
        "message": found.message,
        "place": place,
        "help": found.help,
        "fixes": fixes.collect::<Vec<_>>(),
    })
}

/// The diagnostic at its place in the text, with colours that the printer removes where they do not belong.
pub(super) fn drawn(file: &Path, source: &str, found: &Diagnostic) -> String {
    let level = if found.is_error() { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(found.message.as_str()).id(found.code);
    let mut group = Group::with_title(title);
    if !found.labels.is_empty() {
        let marks = found.labels.iter().zip(0_usize..).map(|(label, index)| {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let end = label.span.end.min(source.len());
            let mark = kind.span(label.span.start.min(end)..end);
            if label.text.is_empty() { mark } else { mark.label(label.text.as_str()) }
        });
        group = group
            .element(Snippet::source(source).path(file.display().to_string()).annotations(marks));
    }
    if let Some(help) = &found.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(|edit| {
            let end = edit.span.end.min(source.len());
            Patch::new(edit.span.start.min(end)..end, edit.text.as_str())
        });
        let title = Level::HELP.secondary_title(fix.title.as_str());
        title.element(Snippet::source(source).path(file.display().to_string()).patches(edits))
    });
    let groups: Vec<Group<'_>> = std::iter::once(group).chain(fixes).collect();
    Renderer::styled().render(&groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_calendar_knows_the_substitute_holiday() {
        let days = dates("test", KR_HOLIDAYS).unwrap();
        assert_eq!(days.len(), 22);
        assert!(days.contains(&date("2026-03-02").unwrap()));
    }

    #[test]
    fn calendar_files_are_strict() {
        assert_eq!(dates("f", "# head\n\n2026-01-01 new year\r\n2026-01-01\n").unwrap().len(), 1);
        assert!(dates("f", "2026-01-01\nsoon\n").is_err());
        assert!(dates("f", "2026-01-01\ndate\n").is_err());
    }
}
