//! Ranges of fields: every one at its edge.

use scoin_core::Amount;
use scoin_core::command::{
    AccountKind, Action, Attributes, CALENDAR_DAYS_MAX, Chore, ChorePayout, ChoreWhen,
    LIST_CHANGES_MAX, ListKind, MerchantProfile, NAME_BYTES_MAX, PayDay, Payment, Proposal,
    SOURCE_BYTES_MAX, TEXT_BYTES_MAX,
};
use scoin_core::id::{AccountId, CommandId, LotId, PolicyId};
use scoin_core::outcome::Refusal;

use crate::samples::{actions, command, payment};

const SOMEBODY: AccountId = AccountId([5; 20]);

fn check(action: Action) -> Result<(), Refusal> {
    command(action).check_shape()
}

#[test]
fn every_sample_is_in_range() {
    for (name, action) in actions() {
        assert_eq!(check(action), Ok(()), "{name}");
    }
}

#[test]
fn zero_is_refused_wherever_money_moves() {
    let (zero, to, id) = (Amount::ZERO, SOMEBODY, CommandId([0; 16]));
    for action in [
        Action::Transfer { to, amount: zero },
        Action::Redeem { amount: zero },
        Action::Capture { hold: id, amount: zero },
        Action::Refund { payment: id, amount: zero, lines: Vec::new(), reason: None },
        Action::FundPool { pool: "city.tax".to_owned(), amount: zero },
        Action::Propose { proposal: Proposal::Mint { amount: zero, reason: "x".to_owned() } },
    ] {
        assert_eq!(check(action), Err(Refusal::ZeroAmount));
    }
}

#[test]
fn a_field_out_of_range_is_named() {
    let long = |bytes: usize| "x".repeat(bytes + 1);
    let name = || "a.b".to_owned();
    let over = Amount::new(Amount::MAX.units() + 1);
    let (to, id) = (SOMEBODY, CommandId([0; 16]));
    let attest = |attributes| Action::Attest { subject: to, attributes };
    let lines = |lines: &[(u32, u64)]| {
        let lines = lines.iter().map(|(line, units)| (*line, Amount::new(*units))).collect();
        Action::Refund { payment: id, amount: Amount::new(10), lines, reason: None }
    };
    let list = |add: Vec<String>| Action::PutList {
        name: name(),
        kind: ListKind::Products,
        add,
        remove: Vec::new(),
    };
    let days = |days: Vec<i32>| Action::PutCalendar { name: name(), days };
    let same = PolicyId([0xaa; 32]);
    let nowhere = Action::Migrate { owner: to, granter: to, from: same, to: same };
    let many_days = i32::try_from(CALENDAR_DAYS_MAX).unwrap() + 1;
    let unsorted = vec!["b".to_owned(), "a".to_owned()];
    let seventy_lots = (0..70).map(LotId).collect();
    for (field, action) in [
        ("kind", Action::OpenAccount { kind: AccountKind::Officer }),
        ("amount", Action::Transfer { to, amount: over }),
        ("amount", Action::Transfer { to, amount: Amount::new(u64::MAX) }),
        ("source", Action::PublishRules { source: long(SOURCE_BYTES_MAX) }),
        ("source", Action::PublishRules { source: String::new() }),
        ("name", Action::AdoptPolicy { name: long(NAME_BYTES_MAX), arguments: Vec::new() }),
        ("arguments", Action::AdoptPolicy { name: name(), arguments: vec![(name(), name()); 33] }),
        ("age_until", attest(Attributes { age: Some(9), ..Attributes::default() })),
        ("of_age_from", attest(Attributes { of_age_from: Some(84_006), ..Attributes::default() })),
        ("groups", attest(Attributes { groups: unsorted.clone(), ..Attributes::default() })),
        ("add", list(vec![name(); LIST_CHANGES_MAX + 1])),
        ("add", list(vec![String::new()])),
        ("days", days(vec![2, 2])),
        ("days", days((0..many_days).collect())),
        ("lines", lines(&[(1, 4), (2, 5)])),
        ("lines", lines(&[(2, 5), (1, 5)])),
        ("lines", lines(&[(1, 10), (2, 0)])),
        ("request", Action::Pay(Payment { request: Vec::new(), ..payment() })),
        ("lots", Action::Pay(Payment { lots: vec![LotId(1), LotId(1)], ..payment() })),
        ("lots", Action::Pay(Payment { lots: seventy_lots, ..payment() })),
        ("to", nowhere),
        ("name", Action::RetireName { name: String::new() }),
        ("pool", Action::FundPool { pool: String::new(), amount: Amount::new(1) }),
        ("categories", {
            let profile = MerchantProfile {
                name: name(),
                categories: unsorted,
                ..MerchantProfile::default()
            };
            Action::RegisterMerchant { account: to, profile }
        }),
    ] {
        let named = Refusal::OutOfRange { field: field.to_owned() };
        assert_eq!(check(action), Err(named));
    }
}

#[test]
fn a_field_of_a_shop_or_a_family_out_of_range_is_named() {
    let long = |bytes: usize| "x".repeat(bytes + 1);
    let name = || "dishes".to_owned();
    let (to, id) = (SOMEBODY, CommandId([0; 16]));
    let chore = |text, when, payout| Action::SetChore {
        ward: to,
        terms: Chore { text, amount: Amount::new(1), policy: None, when, payout },
    };
    let givers = |only, givers| Action::SetGivers { ward: to, only, givers };
    let paid = |on, minute| ChorePayout::Partial(PayDay { on, minute });
    let (one, reason) = (Amount::new(1), Some(long(TEXT_BYTES_MAX)));
    let no_reason = Action::Refund { payment: id, amount: one, lines: Vec::new(), reason };
    for (field, action) in [
        ("reason", no_reason),
        ("givers", givers(true, vec![SOMEBODY, SOMEBODY])),
        ("givers", givers(false, vec![SOMEBODY])),
        ("givers", givers(true, (0..33).map(|byte| AccountId([byte; 20])).collect())),
        ("text", chore(String::new(), ChoreWhen::Once, ChorePayout::Confirmed)),
        ("text", chore(long(TEXT_BYTES_MAX), ChoreWhen::Once, ChorePayout::Confirmed)),
        ("when", chore(name(), ChoreWhen::Weekly(0), ChorePayout::Confirmed)),
        ("when", chore(name(), ChoreWhen::Weekly(128), ChorePayout::Confirmed)),
        ("payout", chore(name(), ChoreWhen::Weekly(1), paid(8, 0))),
        ("payout", chore(name(), ChoreWhen::Weekly(1), paid(1, 1_440))),
        ("payout", chore(name(), ChoreWhen::Once, paid(1, 0))),
    ] {
        assert_eq!(check(action), Err(Refusal::OutOfRange { field: field.to_owned() }));
    }
}
