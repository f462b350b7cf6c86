//! The offline check: everything a data file says, proved again from its journal.

use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use scoin_core::envelope::SignedCommand;
use scoin_core::genesis::Genesis;
use scoin_core::merkle::{self, Hash, Tree};
use scoin_core::receipt::FrameHead;
use scoin_ledger::canon::to_bytes;
use scoin_ledger::invariants;
use scoin_ledger::{Breach, Frame, Source, State, verify_frame};

use crate::engine::{Engine, EngineError, StoredFrame};

/// Frames read at once.
const AT_ONCE: usize = 256;

/// What was checked. The same data file always gives the same report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Frames, all of which follow from one another, are sealed by the issuer, and decide to what they say.
    pub frames: u64,
    /// Signed commands, all of whose signatures hold.
    pub commands: u64,
    /// Records of the state at the end.
    pub records: usize,
    /// Root over the heads of all frames.
    pub root: Hash,
    /// State digest of the last frame.
    pub state_digest: Hash,
}

/// What does not hold.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The data file cannot be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An invariant does not hold.
    #[error("{0}")]
    Breach(#[from] Breach),
    /// The file is another city's.
    #[error("the data file belongs to another city; check `city.genesis` and `data.file`")]
    OtherCity,
    /// A command in the journal is not genuine.
    #[error("frame {frame}: the signature of entry {index} does not hold")]
    Signature {
        /// Which frame.
        frame: u64,
        /// Which entry.
        index: usize,
    },
    /// A frame has no seal of the issuer.
    #[error("frame {0} is not sealed by the issuer")]
    Seal(u64),
    /// The records in the file are not what the journal leads to.
    #[error("the state in the file is not what the journal leads to: {0}")]
    State(String),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "books: balanced")?;
        writeln!(f, "frames: {}", self.frames)?;
        writeln!(f, "commands: {}", self.commands)?;
        writeln!(f, "records: {}", self.records)?;
        writeln!(f, "root: {}", hex(&self.root))?;
        write!(f, "state digest: {}", hex(&self.state_digest))
    }
}

/// Check chain, seals, signatures, decisions, records, totals and root.
pub fn check(genesis: &Genesis, engine: &dyn Engine) -> Result<Report, CheckError> {
    let mut stored_records = BTreeMap::new();
    let state_frame = engine.records(&mut |key, record| {
        stored_records.insert(key.to_vec(), record.to_vec());
        Ok(())
    })?;
    let state_frame = state_frame.ok_or_else(|| CheckError::State("it is missing".to_owned()))?;
    let mut checker = Checker::new(genesis);
    loop {
        let stored = engine.frames(checker.next, AT_ONCE)?;
        if stored.is_empty() {
            break;
        }
        for (stored, frame) in stored.iter().zip(checker.read_all(&stored)?) {
            checker.step(stored, frame)?;
            if stored.number == state_frame {
                compare(&checker.state, &stored_records)?;
            }
        }
    }
    if checker.next <= state_frame {
        return Err(CheckError::State(format!("frame {state_frame} is missing")));
    }
    checker.finish()
}

struct Checker<'a> {
    genesis: &'a Genesis,
    state: State,
    last: Option<Frame>,
    next: u64,
    commands: u64,
    tree: Tree,
}

impl<'a> Checker<'a> {
    fn new(genesis: &'a Genesis) -> Self {
        Self {
            genesis,
            state: State::new(),
            last: None,
            next: 0,
            commands: 0,
            tree: Tree::default(),
        }
    }

    /// Decode frames and check all signatures in them, on all cores.
    fn read_all(&mut self, stored: &[StoredFrame]) -> Result<Vec<Frame>, CheckError> {
        let read: Result<Vec<_>, CheckError> =
            stored.par_iter().map(|stored| self.read(stored)).collect();
        let read = read?;
        let commands = read.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
        self.commands = self.commands.saturating_add(commands);
        Ok(read.into_iter().map(|(frame, _)| frame).collect())
    }

    fn read(&self, stored: &StoredFrame) -> Result<(Frame, u64), CheckError> {
        let number = stored.number;
        let unreadable = |_| EngineError::Damaged(format!("frame {number} cannot be read"));
        let frame = Frame::from_bytes(&stored.frame).map_err(unreadable)?;
        let sealed = FrameHead::open_seal(&stored.seal, &self.genesis.issuer).ok();
        if sealed.as_ref() != Some(&frame.head) {
            return Err(CheckError::Seal(number));
        }
        let mut commands = 0u64;
        for (index, entry) in frame.entries.iter().enumerate() {
            if let Source::Signed(bytes) = &entry.source {
                let holds = SignedCommand::decode(&bytes.0).and_then(SignedCommand::verify);
                holds.map_err(|_| CheckError::Signature { frame: number, index })?;
                commands = commands.saturating_add(1);
            }
        }
        Ok((frame, commands))
    }

    /// A frame in its place: chained, and decided again with the same result.
    fn step(&mut self, stored: &StoredFrame, frame: Frame) -> Result<(), CheckError> {
        let number = frame.head.number;
        let hash = frame.hash();
        if number != self.next || stored.number != number || stored.hash != hash {
            return Err(Breach::Chain(self.next).into());
        }
        if number == 0 && !is_genesis(&frame, self.genesis) {
            return Err(CheckError::OtherCity);
        }
        let effects = verify_frame(&self.state, self.last.as_ref(), &frame)?;
        self.state.absorb(effects.writes);
        self.tree.push(merkle::leaf_hash(&hash));
        self.next = self.next.saturating_add(1);
        self.last = Some(frame);
        Ok(())
    }

    fn finish(self) -> Result<Report, CheckError> {
        if let Some(breach) = invariants::check_all(&self.state).into_iter().next() {
            return Err(breach.into());
        }
        let missing = || EngineError::Damaged("there are no frames".to_owned());
        let last = self.last.ok_or_else(missing)?;
        Ok(Report {
            frames: self.next,
            commands: self.commands,
            records: self.state.len(),
            root: self.tree.root(),
            state_digest: last.head.state_digest,
        })
    }
}

fn is_genesis(frame: &Frame, genesis: &Genesis) -> bool {
    let document = genesis.to_bytes();
    frame
        .entries
        .iter()
        .any(|entry| matches!(&entry.source, Source::Genesis(bytes) if bytes.0 == document))
}

/// Record by record, in both directions.
fn compare(state: &State, stored: &BTreeMap<Vec<u8>, Vec<u8>>) -> Result<(), CheckError> {
    for (key, record) in state.iter() {
        if stored.get(&to_bytes(key)) != Some(&to_bytes(record)) {
            return Err(CheckError::State("a record differs".to_owned()));
        }
    }
    if state.len() == stored.len() {
        Ok(())
    } else {
        Err(CheckError::State("there are records too many".to_owned()))
    }
}

fn hex(hash: &Hash) -> String {
    scoin_core::PolicyId(*hash).to_hex()
}
