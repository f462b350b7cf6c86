//! The end: `scoin check` executes the whole journal again, and what was measured is printed.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::founding::OFFICERS;
use crate::stage::Stage;

/// Fails unless everything adds up: the service's books, the journal, and what the clients counted.
pub(crate) async fn check(stage: &mut Stage) -> Result<()> {
    stage.show.chapter("Everything is checked");
    let checked = stage.run(OFFICERS[2], &["check"])?;
    let report = stage.run(OFFICERS[2], &["report"])?;
    let checkpoint = stage.service.checkpoint().await;
    stage.show.done(
        "scoin check has executed the whole journal again: chain, seals, totals and root agree",
    );
    ensure!(
        checked["root"] == checkpoint.root,
        "the root is {}, not {}",
        checkpoint.root,
        checked["root"]
    );
    let books = if report["balanced"] == true { "balanced" } else { "NOT balanced" };
    let (accepted, refused) = (stage.tally.accepted(), stage.tally.refused());
    let measured = [
        ("books", json!(books)),
        ("accepted", json!(accepted)),
        ("refused", json!(refused)),
        ("lost", json!(stage.tally.lost)),
        ("over_cap", json!(stage.tally.over_cap)),
        ("journal_frames", checked["journal_frames"].clone()),
        ("root", checked["root"].clone()),
    ];
    stage.show.last(&measured);
    ensure!(books == "balanced", "the books are not balanced: {report}");
    ensure!(
        stage.tally.lost == 0 && stage.tally.over_cap == 0,
        "something was lost, or went over a cap"
    );
    Ok(())
}
