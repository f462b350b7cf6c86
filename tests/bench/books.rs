//! The books alone: verified commands in, durable frames out, rules on; no HTTP and no signature check in the time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use scoin_core::NetworkId;
use scoin_core::envelope::SignedCommand;
use scoin_core::outcome::Outcome;
use scoin_issuer::admit;
use scoin_issuer::books::Books;
use scoin_issuer::config::Config;
use scoin_issuer::engine::RedbEngine;
use scoin_issuer::genesis_file::{read_genesis, read_issuer_key};
use scoin_issuer::service::{self, Service};
use scoin_ledger::Entry;
use scoin_tests::City;

use crate::city::{Plan, Spread};
use crate::http::Load;

/// Commands handed over at once; a frame of this many is what the rest of the design is measured with.
const BATCH: usize = 512;
/// So many batches wait at the sequencer, so that it is never idle.
const WAITING: usize = 4;
/// Payments for each second asked for. Signing them takes longer than deciding them.
const PER_SECOND: u64 = 8_000;

/// Decides as many payments as fit the time it takes to sign them.
pub(crate) async fn measure(plan: &Plan, time: Duration) -> Result<Load> {
    let place = City::lay_out();
    let config = Config::load(place.service.config()).context("the configuration")?;
    let genesis = read_genesis(&config.city.genesis).context("the genesis")?;
    let issuer = read_issuer_key(&config.issuer.key_file, &genesis.issuer).context("the key")?;
    let clock = service::clock(&config.clock, genesis.sandbox).context("the clock")?;
    let engine = RedbEngine::open(&config.data.file, config.data.cache_mib).context("a file")?;
    let books = Books::open(genesis, issuer, Arc::new(engine)).context("the books")?;
    let network = books.network();
    let (service, sequencer) =
        Service::start(books, clock, &config.limits, config.data.write_back_frames)?;

    let load = decide(plan, network, &service, time).await;
    service.sequencer.stop();
    let ended = tokio::task::spawn_blocking(move || sequencer.join()).await;
    ensure!(ended.is_ok_and(|ended| ended.is_ok()), "the sequencer ended badly");
    load
}

async fn decide(
    plan: &Plan,
    network: NetworkId,
    service: &Arc<Service>,
    time: Duration,
) -> Result<Load> {
    let people = plan.people(network);
    for stage in people.founding() {
        for part in stage.chunks(BATCH) {
            hand_over(service, checked(part)?).await?;
        }
    }
    let count = time.as_secs().saturating_mul(PER_SECOND).min(200_000);
    let count = usize::try_from(count).context("so many payments")?;
    let payments = tokio::task::spawn_blocking(move || people.payments(count, Spread::Uniform))
        .await
        .context("signing")?;
    let mut waiting: Vec<Vec<Entry>> =
        payments.chunks(BATCH).map(verified).collect::<Result<_>>()?;
    waiting.reverse();

    let began = Instant::now();
    let mut open = tokio::task::JoinSet::new();
    let mut paid = 0_u64;
    loop {
        while open.len() < WAITING
            && let Some(batch) = waiting.pop()
        {
            let service = Arc::clone(service);
            open.spawn(async move { hand_over(&service, batch).await });
        }
        let Some(done) = open.join_next().await else { break };
        paid += done.context("a batch ended badly")??;
    }
    let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    Ok(Load { payments: paid, nanos, cpu_nanos: 0 })
}

/// Checked as the service checks what it receives.
fn checked(commands: &[Vec<u8>]) -> Result<Vec<Entry>> {
    let commands: Vec<&[u8]> = commands.iter().map(Vec::as_slice).collect();
    let admitted = admit::admit_all(&commands).into_iter();
    admitted.collect::<Result<_, _>>().map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// Our own signatures, a moment old: taken as checked, so that many fit into the time.
fn verified(commands: &[Vec<u8>]) -> Result<Vec<Entry>> {
    let entry = |bytes: &Vec<u8>| {
        let command = SignedCommand::decode(bytes).context("our own command")?;
        Ok(Entry::journaled(command.verified_before()))
    };
    commands.iter().map(entry).collect()
}

/// All of them must be accepted.
async fn hand_over(service: &Service, entries: Vec<Entry>) -> Result<u64> {
    let decisions = service.sequencer.decide(entries).await;
    let decisions = decisions.map_err(|busy| anyhow::anyhow!("the sequencer is {busy:?}"))?;
    for decision in &decisions {
        let outcome = &decision.answer.outcome;
        ensure!(matches!(outcome, Outcome::Accepted(_)), "a command was refused: {outcome:?}");
    }
    Ok(decisions.len() as u64)
}
