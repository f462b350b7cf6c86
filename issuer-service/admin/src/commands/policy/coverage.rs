//! `policy test`: runs the examples, and says which clauses they try both ways.

use scoin_policy::coverage::{Covered, coverage};
use scoin_policy::diagnostic::position;
use scoin_policy::examples::ExampleResult;
use serde_json::{Value, json};

use super::calendars::Calendars;
use super::check::{failed_json, module};
use super::draw::drawn;
use crate::args::policy::Test;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// Runs the command.
pub(crate) fn run(given: &Test) -> Result<Report, Failure> {
    let source = read_text(&given.file)?;
    let calendars = Calendars::read(&given.calendars)?;
    let module = module(&given.file, &source)?;
    let results = module.examples(&calendars);
    let failed: Vec<&ExampleResult> =
        results.iter().filter(|result| result.failure.is_some()).collect();
    let passed = results.len().saturating_sub(failed.len());
    let all = coverage(&module, &results);
    let covered = all.iter().filter(|one| one.is_covered()).count();
    let percent = covered.saturating_mul(100).checked_div(all.len()).unwrap_or(100);
    let least = if given.all { Some(100) } else { given.min.map(usize::from) };
    let json = json!({
        "file": given.file.display().to_string(),
        "examples": { "passed": passed, "failed": failed.len() },
        "failed": failed.iter().map(|result| failed_json(result)).collect::<Vec<_>>(),
        "coverage": { "clauses": all.len(), "covered": covered, "percent": percent },
        "clauses": all.iter().map(|one| clause_json(&source, one)).collect::<Vec<_>>(),
    });
    let mut report = Report::new(json);
    for found in failed.iter().filter_map(|result| result.failure.as_ref()) {
        report = report.styled(drawn(&given.file, &source, found));
    }
    if given.coverage {
        let row = |one: &Covered| {
            let missing = match (one.passed, one.failed) {
                (0, 0) => "never tried",
                (0, _) => "never passed",
                (_, 0) => "never failed",
                _ => "",
            };
            let (passed, failed) = (one.passed.to_string(), one.failed.to_string());
            vec![one.rule.clone(), clause(one), passed, failed, missing.to_owned()]
        };
        let head = vec!["rule", "clause", "passed", "failed", ""];
        report = report.table(head, all.iter().map(row).collect());
    }
    let report = report.text(format!(
        "{passed} examples hold, {} fail; {covered} of {} clauses and alternatives seen both ways ({percent} %)",
        failed.len(),
        all.len(),
    ));
    // A share is rounded down: 100 % means all.
    let bad = !failed.is_empty() || least.is_some_and(|least| percent < least);
    Ok(if bad { report.exit(Exit::Refused) } else { report })
}

/// `snack-shop`, and `snack-shop or 2` for its second alternative.
fn clause(one: &Covered) -> String {
    match one.branch {
        None => one.clause.clone(),
        Some(at) => format!("{} or {}", one.clause, at.saturating_add(1)),
    }
}

fn clause_json(source: &str, one: &Covered) -> Value {
    json!({ "rule": one.rule, "clause": one.clause, "branch": one.branch,
            "line": position(source, one.span.start).0, "passed": one.passed, "failed": one.failed })
}
