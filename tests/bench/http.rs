//! The real service over HTTP: how many payments, how soon, and at what CPU.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use scoin_api::{BatchItem, paths};
use scoin_core::cbor::Writer;
use scoin_tests::{City, Line};
use tokio::task::JoinSet;

use crate::city::{People, Plan, Spread};
use crate::cpu;

/// Clients that each wait for their answer before they ask again.
const CLIENTS: usize = 64;
/// Commands in one batch, and clients that send batches.
const BATCH: usize = 512;
const BATCH_CLIENTS: usize = 4;
/// So many payments find out roughly how fast it is.
const PILOT: usize = 1_000;

/// One load and what it took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Load {
    pub(crate) payments: u64,
    pub(crate) nanos: u64,
    pub(crate) cpu_nanos: u64,
}

/// Everything measured over HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) struct Http {
    pub(crate) uniform: Load,
    pub(crate) hot: Load,
    pub(crate) batches: Load,
    /// At half of what [`Http::uniform`] reached.
    pub(crate) half: Load,
    /// Answer times at half load, sorted, microseconds.
    pub(crate) micros: Vec<u64>,
    /// One fdatasync of a page in the same folder, median, microseconds.
    pub(crate) fdatasync_micros: u64,
    /// Bytes that a payment's command has, signatures included.
    pub(crate) signed_bytes: u64,
    /// How much the data file grew, bytes, over how many payments.
    pub(crate) disk: (u64, u64),
    /// Payments in the books before the first measurement.
    pub(crate) history: u64,
    pub(crate) peak_memory_kib: Option<u64>,
}

/// Measures one after another, each for that long.
pub(crate) async fn measure(plan: &Plan, time: Duration) -> Result<Http> {
    let city = City::found().await;
    let people = Arc::new(plan.people(city.network));
    let stand = Stand { line: city.service.line().clone(), process: city.service.process_id() };
    found(&stand.line, &people).await?;
    let mut http = Http { fdatasync_micros: fdatasync(city.folder.path())?, ..Http::default() };

    let pilot = stand.singles(people.payments(PILOT, Spread::Uniform)).await?;
    http.history = pilot.payments;
    let enough = |load: &Load| {
        let rate = u128::from(load.payments) * 1_000_000_000 / u128::from(load.nanos.max(1));
        usize::try_from(rate * time.as_millis() / 1_000).unwrap_or(usize::MAX).max(PILOT)
    };
    let file = city.folder.path().join("scoin.redb");
    let before = size(&file);
    http.uniform = stand.singles(signed(&people, enough(&pilot), Spread::Uniform).await?).await?;
    http.hot = stand.singles(signed(&people, enough(&http.uniform), Spread::Hot).await?).await?;
    let half = signed(&people, enough(&http.uniform) / 2, Spread::Uniform).await?;
    http.signed_bytes = half.first().map_or(0, |one| one.len() as u64);
    (http.half, http.micros) = stand.paced(half, time).await?;
    let many = signed(&people, enough(&http.uniform) * 2, Spread::Uniform).await?;
    http.batches = stand.batches(many).await?;
    let loads = [http.uniform, http.hot, http.half, http.batches];
    let paid = loads.iter().map(|load| load.payments).sum();
    http.disk = (size(&file).saturating_sub(before), paid);
    http.peak_memory_kib = stand.process.and_then(cpu::peak_memory_kib);
    Ok(http)
}

/// Where the service is.
struct Stand {
    line: Line,
    process: Option<u32>,
}

impl Stand {
    /// Payments one by one, from many clients at once.
    async fn singles(&self, payments: Vec<Vec<u8>>) -> Result<Load> {
        let jobs = payments.into_iter().map(|one| vec![one]).collect();
        self.closed(jobs, CLIENTS, false).await
    }

    /// Payments in batches, from some clients at once.
    async fn batches(&self, payments: Vec<Vec<u8>>) -> Result<Load> {
        let jobs = payments.chunks(BATCH).map(<[Vec<u8>]>::to_vec).collect();
        self.closed(jobs, BATCH_CLIENTS, true).await
    }

    /// Every client takes the next job as soon as its last one is answered.
    async fn closed(&self, jobs: Vec<Vec<Vec<u8>>>, clients: usize, batch: bool) -> Result<Load> {
        let jobs = Arc::new(jobs);
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let watch = Watch::start(self.process)?;
        for _ in 0..clients {
            let (line, jobs, next) = (self.line.clone(), Arc::clone(&jobs), Arc::clone(&next));
            tasks.spawn(async move {
                let mut paid = 0_u64;
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    paid += if batch {
                        send_batch(&line, job).await?
                    } else {
                        send(&line, job).await?
                    };
                }
                Ok::<_, anyhow::Error>(paid)
            });
        }
        let mut payments = 0;
        while let Some(done) = tasks.join_next().await {
            payments += done.context("a client ended badly")??;
        }
        watch.stop(payments)
    }

    /// Payments at a steady pace, whether the last one is answered or not; how long each took, sorted.
    async fn paced(&self, payments: Vec<Vec<u8>>, over: Duration) -> Result<(Load, Vec<u64>)> {
        let count = u32::try_from(payments.len()).context("so many payments")?;
        let pace = over / count.max(1);
        let mut tasks = JoinSet::new();
        let watch = Watch::start(self.process)?;
        let began = tokio::time::Instant::now();
        for (at, payment) in (0_u32..).zip(payments) {
            let due = began + pace * at;
            tokio::time::sleep_until(due).await;
            let line = self.line.clone();
            tasks.spawn(async move {
                send(&line, &[payment]).await?;
                // From when it was due, so that a service that stalls cannot hide it.
                Ok::<_, anyhow::Error>(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX))
            });
        }
        let mut micros = Vec::new();
        while let Some(done) = tasks.join_next().await {
            micros.push(done.context("a client ended badly")??);
        }
        micros.sort_unstable();
        Ok((watch.stop(micros.len() as u64)?, micros))
    }
}

/// Time and CPU since the start.
struct Watch {
    process: u32,
    cpu: u64,
    began: Instant,
}

impl Watch {
    fn start(process: Option<u32>) -> Result<Self> {
        let process = process.context("the service does not run")?;
        Ok(Self { process, cpu: cpu::process_nanos(process)?, began: Instant::now() })
    }

    fn stop(&self, payments: u64) -> Result<Load> {
        let nanos = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let cpu_nanos = cpu::process_nanos(self.process)?.saturating_sub(self.cpu);
        Ok(Load { payments, nanos, cpu_nanos })
    }
}

/// Makes the city, stage by stage.
async fn found(line: &Line, people: &People) -> Result<()> {
    for stage in people.founding() {
        for part in stage.chunks(BATCH) {
            send_batch(line, part).await?;
        }
    }
    Ok(())
}

/// Signing takes long, so it gets threads of its own.
async fn signed(people: &Arc<People>, count: usize, spread: Spread) -> Result<Vec<Vec<u8>>> {
    let people = Arc::clone(people);
    tokio::task::spawn_blocking(move || people.payments(count, spread)).await.context("signing")
}

async fn send(line: &Line, payment: &[Vec<u8>]) -> Result<u64> {
    for one in payment {
        let reply = line.send(one).await.context("the service answers")?;
        ensure!(reply.accepted(), "a payment was refused: {}", reply.text());
    }
    Ok(payment.len() as u64)
}

async fn send_batch(line: &Line, commands: &[Vec<u8>]) -> Result<u64> {
    let mut body = Writer::default();
    body.array(commands.len());
    for command in commands {
        body.bytes(command);
    }
    let reply = line.post(paths::COMMANDS_BATCH, paths::TYPE_CBOR, body.into_bytes()).await;
    let reply = reply.context("the service answers")?;
    ensure!(reply.accepted(), "a batch was refused: {}", reply.text());
    let items: Vec<BatchItem> = reply.json();
    let refused = items.iter().find(|item| matches!(item, BatchItem::Problem(_)));
    ensure!(refused.is_none(), "a command was refused: {refused:?}");
    Ok(items.len() as u64)
}

/// The median of some syncs of a page, microseconds.
fn fdatasync(folder: &Path) -> Result<u64> {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let mut file = std::fs::File::create(folder.join("fdatasync")).context("a file to sync")?;
    let mut micros = Vec::new();
    for _ in 0..200 {
        file.seek(SeekFrom::Start(0)).context("a file to sync")?;
        file.write_all(&[0x5a; 4096]).context("a file to sync")?;
        let began = Instant::now();
        file.sync_data().context("a file to sync")?;
        micros.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    micros.sort_unstable();
    micros.get(micros.len() / 2).copied().context("some syncs")
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |data| data.len())
}
