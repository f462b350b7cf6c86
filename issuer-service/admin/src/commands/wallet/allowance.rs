//! `scoin wallet allowance …`, and what a sync tells of allowances.

use scoin_api::{AccountBody, AllowanceBody, EntryBody, Time, paths};
use scoin_core::PolicyId;
use scoin_core::command::{Action, Allowance as Terms, CatchUp, Every};
use scoin_policy::civil::Date;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::Wallet;
use scoin_wallet::wallet::{Coming, Will};
use serde_json::{Value, json};

use super::make::failed;
use super::money::policy;
use crate::args::Global;
use crate::args::allowance::{self, Allowance, IfShort, Often, On, Set};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, account_or_own};
use crate::words;

/// Runs one command.
pub(crate) async fn run(global: &Global, allowance: Allowance) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match allowance {
        Allowance::Set(set) => give(global, &session, set).await,
        Allowance::Change(terms) => change(&session, terms).await,
        Allowance::Stop { allowance, giver, change } => {
            let giver = account_or_own(&session, giver.as_ref())?;
            let action = Action::EndAllowance { giver, allowance };
            let done = session.submit(action, &change).await?;
            Ok(words::done(&done, &change, format!("stopped: {}", allowance.to_hex())))
        }
        Allowance::List { account } => list(global, &session, account.as_ref()).await,
    }
}

async fn give(global: &Global, session: &Session, set: Set) -> Result<Report, Failure> {
    let to = account(&set.to)?;
    let policy = match &set.under {
        None => None,
        Some(name) => Some(policy(session, name).await?),
    };
    let from = match set.from {
        Some(from) => from,
        None => today(global, session).await?,
    };
    let terms = Terms {
        amount: set.amount,
        policy,
        every: every(set.every, set.on)?,
        minute: set.at,
        from: from.0,
        until: set.until.map(|until| until.0),
        catch_up: catch_up(set.if_short),
    };
    let done = session.submit(Action::SetAllowance { to, terms }, &set.change).await?;
    let said = format!("{} for {to}, again and again", words::amount(set.amount));
    Ok(words::done(&done, &set.change, said))
}

/// What is not named stays as the service shows it.
async fn change(session: &Session, new: allowance::Terms) -> Result<Report, Failure> {
    let own = session.own()?.to_string();
    let body: AccountBody = session.read(&paths::account(&own)).await?;
    let id = new.allowance.to_hex();
    let shown = body.allowances.iter().find(|one| one.giver == own && one.id == id);
    let old = shown.and_then(terms_of).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("you give no allowance `{id}`"))
            .hint("`scoin wallet allowance list` prints them")
    })?;
    let policy = match &new.under {
        Some(name) => Some(policy(session, name).await?),
        None => old.policy.filter(|_| !new.plain),
    };
    let often = new.every.unwrap_or(match old.every {
        Every::Week(_) => Often::Week,
        Every::TwoWeeks(_) => Often::TwoWeeks,
        Every::Month(_) => Often::Month,
    });
    let until = new.until.map(|until| until.0);
    let terms = Terms {
        amount: new.amount.unwrap_or(old.amount),
        policy,
        every: new.on.map_or(Ok(old.every), |on| every(often, on))?,
        minute: new.at.unwrap_or(old.minute),
        from: new.from.map_or(old.from, |from| from.0),
        until: until.or(old.until.filter(|_| !new.forever)),
        catch_up: new.if_short.map_or(old.catch_up, catch_up),
    };
    let action = Action::ChangeAllowance { allowance: new.allowance, terms };
    let done = session.submit(action, &new.change).await?;
    Ok(words::done(&done, &new.change, format!("changed: {id}")))
}

async fn today(global: &Global, session: &Session) -> Result<Date, Failure> {
    let now = session.wallet.city_now().await.map_err(failed(global))?;
    let text = words::local(now, &session.zone());
    text.get(..10).and_then(Date::parse).ok_or_else(|| {
        Failure::new(Exit::Failed, "the day in the city is not known").hint("name it with --from")
    })
}

fn every(often: Often, on: On) -> Result<Every, Failure> {
    match (often, on) {
        (Often::Week, On::Weekday(on)) => Ok(Every::Week(on)),
        (Often::TwoWeeks, On::Weekday(on)) => Ok(Every::TwoWeeks(on)),
        (Often::Month, On::Day(on)) => Ok(Every::Month(on)),
        (Often::Week | Often::TwoWeeks, On::Day(_)) => {
            Err(Failure::new(Exit::Usage, "a week has no such day").hint("write --on mon to sun"))
        }
        (Often::Month, On::Weekday(_)) => {
            Err(Failure::new(Exit::Usage, "a month has no such day").hint("write --on 1 to 31"))
        }
    }
}

const fn catch_up(if_short: IfShort) -> CatchUp {
    match if_short {
        IfShort::Skip => CatchUp::Skip,
        IfShort::Queue => CatchUp::Queue,
        IfShort::Partial => CatchUp::Partial,
    }
}

/// The terms a body shows; `None` for a body of a newer service.
fn terms_of(body: &AllowanceBody) -> Option<Terms> {
    Some(Terms {
        amount: scoin_core::Amount::new(body.amount),
        policy: match &body.policy {
            Some(policy) => Some(PolicyId::from_hex(policy)?),
            None => None,
        },
        every: match body.every.as_str() {
            "week" => Every::Week(body.on),
            "two-weeks" => Every::TwoWeeks(body.on),
            "month" => Every::Month(body.on),
            _ => return None,
        },
        minute: allowance::minute(&body.at).ok()?,
        from: Date::parse(&body.from)?.0,
        until: match &body.until {
            Some(until) => Some(Date::parse(until)?.0),
            None => None,
        },
        catch_up: match body.catch_up.as_str() {
            "skip" => CatchUp::Skip,
            "queue" => CatchUp::Queue,
            "partial" => CatchUp::Partial,
            _ => return None,
        },
    })
}

async fn list(
    global: &Global,
    session: &Session,
    whose: Option<&String>,
) -> Result<Report, Failure> {
    let owner = account_or_own(session, whose)?;
    session.wallet.sync().await.map_err(failed(global))?;
    let coming = session.wallet.coming_allowances().map_err(failed(global))?;
    let body: AccountBody = session.read(&paths::account(&owner.to_string())).await?;
    let zone = session.zone();
    let will = |one: &AllowanceBody| {
        let turn = coming.iter().find(|turn| turn.allowance.to_hex() == one.id);
        turn.filter(|turn| turn.receiver == one.receiver).map(|turn| turn.will)
    };
    let rows = body.allowances.iter().map(|one| {
        let last = one.last.as_ref().map(|last| {
            let what = last.missed.clone().unwrap_or_else(|| words::money(last.paid));
            format!("{} {what}", last.date)
        });
        vec![
            one.id.clone(),
            one.giver.clone(),
            one.receiver.clone(),
            words::money(one.amount),
            one.name.clone().unwrap_or_default(),
            when(one),
            one.next.map(|next| words::local(next.0, &zone)).unwrap_or_default(),
            will(one).map(|will| will.word().to_owned()).unwrap_or_default(),
            last.unwrap_or_default(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let items = body.allowances.iter().map(|one| {
        let mut item = serde_json::to_value(one).unwrap_or_default();
        if let (Value::Object(fields), Some(will)) = (&mut item, will(one)) {
            fields.insert("will".to_owned(), json!(will.word()));
            if let Will::Short(by) = will {
                fields.insert("missing".to_owned(), json!(by.units()));
            }
        }
        item
    });
    let columns = vec!["id", "from", "to", "amount", "rule", "when", "next", "will", "last"];
    Ok(Report::new(json!({ "items": items.collect::<Vec<_>>() })).table(columns, rows))
}

/// `week fri 07:00`
fn when(one: &AllowanceBody) -> String {
    let on = if one.every == "month" {
        one.on.to_string()
    } else {
        allowance::weekday(one.on).to_owned()
    };
    format!("{} {on} {}", one.every, one.at)
}

/// What a sync says of turns that will not be given whole.
pub(super) fn tell_short(words: &Catalogue, turn: &Coming, zone: &str) -> String {
    let (date, amount) = (words::local(turn.at, zone), words::amount(turn.amount));
    let mut places = vec![("date", (&date).into()), ("amount", (&amount).into())];
    let of = |amount| words::amount(amount);
    let (key, name, part) = match turn.will {
        Will::Part(part) => ("notice.allowance_part", "part", of(part)),
        Will::Short(by) => ("notice.allowance_short", "short", of(by)),
        Will::Frozen => ("notice.allowance_frozen", "", String::new()),
        Will::Retired => ("notice.allowance_retired", "", String::new()),
        Will::Pass => return String::new(),
    };
    if !name.is_empty() {
        places.push((name, (&part).into()));
    }
    words.say(key, &places)
}

/// A turn that will not be given whole, as a document.
pub(super) fn short_json(turn: &Coming) -> Value {
    json!({
        "allowance": turn.allowance.to_hex(),
        "receiver": turn.receiver,
        "at": Time(turn.at),
        "amount": turn.amount.units(),
        "will": turn.will.word(),
    })
}

/// What a sync says of a turn that was missed, to its giver or to its receiver.
pub(super) fn tell_missed(
    words: &Catalogue,
    wallet: &Wallet,
    entry: &EntryBody,
    zone: &str,
) -> String {
    let own = wallet.address().unwrap_or_default();
    let is_own = entry.by.as_deref() == Some(own.as_str());
    if entry.action == "chore" {
        return super::chore::tell_missed(words, is_own, entry, zone);
    }
    let account = wallet.account().ok().flatten();
    let allowances = account.map(|account| account.allowances).unwrap_or_default();
    let other = entry.other.as_deref();
    let waits = allowances.iter().any(|one| {
        let (giver, receiver) =
            if is_own { (Some(own.as_str()), other) } else { (other, Some(own.as_str())) };
        Some(one.giver.as_str()) == giver
            && Some(one.receiver.as_str()) == receiver
            && !one.owed.is_empty()
    });
    let date = words::local(entry.time.0, zone);
    let reason = entry.missed.as_deref().unwrap_or_default();
    say_missed(words, (is_own, waits), (&date, entry.amount), reason)
}

fn say_missed(
    words: &Catalogue,
    (is_own, waits): (bool, bool),
    (date, amount): (&str, u64),
    reason: &str,
) -> String {
    let key = if is_own { "notice.allowance_unpaid" } else { "notice.allowance_missed" };
    let (date, amount, reason) = (date.to_owned(), words::money(amount), reason.replace('-', "_"));
    let waits = if waits { "yes" } else { "no" }.to_owned();
    let places = [
        ("date", (&date).into()),
        ("amount", (&amount).into()),
        ("reason", (&reason).into()),
        ("waits", (&waits).into()),
    ];
    words.say(key, &places)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use scoin_core::outcome::Refusal;
    use scoin_core::{Amount, CommandId, Timestamp};
    use scoin_policy::explain::Lang;

    use super::*;

    #[track_caller]
    fn check(text: &str) {
        let whole = text.len() > 20 && !text.contains("notice.") && !text.contains('{');
        assert!(whole && text.contains("1,200"), "`{text}`");
    }

    #[test]
    fn every_warning_and_every_missed_turn_is_told_in_each_language() {
        for lang in [Lang::Ko, Lang::En, Lang::Zh] {
            let words = Catalogue::of(lang);
            let amount = Amount::new(1_200);
            for will in [Will::Part(amount), Will::Short(amount), Will::Frozen, Will::Retired] {
                let (allowance, at) = (CommandId([1; 16]), Timestamp::default());
                let turn = Coming { allowance, receiver: String::new(), at, amount, will };
                check(&tell_short(&words, &turn, "Asia/Seoul"));
            }
            let mut texts = BTreeSet::new();
            for (_, reason) in Refusal::NAMES {
                for who in [(true, true), (true, false), (false, true), (false, false)] {
                    let text = say_missed(&words, who, ("2026-03-06", 1_200), reason);
                    check(&text);
                    texts.insert(text);
                }
            }
            // Four reasons and all others for the giver, one and all others for the receiver; each waiting or not.
            assert_eq!(texts.len(), 14, "{texts:?}");
        }
    }
}
