//! What the city would say of rule text before it publishes it: the examples, with the city's own calendars.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use scoin_policy::civil::Date;
use scoin_policy::diagnostic::Diagnostic;
use scoin_policy::facts::World;
use scoin_policy::module::Module;

use super::calendars::Calendars;
use super::draw::diagnostic_json;
use crate::exit::Exit;
use crate::failure::Failure;

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
    let results = module.examples(&Calendars::of(calendars));
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
struct Asked(RefCell<BTreeSet<String>>);

impl World for Asked {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, calendar: &str, _date: Date) -> Option<bool> {
        self.0.borrow_mut().insert(calendar.to_owned());
        None
    }
}
