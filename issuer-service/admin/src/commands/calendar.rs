//! `scoin calendar …`: calendars that rules refer to.

use scoin_api::{CalendarBody, paths};
use scoin_core::command::Action;
use serde_json::json;

use super::policy::dates;
use crate::args::Global;
use crate::args::city::Calendar;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;
use crate::session::{Public, Session};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, calendar: Calendar) -> Result<Report, Failure> {
    match calendar {
        Calendar::Put { name, days, file, change } => {
            let mut all = dates("--day", &days.join("\n"))?;
            if let Some(file) = file {
                all.extend(dates(&file.display().to_string(), &read_text(&file)?)?);
            }
            if all.is_empty() {
                return Err(
                    Failure::new(Exit::Usage, "no day was given").hint("use --day or --file")
                );
            }
            let said = format!("`{name}` has {} days", all.len());
            let days = all.into_iter().map(|day| day.0).collect();
            let session = Session::open(global).await?;
            let done = session.submit(Action::PutCalendar { name, days }, &change).await?;
            Ok(words::done(&done, &change, said))
        }
        Calendar::Show { name } => {
            let body: CalendarBody = Public::new(global)?.read(&paths::calendar(&name)).await?;
            let rows = body.days.iter().map(|day| vec![day.clone()]).collect();
            Ok(Report::new(json!(body)).table(vec!["day"], rows))
        }
    }
}
