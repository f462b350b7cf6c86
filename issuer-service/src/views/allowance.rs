//! Allowances an account gives and is given.

use scoin_api::encode::date_text;
use scoin_api::{AllowanceBody, OwedBody, TurnBody};
use scoin_core::command::{CatchUp, Every};
use scoin_core::outcome::Refusal;
use scoin_core::{AccountId, PolicyId};
use scoin_ledger::state::{Allowed, LastTurn, Source};
use scoin_ledger::{Key, Record, State, View, is_retired};

use super::name_and_title;

/// Those an account gives, then those it is given, each by the id of the command that set it.
pub(super) fn allowances(state: &State, account: AccountId) -> Vec<AllowanceBody> {
    let given = given_by(state, &account).iter().map(|one| body(state, account, one));
    let received = sources(state, &account).iter().filter_map(|(giver, id)| {
        let one = given_by(state, giver).iter().find(|one| one.id == *id)?;
        Some(body(state, *giver, one))
    });
    given.chain(received).collect()
}

fn given_by<'s>(state: &'s State, giver: &AccountId) -> &'s [Allowed] {
    match state.get(&Key::Allowances(*giver)) {
        Some(Record::Allowances(all)) => all,
        _ => &[],
    }
}

fn sources<'s>(state: &'s State, to: &AccountId) -> &'s [Source] {
    match state.get(&Key::AllowancesTo(*to)) {
        Some(Record::AllowancesTo(sources)) => sources,
        _ => &[],
    }
}

fn body(state: &State, giver: AccountId, one: &Allowed) -> AllowanceBody {
    let terms = &one.terms;
    let (every, on) = match terms.every {
        Every::Week(on) => ("week", on),
        Every::TwoWeeks(on) => ("two-weeks", on),
        Every::Month(on) => ("month", on),
    };
    let catch_up = match terms.catch_up {
        CatchUp::Skip => "skip",
        CatchUp::Queue => "queue",
        CatchUp::Partial => "partial",
    };
    let named = terms.policy.map(|policy| name_and_title(state, policy));
    let (name, title) = named.map_or_else(Default::default, |(name, title)| (Some(name), title));
    let owed = one.owed.iter();
    AllowanceBody {
        id: one.id.to_hex(),
        giver: giver.to_string(),
        receiver: one.to.to_string(),
        amount: terms.amount.units(),
        policy: terms.policy.map(PolicyId::to_hex),
        name,
        title,
        in_force: terms
            .policy
            .is_none_or(|policy| !is_retired(|key| state.get(key), policy, &giver)),
        every: every.to_owned(),
        on,
        at: format!("{:02}:{:02}", terms.minute / 60, terms.minute % 60),
        from: date_text(terms.from),
        until: terms.until.map(date_text),
        catch_up: catch_up.to_owned(),
        next: one.next.map(|turn| turn.at.into()),
        owed: owed
            .map(|owed| OwedBody { date: date_text(owed.day), amount: owed.amount.units() })
            .collect(),
        last: one.last.as_ref().map(last),
    }
}

fn last(turn: &LastTurn) -> TurnBody {
    TurnBody {
        date: date_text(turn.day),
        time: turn.at.into(),
        paid: turn.paid.units(),
        missed: name_of(turn.missed).map(str::to_owned),
    }
}

/// The name of a refusal by its code.
pub(super) fn name_of(code: u16) -> Option<&'static str> {
    Refusal::NAMES.iter().find(|(number, _)| *number == code).map(|(_, name)| *name)
}
