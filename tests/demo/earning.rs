//! A citizen pays a tax on time and earns.

use anyhow::{Result, ensure};

use crate::founding::OFFICERS;
use crate::stage::Stage;

/// The tax office reports the payment; the programme rewards it once, and the coins are for local shops and transit.
pub(crate) fn tax_on_time(stage: &mut Stage) -> Result<()> {
    stage.show.chapter("A citizen pays a tax on time");
    let citizen = stage.wallet("citizen", "person")?;
    let office = stage.wallet("tax-office", "service")?;
    let officer = OFFICERS[0];
    stage.run(
        officer,
        &[
            "merchant",
            "add",
            &office,
            "--name",
            "세무과",
            "--category",
            "bill.tax",
            "--group",
            "public",
        ],
    )?;
    stage.run(
        officer,
        &[
            "account",
            "attest",
            &citizen,
            "--age",
            "41",
            "--age-until",
            "2026-11-30",
            "--district",
            "gu.mapo",
        ],
    )?;
    let report =
        ["service", "report", &citizen, "tax.paid", "--amount", "480_000", "--days-early", "0"];
    let evidence = ["--evidence", "재산세 2026-1-000417"];
    let earned = stage.run("tax-office", &[&report[..], &evidence[..]].concat())?;
    let amount = earned["effect"]["rewards"][0]["amount"].as_u64();
    ensure!(amount == Some(4_800), "one percent of 480,000 won is 4,800 won, not {amount:?}");
    stage
        .show
        .done("480,000 won of property tax on the last day: 4,800 won earned by city.tax-reward");
    stage.refused(
        "the same receipt is reported again",
        "tax-office",
        &[&report[..], &evidence[..]].concat(),
    )?;
    let code = stage.code("metro", 1_550, &["--kind", "transit"])?;
    stage.run("citizen", &["wallet", "pay", &code])?;
    stage.show.done("a metro ride of 1,550 won paid with it");
    Ok(())
}
