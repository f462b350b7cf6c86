//! Compiled rules: bytes that say they are one, and rules that no compiler would make put to the evaluator.

use arbitrary::{Result, Unstructured};
use scoin_policy::causes::{self, Whose};
use scoin_policy::civil::{Civil, Date};
use scoin_policy::decide::{State, judge, pay};
use scoin_policy::facts::{Fact, Facts, Happening, Id, Item, Person, Receiver, Shop, World};
use scoin_policy::ir::{Policy, Program};
use scoin_policy::rule::Rule;

use super::policy_of::{date, policy};

/// Names that rules and facts share, so that tests hit.
pub(crate) const WORDS: [&str; 8] = ["a", "b", "a.b", "a.b.c", "x", "purchase", "transit", "mapo"];

/// Bytes are refused, or they are the only bytes of what they decode to.
pub(crate) fn compiled(bytes: &[u8]) {
    if let Ok(policy) = Policy::from_bytes(bytes) {
        let (full, bare) = (policy.to_bytes_with_texts(), policy.to_bytes());
        assert!(full == bytes || bare == bytes, "two encodings of one policy");
        let rule = Rule::new(policy);
        let facts = Facts { amount: 5_000, ..Facts::default() };
        assert!(pay(&rule, &facts, &Nobody, &State::default()) <= 5_000);
    }
    if let Ok(program) = Program::from_bytes(bytes) {
        let (full, bare) = (program.to_bytes_with_texts(), program.to_bytes());
        assert!(full == bytes || bare == bytes, "two encodings of one programme");
    }
    if let Ok(causes) = causes::decode(bytes) {
        assert_eq!(causes::encode(&causes), bytes, "two encodings of the same causes");
    }
}

/// Any rule in normal form and any facts: a share of the amount, with the same number from both ways of asking.
pub(crate) fn evaluator(bytes: &[u8]) {
    // Too few bytes end as the zero of each type: there always is a question.
    let _ = question(&mut Unstructured::new(bytes));
}

fn question(u: &mut Unstructured<'_>) -> Result<()> {
    let policy = policy(u)?;
    if let Ok(read) = Policy::from_bytes(&policy.to_bytes_with_texts()) {
        assert_eq!(read, policy, "its bytes say something else");
    }
    let rule = Rule::new(policy);
    let amount = u.arbitrary()?;
    let words: Vec<String> =
        WORDS.map(str::to_owned).into_iter().skip(usize::from(u.int_in_range(0..=7_u8)?)).collect();
    let items = if u.arbitrary()? { Some(basket(u)?) } else { None };
    let now = Civil::new(date(u)?, u.int_in_range(0..=1_439)?);
    let facts = Facts {
        now,
        instant_micros: u.arbitrary()?,
        amount,
        kind: word(u)?,
        channel: word(u)?,
        items: items.as_deref(),
        payer: Person {
            id: word(u)?.map(Id::from),
            age: u.arbitrary()?,
            district: word(u)?,
            household: word(u)?,
            groups: if u.arbitrary()? { Some(&words) } else { None },
            children: u.arbitrary()?,
        },
        merchant: Shop {
            id: word(u)?.map(Id::from),
            category: if u.arbitrary()? { Some(&words) } else { None },
            district: word(u)?,
            country: word(u)?,
            groups: if u.arbitrary()? { Some(&words) } else { None },
        },
        receiver: Receiver { id: word(u)?.map(Id::from), household: word(u)?, relation: word(u)? },
        event: Happening {
            amount: u.arbitrary()?,
            actor: word(u)?,
            role: word(u)?,
            days_early: u.arbitrary()?,
        },
    };
    let (used, last): (Vec<u64>, Vec<Option<i64>>) = (u.arbitrary()?, u.arbitrary()?);
    let issued = if u.arbitrary()? { Some(Civil::new(date(u)?, 0)) } else { None };
    let state = State { issued, used: &used, last: &last, buckets: &[] };
    let allow = pay(&rule, &facts, &Half, &state);
    assert!(allow <= amount, "more than was asked for");
    let verdict = judge(&rule, &facts, &Half, &state, Whose::City);
    assert_eq!(verdict.allow, allow, "with reasons and without");
    assert!(verdict.pass_now <= amount);
    assert!(allow == 0 || verdict.causes.is_empty(), "something passes, and something refuses");
    let bytes = causes::encode(&verdict.causes);
    assert_eq!(causes::decode(&bytes).as_ref(), Ok(&verdict.causes));
    Ok(())
}

fn word(u: &mut Unstructured<'_>) -> Result<Option<&'static str>> {
    Ok(if u.arbitrary()? { Some(*u.choose(&WORDS)?) } else { None })
}

fn basket(u: &mut Unstructured<'_>) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for _ in 0..u.int_in_range(0..=3_u8)? {
        let code = (*u.choose(&WORDS)?).to_owned();
        let tags = vec![(*u.choose(&WORDS)?).to_owned()];
        items.push(Item { code, amount: u.arbitrary()?, tags });
    }
    Ok(items)
}

/// A fact by chance.
pub(crate) fn fact(u: &mut Unstructured<'_>) -> Result<Fact> {
    u.choose(&Fact::ALL).copied()
}

/// Knows nothing.
struct Nobody;

impl World for Nobody {
    fn listed(&self, _list: &str, _member: &str) -> Option<bool> {
        None
    }

    fn on_calendar(&self, _calendar: &str, _date: Date) -> Option<bool> {
        None
    }
}

/// Knows some lists and every second day.
struct Half;

impl World for Half {
    fn listed(&self, list: &str, member: &str) -> Option<bool> {
        (list != "x").then_some(list == member)
    }

    fn on_calendar(&self, calendar: &str, date: Date) -> Option<bool> {
        (calendar != "x").then_some(date.0 % 2 == 0)
    }
}
