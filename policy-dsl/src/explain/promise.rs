//! The whole promise of a policy, from its structure.

use super::lead::{self, Lead};
use super::{View, clause, write};
use crate::ir::{By, Quantity};
use crate::ir::{Cap, Decay, Ends, Fate, Gap, Policy, Refund, Starts, Transfer, Window};
use crate::rule::parts;

/// See [`super::promise`].
pub(super) fn promise(policy: &Policy, view: &View<'_>) -> String {
    let all = parts(policy);
    let mut sentences = vec![Lead::of(policy, view).sentence_for_ever(view)];
    let told = all.iter().flat_map(|part| &part.clauses).filter(|clause| !lead::says(clause));
    sentences.extend(told.map(|told| clause::condition(told, view)));
    let caps: Vec<String> =
        all.iter().flat_map(|part| &part.caps).map(|cap| limit(cap, "limit.count", view)).collect();
    if !caps.is_empty() {
        let limits = caps.join(&view.say("list.separator", &[]));
        let key = if view.is_child() { "promise.limits_child" } else { "promise.limits" };
        sentences.push(view.say(key, &[("limits", (&limits).into())]));
    }
    sentences.extend(all.iter().flat_map(|part| &part.gaps).map(|it| gap(it, view)));
    sentences.extend(all.iter().filter_map(|part| starts(part.starts, view)));
    sentences.extend(all.iter().filter_map(|part| ends(part, all.len() == 1, view)));
    sentences.extend(all.iter().filter_map(|part| part.decays.as_ref()).map(|it| melts(it, view)));
    if all.iter().any(|part| part.split == crate::ir::Split::Never) {
        sentences.push(view.say("promise.alone", &[]));
    }
    sentences.extend(all.iter().filter_map(|part| given(&part.transfer, view)));
    sentences.extend(refund(policy.refund, view));
    sentences.join(view.gap())
}

/// `3,000 won at a time`, `3,000 won a day for milk`.
pub(super) fn limit(cap: &Cap, count_key: &str, view: &View<'_>) -> String {
    let per = write::per(cap.window, view);
    let mut told = match &cap.quantity {
        Quantity::Money(most) => {
            let money = write::money(*most, view);
            view.say("limit.money", &[("money", (&money).into()), ("per", (&per).into())])
        }
        Quantity::MoneyTimes(unit, fact) => {
            let (money, fact) =
                (write::money(*unit, view), super::condition::fact_name(*fact, view));
            let args =
                [("money", (&money).into()), ("per", (&per).into()), ("fact", (&fact).into())];
            view.say("limit.money_times", &args)
        }
        Quantity::Count(most) => {
            let times = view.say("times", &[("n", (*most).into())]);
            let args = [("n", (*most).into()), ("times", (&times).into()), ("per", (&per).into())];
            view.say(count_key, &args)
        }
        Quantity::Share(percent) => {
            view.say("limit.share", &[("percent", u64::from(*percent).into())])
        }
    };
    for by in &cap.by {
        let key = match by {
            By::Purse => continue,
            By::Lot => "limit.by.lot",
            By::Payer => "limit.by.payer",
            By::Household => "limit.by.household",
            By::Merchant => "limit.by.merchant",
        };
        told = view.say(key, &[("limit", (&told).into())]);
    }
    for pred in [&cap.on_items, &cap.when].into_iter().flatten() {
        let phrase = super::condition::phrase(pred, view);
        let args = [("phrase", (&phrase).into()), ("limit", (&told).into())];
        told = view.say("limit.when", &args);
    }
    told
}

/// `After a payment it rests 2 min.`
pub(super) fn gap(gap: &Gap, view: &View<'_>) -> String {
    let here = gap.by.contains(&By::Merchant);
    let key = if here { "promise.gap_here" } else { "promise.gap" };
    let length = write::length(gap.minutes, view);
    view.say(key, &[("gap", (&length).into())])
}

/// When coins begin to work, if not at once.
pub(super) fn starts(starts: Starts, view: &View<'_>) -> Option<String> {
    match starts {
        Starts::AtIssue => None,
        Starts::On(date) => {
            let date = write::far(date, view);
            Some(view.say("promise.starts_on", &[("date", (&date).into())]))
        }
        Starts::After(after) => {
            let span = write::span(after, view);
            Some(view.say("promise.starts_after", &[("span", (&span).into())]))
        }
    }
}

/// When coins end, and what becomes of the rest. That they never do is said only where `alone` is true.
pub(super) fn ends(policy: &Policy, alone: bool, view: &View<'_>) -> Option<String> {
    let fate = write::fate(&policy.expires.fate, view);
    match policy.expires.end {
        Ends::Never => alone.then(|| view.say("promise.never_ends", &[])),
        Ends::On(date) => {
            let date = write::far(date, view);
            let args = [("date", (&date).into()), ("fate", (&fate).into())];
            Some(view.say("promise.ends_on", &args))
        }
        Ends::After(after) => {
            let span = write::span(after, view);
            let args = [("span", (&span).into()), ("fate", (&fate).into())];
            Some(view.say("promise.ends_after", &args))
        }
    }
}

/// How coins melt, and where that goes.
pub(super) fn melts(decay: &Decay, view: &View<'_>) -> String {
    let of = view.say(if decay.of_issued { "melts.issued" } else { "melts.left" }, &[]);
    let each = view.say(
        match decay.every {
            Window::Week => "each.week",
            Window::Month => "each.month",
            Window::Year => "each.year",
            Window::Payment
            | Window::Day
            | Window::Life
            | Window::Days(_)
            | Window::Months(_)
            | Window::Years(_) => "each.day",
        },
        &[],
    );
    let span = decay.after.map(|after| write::span(after, view));
    let key = if span.is_some() { "promise.melts_after" } else { "promise.melts" };
    let span = span.unwrap_or_default();
    let told = view.say(
        key,
        &[
            ("percent", u64::from(decay.percent).into()),
            ("of", (&of).into()),
            ("each", (&each).into()),
            ("span", (&span).into()),
        ],
    );
    if decay.to == Fate::Granter {
        return told;
    }
    let fate = write::fate(&decay.to, view);
    [told, view.say("promise.melted_goes", &[("fate", (&fate).into())])].join(view.gap())
}

/// Who may be given the coins, where the rule says so.
pub(super) fn given(transfer: &Transfer, view: &View<'_>) -> Option<String> {
    match transfer {
        Transfer::Anyone => None,
        Transfer::Never => Some(view.say("promise.no_transfer", &[])),
        Transfer::To(pred) => {
            let phrase = super::condition::phrase(pred, view);
            Some(view.say("promise.transfer_to", &[("phrase", (&phrase).into())]))
        }
    }
}

/// What a refund does, where that is not the usual.
pub(super) fn refund(refund: Refund, view: &View<'_>) -> Option<String> {
    let grace = refund.grace.map(|span| {
        let span = write::span(span, view);
        view.say("promise.grace", &[("span", (&span).into())])
    });
    let restores = match (refund.restores_amount, refund.restores_count) {
        (true, true) => None,
        (true, false) => Some(view.say("promise.no_restore_count", &[])),
        (false, _) => Some(view.say("promise.no_restore", &[])),
    };
    let told: Vec<String> = [grace, restores].into_iter().flatten().collect();
    if told.is_empty() { None } else { Some(told.join(view.gap())) }
}
