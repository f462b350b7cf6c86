//! `scoin check`: the whole journal, downloaded, verified and executed again.

use crate::args::Global;
use crate::args::city::Check;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;

/// Runs the command.
pub(crate) async fn run(_global: &Global, _check: &Check) -> Result<Report, Failure> {
    Err(Failure::new(Exit::Failed, "not built yet"))
}
