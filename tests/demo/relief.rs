//! Relief money works in its own district, and one district away it does not.

use anyhow::{Context as _, Result};

use crate::founding::OFFICERS;
use crate::stage::Stage;

/// The city grants it, a neighbour's grocer cannot take it, the grocer at home can.
pub(crate) fn one_district_away(stage: &mut Stage) -> Result<()> {
    stage.show.chapter("Relief money for one district");
    let citizen = stage.address("citizen")?;
    let arguments = ["--arg", "district=gu.mapo", "--arg", "until=2026-12-31"];
    let adopted = stage
        .run(OFFICERS[0], &[&["policy", "adopt", "city.relief"][..], &arguments[..]].concat())?;
    let policy = adopted["policy"].as_str().context("adopting gives an id")?.to_owned();
    stage.run(OFFICERS[0], &["wallet", "give", &citizen, "100_000", "--under", &policy])?;
    stage.show.done("100,000 won of relief money for a citizen of gu.mapo");
    let code = stage.code("grocer-next-door", 42_000, &[])?;
    stage.refused(
        "groceries in gu.jongno, one district away",
        "citizen",
        &["wallet", "pay", &code],
    )?;
    let code = stage.code("grocer", 42_000, &[])?;
    stage.run("citizen", &["wallet", "pay", &code])?;
    stage.show.done("the same groceries for 42,000 won at home");
    Ok(())
}
