//! The demo: a sandbox city lives through a week in a minute, against the real binaries.
//!
//! Read it as a story: [`founding`] makes the city, [`earning`] and [`family`] and [`relief`] are its people, [`crowd`]
//! races 64 clients for one limit, [`outage`] kills the service under load, [`ending`] checks everything and prints what
//! was measured.

mod cli;
mod crowd;
mod earning;
mod ending;
mod family;
mod founding;
mod outage;
mod relief;
mod show;
mod stage;
mod tally;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use crate::show::Show;

/// What was asked on the command line.
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    /// One JSON document a line, nothing for people.
    json: bool,
    /// Leave the city's folder.
    keep: bool,
    /// The same story with less load.
    short: bool,
}

fn main() -> ExitCode {
    match wishes().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn wishes() -> Result<Wishes> {
    let mut wishes = Wishes::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => wishes.json = true,
            "--keep" => wishes.keep = true,
            "--short" => wishes.short = true,
            other => bail!("`{other}` is not known; there are --json, --keep and --short"),
        }
    }
    Ok(wishes)
}

fn run(wishes: Wishes) -> Result<()> {
    let folder =
        tempfile::Builder::new().prefix("scoin-demo-").tempdir().context("a temporary folder")?;
    let place = folder.path().to_path_buf();
    if wishes.keep {
        // The folder stays, whatever happens below.
        let _ = folder.keep();
    }
    let runtime = tokio::runtime::Runtime::new().context("the runtime")?;
    let result = runtime.block_on(story(wishes, Show::new(wishes.json), &place));
    if wishes.keep {
        eprintln!("the city is in {}", place.display());
    }
    result
}

async fn story(wishes: Wishes, show: Show, place: &std::path::Path) -> Result<()> {
    let mut stage = founding::found(show, place).await.context("founding the city")?;
    earning::tax_on_time(&mut stage).context("earning")?;
    family::snack_money(&mut stage).await.context("the family")?;
    relief::one_district_away(&mut stage).context("relief money")?;
    crowd::one_cap(&mut stage, wishes.short).await.context("the crowd")?;
    outage::kill_under_load(&mut stage, wishes.short).await.context("the outage")?;
    ending::check(&mut stage).await.context("the end")
}
