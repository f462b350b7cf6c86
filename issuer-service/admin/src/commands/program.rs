//! `scoin program …`: reward programmes and the pools that pay them.

use scoin_api::{ProgramBody, paths};
use scoin_core::command::Action;
use serde_json::json;

use crate::args::Global;
use crate::args::city::Program;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Public, Session};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, program: Program) -> Result<Report, Failure> {
    match program {
        Program::Publish { file, change } => super::rules::publish(global, &file, &change).await,
        Program::Fund { pool, amount, change } => {
            let session = Session::open(global).await?;
            let done =
                session.submit(Action::FundPool { pool: pool.clone(), amount }, &change).await?;
            Ok(words::done(
                &done,
                &change,
                format!("{} from the treasury to pool `{pool}`", words::amount(amount)),
            ))
        }
        Program::Report => report(global).await,
    }
}

async fn report(global: &Global) -> Result<Report, Failure> {
    let programs: Vec<ProgramBody> = Public::new(global)?.read(paths::PROGRAMS).await?;
    let rows = programs.iter().map(|program| {
        let title = words::pick(
            global.lang,
            program.title.iter().map(|(lang, text)| (lang.as_str(), text.as_str())),
        );
        vec![
            program.name.clone(),
            title.unwrap_or_default().to_owned(),
            program.pool.clone(),
            words::money(program.left),
            program.events.join(" "),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let json = json!({ "items": programs, "next_cursor": null });
    Ok(Report::new(json).table(vec!["programme", "title", "pool", "left", "events"], rows))
}
