//! A guardian's consent: no ward is linked without one, and it says how it was made sure of (`docs/adr/0031`).

use scoin_core::command::{AccountKind, ConsentProof};
use scoin_core::outcome::{Effect, Refusal};
use scoin_core::{AccountId, Amount};

use super::{Asker, ask};
use crate::batch::EventKind;
use crate::state::{CONSENTS_MAX, Confirmed, Consent, Key, Record};
use crate::work::{Decision, Work, already, not_found, out_of_range};

/// A consent that may be kept: how it was given, and who of the city has confirmed it.
pub(super) type Given = (ConsentProof, Option<Confirmed>);

/// An officer has seen or heard a consent. It stands until the guardian accepts with it, or another one is confirmed.
pub(super) fn confirm(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    (ward, guardian): (AccountId, AccountId),
    proof: ConsentProof,
) -> Decision {
    asker.officer(work)?;
    for account in [ward, guardian] {
        if work.known(&account)?.kind != AccountKind::Person {
            return Err(not_found("account"));
        }
    }
    if ward == guardian || !proof.way.needs_office() {
        return Err(out_of_range("consent"));
    }
    if work.known(&ward)?.guardians.contains(&guardian) {
        return Err(already("guardian"));
    }
    let confirmed = Confirmed { proof, by: asker.by, command: asker.id, at: work.now() };
    work.put(Key::Confirmed(ward, guardian), Record::Confirmed(Box::new(confirmed)));
    work.tell(guardian, EventKind::Changed, Amount::ZERO, Some(ward));
    Ok(Effect::Done)
}

/// Is the guardian's consent made sure of?
pub(super) fn check(
    work: &Work<'_>,
    guardian: AccountId,
    ward: AccountId,
    proof: Option<ConsentProof>,
) -> Result<Given, Refusal> {
    let proof = proof.ok_or(Refusal::ConsentRequired)?;
    if !proof.way.needs_office() {
        return Ok((proof, None));
    }
    match work.get(&Key::Confirmed(ward, guardian)) {
        Some(Record::Confirmed(one)) if one.proof == proof => Ok((proof, Some(**one))),
        _ => Err(Refusal::ConsentUnconfirmed),
    }
}

/// A guardian has consented to be one, by this signed command.
pub(super) fn keep(
    work: &mut Work<'_>,
    asker: &Asker<'_>,
    ward: AccountId,
    (proof, confirmed): Given,
) {
    let key = Key::Confirmed(ward, asker.by);
    if work.get(&key).is_some() {
        work.remove(key);
    }
    let mut family = ask::family(work, &ward);
    family.consents.push(Consent {
        guardian: asker.by,
        command: asker.id,
        key: asker.key,
        at: work.now(),
        proof,
        confirmed,
    });
    if family.consents.len() > CONSENTS_MAX {
        family.consents.remove(0);
    }
    ask::keep(work, ward, family);
}
