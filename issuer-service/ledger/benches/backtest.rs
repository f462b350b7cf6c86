//! How many payments a second a back-test decides again, on one core.
//!
//! A month of 100,000 payments by 2,500 people at 50 shops: each person has coins under two rules with counters, coins
//! without rules, and a guard of their own with a weekly cap. Two figures: `read` decodes every frame, executes it once
//! and compares every outcome ([`Past::read`]); `decide_again` only decides ([`backtest`]), under the rule in force and
//! under a narrower one. Where the system tells it, time is what this thread had of a core, so that other work on the machine
//! does not count. `cargo bench -p scoin-ledger --bench backtest`

#![expect(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a bench that fails, fails loudly"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Bencher, Criterion, Throughput, criterion_group, criterion_main};
use scoin_core::command::{
    AccountKind, Action, Attributes, Command, MerchantProfile, Payment, Proposal,
};
use scoin_core::envelope::{self, SignedCommand, VerifiedCommand};
use scoin_core::genesis::Genesis;
use scoin_core::keys::SecretKey;
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::request::{PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, NetworkId, PolicyId, RequestId, Timestamp};
use scoin_ledger::backtest::{Candidate, During, Past, backtest};
use scoin_ledger::{Batch, Entry, Frame, State, apply, genesis_frame};
use scoin_policy::module::Module;

/// As in the programs that run back-tests.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEOPLE: u64 = 2_500;
const SHOPS: u64 = 50;
const PAYMENTS: u64 = 100_000;
const BATCH: usize = 32;
const SECOND: u64 = 1_000_000;
/// Sunday 2026-03-01, 00:00 in Seoul.
const START: u64 = 1_772_290_800 * SECOND;
const MONTH: u64 = 30 * 24 * 3_600 * SECOND;

const RULES: &str = r"
schedule bench.open = weekly { mon..sun 06:00..22:00 }
policy bench.snack {
  zone Asia/Seoul
  require food: merchant.category in { food }
  require daytime: time in schedule bench.open
  cap each-day: 9_000 won per day
  cap thrice: 3 payments per day
}
policy bench.relief {
  zone Asia/Seoul
  require small: merchant.groups in { small-business }
  cap each-day: 30_000 won per day
  cap each-month: 120_000 won per month
}
policy bench.guard { zone Asia/Seoul cap week: 70_000 won per week by payer }
";

const NARROWER: &str = r"
schedule bench.open = weekly { mon..sun 08:00..20:00 }
policy bench.snack {
  zone Asia/Seoul
  require food: merchant.category in { food }
  require daytime: time in schedule bench.open
  cap each-day: 6_000 won per day
  cap thrice: 2 payments per day
}
";

struct Who {
    id: AccountId,
    key: SecretKey,
}

struct City {
    network: NetworkId,
    state: State,
    frames: Vec<Frame>,
    now: u64,
    next: u64,
}

fn key(number: u64) -> SecretKey {
    let mut bytes = [7; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    SecretKey::from_bytes(&bytes).expect("a key")
}

impl City {
    fn who(&self, number: u64) -> Who {
        let key = key(number);
        Who { id: AccountId::derive(self.network, &key.public_key()), key }
    }

    fn id(&mut self) -> [u8; 16] {
        self.next += 1;
        u128::from(self.next).to_be_bytes()
    }

    fn command(&mut self, who: &Who, action: Action) -> VerifiedCommand {
        let command = Command {
            id: CommandId(self.id()),
            network: self.network,
            by: who.id,
            valid_until: Timestamp::from_micros(self.now + 3_600 * SECOND),
            action,
            sequence: None,
        };
        let bytes = envelope::sign(&command, &who.key);
        SignedCommand::decode(&bytes).expect("an envelope").verified_before()
    }

    fn run(&mut self, commands: Vec<VerifiedCommand>) -> Vec<Outcome> {
        self.now += 1;
        let entries: Vec<Entry> = commands.into_iter().map(Entry::journaled).collect();
        let last = self.frames.last().expect("a frame");
        let effects = apply(
            &self.state,
            &Batch {
                number: last.head.number + 1,
                prev_hash: last.hash(),
                prev_state_digest: last.head.state_digest,
                time: Timestamp::from_micros(self.now),
                entries: &entries,
            },
        );
        assert_eq!(effects.breach, None);
        self.frames.extend(effects.frame);
        self.state.absorb(effects.writes);
        effects.answers.into_iter().map(|answer| answer.outcome).collect()
    }

    fn ok(&mut self, who: &Who, action: Action) -> Effect {
        let command = self.command(who, action);
        match self.run(vec![command]).remove(0) {
            Outcome::Accepted(effect) => effect,
            Outcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    }
}

fn found() -> (City, Who) {
    let genesis = Genesis {
        name: "Bench".to_owned(),
        currency: "won".to_owned(),
        iso: "KRW".to_owned(),
        exponent: 0,
        zone: "Asia/Seoul".to_owned(),
        sandbox: true,
        officers: vec![key(1).public_key()],
        approvals_needed: 1,
        issuer: key(2).public_key(),
        created: Timestamp::from_micros(START - 3_600 * SECOND),
        hold_hours: 24,
        recovery_hours: None,
    };
    let effects = genesis_frame(&genesis);
    let mut state = State::new();
    state.absorb(effects.writes);
    let frames = effects.frame.into_iter().collect();
    let network = genesis.network_id();
    let mut city = City { network, state, frames, now: START - 3_500 * SECOND, next: 0 };
    let officer = city.who(1);
    city.ok(&officer, Action::PublishRules { source: RULES.to_owned() });
    let (amount, reason) = (Amount::new(100_000_000_000), "bench".to_owned());
    city.ok(&officer, Action::Propose { proposal: Proposal::Mint { amount, reason } });
    (city, officer)
}

fn policy(city: &mut City, officer: &Who, name: &str) -> PolicyId {
    let action = Action::AdoptPolicy { name: name.to_owned(), arguments: Vec::new() };
    match city.ok(officer, action) {
        Effect::Policy(id) => id,
        effect => panic!("{effect:?}"),
    }
}

/// People with their coins, and shops of two kinds.
fn settle(city: &mut City, officer: &Who) -> (Vec<Who>, Vec<Who>) {
    let [snack, relief, guard] =
        ["bench.snack", "bench.relief", "bench.guard"].map(|name| policy(city, officer, name));
    let shops: Vec<Who> = (0..SHOPS).map(|number| city.who(10 + number)).collect();
    for (number, shop) in (0..).zip(&shops) {
        city.ok(shop, Action::OpenAccount { kind: AccountKind::Merchant });
        let profile = MerchantProfile {
            name: "Shop".to_owned(),
            categories: vec![["food.bakery", "food.grocery", "books"][number % 3].to_owned()],
            district: Some("gu.mapo".to_owned()),
            groups: vec![["small-business", "chain"][number % 2].to_owned()],
            ..MerchantProfile::default()
        };
        city.ok(officer, Action::RegisterMerchant { account: shop.id, profile });
    }
    let people: Vec<Who> = (0..PEOPLE).map(|number| city.who(1_000 + number)).collect();
    for person in &people {
        city.ok(person, Action::OpenAccount { kind: AccountKind::Person });
        let attributes = Attributes {
            age: Some(30),
            age_until: Some(30_000),
            district: Some("gu.mapo".to_owned()),
            ..Attributes::default()
        };
        let (to, amount) = (person.id, Amount::new(1_000_000));
        let batch = [
            Action::Attest { subject: to, attributes },
            Action::Grant { to, amount, policy: snack },
            Action::Grant { to, amount, policy: relief },
            Action::Transfer { to, amount: Amount::new(100_000) },
        ];
        let mut commands = batch.map(|action| city.command(officer, action)).to_vec();
        commands.push(city.command(person, Action::SetGuard { account: to, policy: guard }));
        city.run(commands);
    }
    (people, shops)
}

/// A month of payments; the same one every time.
fn history() -> Vec<Frame> {
    let (mut city, officer) = found();
    let (people, shops) = settle(&mut city, &officer);
    city.now = START;
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % below
    };
    let pick = |from: &[Who], at: u64| usize::try_from(at).expect("small") % from.len();
    let (mut batch, mut paid) = (Vec::new(), 0_u64);
    for _ in 0..PAYMENTS {
        let (person, shop) =
            (&people[pick(&people, draw(PEOPLE))], &shops[pick(&shops, draw(SHOPS))]);
        let request = PaymentRequest {
            id: RequestId(city.id()),
            network: city.network,
            merchant: shop.id,
            amount: Amount::new(500 + 100 * draw(120)),
            kind: PaymentKind::Purchase,
            items: Vec::new(),
            expires: Timestamp::from_micros(city.now + 3_600 * SECOND),
            reference: None,
            channel: None,
        };
        let request = request.sign(&shop.key).expect("a request");
        let payment = Payment { request, part: false, lots: Vec::new() };
        batch.push(city.command(person, Action::Pay(payment)));
        city.now += MONTH / PAYMENTS;
        if batch.len() == BATCH {
            let outcomes = city.run(std::mem::take(&mut batch));
            let accepted = outcomes.iter().filter(|one| matches!(one, Outcome::Accepted(_)));
            paid += u64::try_from(accepted.count()).expect("few");
        }
    }
    city.run(batch);
    assert!(paid > PAYMENTS / 2 && paid < PAYMENTS, "{paid} payments of {PAYMENTS}: a mixture");
    city.frames
}

fn candidate(past: &Past, source: &str) -> Candidate {
    let (module, found) = Module::parse(source);
    let policy = module.expect("rules").policy("bench.snack", &[]);
    let policy = policy.unwrap_or_else(|_| panic!("{found:?}"));
    let ids = past.policies("bench.snack").into_iter().map(|entry| (entry.id(), policy.clone()));
    Candidate::Policies(ids.collect::<BTreeMap<_, _>>())
}

/// Time this thread had of a core, or time since the start where the system does not tell.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn measure<T>(bench: &mut Bencher<'_>, mut work: impl FnMut() -> T) {
    bench.iter_custom(|times| {
        let start = Instant::now();
        let before = spent(start);
        for _ in 0..times {
            black_box(work());
        }
        spent(start).saturating_sub(before)
    });
}

fn benches(criterion: &mut Criterion) {
    let frames = history();
    let during = During { from: Timestamp::from_micros(START), ..During::ALWAYS };
    let bytes: Vec<Vec<u8>> = frames.iter().map(Frame::to_bytes).collect();
    let past = Past::read(&frames, during).expect("an honest journal");
    let (same, narrower) = (candidate(&past, RULES), candidate(&past, NARROWER));
    let report = backtest(&past, &same).expect("possible");
    assert!(report.is_same(), "the rule in force changes nothing: {report:?}");
    let report = backtest(&past, &narrower).expect("possible");
    assert!(report.payments.refused > 1_000, "{:?}", report.payments);

    let mut group = criterion.benchmark_group("backtest");
    group.sample_size(10).throughput(Throughput::Elements(PAYMENTS));
    group.bench_function("decide_again/in_force", |bench| {
        measure(bench, || backtest(&past, &same));
    });
    group.bench_function("decide_again/narrower", |bench| {
        measure(bench, || backtest(&past, &narrower));
    });
    group.bench_function("read", |bench| {
        measure(bench, || {
            let frames: Vec<Frame> =
                bytes.iter().map(|bytes| Frame::from_bytes(bytes).expect("a frame")).collect();
            Past::read(&frames, during).expect("an honest journal")
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
