//! Amounts, times and answers in words for people, and the document of a changing command.

use scoin_api::{EffectBody, Time};
use scoin_core::{Amount, Timestamp};
use scoin_wallet::Done;
use serde_json::{Value, json};

use crate::args::{Change, Lang};
use crate::output::Report;

/// `12,500`
pub(crate) fn money(units: u64) -> String {
    let digits = units.to_string();
    let mut text = String::new();
    for (place, digit) in (0..digits.len()).rev().zip(digits.chars()) {
        text.push(digit);
        if place > 0 && place % 3 == 0 {
            text.push(',');
        }
    }
    text
}

/// `12,500`
pub(crate) fn amount(amount: Amount) -> String {
    money(amount.units())
}

/// `2026-09-01 10:00:05`, in the zone given, or in UTC when it is not known here.
pub(crate) fn local(time: Timestamp, zone: &str) -> String {
    let micros = i64::try_from(time.micros()).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX);
    match instant.in_tz(zone) {
        Ok(local) => local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => Time(time).to_text(),
    }
}

/// The text in the language, else in English, else in any.
pub(crate) fn pick<'a>(
    lang: Lang,
    texts: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Option<&'a str> {
    let wanted = scoin_policy::explain::Lang::from(lang).code();
    let (mut english, mut any) = (None, None);
    for (language, text) in texts {
        if language == wanted {
            return Some(text);
        }
        if language == "en" {
            english = Some(text);
        }
        any = any.or(Some(text));
    }
    english.or(any)
}

/// The report of an accepted command: `words` say what it did.
pub(crate) fn done(done: &Done, change: &Change, words: impl Into<String>) -> Report {
    let proof = done.proof.as_ref();
    let mut fields = vec![("id", done.id.to_hex())];
    if let Some(proof) = proof {
        fields.push(("frame", format!("{}, place {}", proof.frame, proof.index)));
    }
    if let scoin_core::outcome::Effect::Pending { missing } = &done.effect {
        fields.push(("digest", hex::encode(done.digest)));
        fields.push(("approvals", format!("{missing} more needed")));
    }
    let report = Report::new(done_json(done, change));
    let report = if change.dry_run {
        report.text("nothing was changed: this is what would happen")
    } else {
        report
    };
    report.text(words).fields(fields)
}

/// What a guardian's change did: `said`, or that it waits for the other guardian.
pub(crate) fn settled(done: &Done, said: String) -> String {
    if matches!(done.effect, scoin_core::outcome::Effect::Pending { .. }) {
        let id = done.id.to_hex();
        format!("asked for; the other guardian must agree (`scoin wallet family agree {id}`)")
    } else {
        said
    }
}

/// The document of an accepted command.
pub(crate) fn done_json(done: &Done, change: &Change) -> Value {
    let proof = done.proof.as_ref();
    json!({
        "status": "accepted",
        "dry_run": change.dry_run,
        "id": done.id.to_hex(),
        "digest": hex::encode(done.digest),
        "effect": EffectBody::of(&done.effect),
        "frame": proof.map(|proof| proof.frame),
        "index": proof.map(|proof| proof.index),
        "time": proof.map(|proof| Time(proof.time)),
        "sandbox": proof.map(|proof| proof.sandbox),
        "receipt": proof.map(|proof| scoin_api::Base64(proof.receipt.clone())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_three() {
        for (units, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(money(units), text);
        }
    }

    #[test]
    fn times_are_local() {
        let time = Timestamp::from_micros(1_788_224_400_000_000);
        assert_eq!(local(time, "Asia/Seoul"), "2026-09-01 10:00:00");
        assert_eq!(local(time, "Nowhere/Nowhere"), "2026-09-01T01:00:00.000000Z");
    }

    #[test]
    fn a_text_is_found_in_any_language() {
        assert_eq!(pick(Lang::En, [("ko", "돈"), ("en", "money")]), Some("money"));
        assert_eq!(pick(Lang::En, [("ko", "돈")]), Some("돈"));
        assert_eq!(pick(Lang::Zh, [("ko", "돈"), ("en", "money")]), Some("money"));
        assert_eq!(pick(Lang::Ko, []), None);
    }
}
