//! Asking from a refusal: a ward asks, guardians answer, and the payment is judged again by everything as it then stands.
//!
//! A yes is an exception: the payment is judged without the own rules of the guardian who gave it, and they do not count it
//! (`docs/adr/0024`). Nothing else is left out, so a guardian never widens what others have put there.

use scoin_core::command::{ASK_MICROS, ASKS_OPEN_MAX, AccountKind, AskAnswer, ONCE_MICROS};
use scoin_core::envelope::{Signed, Verified};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::request::PaymentRequest;
use scoin_core::{AccountId, Amount, Timestamp};
use scoin_policy::civil::{Civil, Date};

use super::pay::{check_request, would_pass};
use super::quorum::answers_needed;
use super::{Asker, check_frozen, protect};
use crate::batch::EventKind;
use crate::canon::Blob;
use crate::life::touch;
use crate::state::{
    AskStanding, Asked, EXCEPTIONS_MAX, Excepted, Exception, Family, Key, Record, Said,
};
use crate::work::{Decision, Work, already, not_found, out_of_range};
use crate::zone::Zone;

const PERSON: [AccountKind; 1] = [AccountKind::Person];

/// A ward asks about a request that would be refused.
pub(super) fn ask(work: &mut Work<'_>, asker: &Asker<'_>, reason: Option<&str>) -> Decision {
    let ward = asker.acting(work, &PERSON)?;
    check_frozen(ward)?;
    let request = check_request(work, asker, true)?;
    touch(work, asker.by)?;
    let (id, wish) = (request.digest(), request.message());
    let guardians = work.known(&asker.by)?.guardians.clone();
    // What would be refused whatever the guardians say need not be asked.
    would_pass(work, asker.by, wish, &guardians)?;
    if would_pass(work, asker.by, wish, &waived(work, &asker.by, request)).is_ok() {
        return Err(Refusal::AskNeedless);
    }
    let (now, mut family) = (work.now(), family(work, &asker.by));
    family.prune(now);
    match family.ask(id, now) {
        Some(open) if open.is_open(now) => return Ok(pending(work, asker.by, open, wish)),
        Some(answered) if answered.standing == AskStanding::Declined => {
            return Err(Refusal::AskClosed);
        }
        // A yes that was used, or is past its time.
        Some(_) | None => family.asks.retain(|ask| ask.request != *id),
    }
    if family.asks.iter().filter(|ask| ask.is_open(now)).count() >= ASKS_OPEN_MAX {
        let most = u8::try_from(ASKS_OPEN_MAX).unwrap_or(u8::MAX);
        return Err(Refusal::TooManyAsks { most });
    }
    let entry = Asked {
        request: *id,
        signed: Blob(request.bytes().to_vec()),
        shop: wish.merchant,
        amount: wish.amount,
        reason: reason.map(str::to_owned),
        at: now,
        until: now.saturating_add_micros(ASK_MICROS).min(wish.expires),
        answers: Vec::new(),
        standing: AskStanding::Open,
    };
    let effect = pending(work, asker.by, &entry, wish);
    family.asks.push(entry);
    keep(work, asker.by, family);
    work.tell(asker.by, EventKind::Changed, wish.amount, guardians.first().copied());
    for guardian in guardians {
        work.tell(guardian, EventKind::Changed, wish.amount, Some(asker.by));
    }
    Ok(effect)
}

/// A guardian answers.
pub(super) fn answer(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, id): (AccountId, [u8; 32]),
    answer: &AskAnswer,
) -> Decision {
    asker.acting(work, &PERSON)?;
    if !work.known(&ward)?.guardians.contains(&asker.by) {
        return Err(Refusal::NotAllowed);
    }
    touch(work, ward)?;
    let now = work.now();
    let entry = family(work, &ward).ask(&id, now).cloned();
    let mut entry = entry.ok_or_else(|| not_found("ask"))?;
    let amount = entry.amount;
    let said = Said { by: asker.by, at: now, answer: answer.clone() };
    let effect = if let AskAnswer::No { .. } = answer {
        say_no(work, ward, &mut entry, said)?
    } else {
        say_yes(work, asker, (ward, &mut entry), said)?
    };
    put(work, ward, entry);
    for account in work.known(&ward)?.guardians.clone().into_iter().chain([ward]) {
        let other = if account == ward { asker.by } else { ward };
        work.tell(account, EventKind::Changed, amount, Some(other));
    }
    Ok(effect)
}

/// A no is one guardian's own: it ends the ask, and takes back what anybody let through on it.
fn say_no(work: &mut Work<'_>, ward: AccountId, entry: &mut Asked, said: Said) -> Decision {
    let mut family = family(work, &ward);
    let before = family.exceptions.len();
    family.exceptions.retain(|exception| match exception.of {
        Excepted::Request(request) => request != entry.request,
        Excepted::Shop(shop, ..) => shop != entry.shop,
    });
    if entry.standing != AskStanding::Open && family.exceptions.len() == before {
        return Err(Refusal::AskClosed);
    }
    keep(work, ward, family);
    put_answer(entry, said);
    entry.close(AskStanding::Declined);
    Ok(Effect::Done)
}

fn say_yes(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, entry): (AccountId, &mut Asked),
    said: Said,
) -> Decision {
    if entry.standing != AskStanding::Open {
        return Err(Refusal::AskClosed);
    }
    let again = entry.answers.iter().any(|old| (old.by, &old.answer) == (said.by, &said.answer));
    if again && !matches!(said.answer, AskAnswer::Changed { .. }) {
        return Err(already("ask"));
    }
    match &said.answer {
        AskAnswer::Today { most } if *most < entry.amount => return Err(out_of_range("most")),
        AskAnswer::Changed { remove, set } => {
            protect::ask_change(work, asker, ward, (*remove, *set))?;
        }
        AskAnswer::Once | AskAnswer::Today { .. } | AskAnswer::No { .. } => {}
    }
    put_answer(entry, said);
    match complete(work, ward, entry)? {
        0 => Ok(Effect::Done),
        missing => Ok(Effect::Pending { missing }),
    }
}

/// If all that is needed was said, the exceptions begin and the ask is closed; else how many answers are missing.
fn complete(work: &mut Work<'_>, ward: AccountId, entry: &mut Asked) -> Result<u8, Refusal> {
    let request = reopened(entry)?;
    let missing = missing(work, ward, entry, request.message());
    if missing > 0 {
        return Ok(missing);
    }
    let mut family = family(work, &ward);
    family.prune(work.now());
    let expires = request.message().expires;
    for said in &entry.answers {
        family.exceptions.extend(exception(work, said, entry, expires));
    }
    if family.exceptions.len() > EXCEPTIONS_MAX {
        return Err(out_of_range("answer"));
    }
    keep(work, ward, family);
    entry.close(AskStanding::Answered);
    Ok(0)
}

/// The rules of a ward have changed: asks that need no more answers are closed.
pub(super) fn review(work: &mut Work<'_>, ward: AccountId) -> Result<(), Refusal> {
    touch(work, ward)?;
    let now = work.now();
    for mut entry in family(work, &ward).asks {
        if entry.is_open(now) && !entry.answers.is_empty() {
            complete(work, ward, &mut entry)?;
            put(work, ward, entry);
        }
    }
    Ok(())
}

/// Put an ask back in its place.
fn put(work: &mut Work<'_>, ward: AccountId, entry: Asked) {
    let mut family = family(work, &ward);
    family.prune(work.now());
    if let Some(old) = family.asks.iter_mut().find(|old| old.request == entry.request) {
        *old = entry;
    }
    keep(work, ward, family);
}

fn put_answer(entry: &mut Asked, said: Said) {
    entry.answers.retain(|old| old.by != said.by);
    entry.answers.push(said);
}

/// The request asked about; its signature was checked when it was asked.
fn reopened(entry: &Asked) -> Result<Verified<PaymentRequest>, Refusal> {
    let signed = Signed::decode(&entry.signed.0).map_err(|_| Refusal::RequestNotGenuine)?;
    Ok(signed.verified_before())
}

/// What a yes lets through, and until when.
fn exception(work: &Work<'_>, said: &Said, entry: &Asked, expires: Timestamp) -> Option<Exception> {
    let (of, until) = match said.answer {
        AskAnswer::Once => {
            let until = work.now().saturating_add_micros(ONCE_MICROS).min(expires);
            (Excepted::Request(entry.request), until)
        }
        AskAnswer::Today { most } => {
            (Excepted::Shop(entry.shop, most, Amount::ZERO), midnight(work))
        }
        AskAnswer::Changed { .. } | AskAnswer::No { .. } => return None,
    };
    // A request can be paid at its last instant, an exception cannot be used at its own.
    Some(Exception { by: said.by, of, until: until.saturating_add_micros(1) })
}

/// The end of the city's day.
fn midnight(work: &Work<'_>) -> Timestamp {
    let tomorrow = Civil::start_of(Date(work.today().0.saturating_add(1)));
    Zone::named(&work.city().zone).map_or(work.now(), |zone| zone.first_instant(tomorrow))
}

/// How many more guardians have to say yes. One whose rules do not stand in the way need not be asked, unless both are
/// needed; and when no yes can help any more, none is waited for.
fn missing(work: &Work<'_>, ward: AccountId, entry: &Asked, request: &PaymentRequest) -> u8 {
    let guardians = work.account(&ward).map(|ward| ward.guardians.clone()).unwrap_or_default();
    let lets_through =
        |said: &&Said| matches!(said.answer, AskAnswer::Once | AskAnswer::Today { .. });
    let yes: Vec<AccountId> =
        entry.answers.iter().filter(lets_through).map(|said| said.by).collect();
    let passes = |waived: &[AccountId]| would_pass(work, ward, request, waived).is_ok();
    let silent = guardians.iter().filter(|guardian| !yes.contains(guardian)).count();
    let needed = answers_needed(work, &ward).saturating_sub(yes.len());
    if passes(&[]) || !passes(&guardians) {
        return 0;
    }
    let missing = if passes(&yes) { needed } else { needed.max(silent.min(1)) };
    u8::try_from(missing).unwrap_or(u8::MAX)
}

fn pending(work: &Work<'_>, ward: AccountId, entry: &Asked, request: &PaymentRequest) -> Effect {
    Effect::Pending { missing: missing(work, ward, entry, request) }
}

/// The guardians without whose own rules a payment of this request is judged now.
pub(super) fn waived(
    work: &Work<'_>,
    ward: &AccountId,
    request: &Verified<PaymentRequest>,
) -> Vec<AccountId> {
    let Some(Record::Family(family)) = work.get(&Key::Family(*ward)) else { return Vec::new() };
    let Some(account) = work.account(ward) else { return Vec::new() };
    let asked = request.message();
    let covers = |exception: &&Exception| {
        exception.until > work.now()
            && exception.of.covers(request.digest(), &asked.merchant, asked.amount)
    };
    let mut by: Vec<AccountId> =
        family.exceptions.iter().filter(covers).map(|exception| exception.by).collect();
    by.sort_unstable();
    by.dedup();
    by.retain(|guardian| account.guardians.contains(guardian));
    // One yes of two that are needed lets nothing through.
    if by.len() < answers_needed(work, ward) { Vec::new() } else { by }
}

/// A request was paid (or reserved): what let it through is used, and nobody need answer any more. `let_through` is
/// how much was paid by exception, if it was.
pub(super) fn settle(
    work: &mut Work<'_>,
    ward: AccountId,
    request: &Verified<PaymentRequest>,
    let_through: Option<Amount>,
) {
    let Some(Record::Family(family)) = work.get(&Key::Family(ward)) else { return };
    let (now, asked) = (work.now(), request.message());
    let mut family = family.as_ref().clone();
    family.prune(now);
    if let Some(amount) = let_through {
        for exception in &mut family.exceptions {
            if exception.of.covers(request.digest(), &asked.merchant, asked.amount)
                && let Excepted::Shop(_, _, used) = &mut exception.of
            {
                *used = used.checked_add(amount).unwrap_or(Amount::MAX);
            }
        }
    }
    family.exceptions.retain(|exception| exception.of != Excepted::Request(*request.digest()));
    if let Some(entry) = family.asks.iter_mut().find(|ask| ask.request == *request.digest()) {
        entry.close(AskStanding::Paid);
    }
    keep(work, ward, family);
}

/// Somebody is no guardian any more: what they let through is let through no more.
pub(super) fn forget(work: &mut Work<'_>, ward: AccountId, guardian: AccountId) {
    let mut family = family(work, &ward);
    family.exceptions.retain(|exception| exception.by != guardian);
    // What was asked for between these two is not for others to agree to.
    family.changes.clear();
    for ask in family.asks.iter_mut().filter(|ask| ask.standing == AskStanding::Open) {
        ask.answers.retain(|said| said.by != guardian);
    }
    keep(work, ward, family);
}

pub(super) fn family(work: &Work<'_>, ward: &AccountId) -> Family {
    match work.get(&Key::Family(*ward)) {
        Some(Record::Family(family)) => family.as_ref().clone(),
        _ => Family::default(),
    }
}

pub(super) fn keep(work: &mut Work<'_>, ward: AccountId, family: Family) {
    let key = Key::Family(ward);
    if !family.is_empty() {
        work.put(key, Record::Family(Box::new(family)));
    } else if work.get(&key).is_some() {
        work.remove(key);
    }
}
