//! From a data file to running books: load the records, walk the journal, decide the tail again.

use std::sync::{Arc, RwLock};

use scoin_core::genesis::Genesis;
use scoin_core::keys::{PublicKey, SecretKey};
use scoin_core::merkle::{self, Tree};
use scoin_core::receipt::FrameHead;
use scoin_ledger::canon::from_bytes;
use scoin_ledger::{
    Breach, Key, Record, State, Trust, View, Writes, genesis_frame, verify_frame_trusting,
};
use tokio::sync::watch;

use super::write_back::WriteBackPlan;
use super::{Books, Live};
use crate::engine::{Engine, EngineError, StoredFrame};
use crate::history::{self, History};
use crate::sealed::SealedFrame;

/// Why the books cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The engine cannot be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The journal does not lead to the state it says.
    #[error("the journal does not hold: {0}; restore the data file from another copy")]
    Breach(#[from] Breach),
    /// The data file is another city's.
    #[error("the data file belongs to another city; check `city.genesis` and `data.file`")]
    OtherCity,
    /// The genesis makes no city.
    #[error("the genesis makes no city; check its zone")]
    Genesis,
    /// A live city may not stand on a clock that can be moved.
    #[error("`clock.start` is for sandbox cities only; remove it")]
    LiveCityWithManualClock,
}

impl Books {
    /// Open the books of a city, or found it if the engine is empty.
    pub fn open(
        genesis: Genesis,
        issuer: SecretKey,
        engine: Arc<dyn Engine>,
    ) -> Result<Self, OpenError> {
        if engine.tip()?.is_none() {
            found(&genesis, &issuer, engine.as_ref())?;
        }
        let live = load(&genesis, engine.as_ref())?;
        Ok(Self {
            network: genesis.network_id(),
            genesis,
            issuer,
            engine,
            reached: watch::Sender::new(live.number()),
            live: RwLock::new(live),
        })
    }
}

/// Commit frame 0.
fn found(genesis: &Genesis, issuer: &SecretKey, engine: &dyn Engine) -> Result<(), OpenError> {
    let effects = genesis_frame(genesis);
    if let Some(breach) = effects.breach {
        return Err(breach.into());
    }
    let sealed = SealedFrame::seal(effects.frame.ok_or(OpenError::Genesis)?, issuer)?;
    let touched = history::to_bytes(&history::touched(0, &effects.events, []));
    let back = WriteBackPlan::new(1).next(0, &effects.writes, &State::new());
    Ok(engine.commit(&sealed.to_stored(touched), back.as_ref())?)
}

/// Bring the state to where the journal ends. Every frame's place in the chain is checked on the way.
fn load(genesis: &Genesis, engine: &dyn Engine) -> Result<Live, OpenError> {
    let (state, state_frame) = load_state(genesis, engine)?;
    let mut walk = Walk {
        state,
        state_frame,
        issuer: genesis.issuer,
        tip: None,
        tree: Tree::default(),
        history: History::default(),
        plan: WriteBackPlan::new(u64::MAX),
    };
    loop {
        let next = walk.tip.as_ref().map_or(0, |tip| tip.frame.head.number.saturating_add(1));
        let frames = engine.frames(next, 256)?;
        if frames.is_empty() {
            break;
        }
        for stored in &frames {
            walk.step(stored)?;
        }
    }
    let damaged = || EngineError::Damaged("the journal has fewer frames than its state".to_owned());
    let tip = walk.tip.filter(|tip| tip.frame.head.number >= state_frame).ok_or_else(damaged)?;
    FrameHead::open_seal(&tip.seal, &genesis.issuer)
        .ok()
        .filter(|head| *head == tip.frame.head)
        .ok_or(Breach::Chain(tip.frame.head.number))?;
    let live =
        Live { state: walk.state, tip: Arc::new(tip), tree: walk.tree, history: walk.history };
    // What the tail changed must be in the file before a later write-back says that the state there is newer.
    if let Some(back) = walk.plan.rest(&live) {
        engine.write_back(&back)?;
    }
    Ok(live)
}

fn load_state(genesis: &Genesis, engine: &dyn Engine) -> Result<(State, u64), OpenError> {
    let damaged = |what: &str| EngineError::Damaged(what.to_owned());
    let mut writes = Writes::new();
    let state_frame = engine.records(&mut |key, record| {
        let key: Key = from_bytes(key).map_err(|_| damaged("a key cannot be read"))?;
        let record: Record = from_bytes(record).map_err(|_| damaged("a record cannot be read"))?;
        writes.insert(key, Some(record));
        Ok(())
    })?;
    let state_frame = state_frame.ok_or_else(|| damaged("the state is missing"))?;
    let mut state = State::new();
    state.absorb(writes);
    match state.get(&Key::City) {
        Some(Record::City(city)) if city.genesis.0 == genesis.to_bytes() => {}
        Some(_) => return Err(OpenError::OtherCity),
        None => return Err(damaged("the city is missing").into()),
    }
    Ok((state, state_frame))
}

/// The journal, read from its beginning.
struct Walk {
    state: State,
    state_frame: u64,
    issuer: PublicKey,
    tip: Option<SealedFrame>,
    tree: Tree,
    history: History,
    plan: WriteBackPlan,
}

impl Walk {
    /// Check that a frame follows, take note of it, and decide it again if the state does not have it yet.
    fn step(&mut self, stored: &StoredFrame) -> Result<(), OpenError> {
        let sealed = SealedFrame::from_stored(stored)?;
        let head = &sealed.frame.head;
        let (expected, prev) = match &self.tip {
            Some(tip) => (tip.frame.head.number.saturating_add(1), tip.hash),
            None => (0, [0; 32]),
        };
        let follows = head.number == expected && stored.number == expected && head.prev == prev;
        if !follows || sealed.hash != stored.hash {
            return Err(Breach::Chain(expected).into());
        }
        let touched = if head.number > self.state_frame {
            self.decide_again(&sealed)?
        } else {
            let rows = history::from_bytes(head.number, &stored.touched);
            rows.ok_or_else(|| EngineError::Damaged(format!("history of frame {expected}")))?
        };
        self.history.append(&touched);
        self.tree.push(merkle::leaf_hash(&sealed.hash));
        self.tip = Some(sealed);
        Ok(())
    }

    fn decide_again(&mut self, sealed: &SealedFrame) -> Result<history::Touched, OpenError> {
        let number = sealed.frame.head.number;
        let head = FrameHead::open_seal(&sealed.seal, &self.issuer).ok();
        if head.as_ref() != Some(&sealed.frame.head) {
            return Err(Breach::Chain(number).into());
        }
        let prev = self.tip.as_ref().map(|tip| &tip.frame);
        let effects = verify_frame_trusting(&self.state, prev, &sealed.frame, Trust::OwnJournal)?;
        let touched = history::touched(number, &effects.events, history::asked(&sealed.frame));
        self.plan.note(&effects.writes);
        self.state.absorb(effects.writes);
        Ok(touched)
    }
}
