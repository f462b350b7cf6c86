//! `scoin wallet chore …`: what a ward is to do, and what it earns.

use scoin_api::{ChoreBody, EntryBody};
use scoin_core::command::{Chore as Terms, ChorePayout, ChoreWhen, PayDay};
use scoin_core::{AccountId, CommandId};
use scoin_policy::civil::Date;
use scoin_policy::explain::catalogue::Catalogue;
use serde_json::json;

use super::make::failed;
use super::money::policy;
use crate::args::Global;
use crate::args::allowance::weekday;
use crate::args::chore::{Answer, Chore, Pay, Set};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::{Session, account, account_or_own, ask};
use crate::words;

/// `wallet chore …`
pub(crate) async fn run(global: &Global, chore: Chore) -> Result<Report, Failure> {
    let session = Session::open(global).await?;
    match chore {
        Chore::Set(set) => self::set(global, &session, set).await,
        Chore::Done { chore, day, change } => {
            let done = session.wallet.mark_chore(chore, day.map(|day| day.0), &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            let said = Catalogue::of(global.lang.into()).say("chore.marked", &[]);
            Ok(words::done(&done, &change, said))
        }
        Chore::Confirm(answer) => self::answer(global, &session, answer, true).await,
        Chore::Return(answer) => self::answer(global, &session, answer, false).await,
        Chore::Stop { ward, chore, change } => {
            let done = session.wallet.end_chore(account(&ward)?, chore, &ask(&change)).await;
            let done = done.map_err(failed(global))?;
            Ok(words::done(&done, &change, format!("stopped: {}", chore.to_hex())))
        }
        Chore::List { account } => list(global, &session, account.as_ref()).await,
    }
}

async fn set(global: &Global, session: &Session, set: Set) -> Result<Report, Failure> {
    let ward = account(&set.ward)?;
    let policy = match &set.under {
        None => None,
        Some(name) => Some(policy(session, name).await?),
    };
    let bits =
        set.days.iter().filter_map(|day| 1_u8.checked_shl(u32::from(*day).saturating_sub(1)));
    let bits = bits.fold(0, |sum, bit| sum | bit);
    let day = PayDay { on: set.pay_on, minute: set.pay_at };
    let terms = Terms {
        text: set.text,
        amount: set.amount,
        policy,
        when: if bits == 0 { ChoreWhen::Once } else { ChoreWhen::Weekly(bits) },
        payout: match set.pay {
            Pay::Confirmed => ChorePayout::Confirmed,
            Pay::AllOrNothing => ChorePayout::AllOrNothing(day),
            Pay::Partial => ChorePayout::Partial(day),
        },
    };
    let done = session.wallet.set_chore(ward, terms, &ask(&set.change)).await;
    let done = done.map_err(failed(global))?;
    let amount = words::amount(set.amount);
    let said = Catalogue::of(global.lang.into()).say("chore.set", &[("amount", (&amount).into())]);
    Ok(words::done(&done, &set.change, said))
}

async fn answer(
    global: &Global,
    session: &Session,
    answer: Answer,
    done: bool,
) -> Result<Report, Failure> {
    let ward = account(&answer.ward)?;
    let day = match answer.day {
        Some(day) => day,
        None => oldest_waiting(global, session, ward, answer.chore).await?,
    };
    let what = (ward, answer.chore, day.0);
    let answered =
        session.wallet.answer_chore(what, (done, answer.note), &ask(&answer.change)).await;
    let answered = answered.map_err(failed(global))?;
    let key = if done { "chore.confirmed" } else { "chore.returned" };
    let said = Catalogue::of(global.lang.into()).say(key, &[]);
    Ok(words::done(&answered, &answer.change, said))
}

/// The oldest day of a chore that waits for an answer.
async fn oldest_waiting(
    global: &Global,
    session: &Session,
    ward: AccountId,
    chore: CommandId,
) -> Result<Date, Failure> {
    let all = session.wallet.chores(ward).await.map_err(failed(global))?;
    let id = chore.to_hex();
    let marks = all.iter().filter(|one| one.id == id).flat_map(|one| &one.marks);
    let waiting = marks.filter(|mark| mark.standing == "waiting").map(|mark| mark.date.as_str());
    waiting.min().and_then(Date::parse).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("nothing of chore `{id}` waits for an answer"))
            .hint("`scoin wallet chore list --account WARD` prints what is marked")
    })
}

async fn list(
    global: &Global,
    session: &Session,
    whose: Option<&String>,
) -> Result<Report, Failure> {
    let owner = account_or_own(session, whose)?;
    let all = session.wallet.chores(owner).await.map_err(failed(global))?;
    let zone = session.zone();
    let rows = all.iter().map(|one| {
        let marks = one.marks.iter().map(|mark| format!("{} {}", mark.date, mark.standing));
        let next = one.next.map(|next| words::local(next.0, &zone)).unwrap_or_default();
        let marks = marks.collect::<Vec<_>>().join(", ");
        vec![one.id.clone(), one.text.clone(), words::money(one.amount), when(one), next, marks]
    });
    let rows = rows.collect();
    let columns = vec!["id", "what", "earns", "when", "next payout", "marked"];
    Ok(Report::new(json!({ "items": all })).table(columns, rows))
}

/// `mon wed, partial`
fn when(one: &ChoreBody) -> String {
    let days: Vec<&str> = one.days.iter().map(|day| weekday(*day)).collect();
    let days = if days.is_empty() { "once".to_owned() } else { days.join(" ") };
    format!("{days}, {}", one.payout)
}

/// What a sync says of a payout that was missed, to its guardian or to its ward.
pub(super) fn tell_missed(
    words: &Catalogue,
    is_own: bool,
    entry: &EntryBody,
    zone: &str,
) -> String {
    let key = if is_own { "notice.chore_unpaid" } else { "notice.chore_missed" };
    let (date, amount) = (words::local(entry.time.0, zone), words::money(entry.amount));
    words.say(key, &[("date", (&date).into()), ("amount", (&amount).into())])
}
