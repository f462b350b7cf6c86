//! A small city whose commands are really signed, and whose books are checked after every batch.

use scoin_core::command::{
    AccountKind, Action, Attributes, Command, ConsentProof, ConsentWay, KeyRole, MerchantProfile,
    Payment, Proposal,
};
use scoin_core::envelope::{self, SignedCommand, VerifiedCommand};
use scoin_core::genesis::Genesis;
use scoin_core::keys::SecretKey;
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::request::{Item, PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, NetworkId, PolicyId, RequestId, Timestamp};
use scoin_ledger::invariants::check_all;
use scoin_ledger::{
    Answer, Batch, Disposition, Effects, Entry, Event, Frame, Key, Record, State, View, apply,
    genesis_frame,
};
use scoin_policy::causes;

pub(crate) const SECOND: u64 = 1_000_000;
pub(crate) const HOUR: u64 = 3_600 * SECOND;
pub(crate) const DAY: u64 = 24 * HOUR;
/// Tuesday 2026-03-03, 15:00 in Seoul.
pub(crate) const START: u64 = 1_772_517_600 * SECOND;

pub(crate) const RULES: &str = r"
list test.shops : merchants
calendar test.holidays
policy test.free { zone Asia/Seoul }
policy test.snack($daily: money = 5_000 won) {
  zone Asia/Seoul
  require bakery: merchant.category in { food.bakery }
  cap each-day: $daily per day
  cap thrice: 3 payments per day
  transfer never
  expires 30 days after issue then return to granter
  refund grace 7 days
}
policy test.short { zone Asia/Seoul expires 2 days after issue then move to pool test.back }
policy test.grace {
  zone Asia/Seoul
  expires 2 days after issue then move to pool test.back
  refund grace 3 days
}
policy test.burn { zone Asia/Seoul expires 2 days after issue then burn }
policy test.melt {
  zone Asia/Seoul
  decays fade: 10% of issued every month to pool test.back
  expires 12 months after issue then move to pool test.back
}
policy test.share { zone Asia/Seoul cap co-pay: 80% of payment }
policy test.gap { zone Asia/Seoul gap again: 10 minutes by merchant }
policy test.food {
  zone Asia/Seoul
  covers food: item.category in { food }
  cap milk: 3_000 won per day on items item.category in { food.milk }
}
policy test.guard { zone Asia/Seoul cap all: 4_000 won per day by payer }
policy test.listed { zone Asia/Seoul require listed: merchant.id in list test.shops }
program test.tax {
  zone Asia/Seoul
  pool test.tax
  reward on-time: on earn tax.paid when event.days-early in 0..
    give 1% of event.amount up to 3_000 won under test.free
  cap per-person: 5_000 won per year by payer
}
";

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) id: AccountId,
    pub(crate) key: SecretKey,
}

/// The city.
#[derive(Clone)]
pub(crate) struct City {
    pub(crate) genesis: Genesis,
    pub(crate) network: NetworkId,
    pub(crate) officers: Vec<Who>,
    pub(crate) state: State,
    pub(crate) frames: Vec<Frame>,
    pub(crate) now: u64,
    /// Who was told what by the last batch.
    pub(crate) told: Vec<Event>,
    next: u64,
}

/// A key made of a number.
pub(crate) fn key(number: u8) -> SecretKey {
    SecretKey::from_bytes(&[number; 32]).expect("a key")
}

impl City {
    /// Three officers, two of whom must agree; no rules yet.
    pub(crate) fn empty() -> Self {
        Self::in_zone("Asia/Seoul")
    }

    /// As [`Self::empty`], where the clocks are others.
    pub(crate) fn in_zone(zone: &str) -> Self {
        let mut officers: Vec<SecretKey> = (201..204).map(key).collect();
        officers.sort_by_key(SecretKey::public_key);
        let genesis = Genesis {
            name: "Test".to_owned(),
            currency: "won".to_owned(),
            iso: "KRW".to_owned(),
            exponent: 0,
            zone: zone.to_owned(),
            sandbox: true,
            officers: officers.iter().map(SecretKey::public_key).collect(),
            approvals_needed: 2,
            issuer: key(200).public_key(),
            created: Timestamp::from_micros(START - SECOND),
            hold_hours: 24,
            recovery_hours: None,
        };
        genesis.check().expect("a genesis");
        let network = genesis.network_id();
        let who = |key: SecretKey| Who { id: AccountId::derive(network, &key.public_key()), key };
        let officers = officers.into_iter().map(who).collect();
        let mut city = Self {
            network,
            officers,
            state: State::new(),
            frames: Vec::new(),
            now: START,
            told: Vec::new(),
            next: 1,
            genesis,
        };
        let effects = genesis_frame(&city.genesis);
        city.absorb(effects);
        city
    }

    /// With rules published and ten million won in the treasury.
    pub(crate) fn new() -> Self {
        let mut city = Self::empty();
        let officer = city.officers[0].clone();
        city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
        city.mint(10_000_000);
        city
    }

    fn absorb(&mut self, effects: Effects) -> Vec<Answer> {
        assert_eq!(effects.breach, None);
        self.told = effects.events;
        self.frames.extend(effects.frame);
        self.state.absorb(effects.writes);
        effects.answers
    }

    /// Decide some entries in one batch, a microsecond later.
    pub(crate) fn run(&mut self, entries: &[Entry]) -> Vec<Answer> {
        self.now += 1;
        let last = self.frames.last().expect("a frame");
        let effects = apply(
            &self.state,
            &Batch {
                number: last.head.number + 1,
                prev_hash: last.hash(),
                prev_state_digest: last.head.state_digest,
                time: Timestamp::from_micros(self.now),
                entries,
            },
        );
        let answers = self.absorb(effects);
        assert_eq!(check_all(&self.state), []);
        answers
    }

    pub(crate) fn tick(&mut self) -> Answer {
        self.run(&[Entry::Tick]).remove(0)
    }

    /// Let time pass; a tick does what is due.
    pub(crate) fn pass(&mut self, micros: u64) {
        self.now += micros;
        self.tick();
    }

    pub(crate) fn new_id(&mut self) -> CommandId {
        self.next += 1;
        CommandId(u128::from(self.next).to_be_bytes())
    }

    /// A command by somebody, valid for an hour.
    pub(crate) fn command(&mut self, who: &Who, action: Action) -> Command {
        Command {
            id: self.new_id(),
            network: self.network,
            by: who.id,
            valid_until: Timestamp::from_micros(self.now + HOUR),
            action,
            sequence: None,
        }
    }

    /// Sign a command, send it, and get the answer.
    pub(crate) fn send(&mut self, who: &Who, command: &Command) -> Answer {
        self.run(&[Entry::signed(signed(command, &who.key))]).remove(0)
    }

    pub(crate) fn ask(&mut self, who: &Who, action: Action) -> Outcome {
        let command = self.command(who, action);
        let answer = self.send(who, &command);
        assert!(matches!(answer.disposition, Disposition::New { .. }), "{answer:?}");
        answer.outcome
    }

    /// Ask, and be answered yes.
    #[track_caller]
    pub(crate) fn ok(&mut self, who: &Who, action: Action) -> Effect {
        match self.ask(who, action) {
            Outcome::Accepted(effect) => effect,
            Outcome::Refused(Refusal::Rules(rules)) => {
                panic!("refused: {:?}", causes::decode(&rules.causes))
            }
            Outcome::Refused(refusal) => panic!("refused: {refusal:?}"),
        }
    }

    /// Ask, and be answered no.
    #[track_caller]
    pub(crate) fn no(&mut self, who: &Who, action: Action) -> Refusal {
        match self.ask(who, action) {
            Outcome::Accepted(effect) => panic!("accepted: {effect:?}"),
            Outcome::Refused(refusal) => refusal,
        }
    }

    /// Ask, and be told yes: the id of the command, by which others refer to it.
    #[track_caller]
    pub(crate) fn done(&mut self, who: &Who, action: Action) -> CommandId {
        let command = self.command(who, action);
        let answer = self.send(who, &command);
        assert!(matches!(answer.outcome, Outcome::Accepted(_)), "{:?}", answer.outcome);
        command.id
    }

    /// Two officers agree.
    pub(crate) fn agree(&mut self, proposal: Proposal) {
        let (first, second) = (self.officers[0].clone(), self.officers[1].clone());
        let command = self.command(&first, Action::Propose { proposal });
        let digest = *signed(&command, &first.key).digest();
        let answer = self.send(&first, &command);
        assert_eq!(answer.outcome, Outcome::Accepted(Effect::Pending { missing: 1 }));
        self.ok(&second, Action::Approve { proposal: command.id, digest });
    }

    /// As [`Self::agree`], where the proposal may be refused.
    pub(crate) fn agree_if_possible(&mut self, proposal: Proposal) {
        let (first, second) = (self.officers[0].clone(), self.officers[1].clone());
        let command = self.command(&first, Action::Propose { proposal });
        let digest = *signed(&command, &first.key).digest();
        self.send(&first, &command);
        self.ask(&second, Action::Approve { proposal: command.id, digest });
    }

    pub(crate) fn mint(&mut self, amount: u64) {
        let amount = Amount::new(amount);
        self.agree(Proposal::Mint { amount, reason: "budget 1".to_owned() });
    }

    fn open(&mut self, number: u8, kind: AccountKind) -> Who {
        let key = key(number);
        let id = AccountId::derive(self.network, &key.public_key());
        let who = Who { id, key };
        self.ok(&who, Action::OpenAccount { kind });
        who
    }

    /// A person, aged 11, of a household.
    pub(crate) fn person(&mut self, number: u8) -> Who {
        let who = self.open(number, AccountKind::Person);
        let attributes = Attributes {
            age: Some(11),
            age_until: Some(30_000),
            district: Some("gu.mapo".to_owned()),
            household: Some([1; 16]),
            ..Attributes::default()
        };
        let officer = self.officers[0].clone();
        self.ok(&officer, Action::Attest { subject: who.id, attributes });
        who
    }

    /// A person with coins without rules.
    pub(crate) fn rich(&mut self, number: u8, amount: u64) -> Who {
        let who = self.person(number);
        let officer = self.officers[0].clone();
        self.ok(&officer, Action::Transfer { to: who.id, amount: Amount::new(amount) });
        who
    }

    /// A registered bakery.
    pub(crate) fn bakery(&mut self, number: u8) -> Who {
        self.shop(number, "food.bakery")
    }

    pub(crate) fn shop(&mut self, number: u8, category: &str) -> Who {
        let who = self.open(number, AccountKind::Merchant);
        self.register(&who, category);
        who
    }

    pub(crate) fn service(&mut self, number: u8) -> Who {
        let who = self.open(number, AccountKind::Service);
        self.register(&who, "office");
        who
    }

    pub(crate) fn register(&mut self, who: &Who, category: &str) {
        let profile = MerchantProfile {
            name: "Shop".to_owned(),
            categories: vec![category.to_owned()],
            district: Some("gu.mapo".to_owned()),
            ..MerchantProfile::default()
        };
        let officer = self.officers[0].clone();
        self.ok(&officer, Action::RegisterMerchant { account: who.id, profile });
    }

    /// An instance of a published policy.
    pub(crate) fn policy(&mut self, name: &str, arguments: &[(&str, &str)]) -> PolicyId {
        let officer = self.officers[0].clone();
        let arguments =
            arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let action = Action::AdoptPolicy { name: name.to_owned(), arguments: arguments.collect() };
        match self.ok(&officer, action) {
            Effect::Policy(id) => id,
            effect => panic!("{effect:?}"),
        }
    }

    /// Coins under a published policy, given by the treasury.
    pub(crate) fn grant(&mut self, to: &Who, policy: &str, amount: u64) {
        let policy = self.policy(policy, &[]);
        let officer = self.officers[0].clone();
        self.ok(&officer, Action::Grant { to: to.id, amount: Amount::new(amount), policy });
    }

    /// A request of a shop, as its till signs it.
    pub(crate) fn request(&mut self, shop: &Who, amount: u64) -> PaymentRequest {
        self.next += 1;
        PaymentRequest {
            id: RequestId(u128::from(self.next).to_be_bytes()),
            network: self.network,
            merchant: shop.id,
            amount: Amount::new(amount),
            kind: PaymentKind::Purchase,
            items: Vec::new(),
            expires: Timestamp::from_micros(self.now + HOUR),
            reference: None,
            channel: None,
        }
    }

    /// A basket: (code, amount, tag).
    pub(crate) fn basket(&mut self, shop: &Who, lines: &[(&str, u64, &str)]) -> PaymentRequest {
        let items = lines.iter().map(|(code, amount, tag)| Item {
            code: (*code).to_owned(),
            amount: Amount::new(*amount),
            tags: vec![(*tag).to_owned()],
        });
        let items = items.collect();
        let amount = lines.iter().map(|line| line.1).sum();
        PaymentRequest { items, ..self.request(shop, amount) }
    }

    /// What a payer signs to pay a shop.
    pub(crate) fn payment(&mut self, shop: &Who, amount: u64) -> Payment {
        let request = self.request(shop, amount);
        whole(&request, shop)
    }

    /// How much of an amount a shop would be paid now, or after some time, and nothing changes.
    pub(crate) fn would_pay(&self, who: &Who, shop: &Who, amount: u64, later: u64) -> u64 {
        let mut fork = self.clone();
        fork.now += later;
        let mut payment = fork.payment(shop, amount);
        payment.part = true;
        match fork.ask(who, Action::Pay(payment)) {
            Outcome::Accepted(Effect::Moved { amount, .. }) => amount.units(),
            _ => 0,
        }
    }

    pub(crate) fn pay(&mut self, who: &Who, shop: &Who, amount: u64) -> Outcome {
        let payment = self.payment(shop, amount);
        self.ask(who, Action::Pay(payment))
    }

    /// What an account holds.
    pub(crate) fn balance(&self, who: &Who) -> u64 {
        self.account(&who.id).balance().units()
    }

    pub(crate) fn pool(&self, name: &str) -> u64 {
        let id = AccountId::pool(self.network, name);
        match self.state.get(&Key::Account(id)) {
            Some(Record::Account(account)) => account.balance().units(),
            _ => 0,
        }
    }

    pub(crate) fn account(&self, id: &AccountId) -> &scoin_ledger::state::Account {
        match self.state.get(&Key::Account(*id)) {
            Some(Record::Account(account)) => account,
            _ => panic!("no account"),
        }
    }

    /// A second key for an account.
    pub(crate) fn add_key(
        &mut self,
        who: &Who,
        number: u8,
        role: KeyRole,
        cap: Option<u64>,
    ) -> Who {
        let key = key(number);
        let action = Action::AddKey {
            key: key.public_key(),
            role,
            daily_cap: cap.map(Amount::new),
            name: None,
        };
        self.ok(who, action);
        Who { id: who.id, key }
    }
}

/// A guardian accepts a ward, identified by phone.
pub(crate) fn accept(ward: AccountId) -> Action {
    let consent = Some(ConsentProof { way: ConsentWay::Phone, evidence: [7; 32] });
    Action::AcceptWard { ward, consent }
}

/// All of a request, lots in the published order.
pub(crate) fn whole(request: &PaymentRequest, till: &Who) -> Payment {
    let request = request.sign(&till.key).expect("a request");
    Payment { request, part: false, lots: Vec::new() }
}

pub(crate) fn signed(command: &Command, key: &SecretKey) -> VerifiedCommand {
    let bytes = envelope::sign(command, key);
    SignedCommand::decode(&bytes).expect("an envelope").verified_before()
}

/// The labels that stood in the way.
pub(crate) fn labels(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::Rules(rules) => {
            let causes = causes::decode(&rules.causes).expect("causes");
            causes.into_iter().map(|cause| cause.label).collect()
        }
        refusal => panic!("not by rules: {refusal:?}"),
    }
}

/// The refusal of an outcome.
#[track_caller]
pub(crate) fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        Outcome::Accepted(effect) => panic!("accepted: {effect:?}"),
    }
}

/// The amount moved.
#[track_caller]
pub(crate) fn moved(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Accepted(Effect::Moved { amount, .. }) => amount.units(),
        Outcome::Refused(refusal @ Refusal::Rules(_)) => panic!("refused: {:?}", labels(&refusal)),
        outcome => panic!("{outcome:?}"),
    }
}
