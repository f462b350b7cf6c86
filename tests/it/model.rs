//! The books against a naive reference: any order of steps gives the same answers and the same balances.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scoin_core::command::{
    AccountKind, Action, Attributes, MerchantProfile, Over, Payment, Proposal,
};
use scoin_core::envelope::SignedCommand;
use scoin_core::outcome::{Effect, Outcome};
use scoin_core::{AccountId, Amount, CommandId, LotId, PolicyId, Timestamp};
use scoin_ledger::backtest::{Candidate, During, Past, backtest};
use scoin_ledger::state::{Due, stack_id};
use scoin_ledger::{Key, Record, View, invariants, replay};
use scoin_tests::actor::{Actor, fresh_id};
use scoin_tests::books::Books;
use scoin_tests::city::instant;
use scoin_tests::reference::{Ask, Coins, Kind, Mark, Owner, RULES, Reference, Rule, day_of};

const PEOPLE: usize = 2;
const BAKERY: Owner = PEOPLE;
const BOOKSHOP: Owner = PEOPLE + 1;
const POOL: Owner = PEOPLE + 2;
const SERVICE: Owner = PEOPLE + 3;
const OFFICER: Owner = PEOPLE + 4;
const HOME: Over = Over::Household([5; 16]);
const POOL_MONEY: u64 = 600;
const RULE_SET: [Rule; 4] = [Rule::Open, Rule::Snack, Rule::Once, Rule::Twice];

/// A step as drawn: numbers are reduced to what exists.
#[derive(Clone, Debug)]
struct Step {
    verb: u8,
    who: usize,
    other: usize,
    amount: u64,
    rule: usize,
    minutes: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let minutes = prop_oneof![3 => 0..3_i64, 2 => 0..600_i64, 1 => 1000..4000_i64];
    let amount = prop_oneof![6 => 1..45_u64, 1 => Just(0), 1 => 100..500_u64];
    let step = (0..19_u8, 0..PEOPLE, 0..PEOPLE, amount, 0..RULE_SET.len(), minutes).prop_map(
        |(verb, who, other, amount, rule, minutes)| Step {
            verb,
            who,
            other,
            amount,
            rule,
            minutes,
        },
    );
    prop::collection::vec(step, 1..45)
}

/// The same cases on every run, so that a failure is the change's own; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look
/// elsewhere and further.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(2026),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { given.cases } else { 120 };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..given }
}

/// Coins under every rule, so that the first steps have something to hit.
fn beginning() -> Vec<Ask> {
    let grant = |rule| Ask::Grant { from: 0, to: 1, amount: 40, rule };
    let mut asks = vec![Ask::Earn { to: 0, amount: 200 }];
    asks.extend(RULE_SET.map(grant));
    asks
}

/// Both ledgers side by side.
struct Pair {
    books: Books,
    reference: Reference,
    actors: Vec<Actor>,
    policies: BTreeMap<PolicyId, Rule>,
    /// The guard of the household.
    home: PolicyId,
    /// Step number -> the real command.
    payments: BTreeMap<usize, (CommandId, Owner)>,
    minute: i64,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_books_agree_with_the_naive_reference(steps in steps()) {
        let mut pair = Pair::found();
        for (number, ask) in beginning().into_iter().enumerate() {
            prop_assert_eq!(pair.take(&ask, 1000 + number), Ok(()));
        }
        for (number, step) in steps.iter().enumerate() {
            pair.pass(step.minutes);
            let ask = pair.ask_of(step, number);
            let same = pair.take(&ask, number).and_then(|()| pair.probe(step.other));
            if let Err(difference) = same {
                prop_assert!(false, "step {number} {ask:?}: {difference}");
            }
        }
        prop_assert_eq!(invariants::check_all(&pair.books.state), vec![]);
        prop_assert_eq!(&replay(&pair.books.frames).expect("the journal holds"), &pair.books.state);
        prop_assert_eq!(again_under_the_rules_in_force(&pair.books), Ok(()));
    }
}

/// A back-test with the rules in force changes nothing.
fn again_under_the_rules_in_force(books: &Books) -> Result<(), String> {
    let past = Past::read(&books.frames, During::ALWAYS).map_err(|breach| breach.to_string())?;
    let policies = RULE_SET.iter().flat_map(|rule| past.policies(rule.name()));
    let policies = policies.map(|entry| (entry.id(), entry.rule().policy().clone()));
    let policies = Candidate::Policies(policies.collect());
    let program = past.program("city.t-reward").ok_or("there is a programme")?;
    let program = Candidate::Program {
        name: "city.t-reward".to_owned(),
        program: Box::new(program.program().clone()),
    };
    for candidate in [policies, program] {
        let report = backtest(&past, &candidate).map_err(|why| why.to_string())?;
        if !report.is_same() {
            return Err(format!("{report:?}"));
        }
    }
    Ok(())
}

impl Pair {
    fn found() -> Self {
        let mut books = Books::found(instant("2026-03-02T00:00:00Z"));
        let officers = books.officers.clone();
        let network = officers[0].network;
        let mut actors: Vec<Actor> = Vec::new();
        for owner in 0..=SERVICE {
            let actor = Actor::named(&format!("owner-{owner}"), network);
            if owner == POOL {
                let account = AccountId::pool(network, "city.test");
                actors.push(Actor { account, ..actor });
                continue;
            }
            let kind = match owner {
                0..PEOPLE => AccountKind::Person,
                SERVICE => AccountKind::Service,
                _ => AccountKind::Merchant,
            };
            books.accept(&actor, Action::OpenAccount { kind });
            actors.push(actor);
        }
        for (owner, category) in [(BAKERY, "food.bakery"), (BOOKSHOP, "books"), (SERVICE, "office")]
        {
            let (name, categories) = (category.to_owned(), vec![category.to_owned()]);
            let profile = MerchantProfile { name, categories, ..MerchantProfile::default() };
            let account = actors[owner].account;
            books.accept(&officers[0], Action::RegisterMerchant { account, profile });
        }
        books.accept(&officers[0], Action::PublishRules { source: RULES.to_owned() });
        fill_pool(&mut books);
        let policies =
            RULE_SET.into_iter().map(|rule| (adopt(&mut books, rule.name()), rule)).collect();
        let home = adopt(&mut books, "city.t-home");
        for person in &actors[..PEOPLE] {
            let attributes = Attributes { household: Some([5; 16]), ..Attributes::default() };
            books.accept(&officers[0], Action::Attest { subject: person.account, attributes });
        }
        actors.push(officers[0].clone());
        let minute = minutes(books.now);
        let reference = Reference::new(POOL, POOL_MONEY, vec![BAKERY]);
        Self { books, reference, actors, policies, home, payments: BTreeMap::new(), minute }
    }

    fn pass(&mut self, minutes: i64) {
        self.minute += minutes;
        self.books.now = Timestamp::from_micros(u64::try_from(self.minute).unwrap() * 60_000_000)
            .max(self.books.now);
        // Steps of the same minute are some microseconds apart; nothing in the reference is finer than a minute.
        while self.due() {
            self.books.tick();
        }
        self.reference.tick(self.minute);
    }

    fn due(&self) -> bool {
        let at = |time| Key::Due(time, Due::Lot(AccountId([0; 20]), LotId(0)));
        let (from, to) = (at(Timestamp::default()), at(self.books.now.saturating_add_micros(1)));
        !self.books.state.keys(&from, &to, 1).is_empty()
    }

    fn ask_of(&self, step: &Step, number: usize) -> Ask {
        let (from, amount) = (step.who, step.amount);
        let shop = if step.other == 0 { BOOKSHOP } else { BAKERY };
        let earlier = || self.payments.keys().rev().nth(step.rule % 2).copied();
        match step.verb {
            0 | 1 => Ask::Earn { to: from, amount },
            2 | 3 => Ask::Grant { from, to: step.other, amount, rule: RULE_SET[step.rule] },
            4 => Ask::Transfer { from, to: step.other, amount },
            5..=8 => Ask::Pay { from, shop, amount, number },
            9 => Ask::Hold { from, shop, amount, number },
            10 => Ask::Redeem { shop, amount },
            11 => Ask::Freeze { who: from, on: amount % 3 == 0 },
            16 => Ask::Retire { rule: RULE_SET[step.rule], on: amount % 3 == 0 },
            17 | 18 => Ask::Guard { on: amount % 3 != 0 },
            verb => match (earlier(), verb) {
                (Some(number), 12 | 13) => Ask::RefundAll { number },
                (Some(number), 14) => Ask::Void { number },
                (Some(number), _) => Ask::Capture { number, amount },
                (None, _) => Ask::Pay { from, shop, amount, number },
            },
        }
    }

    /// One step in both; an error is a difference.
    fn take(&mut self, ask: &Ask, number: usize) -> Result<(), String> {
        let expected = self.reference.allows(ask, self.minute, POOL);
        let payer = self.payer(ask);
        let before = payer.map(|payer| self.lots(payer)).unwrap_or_default();
        let outcome = self.real(ask, number);
        if matches!(outcome, Outcome::Accepted(_)) != expected {
            return Err(format!("expected accepted = {expected}, the books say {outcome:?}"));
        }
        if expected {
            let taken = match ask {
                // A shop is not told whose coins they were; the books know.
                Ask::Capture { number, .. } => self.captured(*number, &before),
                _ => taken(&outcome, &before),
            };
            self.reference.apply(ask, self.minute, POOL, &taken)?;
        }
        if matches!(ask, Ask::Guard { on: true }) {
            // It judges from the next minute on.
            self.pass(1);
        }
        for owner in 0..=POOL {
            let (real, naive) = (self.holdings(owner), self.reference.holdings(owner));
            if real != naive {
                return Err(format!("owner {owner} has {real:?}, should have {naive:?}"));
            }
        }
        match self.reference.total() {
            POOL_MONEY => Ok(()),
            other => Err(format!("the reference has {other} in all")),
        }
    }

    /// Exactly what the reference would let through must pass, and one more must not.
    fn probe(&self, who: Owner) -> Result<(), String> {
        for shop in [BAKERY, BOOKSHOP] {
            let most = self.reference.payable(who, shop, day_of(self.minute));
            for amount in [most, most + 1].into_iter().filter(|amount| *amount > 0) {
                let ask = Ask::Pay { from: who, shop, amount, number: 0 };
                let expected = self.reference.allows(&ask, self.minute, POOL);
                let outcome =
                    self.books.would(&self.actors[who], Action::Pay(self.payment(shop, amount)));
                if matches!(outcome, Outcome::Accepted(_)) != expected {
                    return Err(format!(
                        "paying {amount} at {shop} should be {expected}: {outcome:?}"
                    ));
                }
            }
        }
        Ok(())
    }

    fn payer(&self, ask: &Ask) -> Option<Owner> {
        match ask {
            Ask::Grant { from, .. }
            | Ask::Transfer { from, .. }
            | Ask::Pay { from, .. }
            | Ask::Hold { from, .. } => Some(*from),
            Ask::Capture { number, .. } => self.payments.get(number).map(|(_, payer)| *payer),
            _ => None,
        }
    }

    /// Ask the real books.
    fn real(&mut self, ask: &Ask, number: usize) -> Outcome {
        let (who, action) = self.action(ask, number);
        let actor = self.actors[who].clone();
        let id = fresh_id(self.books.now);
        let until = self.books.now.saturating_add_micros(3_600_000_000);
        let outcome = self.books.ask_signed(&actor.sign_as(id, until, action));
        if let (Ask::Pay { from, .. } | Ask::Hold { from, .. }, Outcome::Accepted(_)) =
            (ask, &outcome)
        {
            self.payments.insert(number, (id, *from));
        }
        outcome
    }

    /// Who asks the real books, and what.
    fn action(&self, ask: &Ask, number: usize) -> (Owner, Action) {
        let account = |owner: &Owner| self.actors[*owner].account;
        let command =
            |number: &usize| self.payments.get(number).map_or(CommandId([0; 16]), |(id, _)| *id);
        let shop = |number: &usize| self.reference.shop_of(*number).unwrap_or(BAKERY);
        let money = |units: &u64| Amount::new(*units);
        match ask {
            Ask::Earn { to, amount } => (SERVICE, report(account(to), *amount, number)),
            Ask::Grant { from, to, amount, rule } => {
                let policy = *self.policies.iter().find(|(_, known)| *known == rule).unwrap().0;
                (*from, Action::Grant { to: account(to), amount: money(amount), policy })
            }
            Ask::Transfer { from, to, amount } => {
                (*from, Action::Transfer { to: account(to), amount: money(amount) })
            }
            Ask::Pay { from, shop, amount, .. } => {
                (*from, Action::Pay(self.payment(*shop, *amount)))
            }
            Ask::Hold { from, shop, amount, .. } => {
                (*from, Action::Authorise(self.payment(*shop, *amount)))
            }
            Ask::Capture { number, amount } => {
                (shop(number), Action::Capture { hold: command(number), amount: money(amount) })
            }
            Ask::Void { number } => (shop(number), Action::Void { hold: command(number) }),
            Ask::RefundAll { number } => {
                let amount = Amount::new(self.reference.left_of(*number));
                (
                    shop(number),
                    Action::Refund {
                        payment: command(number),
                        amount,
                        lines: Vec::new(),
                        reason: None,
                    },
                )
            }
            Ask::Redeem { shop, amount } => (*shop, Action::Redeem { amount: money(amount) }),
            Ask::Freeze { who, on: true } => (*who, Action::Freeze { account: account(who) }),
            Ask::Freeze { who, on: false } => (*who, Action::Unfreeze { account: account(who) }),
            Ask::Retire { rule, on: true } => {
                let policy = *self.policies.iter().find(|(_, known)| *known == rule).unwrap().0;
                (OFFICER, Action::RetirePolicy { policy })
            }
            Ask::Retire { rule, on: false } => {
                let name = rule.name().to_owned();
                (OFFICER, Action::AdoptPolicy { name, arguments: Vec::new() })
            }
            Ask::Guard { on } => {
                let (over, policy) = (HOME, self.home);
                let starts = self.books.now.saturating_add_micros(30_000_000);
                let set = Action::SetSharedGuard { over, policy, starts };
                (OFFICER, if *on { set } else { Action::RemoveSharedGuard { over, policy } })
            }
        }
    }

    fn payment(&self, shop: Owner, amount: u64) -> Payment {
        let request = self.actors[shop].request(self.books.now, amount, Vec::new());
        Payment { request, part: false, lots: Vec::new() }
    }

    /// What the real books say an owner has, in the reference's terms.
    fn holdings(&self, owner: Owner) -> Coins {
        let mut sums = Coins::new();
        for lot in &self.books.account(self.actors[owner].account).expect("it is open").lots {
            *sums.entry(self.kind(lot)).or_default() += lot.amount.units();
        }
        sums
    }

    /// Which kind of coins each lot of an owner holds.
    /// The coins that a captured hold took.
    fn captured(&self, number: usize, lots: &BTreeMap<LotId, Kind>) -> Coins {
        let paid = self.payments.get(&number).map(|(id, _)| Key::Payment(*id));
        let Some(Record::Payment(paid)) = paid.and_then(|key| self.books.state.get(&key)) else {
            return Coins::new();
        };
        by_kind(paid.parts.iter().map(|part| (part.lot, part.amount)), lots)
    }

    fn lots(&self, owner: Owner) -> BTreeMap<LotId, Kind> {
        let account = self.books.account(self.actors[owner].account).expect("it is open");
        account.lots.iter().map(|lot| (lot.id, self.kind(lot))).collect()
    }

    fn kind(&self, lot: &scoin_ledger::state::Lot) -> Kind {
        let Some(Record::Stack(layers)) = self.books.state.get(&Key::Stack(lot.stack)) else {
            assert_eq!(lot.stack, stack_id(&[]), "a stack of its own is known");
            return Kind::default();
        };
        let mark = |layer: &scoin_ledger::state::Layer| Mark {
            rule: self.policies[&layer.policy],
            giver: self
                .actors
                .iter()
                .position(|actor| actor.account == layer.granter)
                .expect("known"),
        };
        let given = lot.ages.iter().map(|age| day_of(minutes(age.issued))).collect();
        (layers.iter().map(mark).collect(), given)
    }
}

/// The coins the books took, by kind.
fn taken(outcome: &Outcome, lots: &BTreeMap<LotId, Kind>) -> Coins {
    let Outcome::Accepted(Effect::Moved { parts, .. }) = outcome else { return Coins::new() };
    by_kind(parts.iter().map(|part| (part.lot, part.amount)), lots)
}

fn by_kind(parts: impl Iterator<Item = (LotId, Amount)>, lots: &BTreeMap<LotId, Kind>) -> Coins {
    let mut sums = Coins::new();
    for (lot, amount) in parts {
        *sums.entry(lots.get(&lot).cloned().unwrap_or_default()).or_default() += amount.units();
    }
    sums
}

/// Two officers make the money, and it goes into the pool.
fn fill_pool(books: &mut Books) {
    let officers = books.officers.clone();
    let (amount, reason) = (Amount::new(POOL_MONEY), "test".to_owned());
    let mint = Action::Propose { proposal: Proposal::Mint { amount, reason } };
    let signed = officers[0].sign(books.now, mint);
    books.ask_signed(&signed);
    let signed = SignedCommand::decode(&signed).expect("well formed");
    let (proposal, digest) = (signed.message().id, *signed.digest());
    books.accept(&officers[1], Action::Approve { proposal, digest });
    books.accept(&officers[0], Action::FundPool { pool: "city.test".to_owned(), amount });
}

fn adopt(books: &mut Books, name: &str) -> PolicyId {
    let officer = books.officers[0].clone();
    let adopt = Action::AdoptPolicy { name: name.to_owned(), arguments: Vec::new() };
    match books.accept(&officer, adopt) {
        Effect::Policy(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A report of the city service that earns this much; every step is its own evidence.
fn report(account: AccountId, amount: u64, number: usize) -> Action {
    let mut evidence = [0; 32];
    evidence[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let event = "test.gift".to_owned();
    Action::Earn {
        account,
        event,
        evidence,
        amount: Amount::new(amount),
        days_early: None,
        role: None,
    }
}

fn minutes(time: Timestamp) -> i64 {
    i64::try_from(time.micros() / 60_000_000).unwrap()
}
