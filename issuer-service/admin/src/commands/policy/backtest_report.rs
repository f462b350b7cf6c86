//! What a back-test found, as one document and as words and tables for people.

use scoin_api::{RefusalBody, Time};
use scoin_core::NetworkId;
use scoin_ledger::backtest::{
    Change, Follower, Group, Past, PoolRewards, Reason, ReasonCount, Report as Found, Sample,
    Twice, Verb,
};
use serde_json::{Value, json};

use super::backtest::day;
use crate::output::Report;
use crate::words::{self, money};

/// What was tried, in words.
pub(super) struct Tried {
    /// `policy`, `program` or `guard`.
    pub(super) kind: &'static str,
    /// The candidate's name.
    pub(super) rule: String,
    /// The rule it stands for, or on whose money it is.
    pub(super) stands_for: String,
    /// How many instances it stands for.
    pub(super) count: usize,
}

/// The whole report.
pub(super) fn report(
    found: &Found,
    tried: &Tried,
    (past, zone, network): (&Past, &str, NetworkId),
) -> Report {
    let times = past.times();
    let json = document(found, tried, times.map(|(from, to)| (Time(from), Time(to))));
    let days = times.map(|(from, to)| format!("{} to {}", day(from, zone), day(to, zone)));
    let title = format!(
        "{} payments decided again with `{}` {}, {}",
        money(found.payments.decided),
        tried.rule,
        place(tried),
        days.unwrap_or_default(),
    );
    let mut report = Report::new(json)
        .with("network", network.to_hex())
        .with("frames", past.frames())
        .text(title);
    if found.is_same() {
        return report.text("nothing changes: every decision comes out as it was, byte for byte");
    }
    report = report.fields(summary(found));
    let blocks = [
        (vec!["change", "because of", "payments", "asked for"], reason_rows(&found.reasons)),
        (
            vec!["when", "asked for", "was paid", "is paid", "shop", "because of"],
            samples(found, zone),
        ),
        (GROUPS.to_vec(), group_rows("age", &found.by_age)),
        (GROUPS.to_vec(), group_rows("district", &found.by_district)),
        (vec!["pool", "rewards then", "now", "money then", "now"], pool_rows(&found.rewards)),
        (vec!["what followed", "not done now", "done now", "otherwise"], follower_rows(found)),
    ];
    for (head, rows) in blocks {
        if !rows.is_empty() {
            report = report.text(" ").table(head, rows);
        }
    }
    report
}

const GROUPS: [&str; 6] =
    ["payers", "people", "refused now", "paid now", "another amount", "money then and now"];

fn place(tried: &Tried) -> String {
    match (tried.kind, tried.count) {
        ("guard", _) => format!("as a guard on {}", tried.stands_for),
        ("policy", count) if count > 1 => {
            format!("for {count} instances of `{}`", tried.stands_for)
        }
        _ => format!("for `{}`", tried.stands_for),
    }
}

fn summary(found: &Found) -> Vec<(&'static str, String)> {
    let payments = &found.payments;
    let both =
        |twice: Twice| format!("{} (was {})", words::amount(twice.is), words::amount(twice.was));
    vec![
        (
            "refused now",
            format!(
                "{} payments, {}",
                money(payments.refused),
                words::amount(payments.money_refused)
            ),
        ),
        (
            "paid now",
            format!("{} payments, {}", money(payments.paid), words::amount(payments.money_paid)),
        ),
        ("another amount", format!("{} payments", money(payments.amount))),
        ("other coins", format!("{} payments", money(payments.coins))),
        ("other refusal", format!("{} payments", money(payments.reason))),
        ("paid in all", both(payments.money)),
        ("people touched", money(found.people)),
        ("shops touched", money(found.shops)),
        ("came to its end", both(found.ended)),
        ("left at the end", both(found.left)),
    ]
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Refused => "refused now",
        Change::Paid => "paid now",
        Change::Amount => "another amount",
    }
}

fn because(reason: &ReasonCount) -> String {
    match (&reason.reason, &reason.refusal) {
        (Reason::Clause { rule, label }, _) => format!("{rule}/{label}"),
        (Reason::OtherRule { rule, label }, _) => {
            format!("{rule}/{label}, after other payments changed")
        }
        (Reason::Refusal(_), Some(refusal)) => RefusalBody::of(refusal).title,
        (Reason::Refusal(code), None) => code.to_string(),
        (Reason::Part, _) => "another part passes".to_owned(),
    }
}

fn reason_rows(reasons: &[ReasonCount]) -> Vec<Vec<String>> {
    let row = |reason: &ReasonCount| {
        let (payments, asked) = (money(reason.payments), words::amount(reason.money));
        vec![change(reason.change).to_owned(), because(reason), payments, asked]
    };
    reasons.iter().map(row).collect()
}

fn samples(found: &Found, zone: &str) -> Vec<Vec<String>> {
    let row = |reason: &ReasonCount, sample: &Sample| {
        vec![
            words::local(sample.time, zone),
            words::amount(sample.asked),
            words::amount(sample.paid.was),
            words::amount(sample.paid.is),
            sample.shop.clone().unwrap_or_else(|| "-".to_owned()),
            because(reason),
        ]
    };
    let reasons = found.reasons.iter();
    reasons
        .flat_map(|reason| reason.samples.iter().map(move |sample| row(reason, sample)))
        .collect()
}

fn group_rows(of: &str, groups: &[Group]) -> Vec<Vec<String>> {
    let row = |group: &Group| {
        let name = group
            .name
            .as_ref()
            .map_or_else(|| format!("{of} not attested"), |name| format!("{of} {name}"));
        let numbers = [group.people, group.refused, group.paid, group.amount].map(money);
        let moved =
            format!("{}, {}", words::amount(group.money.was), words::amount(group.money.is));
        [vec![name], numbers.to_vec(), vec![moved]].concat()
    };
    groups.iter().map(row).collect()
}

fn pool_rows(pools: &[PoolRewards]) -> Vec<Vec<String>> {
    let row = |pool: &PoolRewards| {
        let (was, is) = (words::amount(pool.money.was), words::amount(pool.money.is));
        vec![pool.pool.clone(), money(pool.times_was), money(pool.times_is), was, is]
    };
    pools.iter().map(row).collect()
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Earn => "earn",
        Verb::Give => "give",
        Verb::Capture => "capture",
        Verb::Void => "void",
        Verb::Refund => "refund",
        Verb::Redeem => "redeem",
        Verb::Other => "other",
    }
}

fn follower_rows(found: &Found) -> Vec<Vec<String>> {
    let row = |one: &Follower| {
        let numbers = [one.refused, one.done, one.other].map(money);
        [vec![verb(one.verb).to_owned()], numbers.to_vec()].concat()
    };
    found.followers.iter().map(row).collect()
}

fn twice(sum: Twice) -> Value {
    json!({ "was": sum.was.units(), "is": sum.is.units() })
}

fn document(found: &Found, tried: &Tried, times: Option<(Time, Time)>) -> Value {
    let payments = &found.payments;
    json!({
        "candidate": {
            "kind": tried.kind, "rule": tried.rule, "stands_for": tried.stands_for,
            "instances": tried.count,
        },
        "from": times.map(|(from, _)| from),
        "to": times.map(|(_, to)| to),
        "same": found.is_same(),
        "entries": found.entries,
        "differing": found.differing,
        "payments": {
            "decided": payments.decided,
            "refused": payments.refused,
            "paid": payments.paid,
            "amount": payments.amount,
            "coins": payments.coins,
            "reason": payments.reason,
            "money": twice(payments.money),
            "money_refused": payments.money_refused.units(),
            "money_paid": payments.money_paid.units(),
        },
        "people": found.people,
        "shops": found.shops,
        "reasons": found.reasons.iter().map(reason_json).collect::<Vec<_>>(),
        "by_age": found.by_age.iter().map(group_json).collect::<Vec<_>>(),
        "by_district": found.by_district.iter().map(group_json).collect::<Vec<_>>(),
        "rewards": found.rewards.iter().map(pool_json).collect::<Vec<_>>(),
        "rewards_changed": found.rewards_changed,
        "followers": found.followers.iter().map(follower_json).collect::<Vec<_>>(),
        "ended": twice(found.ended),
        "left": twice(found.left),
    })
}

fn reason_json(reason: &ReasonCount) -> Value {
    let change = match reason.change {
        Change::Refused => "refused",
        Change::Paid => "paid",
        Change::Amount => "amount",
    };
    let (kind, rule, label) = match &reason.reason {
        Reason::Clause { rule, label } => ("clause", Some(rule), Some(label.clone())),
        Reason::OtherRule { rule, label } => ("other-rule", Some(rule), Some(label.clone())),
        Reason::Refusal(_) => {
            let name = reason.refusal.as_ref().map(|refusal| RefusalBody::of(refusal).name);
            ("refusal", None, name)
        }
        Reason::Part => ("part", None, None),
    };
    let sample = |sample: &Sample| {
        json!({
            "time": Time(sample.time), "asked": sample.asked.units(),
            "was": sample.paid.was.units(), "is": sample.paid.is.units(), "shop": sample.shop,
        })
    };
    json!({
        "change": change, "kind": kind, "rule": rule, "label": label,
        "payments": reason.payments, "asked": reason.money.units(),
        "samples": reason.samples.iter().map(sample).collect::<Vec<_>>(),
    })
}

fn group_json(group: &Group) -> Value {
    json!({
        "name": group.name, "people": group.people, "refused": group.refused,
        "paid": group.paid, "amount": group.amount, "money": twice(group.money),
    })
}

fn pool_json(pool: &PoolRewards) -> Value {
    json!({
        "pool": pool.pool, "times_was": pool.times_was, "times_is": pool.times_is,
        "money": twice(pool.money),
    })
}

fn follower_json(one: &Follower) -> Value {
    json!({ "verb": verb(one.verb), "refused": one.refused, "done": one.done, "other": one.other })
}
