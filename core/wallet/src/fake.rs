//! An issuer for tests: says yes to everything (or what it is told), keeps its answers, and fails where it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use scoin_api::{
    AccountBody, AnswerBody, Base64, BatchItem, CityBody, EntryBody, ErrorCode, HistoryBody,
    MerchantsBody, OutcomeBody, ProblemBody, Time, paths,
};
use scoin_core::envelope::SignedCommand;
use scoin_core::genesis::Genesis;
use scoin_core::keys::SecretKey;
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::receipt::{FrameHead, Receipt, entry_leaf};
use scoin_core::{CommandId, Timestamp};

use crate::client::{Client, ClientError, Pending, Pieces, Reply, Request};

/// What goes wrong with the next command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never arrives.
    LostBefore,
    /// It is decided, and the answer is lost.
    LostAfter,
    /// The network keeps it, and brings it later: after others that were sent later.
    Late,
    /// The network brings it twice, and both times it is asked.
    Twice,
    /// The service is overloaded.
    Busy,
    /// The receipt is sealed by another key.
    Forged,
    /// The receipt tells another story of a frame seen before.
    Forked,
    /// A batch is refused as a whole.
    BatchRefused,
    /// It is refused without a record.
    Rejected(u16),
    /// It is decided like this.
    Decides(Box<Outcome>),
}

#[derive(Debug, Default)]
struct Books {
    faults: VecDeque<Fault>,
    answers: BTreeMap<CommandId, AnswerBody>,
    /// Every command body that arrived, in order.
    arrived: Vec<Vec<u8>>,
    frames: u64,
    /// What the network still keeps.
    late: Vec<Vec<u8>>,
    /// The path of every question that is not about the city, in order.
    asked: Vec<String>,
    /// What the history shows: command ids and their places.
    entries: Vec<EntryBody>,
}

/// The issuer.
#[derive(Debug)]
pub(crate) struct FakeIssuer {
    key: SecretKey,
    genesis: Genesis,
    books: Mutex<Books>,
}

impl FakeIssuer {
    /// A sandbox city.
    pub(crate) fn new(number: u8) -> Arc<Self> {
        Self::found(number, true)
    }

    /// A city that lives by the machine's time.
    pub(crate) fn live(number: u8) -> Arc<Self> {
        Self::found(number, false)
    }

    fn found(number: u8, sandbox: bool) -> Arc<Self> {
        let key = SecretKey::from_bytes(&[number; 32]).unwrap();
        let genesis = Genesis {
            name: "Testville".to_owned(),
            currency: "won".to_owned(),
            iso: "KRW".to_owned(),
            exponent: 0,
            zone: "Asia/Seoul".to_owned(),
            sandbox,
            officers: vec![key.public_key()],
            approvals_needed: 1,
            issuer: key.public_key(),
            created: Timestamp::from_micros(1),
            hold_hours: 24,
            recovery_hours: None,
        };
        Arc::new(Self { key, genesis, books: Mutex::default() })
    }

    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.books.lock().unwrap().faults.extend(faults);
    }

    /// Every command body that arrived.
    pub(crate) fn arrived(&self) -> Vec<Vec<u8>> {
        self.books.lock().unwrap().arrived.clone()
    }

    /// How many commands were decided.
    pub(crate) fn decided(&self) -> usize {
        self.books.lock().unwrap().answers.len()
    }

    /// The path of every question that is not about the city.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.books.lock().unwrap().asked.clone()
    }

    /// The network brings what it kept; what goes wrong next is for others.
    pub(crate) fn deliver_late(&self) {
        let mut books = self.books.lock().unwrap();
        let (late, faults) = (std::mem::take(&mut books.late), std::mem::take(&mut books.faults));
        drop(books);
        for bytes in late {
            self.command(&bytes, false).unwrap();
        }
        self.books.lock().unwrap().faults = faults;
    }

    pub(crate) const fn now() -> Timestamp {
        Timestamp::from_micros(1_788_224_400_000_000)
    }

    fn city(&self) -> Reply {
        json(
            200,
            &CityBody {
                network: self.genesis.network_id().to_hex(),
                genesis: Base64(self.genesis.to_bytes()),
                time: Time(Self::now()),
                ..CityBody::default()
            },
        )
    }

    fn command(&self, bytes: &[u8], dry_run: bool) -> Result<BatchItem, ClientError> {
        let mut books = self.books.lock().unwrap();
        let fault = books.faults.pop_front();
        if fault == Some(Fault::LostBefore) {
            return Err(ClientError::Unreachable("lost before".to_owned()));
        }
        if fault == Some(Fault::Late) {
            books.late.push(bytes.to_vec());
            return Err(ClientError::Unreachable("on its way".to_owned()));
        }
        if fault == Some(Fault::Twice) {
            books.faults.push_front(Fault::Decides(Box::new(Outcome::Accepted(Effect::Done))));
            drop(books);
            drop(self.command(bytes, dry_run));
            return self.command(bytes, dry_run);
        }
        books.arrived.push(bytes.to_vec());
        let command = SignedCommand::decode(bytes).unwrap().verify().unwrap();
        let id = command.command().id;
        if let Some(code) = match fault {
            Some(Fault::Busy) => Some(ErrorCode::Overloaded.code()),
            Some(Fault::Rejected(code)) => Some(code),
            _ => None,
        } {
            let mut problem = ProblemBody::error(ErrorCode::Overloaded, "told to");
            (problem.code, problem.retryable) = (code, fault == Some(Fault::Busy));
            return Ok(BatchItem::Problem(problem));
        }
        let outcome = match &fault {
            Some(Fault::Decides(outcome)) => (**outcome).clone(),
            _ => Outcome::Accepted(Effect::Done),
        };
        let answer = match books.answers.get(&id) {
            Some(answer) => answer.clone(),
            None => self.decide(&mut books, command.digest(), id, (&outcome, fault.as_ref())),
        };
        if dry_run {
            books.answers.remove(&id);
            return Ok(item(AnswerBody { receipt: None, frame: None, index: None, ..answer }));
        }
        if matches!(fault, Some(Fault::Forged | Fault::Forked)) {
            books.answers.remove(&id);
        }
        Self::note(&mut books, &answer);
        match fault {
            Some(Fault::LostAfter) => Err(ClientError::Unreachable("lost after".to_owned())),
            _ => Ok(item(answer)),
        }
    }

    fn decide(
        &self,
        books: &mut Books,
        digest: &[u8; 32],
        id: CommandId,
        (outcome, fault): (&Outcome, Option<&Fault>),
    ) -> AnswerBody {
        let forked = fault == Some(&Fault::Forked);
        books.frames = books.frames.saturating_add(u64::from(!forked));
        let bytes = outcome.to_bytes();
        let head = FrameHead {
            network: self.genesis.network_id(),
            number: books.frames,
            prev: [0; 32],
            time: Self::now().saturating_add_micros(books.frames),
            entries: 1,
            entries_root: entry_leaf(digest, &bytes),
            state_digest: [u8::from(forked); 32],
            sandbox: self.genesis.sandbox,
        };
        let by_other = fault == Some(&Fault::Forged);
        let other = SecretKey::from_bytes(&[99; 32]).unwrap();
        let seal = head.seal(if by_other { &other } else { &self.key });
        let receipt =
            Receipt { seal, index: 0, command: *digest, outcome: bytes, path: Vec::new() };
        let body = OutcomeBody::of(outcome);
        let answer = AnswerBody {
            status: body.status(),
            id: id.to_hex(),
            time: Time(head.time),
            sandbox: self.genesis.sandbox,
            frame: Some(head.number),
            index: Some(0),
            receipt: Some(Base64(receipt.to_bytes())),
            outcome: body,
        };
        books.answers.insert(id, answer.clone());
        answer
    }

    /// A decided command is in the history, once.
    fn note(books: &mut Books, answer: &AnswerBody) {
        if books.entries.iter().any(|entry| entry.command.as_ref() == Some(&answer.id)) {
            return;
        }
        books.entries.push(EntryBody {
            frame: answer.frame.unwrap_or_default(),
            index: 0,
            time: answer.time,
            action: "transfer".to_owned(),
            command: Some(answer.id.clone()),
            by: None,
            other: None,
            about: None,
            reference: None,
            items: Vec::new(),
            status: answer.status,
            amount: 0,
            change: 0,
            outcome: None,
            missed: None,
            kinds: Vec::new(),
        });
    }

    /// The account, its history and its answers. The history comes as a bad network might bring it: every entry twice, and
    /// the older ones first.
    fn read(&self, path: &str) -> Reply {
        let books = self.books.lock().unwrap();
        let (frame, time) = (books.frames, Time(Self::now().saturating_add_micros(books.frames)));
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        match parts.as_slice() {
            ["accounts", address] => {
                let address = (*address).to_owned();
                json(200, &AccountBody { address, frame, time, ..AccountBody::default() })
            }
            ["accounts", address, "history"] => {
                let own = |entry: &EntryBody| EntryBody {
                    by: Some((*address).to_owned()),
                    ..entry.clone()
                };
                let twice = books.entries.iter().flat_map(|entry| [own(entry), own(entry)]);
                let address = (*address).to_owned();
                json(200, &HistoryBody { address, frame, entries: twice.collect(), next: None })
            }
            ["commands", _, id] => {
                let answer = CommandId::from_hex(id).and_then(|id| books.answers.get(&id).cloned());
                answer.map_or_else(
                    || json(404, &ProblemBody::error(ErrorCode::NotFound, "no answer")),
                    |answer| json(200, &answer),
                )
            }
            _ => json(404, &ProblemBody::error(ErrorCode::NotFound, "nothing here")),
        }
    }

    fn handle(&self, request: &Request) -> Result<Reply, ClientError> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        match (path, &request.post) {
            (paths::CITY, None) => Ok(self.city()),
            (paths::COMMANDS, Some((_, body))) => match self.command(body, !query.is_empty())? {
                BatchItem::Answer(answer) => Ok(json(200, &answer)),
                BatchItem::Problem(problem) => Ok(json(409, &problem)),
            },
            (paths::COMMANDS_BATCH, Some((_, body))) => {
                let mut books = self.books.lock().unwrap();
                if books.faults.front() == Some(&Fault::BatchRefused) {
                    books.faults.pop_front();
                    return Ok(json(413, &ProblemBody::error(ErrorCode::TooLarge, "told to")));
                }
                drop(books);
                let commands: Vec<Vec<u8>> = scoin_core::cbor::decode_up_to(body, 1 << 22).unwrap();
                let items: Result<Vec<_>, _> =
                    commands.iter().map(|command| self.command(command, false)).collect();
                Ok(json(200, &items?))
            }
            (paths::MERCHANTS, None) => Ok(json(200, &MerchantsBody::default())),
            (path, None) => {
                self.books.lock().unwrap().asked.push(request.path.clone());
                Ok(self.read(path))
            }
            _ => Ok(json(404, &ProblemBody::error(ErrorCode::NotFound, "nothing here"))),
        }
    }
}

impl Client for FakeIssuer {
    fn send(&self, request: Request) -> Pending<'_, Reply> {
        Box::pin(async move {
            // Places where a crash can be played: on the way there, and on the way back.
            tokio::task::yield_now().await;
            let reply = self.handle(&request);
            tokio::task::yield_now().await;
            reply
        })
    }

    fn open_stream(&self, _request: Request) -> Pending<'_, Pieces> {
        Box::pin(async { Err(ClientError::Unreachable("no events".to_owned())) })
    }
}

fn item(answer: AnswerBody) -> BatchItem {
    let refused = answer.outcome.refusal.clone();
    match refused {
        None => BatchItem::Answer(answer),
        Some(refusal) => BatchItem::Problem(ProblemBody::refusal(&refusal, 409, Some(answer))),
    }
}

fn json(status: u16, body: &impl serde::Serialize) -> Reply {
    Reply { status, body: serde_json::to_vec(body).unwrap() }
}
