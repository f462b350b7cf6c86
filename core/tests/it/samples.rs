//! One city, its keys, and a sample of every action, effect and refusal.

use scoin_core::command::{
    AccountKind, Action, Allowance, AskAnswer, Attributes, CatchUp, Chore, ChorePayout, ChoreWhen,
    Command, ConsentProof, ConsentWay, Every, KeyRole, ListKind, MerchantProfile, Over, PayDay,
    Payment, Proposal, Quorum, Takings, TillRights,
};
use scoin_core::keys::{PublicKey, SecretKey};
use scoin_core::outcome::{Effect, Outcome, Part, Refusal, RuleRefusal};
use scoin_core::request::{Item, PaymentKind, PaymentRequest};
use scoin_core::{AccountId, Amount, CommandId, LotId, NetworkId, PolicyId, RequestId, Timestamp};

pub(crate) const NETWORK: NetworkId = NetworkId([0x5c; 8]);
pub(crate) const NOW: Timestamp = Timestamp::from_micros(1_780_000_000_000_000);

pub(crate) fn key(number: u8) -> SecretKey {
    SecretKey::from_bytes(&[number; 32]).unwrap()
}

fn public(number: u8) -> PublicKey {
    key(number).public_key()
}

fn account(number: u8) -> AccountId {
    AccountId::derive(NETWORK, &public(number))
}

fn id(number: u8) -> CommandId {
    CommandId::time_ordered(NOW, [number; 10])
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(crate) fn command(action: Action) -> Command {
    let by = account(1);
    let valid_until = NOW.saturating_add_micros(60_000_000);
    Command { id: id(7), network: NETWORK, by, valid_until, action, sequence: None }
}

pub(crate) fn request() -> PaymentRequest {
    let item = |code: &str, amount, tags: &[&str]| Item {
        code: code.to_owned(),
        amount: Amount::new(amount),
        tags: texts(tags),
    };
    PaymentRequest {
        id: RequestId::time_ordered(NOW, [9; 10]),
        network: NETWORK,
        merchant: account(2),
        amount: Amount::new(4_500),
        kind: PaymentKind::Purchase,
        items: vec![
            item("8801043014809", 1_500, &["drink", "drink.energy"]),
            item("bread", 3_000, &["food.bread"]),
        ],
        expires: NOW.saturating_add_micros(300_000_000),
        reference: Some("till 2, no. 118".to_owned()),
        channel: Some("store".to_owned()),
    }
}

pub(crate) fn payment() -> Payment {
    let request = request().sign(&key(2)).unwrap();
    Payment { request, part: false, lots: vec![LotId(300), LotId(2)] }
}

/// Every action, with and without what is optional. Names are unique.
pub(crate) fn actions() -> Vec<(String, Action)> {
    let mut named = Vec::new();
    for action in accounts()
        .into_iter()
        .chain(city())
        .chain(money())
        .chain(at_till_and_home())
        .chain(family())
    {
        let before = named.iter().filter(|(_, other): &&(_, Action)| other.name() == action.name());
        let suffix = match before.count() {
            0 => String::new(),
            count => format!("-{}", count + 1),
        };
        named.push((format!("{}{suffix}", action.name()), action));
    }
    named
}

fn accounts() -> Vec<Action> {
    let attributes = Attributes {
        age: Some(12),
        age_until: Some(20_700),
        district: Some("gu.mapo".to_owned()),
        household: Some([3; 16]),
        children: Some(0),
        groups: texts(&["student", "volunteer"]),
        ..Attributes::default()
    };
    let coming = Attributes { of_age_from: Some(23_256), ..Attributes::default() };
    let private = Attributes { private_from: Some(21_430), ..Attributes::default() };
    let cap = Some(Amount::new(50_000));
    vec![
        Action::OpenAccount { kind: AccountKind::Person },
        Action::AddKey { key: public(3), role: KeyRole::Cashier, daily_cap: cap, name: None },
        Action::AddKey { key: public(3), role: KeyRole::Owner, daily_cap: None, name: None },
        Action::RevokeKey { key: public(3) },
        Action::RotateKey { key: public(4) },
        Action::Attest { subject: account(5), attributes },
        Action::Attest { subject: account(5), attributes: Attributes::default() },
        Action::Attest { subject: account(5), attributes: coming },
        Action::Attest { subject: account(5), attributes: private },
        Action::AskGuardian { guardian: account(6) },
        Action::AcceptWard { ward: account(5), consent: None },
        Action::AcceptWard { ward: account(5), consent: Some(consent(ConsentWay::Phone)) },
        Action::EndGuardian { ward: account(5), guardian: account(6) },
        Action::SetGuard { account: account(5), policy: PolicyId([0xaa; 32]) },
        Action::RemoveGuard { account: account(5), policy: PolicyId([0xaa; 32]) },
        Action::Freeze { account: account(5) },
        Action::Unfreeze { account: account(5) },
        Action::SetSharedGuard { over: Over::City, policy: PolicyId([0xaa; 32]), starts: NOW },
        Action::SetSharedGuard {
            over: Over::Household([3; 16]),
            policy: PolicyId([0xaa; 32]),
            starts: NOW,
        },
        Action::RemoveSharedGuard { over: Over::City, policy: PolicyId([0xaa; 32]) },
    ]
}

fn consent(way: ConsentWay) -> ConsentProof {
    ConsentProof { way, evidence: [0xee; 32] }
}

fn family() -> Vec<Action> {
    let request = request().sign(&key(2)).unwrap();
    let answer = |answer| Action::AnswerAsk { ward: account(5), ask: [0xdd; 32], answer };
    let policy = Some(PolicyId([0xaa; 32]));
    vec![
        Action::Ask { request: request.clone(), reason: Some("생일 선물".to_owned()) },
        Action::Ask { request, reason: None },
        answer(AskAnswer::Once),
        answer(AskAnswer::Today { most: Amount::new(9_000) }),
        answer(AskAnswer::Changed { remove: policy, set: policy }),
        answer(AskAnswer::Changed { remove: None, set: None }),
        answer(AskAnswer::No { note: Some("저녁에 같이 가자".to_owned()) }),
        answer(AskAnswer::No { note: None }),
        Action::SetQuorum {
            ward: account(5),
            quorum: Quorum { guards: 2, answers: 1, unfreeze: 2, ending: 1 },
        },
        Action::AgreeChange { ward: account(5), change: id(8), digest: [0xdd; 32] },
        Action::EndChange { ward: account(5), change: id(8) },
        Action::ConfirmConsent {
            ward: account(5),
            guardian: account(6),
            consent: consent(ConsentWay::Paper),
        },
        Action::ShareShops { guardian: account(6), shared: true },
    ]
}

fn city() -> Vec<Action> {
    let (amount, reason) = (Amount::MAX, "예산 2026-114".to_owned());
    let profile = MerchantProfile {
        name: "마포 빵집".to_owned(),
        categories: texts(&["food", "food.bakery"]),
        district: Some("gu.mapo".to_owned()),
        groups: texts(&["small-business"]),
        mcc: Some(5_462),
        online: false,
    };
    let arguments = vec![("daily".to_owned(), "5_000 won".to_owned())];
    let proposal = id(8);
    vec![
        Action::PublishRules { source: "policy p {}".to_owned() },
        Action::AdoptPolicy { name: "family.snack".to_owned(), arguments },
        Action::AdoptPolicy { name: "family.snack".to_owned(), arguments: Vec::new() },
        Action::PutList {
            name: "city.snacks".to_owned(),
            kind: ListKind::Products,
            add: texts(&["bread"]),
            remove: Vec::new(),
        },
        Action::PutCalendar { name: "kr.holidays".to_owned(), days: vec![-1, 0, 20_514] },
        Action::RetirePolicy { policy: PolicyId([0xaa; 32]) },
        Action::RetireName { name: "family.snack".to_owned() },
        Action::Migrate {
            owner: account(5),
            granter: account(6),
            from: PolicyId([0xaa; 32]),
            to: PolicyId([0xbb; 32]),
        },
        Action::AcceptMigration { owner: account(5), offer: id(9), to: PolicyId([0xbb; 32]) },
        Action::DeclineMigration { owner: account(5), offer: id(9) },
        Action::RegisterMerchant { account: account(2), profile },
        Action::SuspendMerchant { account: account(2), suspended: true },
        Action::Propose { proposal: Proposal::Mint { amount, reason: reason.clone() } },
        Action::Propose { proposal: Proposal::Burn { amount, reason } },
        Action::Propose {
            proposal: Proposal::ClawBack {
                account: account(5),
                lot: LotId(17),
                amount: Amount::new(100),
                reason: 4,
            },
        },
        Action::Propose { proposal: Proposal::Recover { account: account(5), key: public(4) } },
        Action::Approve { proposal, digest: [0xd1; 32] },
        Action::Decline { proposal },
        Action::FundPool { pool: "city.tax".to_owned(), amount: Amount::new(1_000_000) },
    ]
}

fn money() -> Vec<Action> {
    let (to, hold) = (account(5), id(11));
    let amount = Amount::new(3_000);
    let event = || "tax.paid".to_owned();
    vec![
        Action::Earn {
            account: to,
            event: event(),
            evidence: [0xe1; 32],
            amount: Amount::new(120_000),
            days_early: Some(-3),
            role: Some("owner".to_owned()),
        },
        Action::Earn {
            account: to,
            event: event(),
            evidence: [0xe1; 32],
            amount: Amount::ZERO,
            days_early: None,
            role: None,
        },
        Action::Grant { to, amount, policy: PolicyId([0xbb; 32]) },
        Action::Transfer { to, amount },
        Action::Pay(payment()),
        Action::Pay(Payment { part: true, lots: Vec::new(), ..payment() }),
        Action::Authorise(payment()),
        Action::Capture { hold, amount },
        Action::Void { hold },
        Action::Refund { payment: hold, amount, lines: vec![(1, amount)], reason: None },
        Action::Refund { payment: hold, amount, lines: Vec::new(), reason: None },
        Action::Redeem { amount },
        Action::SetAllowance {
            to,
            terms: Allowance {
                amount,
                policy: Some(PolicyId([0xbb; 32])),
                every: Every::TwoWeeks(5),
                minute: 420,
                from: 20_515,
                until: Some(20_880),
                catch_up: CatchUp::Queue,
            },
        },
        Action::ChangeAllowance {
            allowance: hold,
            terms: Allowance {
                amount,
                policy: None,
                every: Every::Month(31),
                minute: 0,
                from: -1,
                until: None,
                catch_up: CatchUp::Partial,
            },
        },
        Action::EndAllowance { giver: account(6), allowance: hold },
        Action::AddKey {
            key: public(3),
            role: KeyRole::Owner,
            daily_cap: None,
            name: Some("tablet".to_owned()),
        },
        Action::SetCap { key: public(3), daily_cap: Some(amount) },
        Action::SetCap { key: public(3), daily_cap: None },
        Action::NameKey { key: public(3), name: "phone".to_owned() },
        Action::UnlockKey { key: public(3) },
        Action::SetRecoveryKey { key: Some(public(4)) },
        Action::SetRecoveryKey { key: None },
        Action::Recover { key: public(3) },
        Action::CancelRecovery,
    ]
}

/// What shops and families ask.
fn at_till_and_home() -> Vec<Action> {
    let (to, hold, amount) = (account(5), id(11), Amount::new(3_000));
    vec![
        Action::Refund {
            payment: hold,
            amount,
            lines: Vec::new(),
            reason: Some("빵이 굳음".to_owned()),
        },
        Action::CloseDay { day: 20_515 },
        Action::SetTill {
            key: public(3),
            rights: Some(TillRights { receive: true, cancel: false, refund: true, close: false }),
        },
        Action::SetTill { key: public(3), rights: None },
        Action::SetChore { ward: to, terms: chore(ChoreWhen::Once, ChorePayout::Confirmed) },
        Action::SetChore {
            ward: to,
            terms: Chore {
                policy: Some(PolicyId([0xbb; 32])),
                ..chore(
                    ChoreWhen::Weekly(2 + 8),
                    ChorePayout::Partial(PayDay { on: 7, minute: 1_080 }),
                )
            },
        },
        Action::SetChore {
            ward: to,
            terms: chore(
                ChoreWhen::Weekly(127),
                ChorePayout::AllOrNothing(PayDay { on: 1, minute: 0 }),
            ),
        },
        Action::MarkChore { chore: hold, day: 20_515 },
        Action::AnswerChore {
            ward: to,
            chore: hold,
            day: 20_515,
            done: false,
            note: Some("구석도".to_owned()),
        },
        Action::AnswerChore { ward: to, chore: hold, day: 20_515, done: true, note: None },
        Action::EndChore { ward: to, chore: hold },
        Action::SetGivers {
            ward: to,
            only: true,
            givers: vec![AccountId([1; 20]), AccountId([2; 20])],
        },
        Action::SetGivers { ward: to, only: false, givers: Vec::new() },
    ]
}

fn chore(when: ChoreWhen, payout: ChorePayout) -> Chore {
    let text = "설거지".to_owned();
    Chore { text, amount: Amount::new(3_000), policy: None, when, payout }
}

/// Every outcome, with a name.
pub(crate) fn outcomes() -> Vec<(String, Outcome)> {
    let accepted = effects().into_iter().map(|effect| (effect.name(), Outcome::Accepted(effect)));
    let refused = refusals().into_iter().map(|no| (no.name(), Outcome::Refused(no)));
    accepted.chain(refused).map(|(name, outcome)| (name.to_owned(), outcome)).collect()
}

fn effects() -> Vec<Effect> {
    let amount = Amount::new(3_000);
    vec![
        Effect::Done,
        Effect::Policy(PolicyId([0xbb; 32])),
        Effect::Pending { missing: 1 },
        Effect::Moved { amount, parts: vec![Part { lot: LotId(300), line: 1, amount }] },
        Effect::Earned { rewards: vec![("city.tax-reward/early".to_owned(), amount)] },
        Effect::Closed(Takings {
            day: 20_515,
            number: 7,
            since: NOW,
            after_frame: 300,
            after_index: 2,
            payments: 41,
            gross: Amount::new(512_000),
            refunds: 1,
            refunded: amount,
            redeemed: Amount::ZERO,
        }),
    ]
}

fn refusals() -> Vec<Refusal> {
    let (have, left) = (Amount::new(700), Amount::new(900));
    let what = || "policy".to_owned();
    let rules = RuleRefusal { pass_now: left, next: Some(NOW), causes: vec![1, 2, 3] };
    vec![
        Refusal::WrongNetwork,
        Refusal::UnknownAccount,
        Refusal::UnknownKey,
        Refusal::IdConflict,
        Refusal::Expired,
        Refusal::TooFarAhead,
        Refusal::OutOfRange { field: "amount".to_owned() },
        Refusal::ZeroAmount,
        Refusal::NotAllowed,
        Refusal::Frozen { by: 2 },
        Refusal::MerchantClosed,
        Refusal::KeyCap { left },
        Refusal::PolicyRetired,
        Refusal::GuardOnly,
        Refusal::NotFound { what: what() },
        Refusal::AlreadyDone { what: what() },
        Refusal::RequestNotGenuine,
        Refusal::RequestExpired,
        Refusal::RequestPaid { by: id(12) },
        Refusal::RulesRejected { code: "E0107".to_owned(), message: "unknown name".to_owned() },
        Refusal::DigestMismatch,
        Refusal::ProposalClosed,
        Refusal::HoldClosed,
        Refusal::MoreThanLeft { left },
        Refusal::NotGivable { givable: left },
        Refusal::Rules(rules),
        Refusal::NotEnough { have },
        Refusal::PoolEmpty { have },
        Refusal::NothingEarned,
        Refusal::TooManyLots,
        Refusal::Overflow,
        Refusal::AskNeedless,
        Refusal::AskClosed,
        Refusal::TooManyAsks { most: 8 },
        Refusal::OfAge,
        Refusal::ConsentRequired,
        Refusal::ConsentUnconfirmed,
        Refusal::SequenceUsed { last: 300 },
        Refusal::KeyLocked,
        Refusal::RecoveryRunning { due: NOW },
        Refusal::RefundLate,
        Refusal::DayClosed,
        Refusal::NotAGiver,
    ]
}
