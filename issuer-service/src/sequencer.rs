//! The sequencer: one thread that puts verified commands in order and decides them batch by batch.
//!
//! A batch closes when the commit before it returns, so batches grow with the load (group commit). Nothing is answered
//! before its frame is durable. When a commit fails or an invariant breaks, the process stops: what was not answered was
//! not done, and the next start finds everything that was.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread::JoinHandle;
use std::time::Duration;

use scoin_ledger::Entry;
use tokio::sync::oneshot;

use crate::books::{Books, Decision, Fatal, WriteBackPlan};
use crate::clock::Clock;

/// Most commands in a batch.
const BATCH_COMMANDS_MAX: usize = 4096;
/// Most bytes of commands in a batch.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most requests that may wait, whatever their size.
const JOBS_MAX: usize = 16_384;
/// How long the sequencer sleeps at most before it looks whether something is due.
const SLEEP_MAX: Duration = Duration::from_millis(250);

/// The running sequencer's entrance. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sequencer {
    jobs: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
    waiting_max: usize,
    open: Arc<AtomicBool>,
}

/// Why commands were not taken. Nothing was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// The queue is full.
    Full,
    /// The service is stopping.
    Stopping,
}

#[derive(Debug)]
enum Job {
    Decide { entries: Vec<Entry>, reply: oneshot::Sender<Vec<Decision>> },
    Stop,
}

impl Sequencer {
    /// Start the thread. It ends, with everything written back, after [`Sequencer::stop`].
    pub fn start(
        books: Arc<Books>,
        clock: Arc<dyn Clock>,
        waiting_max: usize,
        write_back_frames: u64,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, queue) = mpsc::sync_channel(JOBS_MAX);
        let waiting = Arc::new(AtomicUsize::new(0));
        let open = Arc::new(AtomicBool::new(true));
        let mut thread = Thread {
            books,
            clock,
            queue,
            left: VecDeque::new(),
            waiting: Arc::clone(&waiting),
            plan: WriteBackPlan::new(write_back_frames),
        };
        let handle = std::thread::Builder::new().name("sequencer".to_owned()).spawn(move || {
            if let Err(fatal) = thread.run() {
                tracing::error!(error = %fatal, "the books cannot go on, stopping at once");
                std::process::abort();
            }
        })?;
        Ok((Self { jobs, waiting, waiting_max, open }, handle))
    }

    /// Hand over entries, to be decided next to each other and in this order; one decision for each.
    pub async fn decide(&self, entries: Vec<Entry>) -> Result<Vec<Decision>, Busy> {
        if !self.open.load(Ordering::SeqCst) {
            return Err(Busy::Stopping);
        }
        let count = entries.len();
        let before = self.waiting.fetch_add(count, Ordering::SeqCst);
        let (reply, answer) = oneshot::channel();
        let sent = if before.saturating_add(count) <= self.waiting_max {
            self.jobs.try_send(Job::Decide { entries, reply }).map_err(|error| match error {
                TrySendError::Full(_) => Busy::Full,
                TrySendError::Disconnected(_) => Busy::Stopping,
            })
        } else {
            Err(Busy::Full)
        };
        if let Err(busy) = sent {
            self.waiting.fetch_sub(count, Ordering::SeqCst);
            return Err(busy);
        }
        answer.await.map_err(|_| Busy::Stopping)
    }

    /// Take no more commands; decide what is waiting, write back, and end the thread.
    pub fn stop(&self) {
        self.open.store(false, Ordering::SeqCst);
        // A full queue is read until it is empty, and the thread ends then too.
        let _ = self.jobs.try_send(Job::Stop);
    }

    /// How many commands wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

/// What the thread owns.
struct Thread {
    books: Arc<Books>,
    clock: Arc<dyn Clock>,
    queue: Receiver<Job>,
    /// A job that did not fit into the last batch.
    left: VecDeque<Job>,
    waiting: Arc<AtomicUsize>,
    plan: WriteBackPlan,
}

/// Several jobs, decided as one.
#[derive(Default)]
struct Gathered {
    entries: Vec<Entry>,
    bytes: usize,
    /// For each job: how many of the entries are its own, and where they are awaited.
    replies: Vec<(usize, oneshot::Sender<Vec<Decision>>)>,
    stop: bool,
}

impl Thread {
    fn run(&mut self) -> Result<(), Fatal> {
        let mut stopping = false;
        loop {
            let gathered = self.gather();
            stopping |= gathered.stop;
            self.decide(gathered)?;
            if stopping && self.left.is_empty() {
                break;
            }
        }
        Ok(self.books.close(&mut self.plan)?)
    }

    /// Wait for a job, then take all that are there, up to the limits of a batch.
    fn gather(&mut self) -> Gathered {
        let mut gathered = Gathered::default();
        let mut next = match self.left.pop_front() {
            Some(job) => Some(job),
            None => match self.queue.recv_timeout(self.until_due()) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Job::Stop),
            },
        };
        while let Some(job) = next {
            if let Err(job) = gathered.add(job) {
                self.left.push_front(job);
                break;
            }
            next = self.queue.try_recv().ok();
        }
        gathered
    }

    fn decide(&mut self, gathered: Gathered) -> Result<(), Fatal> {
        let now = self.clock.now();
        if gathered.entries.is_empty() && !self.is_due(now) {
            return Ok(());
        }
        let count = gathered.entries.len();
        let started = tokio::time::Instant::now();
        let decisions = self.books.decide(gathered.entries, now, &mut self.plan)?;
        self.waiting.fetch_sub(count, Ordering::SeqCst);
        crate::telemetry::batch(count, started.elapsed());
        let mut decisions = decisions.into_iter();
        for (count, reply) in gathered.replies {
            // Whoever asked may have gone; the answer stays in the journal.
            let _ = reply.send(decisions.by_ref().take(count).collect());
        }
        Ok(())
    }

    fn is_due(&self, now: scoin_core::Timestamp) -> bool {
        self.books.live().next_due().is_some_and(|due| due <= now)
    }

    fn until_due(&self) -> Duration {
        let Some(due) = self.books.live().next_due() else { return SLEEP_MAX };
        let micros = due.micros().saturating_sub(self.clock.now().micros());
        Duration::from_micros(micros).min(SLEEP_MAX)
    }
}

impl Gathered {
    /// Take a job, or give it back if it does not fit.
    fn add(&mut self, job: Job) -> Result<(), Job> {
        match job {
            Job::Stop => self.stop = true,
            Job::Decide { entries, reply } => {
                let bytes = entries.iter().map(entry_bytes).sum::<usize>();
                let count = self.entries.len().saturating_add(entries.len());
                let fits = count <= BATCH_COMMANDS_MAX
                    && self.bytes.saturating_add(bytes) <= BATCH_BYTES_MAX;
                if !fits && !self.entries.is_empty() {
                    return Err(Job::Decide { entries, reply });
                }
                self.bytes = self.bytes.saturating_add(bytes);
                self.replies.push((entries.len(), reply));
                self.entries.extend(entries);
            }
        }
        Ok(())
    }
}

fn entry_bytes(entry: &Entry) -> usize {
    match entry {
        Entry::Signed(admitted) => admitted.signed().bytes().len(),
        Entry::Tick => 0,
    }
}
