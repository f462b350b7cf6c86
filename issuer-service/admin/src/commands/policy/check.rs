//! `policy check`: parse, check, run every example, analyse; what is wrong is shown at its place in the text.

use std::path::Path;

use scoin_policy::analyse::inspect::Inspected;
use scoin_policy::analyse::{Contents, Issue, Settings, Shown, Witness};
use scoin_policy::civil::Civil;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::examples::ExampleResult;
use scoin_policy::ir::{By, Window};
use scoin_policy::manifest::Manifest;
use scoin_policy::module::Module;
use serde_json::{Value, json};

use super::calendars::Calendars;
use super::draw::{diagnostic_json, drawn};
use super::request::{written, written_date};
use crate::args::policy::Check;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// Runs the command.
pub(crate) fn run(check: &Check) -> Result<Report, Failure> {
    let mut source = read_text(&check.file)?;
    if check.fix {
        source = super::fix::file(&check.file, &source)?;
    }
    let calendars = Calendars::read(&check.calendars)?;
    let (module, mut diagnostics) = Module::parse(&source);
    let results = module.as_ref().map(|module| module.examples(&calendars)).unwrap_or_default();
    diagnostics.extend(results.iter().filter_map(|result| result.failure.clone()));
    let settings = settings(check, &calendars);
    let analysed = module.as_ref().filter(|_| !check.no_analysis);
    let inspected = analysed.map(|module| module.inspect(&settings)).unwrap_or_default();
    diagnostics.extend(analysed.map(|module| module.warnings(&inspected)).unwrap_or_default());
    let failed = results.iter().filter(|result| result.failure.is_some()).count();
    let passed = results.len().saturating_sub(failed);
    let warnings = diagnostics.iter().filter(|found| !found.is_error()).count();
    let bad = module.is_none()
        || diagnostics.iter().any(Diagnostic::is_error)
        || (check.deny_warnings && warnings > 0);
    let json = json!({
        "file": check.file.display().to_string(),
        "examples": { "passed": passed, "failed": failed },
        "failed": results.iter().filter(|result| result.failure.is_some()).map(failed_json).collect::<Vec<_>>(),
        "diagnostics": diagnostics.iter().map(|found| diagnostic_json(&source, found)).collect::<Vec<_>>(),
        "policies": inspected.iter().map(policy_json).collect::<Vec<_>>(),
    });
    let mut report = Report::new(json);
    for found in &diagnostics {
        report = report.styled(drawn(&check.file, &source, found));
    }
    for one in &inspected {
        if let Err(why) = &one.findings {
            report = report.text(format!("note: not proved: `{}`: {why}", one.policy.name));
        }
    }
    let verdict = if bad { "not accepted" } else { "accepted" };
    let count = module
        .as_ref()
        .map_or(0, |module| module.policies().len().saturating_add(module.programs().len()));
    let report = report.text(format!(
        "{verdict}: {count} policies and programmes, {passed} examples hold, {failed} fail, {warnings} {}",
        if warnings == 1 { "warning" } else { "warnings" }
    ));
    Ok(if bad { report.exit(Exit::Refused) } else { report })
}

/// What the analysis takes for granted: nothing, or the calendars and the day that `--as-of` names.
fn settings(check: &Check, calendars: &Calendars) -> Settings {
    let mut settings = Settings { today: check.as_of, ..Settings::default() };
    if let Some(from) = check.as_of {
        let known = calendars.known(&check.calendars, from);
        let known = known.into_iter().map(|(name, days)| ((name, None), days));
        settings.contents = Contents { calendars: known.collect(), ..Contents::default() };
        let amount = check.issue.map_or(0, scoin_core::Amount::units);
        settings.issue = Some(Issue { at: Civil::start_of(from), amount });
    }
    settings
}

/// What is known of a policy, for tools.
fn policy_json(one: &Inspected) -> Value {
    let Inspected { policy, cost, .. } = one;
    let arguments = one.arguments.iter();
    let arguments = arguments.map(|(name, text)| (format!("${name}"), Value::from(text.as_str())));
    let (satisfiable, witness) = match &one.satisfiable {
        Shown::Example(witness) => (Value::from(true), witness_json(witness)),
        Shown::Impossible => (Value::from(false), Value::Null),
        Shown::NotProved(_) => (Value::Null, Value::Null),
    };
    let spendable = one.spendable.as_ref().map(|(most, last)| {
        json!({ "amount": most.amount, "exact": most.exact, "open_days": most.open_days, "until": written_date(*last) })
    });
    let not_proved: Vec<String> = match (&one.findings, &one.satisfiable) {
        (Err(why), _) => vec![why.to_string()],
        (Ok(_), Shown::NotProved(why)) => vec![format!("whether any payment can pass: {why}")],
        (Ok(_), _) => Vec::new(),
    };
    json!({
        "name": policy.name,
        "id": policy.id().to_string(),
        "arguments": arguments.collect::<serde_json::Map<_, _>>(),
        "cost": { "total": cost.total(), "tests": cost.tests, "limits": cost.limits, "lines": cost.lines },
        "manifest": manifest_json(&one.manifest),
        "satisfiable": satisfiable,
        "witness": witness,
        "spendable": spendable,
        "findings": one.findings.as_ref().map(|found| found.iter().map(finding_json).collect::<Vec<_>>()).ok(),
        "not_proved": not_proved,
    })
}

fn finding_json(found: &scoin_policy::analyse::Finding) -> Value {
    json!({ "code": found.code, "rule": found.place.rule, "clause": found.place.clause,
            "message": found.message(), "witness": found.witness.as_ref().map(witness_json) })
}

/// A payment, as an `example` block and in words.
pub(crate) fn witness_json(witness: &Witness) -> Value {
    json!({ "at": written(witness.now), "amount": witness.amount, "example": witness.to_string(),
            "words": witness.in_words() })
}

fn manifest_json(manifest: &Manifest) -> Value {
    let pinned = |(name, pin): &(String, Option<[u8; 32]>)| json!({ "name": name, "pin": pin.map(|pin| format!("sha256:{}", hex::encode(pin))) });
    let cuts = manifest.cuts.iter().map(|(fact, cuts)| (fact.name().to_owned(), json!(cuts)));
    let counters = manifest.counters.iter().map(|counter| {
        json!({ "rule": counter.rule, "label": counter.label, "measure": hex::encode(counter.measure.0),
                "window": counter.window.map(window_text),
                "by": counter.by.iter().map(|key| key_word(*key)).collect::<Vec<_>>() })
    });
    json!({
        "facts": manifest.facts.iter().map(|fact| fact.name()).collect::<Vec<_>>(),
        "cuts": cuts.collect::<serde_json::Map<_, _>>(),
        "lists": manifest.lists.iter().map(pinned).collect::<Vec<_>>(),
        "calendars": manifest.calendars.iter().map(pinned).collect::<Vec<_>>(),
        "counters": counters.collect::<Vec<_>>(),
    })
}

/// A window as the language writes it.
fn window_text(window: Window) -> String {
    match window {
        Window::Payment => "payment".to_owned(),
        Window::Day => "day".to_owned(),
        Window::Week => "week".to_owned(),
        Window::Month => "month".to_owned(),
        Window::Year => "year".to_owned(),
        Window::Life => "life".to_owned(),
        Window::Days(n) => format!("{n} days"),
        Window::Months(n) => format!("{n} months"),
        Window::Years(n) => format!("{n} years"),
    }
}

const fn key_word(key: By) -> &'static str {
    match key {
        By::Lot => "lot",
        By::Purse => "purse",
        By::Payer => "payer",
        By::Household => "household",
        By::Merchant => "merchant",
    }
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

/// A policy or programme that does not compile with these arguments.
pub(crate) fn not_compiled(name: &str, found: &[Diagnostic]) -> Failure {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    Failure::new(Exit::Usage, format!("`{name}` does not compile with these arguments"))
        .why(lines.join("; "))
        .hint("give each with --arg NAME=VALUE, written as the language writes it")
}

/// An example that does not hold, for tools.
pub(crate) fn failed_json(result: &ExampleResult) -> Value {
    json!({ "rule": result.rule, "name": result.name, "expected": result.expected, "found": result.found })
}
