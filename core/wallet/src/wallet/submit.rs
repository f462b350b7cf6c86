//! One way for every command: persist, send, verify, settle.

use std::collections::BTreeMap;

use scoin_core::command::{Action, Command, Payment};
use scoin_core::envelope::{Signed, SignedCommand, VerifiedCommand};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{Amount, CommandId, PolicyId, Timestamp};

use super::Wallet;
use crate::client::{ClientError, Decision};
use crate::error::{Refused, WalletError};
use crate::outbox::{Outbox, Waiting};
use crate::seal;
use crate::vault::{Intent, VaultError};

/// How long a command stays valid unless the caller says otherwise: 1 hour.
const VALID_MICROS: u64 = 60 * 60 * 1_000_000;
/// Most commands and bytes of one batch, below the service's limits.
const BATCH_COMMANDS: usize = 1_024;
const BATCH_BYTES: usize = 3 * 1024 * 1024;

/// How a command is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The command's id, when the caller made it before. A UUID of version 7 makes asking repeatable: the same id, action
    /// and validity give the same bytes, and so the first answer. Otherwise a new one is made.
    pub id: Option<CommandId>,
    /// Decide without recording: nothing is kept, nothing changes.
    pub dry_run: bool,
    /// How long the command stays valid from the time in its id, in microseconds of city time; at most 7 days.
    pub valid_micros: u64,
}

impl Default for Ask {
    fn default() -> Self {
        Self { id: None, dry_run: false, valid_micros: VALID_MICROS }
    }
}

/// A verified receipt: the issuer signed that this is its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Journal frame.
    pub frame: u64,
    /// Place in the frame.
    pub index: u64,
    /// Ledger time of the decision.
    pub time: Timestamp,
    /// True in a city that is only a trial.
    pub sandbox: bool,
    /// The receipt, byte for byte, for whoever asks for evidence.
    pub receipt: Vec<u8>,
}

/// An accepted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its id.
    pub id: CommandId,
    /// SHA-256 of its signed structure; approvals name a proposal by it.
    pub digest: [u8; 32],
    /// What it did.
    pub effect: Effect,
    /// The verified receipt; `None` only for a dry run.
    pub proof: Option<Proof>,
}

impl Done {
    /// The policy id, when a policy was adopted.
    pub fn policy(&self) -> Option<PolicyId> {
        match self.effect {
            Effect::Policy(policy) => Some(policy),
            Effect::Done
            | Effect::Pending { .. }
            | Effect::Moved { .. }
            | Effect::Earned { .. }
            | Effect::Closed(_) => None,
        }
    }
}

/// What became of the commands that waited; a command that still waits is not in it.
type Settled = BTreeMap<CommandId, Result<Done, WalletError>>;

impl Wallet {
    /// Asks the ledger for `action`. The command is durable in the outbox before it is sent; a refusal is an error
    /// ([`WalletError::Refused`]), and so is a missing answer ([`WalletError::Offline`]), after which the command stays in
    /// the outbox and is sent again, byte for byte, by the next call.
    pub async fn submit(&self, action: Action, ask: &Ask) -> Result<Done, WalletError> {
        if ask.dry_run {
            let asked = asked(&action);
            let next = self.count(&mut *self.outbox.lock().await).await?.saturating_add(1);
            let command = self.command(action, ask, next).await?;
            let tried = self.try_out(&command).await;
            return self.in_words(tried, asked).await;
        }
        let mut answers = self.submit_all(vec![action], ask).await?;
        answers.pop().unwrap_or(Err(WalletError::Offline { waiting: None }))
    }

    /// Asks for several actions at once, in order; the answers stand in the same order. [`Ask::id`] and
    /// [`Ask::dry_run`] are for single commands.
    pub async fn submit_all(
        &self,
        actions: Vec<Action>,
        ask: &Ask,
    ) -> Result<Vec<Result<Done, WalletError>>, WalletError> {
        let mut outbox = self.outbox.lock().await;
        self.finish_rotation(&mut outbox).await?;
        let mut fresh = Vec::with_capacity(actions.len());
        let mut count = self.count(&mut outbox).await?;
        for action in actions {
            fresh.push(self.waiting_for(&outbox, action, ask, &mut count).await?);
        }
        outbox.put_counted(&fresh, Some(count))?;
        let mut settled = Settled::new();
        let stopped = self.drain(&mut outbox, &mut settled).await.err();
        let mut answers = Vec::with_capacity(fresh.len());
        for (waiting, answer) in fresh.iter().zip(answers_for(&fresh, settled, stopped)) {
            let signed = SignedCommand::decode(&waiting.command).ok();
            let asked = signed.and_then(|signed| asked(&signed.message().action));
            answers.push(self.in_words(answer, asked).await);
        }
        Ok(answers)
    }

    /// Sends what still waits for an answer and gives the answers, oldest first.
    pub async fn resume(&self) -> Result<Vec<Result<Done, WalletError>>, WalletError> {
        let mut outbox = self.outbox.lock().await;
        let mut settled = Settled::new();
        self.drain(&mut outbox, &mut settled).await?;
        Ok(settled.into_values().collect())
    }

    /// Ids of the commands that wait for their answer, oldest first.
    pub async fn waiting(&self) -> Vec<CommandId> {
        self.outbox.lock().await.waiting().iter().map(|waiting| waiting.id).collect()
    }

    /// A refusal gets its words.
    async fn in_words(
        &self,
        answer: Result<Done, WalletError>,
        asked: Option<Amount>,
    ) -> Result<Done, WalletError> {
        let Err(WalletError::Refused(mut refused)) = answer else { return answer };
        refused.told = self.tell(&refused.refusal, asked).await;
        Err(WalletError::Refused(refused))
    }

    /// The command as it will be kept. One that waits under the same id is asked again, if it asks for the same.
    async fn waiting_for(
        &self,
        outbox: &Outbox,
        action: Action,
        ask: &Ask,
        count: &mut u64,
    ) -> Result<Waiting, WalletError> {
        if let Some(waiting) = ask.id.and_then(|id| outbox.get(id)) {
            let same = read(waiting)?.command().action == action;
            return if same { Ok(waiting.clone()) } else { Err(id_taken(waiting.id)) };
        }
        let mut command = self.command(action, ask, count.saturating_add(1)).await?;
        match self.count_before(&command, ask, *count).await? {
            Some(before) => command.sequence = before,
            None => *count = count.saturating_add(1),
        }
        let bytes = self.sign(&Intent::Command(&command))?;
        let waiting = Waiting { id: command.id, command: bytes };
        // A signature is checked before it leaves: a fault here must not become a command that nobody can read.
        read(&waiting)?;
        Ok(waiting)
    }

    async fn command(&self, action: Action, ask: &Ask, count: u64) -> Result<Command, WalletError> {
        self.check_staff_for(&action)?;
        let now = self.city_now().await?;
        let id = match ask.id {
            Some(id) => id,
            None => CommandId::time_ordered(now, seal::make_random().ok_or(VaultError::NoRandom)?),
        };
        let from = time_of(id, now).unwrap_or(now);
        Ok(Command {
            id,
            network: self.network()?,
            by: self.account_id()?,
            valid_until: from.saturating_add_micros(ask.valid_micros),
            action,
            sequence: Some(count),
        })
    }

    async fn try_out(&self, command: &Command) -> Result<Done, WalletError> {
        let bytes = self.sign(&Intent::Command(command))?;
        let signed = SignedCommand::decode(&bytes).map_err(|_| VaultError::Sign)?;
        let digest = *signed.digest();
        match self.client().submit(&bytes, true).await? {
            Decision::Answered(answer) => {
                let outcome = answer.outcome.to_outcome();
                let unknown = || ClientError::Garbled("the outcome is not known".to_owned());
                conclude(command.id, digest, outcome.ok_or_else(unknown)?, None)
            }
            Decision::Rejected(problem) => Err(rejected(command.id, problem)),
            Decision::Later(problem) => Err(ClientError::Problem(problem).into()),
        }
    }

    /// While a change of key waits for its answer, nobody can know with which key to sign.
    async fn finish_rotation(&self, outbox: &mut Outbox) -> Result<(), WalletError> {
        let rotates = |waiting: &Waiting| {
            read(waiting)
                .is_ok_and(|read| matches!(read.command().action, Action::RotateKey { .. }))
        };
        if outbox.waiting().iter().any(rotates) {
            self.drain(outbox, &mut Settled::new()).await?;
        }
        Ok(())
    }

    /// Sends what waits until nothing does. An error says why it had to stop.
    async fn drain(&self, outbox: &mut Outbox, into: &mut Settled) -> Result<(), WalletError> {
        while !outbox.waiting().is_empty() {
            let next = next_batch(outbox.waiting());
            let decisions = self.ask_issuer(&next).await?;
            let mut stopped = None;
            for (waiting, decision) in next.iter().zip(decisions) {
                match self.settle(waiting, decision) {
                    Ok(result) => {
                        if is_out_of_count(&result) {
                            outbox.set_counter(None)?;
                        }
                        outbox.answered(waiting.id)?;
                        into.insert(waiting.id, result);
                    }
                    Err(error) => stopped = Some(error),
                }
            }
            if let Some(error) = stopped {
                return Err(error);
            }
        }
        Ok(())
    }

    async fn ask_issuer(&self, commands: &[Waiting]) -> Result<Vec<Decision>, WalletError> {
        if let [waiting] = commands {
            return Ok(vec![self.client().submit(&waiting.command, false).await?]);
        }
        let bodies: Vec<Vec<u8>> = commands.iter().map(|waiting| waiting.command.clone()).collect();
        match self.client().submit_batch(&bodies).await {
            // A batch that is refused as a whole says nothing about its commands: each is asked by itself, or they would wait
            // for ever.
            Err(ClientError::Problem(problem)) if !problem.retryable => {
                let mut decisions = Vec::with_capacity(bodies.len());
                for body in &bodies {
                    let decision = self.client().submit(body, false).await?;
                    let later = matches!(decision, Decision::Later(_));
                    decisions.push(decision);
                    if later {
                        // What follows has higher counts, and must not be decided before it.
                        break;
                    }
                }
                Ok(decisions)
            }
            answered => Ok(answered?),
        }
    }

    /// The outer error: no final answer, the command goes on waiting. The inner result: the final answer.
    fn settle(
        &self,
        waiting: &Waiting,
        decision: Decision,
    ) -> Result<Result<Done, WalletError>, WalletError> {
        match decision {
            Decision::Later(problem) => Err(ClientError::Problem(problem).into()),
            Decision::Rejected(problem) => Ok(Err(rejected(waiting.id, problem))),
            Decision::Answered(answer) => {
                let command = read(waiting)?;
                let (outcome, proof) = self.verify(&answer, command.digest())?;
                if matches!(outcome, Outcome::Refused(Refusal::Expired | Refusal::TooFarAhead)) {
                    // This machine's clock moved since the city's time was heard: it is asked for again.
                    self.lock_skew().doubt();
                }
                if matches!(outcome, Outcome::Accepted(_)) {
                    self.keep_up(&command.command().action)?;
                }
                self.keep_receipt(waiting.id, &proof);
                Ok(conclude(waiting.id, *command.digest(), outcome, Some(proof)))
            }
        }
    }

    /// What an accepted command changes in this wallet itself.
    fn keep_up(&self, action: &Action) -> Result<(), WalletError> {
        if let Action::RotateKey { key } = action {
            let mut vault = self.lock_vault();
            if vault.next_key()? == *key {
                vault.advance_key()?;
            }
        }
        Ok(())
    }
}

/// The ledger says that this device does not know its count: it is learned before the next command.
fn is_out_of_count(result: &Result<Done, WalletError>) -> bool {
    matches!(result, Err(WalletError::Refused(refused))
        if matches!(refused.refusal, Refusal::SequenceUsed { .. } | Refusal::KeyLocked))
}

/// In the order of `fresh`; what still waits says why.
fn answers_for(
    fresh: &[Waiting],
    mut settled: Settled,
    mut stopped: Option<WalletError>,
) -> Vec<Result<Done, WalletError>> {
    let mut still_waits = |id| match stopped.take() {
        None | Some(WalletError::Offline { .. }) => WalletError::Offline { waiting: Some(id) },
        Some(WalletError::Client(ClientError::Problem(problem))) => {
            WalletError::Busy { waiting: id, problem }
        }
        Some(other) => other,
    };
    fresh
        .iter()
        .map(|waiting| settled.remove(&waiting.id).unwrap_or_else(|| Err(still_waits(waiting.id))))
        .collect()
}

pub(super) fn conclude(
    id: CommandId,
    digest: [u8; 32],
    outcome: Outcome,
    proof: Option<Proof>,
) -> Result<Done, WalletError> {
    match outcome {
        Outcome::Accepted(effect) => Ok(Done { id, digest, effect, proof }),
        Outcome::Refused(refusal) => Err(refused(id, refusal, proof)),
    }
}

/// A problem without a recorded answer: either one of the refusals that are not recorded, or the service's own error.
pub(super) fn rejected(id: CommandId, problem: Box<scoin_api::ProblemBody>) -> WalletError {
    let refusal = match problem.code {
        2001 => Refusal::WrongNetwork,
        2002 => Refusal::UnknownAccount,
        2003 => Refusal::UnknownKey,
        2004 => Refusal::IdConflict,
        _ => return WalletError::Client(ClientError::Problem(problem)),
    };
    refused(id, refusal, None)
}

fn refused(id: CommandId, refusal: Refusal, proof: Option<Proof>) -> WalletError {
    let told = crate::explain::tell(&refusal);
    WalletError::Refused(Box::new(Refused { id, refusal, proof, told }))
}

/// How much a payment or a gift is for.
fn asked(action: &Action) -> Option<Amount> {
    if let Action::Pay(Payment { request, .. })
    | Action::Authorise(Payment { request, .. })
    | Action::Ask { request, .. } = action
    {
        let request = Signed::<PaymentRequest>::decode(request).ok()?;
        return Some(request.message().amount);
    }
    if let Action::Transfer { amount, .. } | Action::Grant { amount, .. } = action {
        return Some(*amount);
    }
    None
}

fn read(waiting: &Waiting) -> Result<VerifiedCommand, WalletError> {
    let signed = SignedCommand::decode(&waiting.command).map_err(|_| VaultError::Sign)?;
    Ok(signed.verify().map_err(|_| VaultError::Sign)?)
}

fn id_taken(id: CommandId) -> WalletError {
    crate::outbox::OutboxError::IdTaken(id).into()
}

/// The first commands that fit into one batch; at least one.
fn next_batch(waiting: &[Waiting]) -> Vec<Waiting> {
    let mut bytes = 0usize;
    let fits = |waiting: &&Waiting| {
        bytes = bytes.saturating_add(waiting.command.len());
        bytes <= BATCH_BYTES
    };
    let mut batch: Vec<Waiting> =
        waiting.iter().take(BATCH_COMMANDS).take_while(fits).cloned().collect();
    if batch.is_empty() {
        batch.extend(waiting.first().cloned());
    }
    batch
}

/// The time in a UUID of version 7, if it is at most seven days from now.
fn time_of(id: CommandId, now: Timestamp) -> Option<Timestamp> {
    let [t0, t1, t2, t3, t4, t5, version, ..] = id.0;
    let millis = u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]);
    let micros = millis.checked_mul(1_000).filter(|_| version >> 4 == 7)?;
    let near = micros.abs_diff(now.micros()) <= scoin_core::command::VALID_MICROS_MAX;
    near.then(|| Timestamp::from_micros(micros))
}
