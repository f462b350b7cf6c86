//! The books in memory: the pure functions and nothing else, one command a frame.

use scoin_core::command::Action;
use scoin_core::envelope::SignedCommand;
use scoin_core::genesis::Genesis;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::receipt::FrameHead;
use scoin_core::{AccountId, PolicyId, Timestamp};
use scoin_ledger::state::{Account, PolicyEntry};
use scoin_ledger::{Batch, Effects, Entry, Frame, Key, Record, State, View, apply, genesis_frame};

use crate::actor::{Actor, key_of};

/// A city that is only its books.
#[derive(Debug)]
pub struct Books {
    /// The state after the last frame.
    pub state: State,
    /// Every frame so far.
    pub frames: Vec<Frame>,
    /// The officers; two must agree.
    pub officers: Vec<Actor>,
    /// Ledger time of the next frame.
    pub now: Timestamp,
}

impl Books {
    /// A sandbox city in Seoul with three officers, founded at `now`.
    pub fn found(now: Timestamp) -> Self {
        let names = ["officer-0", "officer-1", "officer-2"];
        let mut keys: Vec<_> = names.map(|name| (key_of(name).public_key(), name)).into();
        keys.sort();
        let genesis = Genesis {
            name: "Books".to_owned(),
            currency: "won".to_owned(),
            iso: "KRW".to_owned(),
            exponent: 0,
            zone: "Asia/Seoul".to_owned(),
            sandbox: true,
            officers: keys.iter().map(|(key, _)| *key).collect(),
            approvals_needed: 2,
            issuer: key_of("issuer").public_key(),
            created: now,
            hold_hours: 24,
            recovery_hours: None,
        };
        let officers =
            keys.iter().map(|(_, name)| Actor::named(name, genesis.network_id())).collect();
        let effects = genesis_frame(&genesis);
        let mut state = State::new();
        state.absorb(effects.writes);
        Self { state, frames: effects.frame.into_iter().collect(), officers, now }
    }

    /// The head of the last frame.
    pub fn head(&self) -> &FrameHead {
        &self.frames.last().expect("frame 0 is there").head
    }

    /// Sign, decide, keep; the answer. Panics when an invariant breaks.
    pub fn ask(&mut self, actor: &Actor, action: Action) -> Outcome {
        let bytes = actor.sign(self.now, action);
        self.ask_signed(&bytes)
    }

    /// Decide a signed command and keep its frame; the answer. Panics when an invariant breaks.
    pub fn ask_signed(&mut self, bytes: &[u8]) -> Outcome {
        let command = SignedCommand::decode(bytes).expect("well formed").verify().expect("signed");
        self.decide(Entry::signed(command))
    }

    /// Let the sequencer's tick do what is due now.
    pub fn tick(&mut self) {
        self.decide(Entry::Tick);
    }

    /// Like [`Books::ask`], for what must be accepted.
    pub fn accept(&mut self, actor: &Actor, action: Action) -> Effect {
        match self.ask(actor, action) {
            Outcome::Accepted(effect) => effect,
            Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    /// Like [`Books::ask`], for what must be refused.
    pub fn refuse(&mut self, actor: &Actor, action: Action) -> Refusal {
        match self.ask(actor, action) {
            Outcome::Refused(refusal) => refusal,
            Outcome::Accepted(effect) => panic!("accepted: {effect:?}"),
        }
    }

    /// The account, as it stands.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        match self.state.get(&Key::Account(id)) {
            Some(Record::Account(account)) => Some(account),
            _ => None,
        }
    }

    /// The compiled policy of an id.
    pub fn policy(&self, id: PolicyId) -> Option<&PolicyEntry> {
        match self.state.get(&Key::Policy(id)) {
            Some(Record::Policy(entry)) => Some(entry),
            _ => None,
        }
    }

    /// What the answer would be, without keeping it.
    pub fn would(&self, actor: &Actor, action: Action) -> Outcome {
        let bytes = actor.sign(self.now, action);
        let command = SignedCommand::decode(&bytes).expect("well formed").verify().expect("signed");
        self.effects(&[Entry::signed(command)]).answers.remove(0).outcome
    }

    fn decide(&mut self, entry: Entry) -> Outcome {
        let mut effects = self.effects(&[entry]);
        self.state.absorb(effects.writes);
        self.frames.extend(effects.frame);
        self.now = self.now.max(self.head().time);
        effects.answers.remove(0).outcome
    }

    fn effects(&self, entries: &[Entry]) -> Effects {
        let head = self.head();
        let batch = Batch {
            number: head.number + 1,
            prev_hash: head.hash(),
            prev_state_digest: head.state_digest,
            time: self.now.max(head.time.saturating_add_micros(1)),
            entries,
        };
        let effects = apply(&self.state, &batch);
        assert_eq!(effects.breach, None);
        effects
    }
}
