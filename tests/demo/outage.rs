//! `kill -9` under load, a new start, and every acknowledged payment is there.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use scoin_tests::actor::pay;
use scoin_tests::chance::Chance;
use scoin_tests::load::{Sent, send_all};

use crate::crowd::{CLIENTS, purse, shop};
use crate::stage::Stage;

/// Three times: load, kill, start, ask everything again.
pub(crate) async fn kill_under_load(stage: &mut Stage, short: bool) -> Result<()> {
    stage.show.chapter("The service is killed under load");
    let payer = purse(stage, "outage", 1_000_000).await?;
    let shop = shop(stage);
    let (rounds, each) = if short { (1, 400) } else { (3, 1_500) };
    let mut chance = Chance::new(9);
    let mut acknowledged = 0;
    for round in 0..rounds {
        let commands: Vec<_> = (0..each)
            .map(|_| payer.sign(stage.now, pay(shop.request(stage.now, 1, Vec::new()))))
            .collect();
        let load = tokio::spawn(send_all(stage.service.line().clone(), commands, CLIENTS));
        tokio::time::sleep(Duration::from_millis(150 + chance.below(150))).await;
        stage.service.kill();
        let sent = load.await.context("the load")?;
        stage.service.start().await.map_err(anyhow::Error::msg).context("starting again")?;
        stage.cli.set_server(stage.service.line().base());
        stage.service.set_clock(stage.now).await;
        acknowledged += ask_again(stage, sent).await?;
        stage.show.progress("kills", round + 1, rounds);
    }
    ensure!(acknowledged > 0, "the kill came before anything was acknowledged");
    ensure!(stage.tally.lost == 0, "{} acknowledged payments are lost", stage.tally.lost);
    stage.show.done(&format!(
        "kill -9 {rounds} times: all {acknowledged} acknowledged payments are there, byte for byte"
    ));
    Ok(())
}

/// Sends everything once more; what was acknowledged must get the same answer. Gives how many were.
async fn ask_again(stage: &mut Stage, sent: Vec<Sent>) -> Result<usize> {
    let again = sent.iter().map(|one| one.command.clone()).collect();
    let answers = send_all(stage.service.line().clone(), again, CLIENTS).await;
    let mut first: std::collections::BTreeMap<_, _> =
        sent.into_iter().map(|one| (one.command, one.reply)).collect();
    let mut acknowledged = 0;
    for answer in answers {
        let reply = answer.reply.context("every command is answered")?;
        stage.tally.count(&answer.command, reply.accepted());
        if let Some(Some(before)) = first.remove(&answer.command) {
            acknowledged += 1;
            stage.tally.lost += u64::from(before.answer() != reply.answer());
        }
    }
    ensure!(first.is_empty(), "{} commands got no answer", first.len());
    Ok(acknowledged)
}
