//! Every refusal variant, brought about by a command. The table fails if a variant has no case.

use std::collections::BTreeSet;

use scoin_core::command::{
    AccountKind, Action, AskAnswer, Attributes, Command, ConsentProof, ConsentWay, KeyRole,
    ListKind, Proposal,
};
use scoin_core::outcome::{Effect, Outcome, Refusal};
use scoin_core::{AccountId, Amount, CommandId, LotId, NetworkId, PolicyId, Timestamp};
use scoin_ledger::Disposition;

use crate::city::{City, DAY, HOUR, SECOND, Who, accept, refusal, signed, whole};

type Case = fn(&mut City) -> Refusal;

/// Refusals that no command can bring about now, and why.
const UNREACHABLE: &[&str] = &[
    // Totals are 64 bits wide and no amount or supply exceeds 53.
    "overflow",
];

const CASES: &[(&str, Case)] = &[
    ("another city", |city| {
        let who = city.person(1);
        let mut command = city.command(&who, Action::Freeze { account: who.id });
        command.network = NetworkId([9; 8]);
        untraced(city, &who, &command)
    }),
    ("nobody", |city| {
        let key = crate::city::key(9);
        let who = Who { id: AccountId([7; 20]), key };
        let command = city.command(&who, Action::Freeze { account: who.id });
        untraced(city, &who, &command)
    }),
    ("an account not derived from the key", |city| {
        let who = Who { id: AccountId([7; 20]), key: crate::city::key(9) };
        let command = city.command(&who, Action::OpenAccount { kind: AccountKind::Person });
        untraced(city, &who, &command)
    }),
    ("another's key", |city| {
        let (who, thief) = (city.person(1), crate::city::key(9));
        let command = city.command(&who, Action::Freeze { account: who.id });
        untraced(city, &Who { key: thief, ..who }, &command)
    }),
    ("an id used for something else", |city| {
        let who = city.person(1);
        let command = city.command(&who, Action::Freeze { account: who.id });
        city.send(&who, &command);
        let other = Command { action: Action::Unfreeze { account: who.id }, ..command };
        untraced(city, &who, &other)
    }),
    ("too late", |city| {
        let who = city.person(1);
        let mut command = city.command(&who, Action::Freeze { account: who.id });
        command.valid_until = Timestamp::from_micros(city.now);
        refusal(city.send(&who, &command).outcome)
    }),
    ("too early", |city| {
        let who = city.person(1);
        let mut command = city.command(&who, Action::Freeze { account: who.id });
        command.valid_until = Timestamp::from_micros(city.now + 7 * DAY + 2);
        refusal(city.send(&who, &command).outcome)
    }),
    ("an amount nobody can have", |city| {
        let shop = city.bakery(1);
        city.no(&shop, Action::Redeem { amount: Amount::new(u64::MAX) })
    }),
    ("an officer opens no account of officers", |city| {
        let key = crate::city::key(9);
        let who = Who { id: AccountId::derive(city.network, &key.public_key()), key };
        let command = city.command(&who, Action::OpenAccount { kind: AccountKind::Officer });
        untraced(city, &who, &command)
    }),
    ("nothing", |city| {
        let shop = city.bakery(1);
        city.no(&shop, Action::Redeem { amount: Amount::ZERO })
    }),
    ("a citizen who plays officer", |city| {
        let who = city.person(1);
        city.no(&who, Action::SuspendMerchant { account: who.id, suspended: true })
    }),
    ("a cashier who refunds", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let till = city.add_key(&shop, 3, KeyRole::Cashier, None);
        let payment = city.payment(&shop, 100);
        let payment = city.done(&child, Action::Pay(payment));
        let amount = Amount::new(100);
        city.no(&till, Action::Refund { payment, amount, lines: Vec::new(), reason: None })
    }),
    ("a refund of last year", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let payment = city.payment(&shop, 100);
        let payment = city.done(&child, Action::Pay(payment));
        let refund = |amount| Action::Refund { payment, amount, lines: Vec::new(), reason: None };
        city.pass(366 * DAY - SECOND);
        city.ok(&shop, refund(Amount::new(50)));
        city.pass(2 * SECOND);
        city.no(&shop, refund(Amount::new(50)))
    }),
    ("a stranger's gift", |city| {
        let (parent, child, aunt) = (city.person(1), city.person(2), city.rich(3, 1_000));
        city.ok(&child, Action::AskGuardian { guardian: parent.id });
        city.ok(&parent, accept(child.id));
        let give = || Action::Transfer { to: child.id, amount: Amount::new(1) };
        city.ok(&aunt, give());
        let (ward, givers) = (child.id, Vec::new());
        city.ok(&parent, Action::SetGivers { ward, only: true, givers });
        let refused = city.no(&aunt, give());
        assert_eq!(refused, Refusal::NotAGiver);
        refused
    }),
    ("a day closed twice", |city| {
        let shop = city.bakery(1);
        city.ok(&shop, Action::CloseDay { day: crate::shop::TODAY });
        city.no(&shop, Action::CloseDay { day: crate::shop::TODAY })
    }),
    ("a frozen account", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        city.ok(&child, Action::Freeze { account: child.id });
        assert_eq!(refusal(city.pay(&child, &shop, 100)), Refusal::Frozen { by: 1 });
        let officer = city.officers[0].clone();
        city.ok(&officer, Action::Freeze { account: child.id });
        city.ok(&child, Action::Unfreeze { account: child.id });
        refusal(city.pay(&child, &shop, 100))
    }),
    ("a child lifts no guardian's freeze", |city| {
        let (parent, child) = (city.person(1), city.rich(2, 1_000));
        city.ok(&child, Action::AskGuardian { guardian: parent.id });
        city.ok(&parent, accept(child.id));
        city.ok(&parent, Action::Freeze { account: child.id });
        let refused = city.no(&child, Action::Unfreeze { account: child.id });
        let shop = city.bakery(3);
        assert_eq!(refusal(city.pay(&child, &shop, 1)), Refusal::Frozen { by: 2 });
        city.ok(&parent, Action::Unfreeze { account: child.id });
        city.pay(&child, &shop, 1);
        refused
    }),
    ("a suspended shop", |city| {
        let (child, shop, officer) =
            (city.rich(1, 1_000), city.bakery(2), city.officers[0].clone());
        city.ok(&officer, Action::SuspendMerchant { account: shop.id, suspended: true });
        refusal(city.pay(&child, &shop, 100))
    }),
    ("a key's own cap", |city| {
        let (child, shop) = (city.rich(1, 10_000), city.bakery(2));
        let phone = city.add_key(&child, 3, KeyRole::Owner, Some(1_000));
        crate::city::moved(city.pay(&phone, &shop, 600));
        let left = Amount::new(400);
        assert_eq!(refusal(city.pay(&phone, &shop, 401)), Refusal::KeyCap { left });
        crate::city::moved(city.pay(&child, &shop, 401));
        city.pass(DAY);
        crate::city::moved(city.pay(&phone, &shop, 1_000));
        refusal(city.pay(&phone, &shop, 1))
    }),
    ("a retired policy", |city| {
        let (child, officer) = (city.person(1), city.officers[0].clone());
        let policy = city.policy("test.free", &[]);
        city.ok(&officer, Action::RetirePolicy { policy });
        city.no(&officer, Action::Grant { to: child.id, amount: Amount::new(1), policy })
    }),
    ("coins under a rule that counts by payer", |city| {
        let (child, officer) = (city.person(1), city.officers[0].clone());
        let policy = city.policy("test.guard", &[]);
        city.no(&officer, Action::Grant { to: child.id, amount: Amount::new(1), policy })
    }),
    ("an unknown receiver", |city| {
        let who = city.rich(1, 100);
        city.no(&who, Action::Transfer { to: AccountId([7; 20]), amount: Amount::new(1) })
    }),
    ("an account opened twice", |city| {
        let who = city.person(1);
        city.no(&who, Action::OpenAccount { kind: AccountKind::Person })
    }),
    ("a request nobody signed", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let mut payment = city.payment(&shop, 100);
        let last = payment.request.len() - 1;
        payment.request[last] ^= 1;
        city.no(&child, Action::Pay(payment))
    }),
    ("a request signed by another shop", |city| {
        let (child, shop, other) = (city.rich(1, 1_000), city.bakery(2), city.bakery(3));
        let request = city.request(&shop, 100);
        city.no(&child, Action::Pay(whole(&request, &other)))
    }),
    ("a request past its time", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let payment = city.payment(&shop, 100);
        city.now += HOUR;
        city.no(&child, Action::Pay(payment))
    }),
    ("a request paid before", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let payment = city.payment(&shop, 100);
        let by = city.done(&child, Action::Pay(payment.clone()));
        let refused = city.no(&child, Action::Authorise(payment));
        assert_eq!(refused, Refusal::RequestPaid { by });
        refused
    }),
    ("rules that do not compile", |city| {
        let officer = city.officers[0].clone();
        city.no(&officer, Action::PublishRules { source: "policy bad {".to_owned() })
    }),
    ("rules whose example fails", |city| {
        let officer = city.officers[0].clone();
        let source = "policy bad.one { zone Asia/Seoul cap c: 10 won per payment
          example \"ten\" { at 2026-03-03 12:00 amount 20 won } expect allow 20 won }";
        city.no(&officer, Action::PublishRules { source: source.to_owned() })
    }),
    ("an approval of something else", |city| {
        let (first, second) = (city.officers[0].clone(), city.officers[1].clone());
        let proposal = city.done(&first, Action::Propose { proposal: mint() });
        city.no(&second, Action::Approve { proposal, digest: [0; 32] })
    }),
    ("a declined proposal", |city| {
        let (first, second) = (city.officers[0].clone(), city.officers[1].clone());
        let command = city.command(&first, Action::Propose { proposal: mint() });
        let digest = *signed(&command, &first.key).digest();
        city.send(&first, &command);
        city.ok(&second, Action::Decline { proposal: command.id });
        city.no(&second, Action::Approve { proposal: command.id, digest })
    }),
    ("a proposal past its time", |city| {
        let (first, second) = (city.officers[0].clone(), city.officers[1].clone());
        let command = city.command(&first, Action::Propose { proposal: mint() });
        let digest = *signed(&command, &first.key).digest();
        city.send(&first, &command);
        city.pass(DAY + 1);
        city.no(&second, Action::Approve { proposal: command.id, digest })
    }),
    ("a hold voided before", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let payment = city.payment(&shop, 100);
        let hold = city.done(&child, Action::Authorise(payment));
        city.ok(&shop, Action::Void { hold });
        city.no(&shop, Action::Capture { hold, amount: Amount::new(100) })
    }),
    ("a refund above the payment", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let payment = city.payment(&shop, 100);
        let payment = city.done(&child, Action::Pay(payment));
        let amount = Amount::new(101);
        city.no(&shop, Action::Refund { payment, amount, lines: Vec::new(), reason: None })
    }),
    ("coins that may not be given on", |city| {
        let (child, friend) = (city.rich(1, 300), city.person(2));
        city.grant(&child, "test.snack", 1_000);
        let givable = Amount::new(300);
        let refused = city.no(&child, Action::Transfer { to: friend.id, amount: Amount::new(301) });
        assert_eq!(refused, Refusal::NotGivable { givable });
        refused
    }),
    ("coins for somebody who holds none", |city| {
        let (child, shop) = (city.rich(1, 300), city.bakery(2));
        city.no(&child, Action::Transfer { to: shop.id, amount: Amount::new(1) })
    }),
    ("rules", |city| {
        let (child, shop) = (city.person(1), city.shop(2, "leisure.bar"));
        city.grant(&child, "test.snack", 1_000);
        refusal(city.pay(&child, &shop, 100))
    }),
    ("not enough", |city| {
        let (child, shop) = (city.rich(1, 99), city.bakery(2));
        let refused = refusal(city.pay(&child, &shop, 100));
        assert_eq!(refused, Refusal::NotEnough { have: Amount::new(99) });
        refused
    }),
    ("an empty treasury", |city| {
        let officer = city.officers[0].clone();
        let (pool, amount) = ("test.tax".to_owned(), Amount::new(10_000_001));
        city.no(&officer, Action::FundPool { pool, amount })
    }),
    ("an empty pool", |city| {
        let (citizen, office) = (city.person(1), city.service(2));
        city.no(&office, earn(&citizen, 3))
    }),
    ("a late tax", |city| {
        let (citizen, office) = (city.person(1), city.service(2));
        city.no(&office, earn(&citizen, -1))
    }),
    ("more lots than an account may have", |city| {
        let (child, officer) = (city.person(1), city.officers[0].clone());
        let policy = city.policy("test.short", &[]);
        let grant = Action::Grant { to: child.id, amount: Amount::new(1), policy };
        for day in 0..64 {
            let name = format!("many.m{day}");
            let source = format!("policy {name} {{ zone Asia/Seoul }}");
            city.ok(&officer, Action::PublishRules { source });
            city.grant(&child, &name, 1);
        }
        city.no(&officer, grant)
    }),
    ("a policy nobody published", |city| {
        let (who, to) = (city.rich(1, 100), city.person(2));
        let (amount, policy) = (Amount::new(1), PolicyId([1; 32]));
        city.no(&who, Action::Grant { to: to.id, amount, policy })
    }),
    ("a lot nobody has", |city| {
        let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
        let mut payment = city.payment(&shop, 100);
        payment.lots = vec![LotId(9_999)];
        city.no(&child, Action::Pay(payment))
    }),
    ("the last owner key", |city| {
        let who = city.person(1);
        city.no(&who, Action::RevokeKey { key: who.key.public_key() })
    }),
    ("a list of another kind", |city| {
        let officer = city.officers[0].clone();
        let (name, kind) = ("test.shops".to_owned(), ListKind::Products);
        let action = Action::PutList { name, kind, add: vec!["x".to_owned()], remove: Vec::new() };
        city.no(&officer, action)
    }),
    ("an ask that need not be asked", |city| {
        let (_, child, shop) = family(city);
        let needless = ask(city, &shop, 4_000);
        city.no(&child, needless)
    }),
    ("an ask after a no", |city| {
        let (parent, child, shop) = family(city);
        let asked = ask(city, &shop, 4_001);
        let Action::Ask { request, .. } = &asked else { panic!("{asked:?}") };
        let digest = *scoin_core::request::PaymentRequest::open(request).expect("signed").digest();
        city.ok(&child, asked.clone());
        let answer = AskAnswer::No { note: None };
        city.ok(&parent, Action::AnswerAsk { ward: child.id, ask: digest, answer });
        city.no(&child, asked)
    }),
    ("a ninth ask", |city| {
        let (_, child, shop) = family(city);
        for _ in 0..8 {
            let asked = ask(city, &shop, 4_001);
            city.ok(&child, asked);
        }
        let ninth = ask(city, &shop, 4_001);
        city.no(&child, ninth)
    }),
    ("a guardian who does not say how the consent was made sure of", |city| {
        let (parent, child) = (city.person(1), city.person(2));
        city.ok(&child, Action::AskGuardian { guardian: parent.id });
        city.no(&parent, Action::AcceptWard { ward: child.id, consent: None })
    }),
    ("a consent on paper that no officer has seen", |city| {
        let (parent, child) = (city.person(1), city.person(2));
        city.ok(&child, Action::AskGuardian { guardian: parent.id });
        let consent = Some(ConsentProof { way: ConsentWay::Paper, evidence: [1; 32] });
        city.no(&parent, Action::AcceptWard { ward: child.id, consent })
    }),
    ("nobody becomes the guardian of somebody who is of age", |city| {
        let (parent, child) = (city.person(1), city.person(2));
        let officer = city.officers[0].clone();
        let attributes = Attributes { of_age_from: Some(20_515), ..Attributes::default() };
        city.ok(&officer, Action::Attest { subject: child.id, attributes });
        city.no(&child, Action::AskGuardian { guardian: parent.id })
    }),
    ("a count of a device that was used before", |city| {
        let who = city.person(1);
        let freeze = Action::Freeze { account: who.id };
        let first = Command { sequence: Some(1), ..city.command(&who, freeze.clone()) };
        city.send(&who, &first);
        let second = Command { sequence: Some(1), ..city.command(&who, freeze) };
        refusal(city.send(&who, &second).outcome)
    }),
    ("a device that is locked", |city| {
        let who = city.person(1);
        let freeze = Action::Freeze { account: who.id };
        for _ in 0..2 {
            let command = Command { sequence: Some(1), ..city.command(&who, freeze.clone()) };
            city.send(&who, &command);
        }
        city.no(&who, freeze)
    }),
    ("a recovery that runs already", |city| {
        let (officer, key) = (city.officers[0].clone(), crate::city::key(9).public_key());
        city.agree(Proposal::Recover { account: officer.id, key });
        city.no(&officer, Action::Recover { key })
    }),
];

/// A child whose guardian allows 4,000 a day, and a bakery.
fn family(city: &mut City) -> (Who, Who, Who) {
    let (parent, child, shop) = (city.person(1), city.rich(2, 20_000), city.bakery(3));
    city.ok(&child, Action::AskGuardian { guardian: parent.id });
    city.ok(&parent, accept(child.id));
    let policy = city.policy("test.guard", &[]);
    city.ok(&parent, Action::SetGuard { account: child.id, policy });
    (parent, child, shop)
}

fn ask(city: &mut City, shop: &Who, amount: u64) -> Action {
    Action::Ask { request: city.payment(shop, amount).request, reason: None }
}

fn mint() -> Proposal {
    Proposal::Mint { amount: Amount::new(1), reason: "budget 2".to_owned() }
}

fn earn(citizen: &Who, days_early: i64) -> Action {
    Action::Earn {
        account: citizen.id,
        event: "tax.paid".to_owned(),
        evidence: [1; 32],
        amount: Amount::new(100_000),
        days_early: Some(days_early),
        role: None,
    }
}

/// A refusal that is not journaled and changes nothing.
fn untraced(city: &mut City, who: &Who, command: &Command) -> Refusal {
    let before = city.state.clone();
    let answer = city.send(who, command);
    assert_eq!(answer.disposition, Disposition::NotJournaled);
    assert_eq!(city.state, before);
    refusal(answer.outcome)
}

#[test]
fn every_refusal_has_a_case() {
    let mut found: BTreeSet<&str> = UNREACHABLE.iter().copied().collect();
    for (what, case) in CASES {
        let mut city = City::new();
        let refused = case(&mut city);
        assert!(!UNREACHABLE.contains(&refused.name()), "{what}");
        found.insert(refused.name());
    }
    let all: BTreeSet<&str> = Refusal::NAMES.iter().map(|(_, name)| *name).collect();
    assert_eq!(found, all);
}

#[test]
fn a_refused_command_changes_nothing_but_its_answer() {
    let mut city = City::new();
    let (child, shop) = (city.rich(1, 1_000), city.bakery(2));
    let before = city.state.clone();
    refusal(city.pay(&child, &shop, 5_000));
    let changed: Vec<_> = city
        .state
        .iter()
        .filter(|(key, record)| scoin_ledger::View::get(&before, key) != Some(record))
        .map(|(key, _)| key.clone())
        .collect();
    assert_eq!(changed.len(), 3, "{changed:?}");
    assert!(matches!(changed[0], scoin_ledger::Key::Head));
    assert!(matches!(changed[1], scoin_ledger::Key::Answer(..)));
    assert!(matches!(changed[2], scoin_ledger::Key::Due(..)));
}

#[test]
fn two_officers_mint_once_and_nobody_approves_twice() {
    let mut city = City::new();
    let [first, second, third] =
        [city.officers[0].clone(), city.officers[1].clone(), city.officers[2].clone()];
    let command = city.command(&first, Action::Propose { proposal: mint() });
    let digest = *signed(&command, &first.key).digest();
    assert_eq!(
        city.send(&first, &command).outcome,
        Outcome::Accepted(Effect::Pending { missing: 1 })
    );
    let proposal: CommandId = command.id;
    let approve = Action::Approve { proposal, digest };
    assert!(matches!(city.no(&first, approve.clone()), Refusal::AlreadyDone { .. }));
    assert_eq!(city.ok(&second, approve.clone()), Effect::Done);
    assert!(matches!(city.no(&third, approve), Refusal::AlreadyDone { .. }));
    assert_eq!(city.pool("treasury"), 10_000_001);
}
