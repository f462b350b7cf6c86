//! The past: a journal executed once, with what a back-test must know of every entry.

use std::sync::Arc;

use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::{AccountId, Amount, Timestamp};
use scoin_policy::module::Module;

use super::again::{Again, Lots};
use super::wanted::Wanted;
use super::world::World;
use crate::batch::{Entry, EventKind};
use crate::decide::compile_checked;
use crate::frame::{Frame, Source};
use crate::invariants::Breach;
use crate::replay::{first_frame, journaled};
use crate::state::{Key, PolicyEntry, ProgramEntry, Record, View};
use crate::work::Work;

/// Which part of a journal is decided again: frames from `from` on, and before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct During {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl During {
    /// The whole journal.
    pub const ALWAYS: Self =
        Self { from: Timestamp::from_micros(0), to: Timestamp::from_micros(u64::MAX) };
}

/// A journal, executed once and ready to be decided again under any number of candidates.
///
/// Takes memory for the state before and after the part asked about, and about 2 KiB for each payment in it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The books before the first step.
    pub(super) before: Again,
    /// When a candidate begins to stand.
    pub(super) from: Timestamp,
    pub(super) steps: Vec<Step>,
    /// What must be kept while they are decided again.
    pub(super) wanted: Arc<Wanted>,
    /// The state after the last step.
    pub(super) after: World,
}

/// One frame.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) time: Timestamp,
    pub(super) entries: Vec<PastEntry>,
}

/// One entry, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct PastEntry {
    pub(super) entry: Entry,
    pub(super) outcome: Outcome,
    pub(super) lots: Lots,
    pub(super) told: Told,
}

/// What an entry did beside its outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Rewards given, by pool.
    pub(super) rewards: Vec<Reward>,
    /// Coins that came to their end or melted.
    pub(super) ended: Amount,
}

/// One reward given from a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reward {
    pub(super) pool: AccountId,
    pub(super) earner: AccountId,
    pub(super) amount: Amount,
}

impl Past {
    /// Executes a journal from its first frame to the end of `during`.
    ///
    /// The frames must have been checked: their chain and seals are believed, and with them the signatures. Every
    /// outcome is compared with the one recorded.
    ///
    /// # Errors
    /// [`Breach::Chain`] if a frame cannot be read or is out of place, [`Breach::Replay`] if an outcome comes out
    /// differently.
    pub fn read(frames: &[Frame], during: During) -> Result<Self, Breach> {
        let seed = frames.last().map(Frame::hash).unwrap_or_default();
        let mut again =
            Again::new(seed.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)));
        let mut before = None;
        let mut steps = Vec::new();
        for (number, frame) in (0_u64..).zip(frames) {
            if frame.head.number != number {
                return Err(Breach::Chain(number));
            }
            if number == 0 {
                again.found(first_frame(frame).ok_or(Breach::Chain(0))?.writes);
                continue;
            }
            if frame.head.time >= during.to {
                break;
            }
            let is_asked = frame.head.time >= during.from;
            if is_asked && before.is_none() {
                before = Some(again.clone());
            }
            let step = decide(&mut again, frame)?;
            if is_asked {
                steps.push(step);
            }
        }
        let from = steps.first().map_or(during.from, |step: &Step| step.time);
        let entries = steps.iter().flat_map(|step| &step.entries).map(|one| &one.entry);
        let wanted = Arc::new(Wanted::of(entries));
        Ok(Self {
            wanted,
            before: before.unwrap_or_else(|| again.clone()),
            from,
            steps,
            after: again.world,
        })
    }

    /// How many frames will be decided again.
    pub fn frames(&self) -> usize {
        self.steps.len()
    }

    /// The time of the first and the last frame that will be decided again; `None` if there is none.
    pub fn times(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.steps.first()?.time, self.steps.last()?.time))
    }

    /// Every policy in force by the end that has this name: instances of a template, and older versions.
    pub fn policies(&self, name: &str) -> Vec<Arc<PolicyEntry>> {
        let found = self.after.iter().filter_map(|record| {
            if let Record::Policy(entry) = record { Some(Arc::clone(entry)) } else { None }
        });
        let mut found: Vec<_> = found.filter(|entry| entry.rule().name() == name).collect();
        found.sort_by_key(|entry| entry.id());
        found
    }

    /// The programme of this name in force by the end.
    pub fn program(&self, name: &str) -> Option<Arc<ProgramEntry>> {
        match self.after.get(&Key::Program(name.to_owned())) {
            Some(Record::Program(entry)) => Some(Arc::clone(entry)),
            _ => None,
        }
    }

    /// The first guardian of an account, if it has one by the end.
    pub fn guardian(&self, account: &AccountId) -> Option<AccountId> {
        match self.after.get(&Key::Account(*account)) {
            Some(Record::Account(account)) => account.guardians.first().copied(),
            _ => None,
        }
    }

    /// A candidate's text, compiled as it would be if it were published at the end: it may use the names of what is in
    /// force, and its examples must hold.
    ///
    /// # Errors
    /// [`Refusal::RulesRejected`], as the publication would be refused.
    pub fn compile(&self, source: &str) -> Result<Module, Refusal> {
        let Some(Record::City(city)) = self.after.get(&Key::City) else {
            return Err(Refusal::WrongNetwork);
        };
        let now = self.steps.last().map_or(self.from, |step| step.time);
        compile_checked(&Work::over(&self.after, Arc::clone(city), now), source)
    }
}

fn decide(again: &mut Again, frame: &Frame) -> Result<Step, Breach> {
    let number = frame.head.number;
    let entry = |source: &Source, outcome: &[u8]| match source {
        Source::Genesis(_) => None,
        Source::Tick => Some(Entry::Tick),
        Source::Signed(bytes) => journaled(&bytes.0, outcome),
    };
    let read = frame.entries.iter().map(|one| entry(&one.source, &one.outcome.0));
    let read: Vec<Entry> = read.collect::<Option<_>>().ok_or(Breach::Chain(number))?;
    let mut seen = Vec::with_capacity(read.len());
    let mut first = again.next_lot();
    again.frame(frame.head.time, read.iter().map(|entry| (entry, None)), |work, index, outcome| {
        let end = work.numbers().map_or(first, |numbers| numbers.next);
        let told = read.get(index).map(|entry| Told::of(work, entry)).unwrap_or_default();
        seen.push((outcome.clone(), (first, end), told));
        first = end;
    });
    let recorded = frame.entries.iter().map(|entry| &entry.outcome.0);
    if !seen.iter().map(|(outcome, ..)| outcome.to_bytes()).eq(recorded.cloned()) {
        return Err(Breach::Replay(number));
    }
    let entries = read.into_iter().zip(seen);
    let entries =
        entries.map(|(entry, (outcome, lots, told))| PastEntry { entry, outcome, lots, told });
    Ok(Step { time: frame.head.time, entries: entries.collect() })
}

impl Told {
    /// What the present entry of the work has told.
    pub(super) fn of(work: &Work<'_>, entry: &Entry) -> Self {
        let asker = match entry {
            Entry::Signed(admitted) => Some(admitted.signed().command().by),
            Entry::Tick => None,
        };
        let treasury = work.city().treasury;
        let mut told = Self::default();
        for event in work.told() {
            match (event.kind, event.with) {
                (EventKind::Received, Some(pool))
                    if Some(pool) != asker
                        && pool != treasury
                        && work.account(&pool).is_some_and(|account| account.pool.is_some()) =>
                {
                    let (earner, amount) = (event.account, event.amount);
                    told.rewards.push(Reward { pool, earner, amount });
                }
                (EventKind::Lost, None) => {
                    told.ended = told.ended.checked_add(event.amount).unwrap_or(Amount::MAX);
                }
                _ => {}
            }
        }
        told
    }
}
