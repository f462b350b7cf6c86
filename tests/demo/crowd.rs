//! 64 clients spend at once against one cap: never over it, and exactly at it.

use anyhow::{Context as _, Result, ensure};
use scoin_core::command::{AccountKind, Action};
use scoin_tests::Actor;
use scoin_tests::actor::pay;
use scoin_tests::load::send_all;

use crate::founding::OFFICERS;
use crate::stage::Stage;

/// How many at once.
pub(crate) const CLIENTS: usize = 64;

/// A coin that pays a thousand times a day, a purse that many devices share, and more payments than that.
pub(crate) async fn one_cap(stage: &mut Stage, short: bool) -> Result<()> {
    stage.show.chapter("64 clients against one limit");
    let cap: usize = if short { 200 } else { 1_000 };
    let payer = purse(stage, "crowd", cap).await?;
    let shop = shop(stage);
    let commands: Vec<_> = (0..cap + cap / 4)
        .map(|_| payer.sign(stage.now, pay(shop.request(stage.now, 1, Vec::new()))))
        .collect();
    let tried = commands.len();
    let sent = send_all(stage.service.line().clone(), commands, CLIENTS).await;
    let mut accepted = 0;
    for one in &sent {
        let reply = one.reply.as_ref().context("every command is answered")?;
        stage.tally.count(&one.command, reply.accepted());
        accepted += u64::from(reply.accepted());
    }
    let cap = cap as u64;
    stage.tally.over_cap += accepted.saturating_sub(cap);
    ensure!(accepted == cap, "{accepted} payments were accepted; the cap is {cap}");
    stage.show.done(&format!(
        "{tried} payments from {CLIENTS} clients, a cap of {cap}: exactly {accepted} accepted"
    ));
    Ok(())
}

/// Somebody whose key is in our hands, with coins that pay so many times a day.
pub(crate) async fn purse(stage: &mut Stage, name: &str, payments: usize) -> Result<Actor> {
    let actor = Actor::named(name, stage.network);
    let open = actor.sign(stage.now, Action::OpenAccount { kind: AccountKind::Person });
    stage.send(open).await?;
    let rules = format!(
        "policy demo.{name} {{\n  title ko \"하루 {payments}번\" en \"{payments} times a day\"\n  zone Asia/Seoul\n  \
         cap often: {payments} payments per day\n  expires never\n}}\n"
    );
    let file = stage.cli.home(name).with_extension("scoin");
    std::fs::write(&file, rules).context("a rule file")?;
    stage.run(OFFICERS[0], &["policy", "publish", file.to_str().context("a path in UTF-8")?])?;
    let (address, policy) = (actor.account.to_string(), format!("demo.{name}"));
    stage.run(OFFICERS[0], &["wallet", "give", &address, "1_000_000", "--under", &policy])?;
    Ok(actor)
}

/// A registered shop whose key is in our hands: the third of `data/shops.csv`, which has no wallet of its own.
pub(crate) fn shop(stage: &Stage) -> Actor {
    Actor::named("shop 2", stage.network)
}
