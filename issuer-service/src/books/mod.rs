//! The books of one running city: the state in memory, the journal in an engine, and who was touched.
//!
//! [`Books::open`] brings them to where the journal ends. `Books::decide` is the only way they change; the sequencer is
//! its only caller. Everyone else reads, under a lock that a change holds only for as long as memory is written.

mod open;
mod write_back;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use scoin_core::genesis::Genesis;
use scoin_core::keys::SecretKey;
use scoin_core::merkle::{self, Hash, Tree};
use scoin_core::{AccountId, NetworkId, Timestamp};
use scoin_ledger::state::{Account, City};
use scoin_ledger::{
    Answer, Batch, Breach, Disposition, Effects, Entry, Frame, Key, Record, State, TICK_MAX, View,
    apply, ticks_for,
};
use tokio::sync::watch;

use crate::engine::{Engine, EngineError};
use crate::history::{self, History};
use crate::sealed::SealedFrame;

pub use open::OpenError;
pub use write_back::WriteBackPlan;

/// Most things done before a batch, in ticks full of them. What is due beyond that is done before the next ones.
const TICKS_MAX: usize = 8;

/// The books of a city.
#[derive(Debug)]
pub struct Books {
    genesis: Genesis,
    network: NetworkId,
    issuer: SecretKey,
    engine: Arc<dyn Engine>,
    live: RwLock<Live>,
    reached: watch::Sender<u64>,
}

/// What changes with every frame.
#[derive(Debug)]
pub struct Live {
    /// All records.
    pub state: State,
    /// The last frame.
    pub tip: Arc<SealedFrame>,
    /// The tree over all heads.
    pub tree: Tree,
    /// Who was touched by what.
    pub history: History,
}

/// What was decided for one entry.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The outcome, and where it is written.
    pub answer: Answer,
    /// Ledger time of the decision.
    pub time: Timestamp,
    /// The frame made by this batch, if the answer is new in it.
    pub sealed: Option<Arc<SealedFrame>>,
}

/// Why the books cannot go on. The process must stop; nothing of the batch was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// An invariant would be broken.
    #[error("an invariant would be broken: {0}")]
    Breach(#[from] Breach),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Books {
    /// What the city is.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Its id.
    pub fn network(&self) -> NetworkId {
        self.network
    }

    /// The journal.
    pub fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    /// A consistent view. Hold it shortly: the sequencer waits for it.
    pub fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the number of the last frame, whenever it changes.
    pub fn reached(&self) -> watch::Receiver<u64> {
        self.reached.subscribe()
    }

    /// A frame, from memory if it is the last.
    pub fn sealed(&self, number: u64) -> Result<Option<Arc<SealedFrame>>, EngineError> {
        let tip = Arc::clone(&self.live().tip);
        if tip.frame.head.number == number {
            return Ok(Some(tip));
        }
        let stored = self.engine.frames(number, 1)?.into_iter().find(|f| f.number == number);
        stored.map(|stored| SealedFrame::from_stored(&stored).map(Arc::new)).transpose()
    }

    /// A frame without its seal, from memory if it is the last.
    pub fn frame(&self, number: u64) -> Result<Option<Arc<Frame>>, EngineError> {
        let tip = Arc::clone(&self.live().tip);
        if tip.frame.head.number == number {
            return Ok(Some(Arc::new(tip.frame.clone())));
        }
        let stored = self.engine.frames(number, 1)?.into_iter().find(|f| f.number == number);
        let decode = |stored: crate::engine::StoredFrame| Frame::from_bytes(&stored.frame);
        let damaged = |_| EngineError::Damaged(format!("frame {number} cannot be read"));
        stored.map(|stored| decode(stored).map(Arc::new).map_err(damaged)).transpose()
    }

    /// Decide without recording: what `Books::decide` would answer now.
    pub fn try_out(&self, entry: Entry, now: Timestamp) -> Option<Decision> {
        let live = self.live();
        let time = live.time_after(now);
        let effects = apply(&live.state, &live.batch(time, &live.with_ticks(time, vec![entry])));
        let answer = effects.answers.into_iter().next_back()?;
        Some(Decision { answer, time, sealed: None })
    }

    /// Decide entries in order, make them durable, take them over; one decision for each entry.
    pub(crate) fn decide(
        &self,
        entries: Vec<Entry>,
        now: Timestamp,
        plan: &mut WriteBackPlan,
    ) -> Result<Vec<Decision>, Fatal> {
        let asked = entries.len();
        let (effects, entries, time) = {
            let live = self.live();
            let time = live.time_after(now);
            let entries = live.with_ticks(time, entries);
            (apply(&live.state, &live.batch(time, &entries)), entries, time)
        };
        if let Some(breach) = effects.breach {
            return Err(breach.into());
        }
        let skipped = entries.len().saturating_sub(asked);
        let answers: Vec<Answer> = effects.answers.iter().skip(skipped).cloned().collect();
        let sealed = self.record(effects, &entries, plan)?;
        Ok(answers.into_iter().map(|answer| decision(answer, time, sealed.as_ref())).collect())
    }

    /// Seal a frame, make it durable, and only then take its effects over.
    fn record(
        &self,
        effects: Effects,
        entries: &[Entry],
        plan: &mut WriteBackPlan,
    ) -> Result<Option<Arc<SealedFrame>>, Fatal> {
        let Some(frame) = effects.frame else { return Ok(None) };
        let sealed = Arc::new(SealedFrame::seal(frame, &self.issuer)?);
        let number = sealed.frame.head.number;
        let touched = history::touched(number, &effects.events, asked(entries, &effects.answers));
        let back = plan.next(number, &effects.writes, &self.live().state);
        self.engine.commit(&sealed.to_stored(history::to_bytes(&touched)), back.as_ref())?;

        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.state.absorb(effects.writes);
        live.tree.push(merkle::leaf_hash(&sealed.hash));
        live.history.append(&touched);
        live.tip = Arc::clone(&sealed);
        drop(live);
        self.reached.send_replace(number);
        Ok(Some(sealed))
    }

    /// Write back what is left and release the data file.
    pub(crate) fn close(&self, plan: &mut WriteBackPlan) -> Result<(), EngineError> {
        if let Some(back) = plan.rest(&self.live()) {
            self.engine.write_back(&back)?;
        }
        self.engine.close()
    }
}

impl Live {
    /// Number of the last frame.
    pub fn number(&self) -> u64 {
        self.tip.frame.head.number
    }

    /// Ledger time of the last frame.
    pub fn time(&self) -> Timestamp {
        self.tip.frame.head.time
    }

    /// Root over the heads of all frames.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Ledger time of a next frame: max(last + 1 µs, now).
    pub fn time_after(&self, now: Timestamp) -> Timestamp {
        self.time().saturating_add_micros(1).max(now)
    }

    /// An account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        match self.state.get(&Key::Account(*id)) {
            Some(Record::Account(account)) => Some(account),
            _ => None,
        }
    }

    /// The city, as its genesis says.
    pub fn city(&self) -> Option<&City> {
        match self.state.get(&Key::City) {
            Some(Record::City(city)) => Some(city),
            _ => None,
        }
    }

    /// When something is next to be done by a tick.
    pub fn next_due(&self) -> Option<Timestamp> {
        let end = Key::due_after(Timestamp::from_micros(u64::MAX));
        match self.state.keys(&Key::first_due(), &end, 1).into_iter().next() {
            Some(Key::Due(at, _)) => Some(at),
            _ => None,
        }
    }

    /// The entries, after as many ticks as it takes to do what is due by then.
    fn with_ticks(&self, time: Timestamp, entries: Vec<Entry>) -> Vec<Entry> {
        let most = TICK_MAX.saturating_mul(TICKS_MAX);
        let due = self.state.keys(&Key::first_due(), &Key::due_after(time), most);
        let ticks = std::iter::repeat_n(Entry::Tick, ticks_for(&due));
        if due.is_empty() { entries } else { ticks.chain(entries).collect() }
    }

    fn batch<'a>(&self, time: Timestamp, entries: &'a [Entry]) -> Batch<'a> {
        let head = &self.tip.frame.head;
        Batch {
            number: head.number.saturating_add(1),
            prev_hash: self.tip.hash,
            prev_state_digest: head.state_digest,
            time,
            entries,
        }
    }
}

fn decision(answer: Answer, time: Timestamp, sealed: Option<&Arc<SealedFrame>>) -> Decision {
    let is_new = matches!(answer.disposition, Disposition::New { .. });
    Decision { answer, time, sealed: sealed.filter(|_| is_new).cloned() }
}

/// Who asked, for each entry that is in the frame.
fn asked<'a>(
    entries: &'a [Entry],
    answers: &'a [Answer],
) -> impl Iterator<Item = (AccountId, u32)> + 'a {
    entries.iter().zip(answers).filter_map(|(entry, answer)| match (entry, answer.disposition) {
        (Entry::Signed(admitted), Disposition::New { index }) => {
            Some((admitted.signed().command().by, index))
        }
        _ => None,
    })
}
