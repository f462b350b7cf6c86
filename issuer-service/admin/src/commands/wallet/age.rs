//! Coming of age in words and as a document.

use scoin_api::EntryBody;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_wallet::wallet::{OfAge, Right};
use serde_json::{Value, json};

use crate::output::Report;

/// The day as a document.
pub(super) fn coming_json(coming: &OfAge) -> Value {
    json!({
        "right": match coming.right {
            Right::OfAge => "of-age",
            Right::Private => "private",
        },
        "account": coming.account.to_string(),
        "own": coming.own,
        "from": coming.from,
        "reached": coming.reached,
    })
}

/// The day in a sentence, for the person or for a guardian.
pub(super) fn tell_coming(words: &Catalogue, coming: &OfAge) -> String {
    let key = match (coming.right, coming.own, coming.reached) {
        (Right::OfAge, true, false) => "family.of_age_own",
        (Right::OfAge, true, true) => "family.of_age_since",
        (Right::OfAge, false, _) => "family.of_age_ward",
        (Right::Private, true, _) => "family.private_own",
        (Right::Private, false, _) => "family.private_ward",
    };
    say(words, key, coming)
}

/// What a sync says in the month before, and once the day has come.
pub(super) fn tell_of_age(
    mut report: Report,
    words: &Catalogue,
    (near, came): (&[OfAge], &[EntryBody]),
) -> Report {
    for coming in near {
        report = report.text(tell_near(words, coming));
    }
    for entry in came {
        report = report.text(tell_came(words, entry));
    }
    report
}

fn tell_near(words: &Catalogue, coming: &OfAge) -> String {
    let key = match (coming.right, coming.own) {
        (Right::OfAge, true) => "notice.of_age_near_own",
        (Right::OfAge, false) => "notice.of_age_near_ward",
        (Right::Private, true) => "notice.private_near_own",
        (Right::Private, false) => "notice.private_near_ward",
    };
    say(words, key, coming)
}

fn say(words: &Catalogue, key: &str, coming: &OfAge) -> String {
    let ward = coming.account.to_string();
    words.say(key, &[("from", (&coming.from).into()), ("ward", (&ward).into())])
}

/// Without another side it is one's own.
fn tell_came(words: &Catalogue, entry: &EntryBody) -> String {
    match &entry.other {
        Some(ward) => words.say("notice.of_age_ward", &[("ward", ward.into())]),
        None => words.say("notice.of_age_own", &[]),
    }
}
