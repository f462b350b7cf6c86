//! A parent gives a child coins under `family.snack`, and the child goes shopping for a week.

use anyhow::{Context as _, Result, ensure};

use crate::founding::OFFICERS;
use crate::stage::Stage;

/// Everything the rule lets through, and everything it does not.
pub(crate) async fn snack_money(stage: &mut Stage) -> Result<()> {
    stage.show.chapter("A parent gives a child snack money");
    give(stage)?;
    saturday(stage)?;
    stage.clock("2026-05-25T15:30:00+09:00").await;
    buy_refused(stage, "bread on a holiday, Monday 25 May", "bakery", 2_500, &[])?;
    stage.clock("2026-05-26T19:10:00+09:00").await;
    let refusal = buy_refused(stage, "bread at 19:10 on Tuesday", "bakery", 2_500, &[])?;
    let next = refusal["next"].as_str().unwrap_or_default();
    ensure!(
        next.starts_with("2026-05-27T05:00"),
        "it works again on Wednesday at 14:00 in Seoul, not at `{next}`"
    );
    stage.clock("2026-05-27T15:30:00+09:00").await;
    wednesday(stage)
}

fn give(stage: &mut Stage) -> Result<()> {
    let parent = stage.wallet("parent", "person")?;
    let child = stage.wallet("child", "person")?;
    let officer = OFFICERS[0];
    stage.run(
        officer,
        &[
            "account",
            "attest",
            &parent,
            "--age",
            "39",
            "--age-until",
            "2027-02-28",
            "--district",
            "gu.mapo",
        ],
    )?;
    stage.run(
        officer,
        &[
            "account",
            "attest",
            &child,
            "--age",
            "11",
            "--age-until",
            "2026-08-31",
            "--district",
            "gu.mapo",
        ],
    )?;
    stage.run(officer, &["wallet", "give", &parent, "50_000"])?;
    stage.run("child", &["wallet", "guardian", "ask", &parent])?;
    stage.run(
        "parent",
        &["wallet", "guardian", "accept", &child, "--consent", "phone", "--evidence", "demo"],
    )?;
    stage.show.done("the child has named a parent as guardian, and the parent has accepted");
    let adopt =
        ["wallet", "adopt", "family.snack", "--arg", "daily=5_000 won", "--arg", "once=3_000 won"];
    let adopted = stage.run("parent", &adopt)?;
    let policy = adopted["policy"].as_str().context("adopting gives an id")?.to_owned();
    stage.run("parent", &["wallet", "give", &child, "20_000", "--under", &policy])?;
    stage.show.done(
        "20,000 won given under family.snack: 5,000 won a day, 3,000 won at once, after school",
    );
    Ok(())
}

fn saturday(stage: &mut Stage) -> Result<()> {
    buy(stage, "bakery", 2_500, &["--item", "bread:2_500:food.bread"])?;
    stage.show.done("bread for 2,500 won, Saturday morning");
    let basket = ["--item", "bread:1_500:food.bread", "--item", "boost:1_000:drink.energy"];
    buy_refused(stage, "bread and an energy drink", "corner-shop", 2_500, &basket)?;
    Ok(())
}

/// The day's limit, what passes of it, and how a refund gives it back.
fn wednesday(stage: &mut Stage) -> Result<()> {
    let bread = buy(stage, "bakery", 3_000, &[])?;
    stage.show.done("bread for 3,000 won, Wednesday afternoon");
    let refusal = buy_refused(stage, "2,500 won more on the same day", "bakery", 2_500, &[])?;
    ensure!(
        refusal["pass_now"] == 2_000,
        "2,000 won of the day are left, not {}",
        refusal["pass_now"]
    );
    stage.run("bakery", &["wallet", "refund", &bread, "1_000"])?;
    stage.show.done("the bakery gives back 1,000 won: the day's limit returns by as much");
    buy(stage, "bakery", 2_500, &[])?;
    stage.show.done("the same 2,500 won, which now pass");
    Ok(())
}

/// The child pays; gives the id of the payment.
fn buy(stage: &mut Stage, shop: &str, amount: u64, basket: &[&str]) -> Result<String> {
    let code = stage.code(shop, amount, basket)?;
    let paid = stage.run("child", &["wallet", "pay", &code])?;
    Ok(paid["id"].as_str().context("a payment has an id")?.to_owned())
}

/// The child may not pay; gives the error document.
fn buy_refused(
    stage: &mut Stage,
    what: &str,
    shop: &str,
    amount: u64,
    basket: &[&str],
) -> Result<serde_json::Value> {
    let code = stage.code(shop, amount, basket)?;
    let (said, error) = stage.refused(what, "child", &["wallet", "pay", &code])?;
    ensure!(!said.ko.is_empty() && !said.en.is_empty(), "a refusal by rules has words: {error}");
    Ok(error)
}
