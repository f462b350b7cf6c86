//! A policy from bytes: any parts in any combination, in normal form.

use arbitrary::{Result, Unstructured};
use scoin_policy::civil::{Date, Weekday};
use scoin_policy::ir::{
    By, Cap, Clause, ClauseKind, Ends, Expires, Fate, Gap, Policy, Pred, Quantity, Refund, Slot,
    Span, Split, Starts, Test, Transfer, Weekly, Window,
};
use scoin_policy::normal::normalize_policy;

use super::policy::{WORDS, fact};

const DAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// A policy that embeds at most one other.
pub(crate) fn policy(u: &mut Unstructured<'_>) -> Result<Policy> {
    let mut outer = one(u)?;
    if u.arbitrary()? {
        let inner = one(u)?;
        outer.also.push(inner);
    }
    normalize_policy(&mut outer);
    Ok(outer)
}

fn one(u: &mut Unstructured<'_>) -> Result<Policy> {
    Ok(Policy {
        name: word(u)?,
        title: Vec::new(),
        zone: "Asia/Seoul".to_owned(),
        week_starts: *u.choose(&DAYS)?,
        pays: some(u, word)?,
        clauses: some(u, clause)?,
        caps: some(u, cap)?,
        gaps: some(u, gap)?,
        starts: match u.int_in_range(0..=2_u8)? {
            0 => Starts::AtIssue,
            1 => Starts::On(date(u)?),
            _ => Starts::After(span(u)?),
        },
        expires: Expires {
            end: match u.int_in_range(0..=2_u8)? {
                0 => Ends::Never,
                1 => Ends::On(date(u)?),
                _ => Ends::After(span(u)?),
            },
            fate: if u.arbitrary()? { Fate::Burn } else { Fate::Pool(word(u)?) },
        },
        decays: None,
        split: if u.arbitrary()? { Split::Allowed } else { Split::Never },
        priority: u.int_in_range(0..=100)?,
        transfer: if u.arbitrary()? { Transfer::Never } else { Transfer::To(pred(u, 3)?) },
        refund: Refund { grace: None, restores_amount: true, restores_count: u.arbitrary()? },
        also: Vec::new(),
    })
}

/// Up to three of something.
fn some<T>(
    u: &mut Unstructured<'_>,
    make: impl Fn(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=3_u8)?).map(|_| make(u)).collect()
}

fn maybe<T>(
    u: &mut Unstructured<'_>,
    make: impl Fn(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if u.arbitrary()? { make(u).map(Some) } else { Ok(None) }
}

fn word(u: &mut Unstructured<'_>) -> Result<String> {
    Ok((*u.choose(&WORDS)?).to_owned())
}

fn clause(u: &mut Unstructured<'_>) -> Result<Clause> {
    let kind = *u.choose(&[ClauseKind::Require, ClauseKind::Forbid, ClauseKind::Covers])?;
    Ok(Clause { label: word(u)?, kind, pred: pred(u, 4)?, because: Vec::new() })
}

fn cap(u: &mut Unstructured<'_>) -> Result<Cap> {
    let quantity = match u.int_in_range(0..=3_u8)? {
        0 => Quantity::Money(u.arbitrary()?),
        1 => Quantity::MoneyTimes(u.arbitrary()?, fact(u)?),
        2 => Quantity::Count(u.arbitrary()?),
        _ => Quantity::Share(u.int_in_range(0..=100)?),
    };
    let window = match u.int_in_range(0..=8_u8)? {
        0 => Window::Payment,
        1 => Window::Day,
        2 => Window::Week,
        3 => Window::Month,
        4 => Window::Year,
        5 => Window::Life,
        6 => Window::Days(u.arbitrary()?),
        7 => Window::Months(u.arbitrary()?),
        _ => Window::Years(u.arbitrary()?),
    };
    Ok(Cap {
        label: word(u)?,
        quantity,
        window,
        by: some(u, by)?,
        when: maybe(u, |u| pred(u, 2))?,
        on_items: maybe(u, |u| pred(u, 2))?,
        because: Vec::new(),
    })
}

fn gap(u: &mut Unstructured<'_>) -> Result<Gap> {
    let when = maybe(u, |u| pred(u, 2))?;
    Ok(Gap {
        label: word(u)?,
        minutes: u.arbitrary()?,
        by: some(u, by)?,
        when,
        because: Vec::new(),
    })
}

fn by(u: &mut Unstructured<'_>) -> Result<By> {
    u.choose(&[By::Lot, By::Purse, By::Payer, By::Household, By::Merchant]).copied()
}

fn span(u: &mut Unstructured<'_>) -> Result<Span> {
    let number = u.arbitrary()?;
    Ok(match u.int_in_range(0..=4_u8)? {
        0 => Span::Minutes(number),
        1 => Span::Hours(number),
        2 => Span::Days(number),
        3 => Span::Months(number),
        _ => Span::Years(number),
    })
}

fn pred(u: &mut Unstructured<'_>, depth: u8) -> Result<Pred> {
    if depth == 0 || u.is_empty() {
        return test(u).map(Pred::Test);
    }
    let inner = |u: &mut Unstructured<'_>| pred(u, depth - 1);
    Ok(match u.int_in_range(0..=6_u8)? {
        0 => Pred::And(some(u, inner)?),
        1 => Pred::Or(some(u, inner)?),
        2 => Pred::Not(Box::new(inner(u)?)),
        3 => Pred::AnyItem(Box::new(inner(u)?)),
        4 => Pred::EveryItem(Box::new(inner(u)?)),
        5 => Pred::Known(fact(u)?),
        _ => Pred::Test(test(u)?),
    })
}

fn test(u: &mut Unstructured<'_>) -> Result<Test> {
    let pin = |u: &mut Unstructured<'_>| maybe(u, hash);
    Ok(match u.int_in_range(0..=9_u8)? {
        0 => Test::InTags(fact(u)?, some(u, word)?),
        1 => Test::InRange(fact(u)?, u.arbitrary()?, u.arbitrary()?),
        2 => Test::InList(fact(u)?, word(u)?, pin(u)?),
        3 => Test::OnCalendar(word(u)?, pin(u)?),
        4 => Test::InSchedule(Weekly(some(u, slot)?)),
        5 => Test::OnWeekday(some(u, |u| u.choose(&DAYS).copied())?),
        6 => Test::InDates(maybe(u, date)?, maybe(u, date)?),
        7 => Test::Is(fact(u)?, word(u)?),
        8 => Test::Equals(fact(u)?, u.arbitrary()?),
        _ => Test::Same(fact(u)?, fact(u)?),
    })
}

pub(crate) fn date(u: &mut Unstructured<'_>) -> Result<Date> {
    // The years 1 to 9999, which is what bytes may say.
    u.int_in_range(-719_162..=2_932_896).map(Date)
}

fn slot(u: &mut Unstructured<'_>) -> Result<Slot> {
    let day = *u.choose(&DAYS)?;
    Ok(Slot { day, start: u.int_in_range(0..=1_439)?, end: u.int_in_range(0..=1_440)? })
}

fn hash(u: &mut Unstructured<'_>) -> Result<[u8; 32]> {
    u.arbitrary()
}
