//! Publishing rule text and making instances of what it defines.

use std::collections::BTreeMap;
use std::path::Path;

use scoin_api::{CalendarBody, paths};
use scoin_core::command::Action;

use super::policy::date;

use crate::args::policy::Adopt;
use crate::args::{Change, Global};
use crate::failure::{Failure, read_text};
use crate::output::Report;
use crate::session::Session;
use crate::words;

/// `policy publish`, `program publish`. The text is compiled and its examples run here first: a mistake costs no command.
pub(crate) async fn publish(
    global: &Global,
    file: &Path,
    change: &Change,
) -> Result<Report, Failure> {
    let source = read_text(file)?;
    let module = super::policy::module(file, &source)?;
    let names = |heads: Vec<scoin_policy::module::Head>| heads.into_iter().map(|head| head.name);
    let names: Vec<String> = names(module.policies()).chain(names(module.programs())).collect();
    let session = Session::open(global).await?;
    let mut calendars = BTreeMap::new();
    for name in super::policy::calendars_asked(&module) {
        // One the city does not have is unknown to the city's own run of the examples too.
        if let Ok(body) = session.read::<CalendarBody>(&paths::calendar(&name)).await {
            calendars.insert(name, body.days.iter().filter_map(|day| date(day)).collect());
        }
    }
    super::policy::examples_hold((file, &source), &module, calendars)?;
    let done = session.submit(Action::PublishRules { source }, change).await?;
    Ok(words::done(&done, change, format!("published: {}", names.join(", "))))
}

/// `policy adopt`, `wallet adopt`
pub(crate) async fn adopt(global: &Global, adopt: Adopt) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    let Adopt { name, arguments, change } = adopt;
    let done =
        session.submit(Action::AdoptPolicy { name: name.clone(), arguments }, &change).await?;
    let id = done.policy().map_or_else(String::new, |policy| format!("sp1:{}", policy.to_hex()));
    let report = words::done(&done, &change, format!("`{name}` is {id}"));
    Ok(report.with("policy", id))
}
