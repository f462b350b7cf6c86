//! `apply`: every entry in order, each in its own transaction over the state.

use std::collections::BTreeMap;

use scoin_core::command::{Action, Command, VALID_MICROS_MAX};
use scoin_core::merkle::{Hash, Levels};
use scoin_core::outcome::{Outcome, Refusal};
use scoin_core::receipt::{FrameHead, entry_leaf};
use scoin_core::{AccountId, StackId, Timestamp};
use sha2::{Digest, Sha256};

use crate::batch::{Admitted, Answer, Batch, Disposition, Effects, Entry};
use crate::canon::{Blob, Canon};
use crate::decide::{Asker, age, allowance, decide, device, recovery, tick};
use crate::frame::{Frame, FrameEntry, Source};
use crate::invariants::{self, Breach};
use crate::state::{Answered, City, Due, Key, Record, Totals, View, Writes};
use crate::work::{Decision, Work};

/// How long an answer is kept after its command is no longer valid, in microseconds: 1 day.
const ANSWER_KEPT_MICROS: u64 = 24 * 3_600 * 1_000_000;

/// Decide a batch. Total: it never fails, never panics and never reads a clock; what is wrong is in the answers.
pub fn apply(view: &dyn View, batch: &Batch<'_>) -> Effects {
    let Some(mut work) = Work::begin(view, batch.time) else { return no_city(batch) };
    let mut journal = Journal { number: batch.number, entries: Vec::new(), leaves: Vec::new() };
    let mut answers = Vec::with_capacity(batch.entries.len());
    for entry in batch.entries {
        work.start(journal.next_index());
        let answer = match entry {
            Entry::Signed(admitted) => signed(&mut work, &mut journal, admitted),
            Entry::Tick => ticked(&mut work, &mut journal),
        };
        answers.push(answer);
    }
    if journal.entries.is_empty() {
        return Effects { answers, ..nothing() };
    }
    let mut head = work.head();
    if batch.time <= head.time || batch.number != head.frame.saturating_add(1) {
        work.broken(Breach::Time(batch.number));
    }
    (head.frame, head.time) = (batch.number, batch.time);
    work.set_head(head);
    work.keep();
    close(work, journal, batch, answers)
}

/// Before a city exists nothing can be decided.
fn no_city(batch: &Batch<'_>) -> Effects {
    let outcome = Outcome::Refused(Refusal::WrongNetwork);
    let answer = Answer { outcome, disposition: Disposition::NotJournaled };
    Effects { answers: vec![answer; batch.entries.len()], ..nothing() }
}

fn nothing() -> Effects {
    Effects {
        writes: BTreeMap::new(),
        answers: Vec::new(),
        frame: None,
        sums: BTreeMap::new(),
        events: Vec::new(),
        breach: None,
    }
}

/// The frame as it grows.
pub(crate) struct Journal {
    pub(crate) number: u64,
    pub(crate) entries: Vec<FrameEntry>,
    pub(crate) leaves: Vec<Hash>,
}

impl Journal {
    fn next_index(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// Append an entry; its place.
    pub(crate) fn append(&mut self, source: Source, digest: &Hash, outcome: Vec<u8>) -> u32 {
        let index = self.next_index();
        self.leaves.push(entry_leaf(digest, &outcome));
        self.entries.push(FrameEntry { source, outcome: Blob(outcome) });
        index
    }
}

/// Put the frame together.
pub(crate) fn close(
    work: Work<'_>,
    journal: Journal,
    batch: &Batch<'_>,
    answers: Vec<Answer>,
) -> Effects {
    let city = work.city();
    let (writes, events, breach) = work.finish();
    let head = FrameHead {
        network: city.network,
        number: batch.number,
        prev: batch.prev_hash,
        time: batch.time,
        entries: u64::try_from(journal.entries.len()).unwrap_or(u64::MAX),
        entries_root: Levels::new(journal.leaves).root(),
        state_digest: state_digest(batch.prev_state_digest, &writes),
        sandbox: city.sandbox,
    };
    let frame = Some(Frame { head, entries: journal.entries });
    Effects { sums: sums(&writes), writes, answers, frame, events, breach }
}

/// The digest of the state after some writes: of the digest before, and of every key and record in key order.
pub fn state_digest(before: Hash, writes: &Writes) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    let mut bytes = Vec::new();
    for (key, record) in writes {
        bytes.clear();
        key.put(&mut bytes);
        record.put(&mut bytes);
        hash.update(&bytes);
    }
    hash.finalize().into()
}

fn sums(writes: &Writes) -> BTreeMap<StackId, Totals> {
    let totals = writes.iter().filter_map(|(key, record)| match (key, record) {
        (Key::Totals(stack), Some(Record::Totals(totals))) => Some((*stack, *totals)),
        _ => None,
    });
    totals.collect()
}

fn ticked(work: &mut Work<'_>, journal: &mut Journal) -> Answer {
    let outcome = tick::tick(work).unwrap_or_else(|refusal| {
        work.drop_entry();
        Outcome::Refused(refusal)
    });
    if !work.changed() {
        return Answer { outcome, disposition: Disposition::NotJournaled };
    }
    invariants::check_entry(work);
    work.keep();
    let index = journal.append(Source::Tick, &[0; 32], outcome.to_bytes());
    Answer { outcome, disposition: Disposition::New { index } }
}

fn signed(work: &mut Work<'_>, journal: &mut Journal, admitted: &Admitted) -> Answer {
    let (verified, command) = (admitted.signed(), admitted.signed().command());
    if let Some(answer) = answered(work, command, verified.digest()) {
        return answer;
    }
    if let Err(refusal) = admit(work, &work.city(), admitted) {
        let (outcome, disposition) = (Outcome::Refused(refusal), Disposition::NotJournaled);
        return Answer { outcome, disposition };
    }
    let outcome = match counted(work, admitted).and_then(|()| decided(work, admitted)) {
        Ok(effect) => {
            invariants::check_entry(work);
            Outcome::Accepted(effect)
        }
        Err(refusal) => {
            work.drop_entry();
            Outcome::Refused(refusal)
        }
    };
    if work.account(&command.by).is_none() {
        // The account was not opened: an answer would have no owner.
        return Answer { outcome, disposition: Disposition::NotJournaled };
    }
    device::note(work, command, *verified.key(), &outcome);
    let bytes = outcome.to_bytes();
    let source = Source::Signed(Blob(verified.bytes().to_vec()));
    let index = journal.append(source, verified.digest(), bytes.clone());
    remember(
        work,
        command,
        Answered { digest: *verified.digest(), frame: journal.number, index, outcome: Blob(bytes) },
    );
    work.keep();
    Answer { outcome, disposition: Disposition::New { index } }
}

/// Time, ranges, and what the device's own count says. What is past its time locks nothing: it may be an old id asked for
/// again.
fn counted(work: &Work<'_>, admitted: &Admitted) -> Result<(), Refusal> {
    let (verified, command) = (admitted.signed(), admitted.signed().command());
    check(work, command)?;
    device::check(work, command, verified.key())
}

/// An admitted command in time and in range, decided.
fn decided(work: &mut Work<'_>, admitted: &Admitted) -> Decision {
    let (verified, command) = (admitted.signed(), admitted.signed().command());
    let asker = Asker {
        by: command.by,
        key: *verified.key(),
        id: command.id,
        digest: *verified.digest(),
        request: admitted.request(),
    };
    age::settle_for(work, command.by, &command.action)?;
    let effect = decide(work, &asker, &command.action)?;
    allowance::wake(work);
    Ok(effect)
}

/// A command of the journal decided once more, without a trace, and whatever its device counted: nothing is written into a frame, no answer is kept, and
/// the invariants of the entry are not counted.
pub(crate) fn decide_again(work: &mut Work<'_>, admitted: &Admitted) -> Decision {
    admit(work, &work.city(), admitted)?;
    check(work, admitted.signed().command())?;
    decided(work, admitted)
}

/// An id that was answered gets its first answer before anything else is looked at.
fn answered(work: &Work<'_>, command: &Command, digest: &Hash) -> Option<Answer> {
    let Some(Record::Answer(first)) = work.get(&Key::Answer(command.by, command.id)) else {
        return None;
    };
    if first.digest != *digest {
        let outcome = Outcome::Refused(Refusal::IdConflict);
        return Some(Answer { outcome, disposition: Disposition::NotJournaled });
    }
    let outcome = Outcome::from_bytes(&first.outcome.0).ok()?;
    let disposition = Disposition::Repeated { frame: first.frame, index: first.index };
    Some(Answer { outcome, disposition })
}

/// What is refused without a trace: another city, an account or key nobody knows.
fn admit(work: &Work<'_>, city: &City, admitted: &Admitted) -> Result<(), Refusal> {
    let (verified, command) = (admitted.signed(), admitted.signed().command());
    if command.network != city.network {
        return Err(Refusal::WrongNetwork);
    }
    match work.account(&command.by) {
        Some(account) if account.key(verified.key()).is_some() => Ok(()),
        Some(_) if by_words(work, command, verified.key()) => Ok(()),
        Some(_) => Err(Refusal::UnknownKey),
        None if opens(command, city, verified.key()) => Ok(()),
        None => Err(Refusal::UnknownAccount),
    }
}

/// The recovery words are no device: they ask for a new key and stop that, and nothing else.
fn by_words(work: &Work<'_>, command: &Command, key: &scoin_core::keys::PublicKey) -> bool {
    matches!(command.action, Action::Recover { .. } | Action::CancelRecovery)
        && recovery::is_words(work, &command.by, key)
}

fn opens(command: &Command, city: &City, key: &scoin_core::keys::PublicKey) -> bool {
    matches!(command.action, Action::OpenAccount { .. })
        && command.by == AccountId::derive(city.network, key)
}

/// Time and ranges.
fn check(work: &Work<'_>, command: &Command) -> Result<(), Refusal> {
    let now = work.now();
    if command.valid_until < now {
        return Err(Refusal::Expired);
    }
    if command.valid_until > now.saturating_add_micros(VALID_MICROS_MAX) {
        return Err(Refusal::TooFarAhead);
    }
    command.check_shape()
}

/// Until when an answer given now is kept.
pub(crate) fn kept_until(command: &Command, now: Timestamp) -> Timestamp {
    let until = command.valid_until.max(now).min(now.saturating_add_micros(VALID_MICROS_MAX));
    until.saturating_add_micros(ANSWER_KEPT_MICROS)
}

/// Keep an answer until its command is long past.
fn remember(work: &mut Work<'_>, command: &Command, answer: Answered) {
    let until = kept_until(command, work.now());
    work.set_due(until, Due::Answer(command.by, command.id));
    work.put(Key::Answer(command.by, command.id), Record::Answer(Box::new(answer)));
}
