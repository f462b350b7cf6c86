//! Founding the city: officers, service, money, rules, holidays, shops.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use scoin_core::NetworkId;
use scoin_core::command::{AccountKind, Action};
use scoin_tests::city::instant;
use scoin_tests::load::send_all;
use scoin_tests::{Actor, Service, data, repository};

use crate::cli::Cli;
use crate::show::Show;
use crate::stage::Stage;
use crate::tally::Tally;

/// A Saturday morning in May: the next Monday is a substitute holiday.
const START: &str = "2026-05-23T10:30:00+09:00";
/// Homes of the officers, as `city init` makes them.
pub(crate) const OFFICERS: [&str; 3] = ["city/officers/1", "city/officers/2", "city/officers/3"];
/// Shops that act in the story: home, and name in `data/shops.csv`.
const ACTING: [(&str, &str); 5] = [
    ("bakery", "망원 빵집"),
    ("corner-shop", "성산 편의점"),
    ("grocer", "망원시장 청과"),
    ("grocer-next-door", "종로 청과"),
    ("metro", "도시철도"),
];

/// The city, running.
pub(crate) async fn found(mut show: Show, place: &Path) -> Result<Stage> {
    show.chapter("A city is founded");
    let mut stage = start(show, place).await?;
    mint(&mut stage)?;
    rules(&mut stage)?;
    shops(&mut stage, place).await?;
    Ok(stage)
}

async fn start(show: Show, place: &Path) -> Result<Stage> {
    let mut cli = Cli::new(place)?;
    let city = place.join("city");
    let folder = city.to_str().context("a path in UTF-8")?;
    let mut tally = Tally::default();
    let arguments =
        ["city", "init", folder, "--name", "한빛시 (sandbox)", "--sandbox", "--officers", "3"];
    let more = ["--threshold", "2", "--listen", "127.0.0.1:0", "--clock", START];
    cli.must(&mut tally, "nobody", &[&arguments[..], &more[..]].concat())?;
    let config = city.join("issuer.toml");
    let limits =
        "\n[limits]\nkey_per_second = 0\naccount_per_second = 0\n\n[log]\nlevel = \"warn\"\n";
    let text = std::fs::read_to_string(&config).context("issuer.toml")? + limits;
    std::fs::write(&config, text).context("issuer.toml")?;
    let mut service = Service::new(&config);
    service.start().await.map_err(anyhow::Error::msg).context("starting scoin-issuerd")?;
    cli.set_server(service.line().base());
    let network = NetworkId::from_hex(&service.city().await.network).context("a network id")?;
    show.done("한빛시, a sandbox with a clock that stands still; three officers, two must approve");
    let (now, addresses) = (instant(START), std::collections::BTreeMap::new());
    Ok(Stage { show, tally, cli, service, network, now, addresses })
}

/// Four eyes: one officer proposes, nobody approves their own, another one does.
fn mint(stage: &mut Stage) -> Result<()> {
    let [first, second, _] = OFFICERS;
    let proposed =
        stage.run(first, &["mint", "propose", "100_000_000", "--reason", "예산 2026-17"])?;
    let id = proposed["id"].as_str().context("a proposal has an id")?.to_owned();
    stage.refused(
        "the officer who proposed wants to approve as well",
        first,
        &["mint", "approve", &id],
    )?;
    stage.run(second, &["mint", "approve", &id])?;
    stage.show.done("100,000,000 won minted: proposed by one officer, approved by another");
    Ok(())
}

fn rules(stage: &mut Stage) -> Result<()> {
    let officer = OFFICERS[0];
    let days = data::holidays();
    let flags: Vec<&str> = days.iter().flat_map(|day| ["--day", day]).collect();
    stage.run(officer, &[&["calendar", "put", "kr.holidays"][..], &flags[..]].concat())?;
    stage.show.done(&format!(
        "the {} Korean public holidays of 2026 published as `kr.holidays`",
        days.len()
    ));
    let file = repository().join("data/rules/city.scoin");
    stage.run(officer, &["policy", "publish", file.to_str().context("a path in UTF-8")?])?;
    stage.show.done("ten policies and programmes published; their 37 examples hold");
    stage.run(officer, &["program", "fund", "city.tax", "5_000_000"])?;
    stage.show.done("5,000,000 won moved into the pool of the tax programme");
    Ok(())
}

/// Five shops have a wallet of their own; the others are registered and wait.
async fn shops(stage: &mut Stage, place: &Path) -> Result<()> {
    let all = data::shops();
    let mut table = "account,name,categories,district,groups,mcc,online\n".to_owned();
    let mut quiet = Vec::new();
    for (number, shop) in all.iter().enumerate() {
        let acting = ACTING.iter().find(|(_, name)| *name == shop.name);
        let address = if let Some((home, _)) = acting {
            stage.wallet(home, "merchant")?
        } else {
            let actor = Actor::named(&format!("shop {number}"), stage.network);
            quiet.push(actor.sign(stage.now, Action::OpenAccount { kind: AccountKind::Merchant }));
            actor.account.to_string()
        };
        let (categories, groups) = (shop.categories.join(" "), shop.groups.join(" "));
        let online = if shop.online { "yes" } else { "no" };
        writeln!(
            table,
            "{address},{},{categories},{},{groups},{},{online}",
            shop.name, shop.district, shop.mcc
        )?;
        stage.show.progress("shops", number + 1, all.len());
    }
    for sent in send_all(stage.service.line().clone(), quiet, 4).await {
        ensure!(
            sent.reply.is_some_and(|reply| reply.accepted()),
            "a shop's account was not opened"
        );
        stage.tally.count(&sent.command, true);
    }
    let file = place.join("shops.csv");
    std::fs::write(&file, table).context("shops.csv")?;
    let file = file.to_str().context("a path in UTF-8")?;
    stage.run(OFFICERS[0], &["merchant", "add", "--file", file])?;
    near_school(stage, &all)?;
    let kinds: std::collections::BTreeSet<_> =
        all.iter().flat_map(|shop| &shop.categories).collect();
    stage.show.done(&format!(
        "{} shops of {} kinds registered, with their merchant codes",
        all.len(),
        kinds.len()
    ));
    Ok(())
}

/// Three shops near school that are neither bakery nor snack bar, so that the rule's live list has members.
fn near_school(stage: &mut Stage, shops: &[data::Shop]) -> Result<()> {
    let mut flags = Vec::new();
    for (number, shop) in shops.iter().enumerate() {
        if ["연남 카페", "홍대 책방", "상암 문구"].contains(&shop.name.as_str()) {
            let actor = Actor::named(&format!("shop {number}"), stage.network);
            flags.extend(["--add".to_owned(), actor.account.to_string()]);
        }
    }
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    stage.run(OFFICERS[0], &[&["list", "put", "city.snack-shops"][..], &flags[..]].concat())?;
    Ok(())
}
