//! An ask and its answer in words: what the ward reads, and what a guardian is asked.

use scoin_api::AskAnswerBody;
use scoin_core::Timestamp;
use scoin_core::command::ONCE_MICROS;
use scoin_policy::civil::Civil;
use scoin_policy::explain as words;
use scoin_policy::explain::Lang;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::message::Value;

use super::{Context, Reader, unit};
use crate::civil::Zone;
use crate::error::WalletError;
use crate::wallet::{Asked, Wallet};

impl Wallet {
    /// An ask in words, one or two lines. A ward under 14 gets the catalogue's easier words.
    pub fn tell_ask(&self, asked: &Asked, lang: Lang) -> Result<Vec<String>, WalletError> {
        let catalogue = Catalogue::of(lang);
        let genesis = self.city()?.genesis;
        let unit = unit(&genesis.currency, &catalogue);
        let reader = if asked.own { self.reader()? } else { Reader::Adult };
        let context = Context { reader, ..Context::of(&catalogue, &unit) };
        let zone = Zone::named(&genesis.zone);
        let civil = |at| zone.as_ref().map(|zone| zone.civil(at)).unwrap_or_default();
        let view = context.view(civil(self.known_now()), &words::NoNames);
        Ok(lines(asked, &view, self.known_now(), civil))
    }
}

fn lines(
    asked: &Asked,
    view: &words::View<'_>,
    now: Timestamp,
    civil: impl Fn(Timestamp) -> Civil,
) -> Vec<String> {
    let about = |key: &str, units: u64, until: &str| {
        let sum = words::money(units, view);
        let args =
            [("shop", (&asked.shop).into()), ("money", (&sum).into()), ("until", until.into())];
        view.words.say(key, &args)
    };
    let plain = |key: &str| about(key, asked.body.amount, "");
    if !asked.own {
        let reason = asked.body.reason.as_ref();
        let reason =
            reason.map(|reason| view.words.say("ask.reason", &[("reason", reason.into())]));
        return std::iter::once(plain("ask.for_guardian")).chain(reason).collect();
    }
    let line = match (asked.body.standing.as_str(), asked.body.answers.last()) {
        ("open", None) => plain("ask.open"),
        ("open", Some(_)) => plain("ask.part"),
        ("paid", _) | (_, None) => plain("ask.settled"),
        ("declined", Some(said)) => declined(said, view),
        (_, Some(said)) => match (said.answer.as_str(), said.most) {
            ("once", _) => {
                let until = said.at.0.saturating_add_micros(ONCE_MICROS).min(asked.body.until.0);
                let key = if until < now { "ask.lapsed" } else { "ask.once" };
                about(key, asked.body.amount, &clock(civil(until)))
            }
            ("today", Some(most)) if civil(said.at.0).date == civil(now).date => {
                about("ask.today", most, "24:00")
            }
            ("changed", _) => plain("ask.changed"),
            _ => plain("ask.lapsed"),
        },
    };
    vec![line]
}

/// What the catalogue says of a guardian's no.
fn declined(said: &AskAnswerBody, view: &words::View<'_>) -> String {
    let note: Vec<(&str, Value<'_>)> = said.note.iter().map(|note| ("note", note.into())).collect();
    let (title, body) = words::in_words("guardian_declined", &note, view);
    words::paragraph(&title, &body, view)
}

fn clock(at: Civil) -> String {
    format!("{:02}:{:02}", at.minute / 60, at.minute % 60)
}

#[cfg(test)]
mod tests {
    use scoin_api::{AskBody, Time};
    use scoin_policy::civil::Date;

    use super::*;

    fn asked(standing: &str, answer: Option<(&str, Option<u64>, Option<&str>)>) -> Asked {
        let at = Time(Timestamp::from_micros(3_600_000_000));
        let said = answer.map(|(answer, most, note)| AskAnswerBody {
            by: String::new(),
            at,
            answer: answer.to_owned(),
            most,
            note: note.map(str::to_owned),
        });
        let body = AskBody {
            amount: 6_000,
            reason: Some("책".to_owned()),
            until: Time(Timestamp::from_micros(9_000_000_000)),
            standing: standing.to_owned(),
            answers: said.into_iter().collect(),
            ..AskBody::default()
        };
        let ward = scoin_core::AccountId([1; 20]);
        Asked { ward, own: true, request: [0; 32], shop: "Bakery".to_owned(), body }
    }

    fn told(asked: &Asked, lang: Lang, reader: Reader, now: u64) -> String {
        let catalogue = Catalogue::of(lang);
        let context = Context { reader, ..Context::of(&catalogue, "won") };
        let civil = |at: Timestamp| Civil {
            date: Date(i32::try_from(at.micros() / 86_400_000_000).unwrap()),
            minute: u16::try_from(at.micros() / 60_000_000 % 1440).unwrap(),
        };
        let now = Timestamp::from_micros(now);
        let view = context.view(civil(now), &words::NoNames);
        lines(asked, &view, now, civil).join("|").replace('\u{a0}', " ")
    }

    #[test]
    fn a_ward_reads_how_an_ask_stands() {
        let now = 3_700_000_000;
        let cases = [
            (asked("open", None), "Asked about 6,000 won at Bakery. Nobody has answered yet."),
            (
                asked("answered", Some(("once", None, None))),
                "You can pay 6,000 won at Bakery now, until 01:15.",
            ),
            (
                asked("answered", Some(("today", Some(9_000), None))),
                "You can pay up to 9,000 won at Bakery, until 24:00.",
            ),
            (
                asked("declined", Some(("no", None, Some("tomorrow")))),
                "Not this time. Your guardian says: tomorrow",
            ),
            (asked("declined", Some(("no", None, None))), "Not this time. Choose something else?"),
            (asked("paid", None), "Done: 6,000 won at Bakery."),
        ];
        for (asked, expected) in cases {
            assert_eq!(told(&asked, Lang::En, Reader::Adult, now), expected);
            for lang in Lang::ALL {
                let text = told(&asked, lang, Reader::Child, now);
                assert!(!text.contains("ask.") && !text.contains('{') && text.len() > 4, "{text}");
            }
        }
        let late = told(
            &asked("answered", Some(("once", None, None))),
            Lang::En,
            Reader::Adult,
            4_600_000_000,
        );
        assert_eq!(late, "The answer about 6,000 won at Bakery is past its time. Ask again.");
        let day = told(
            &asked("answered", Some(("today", Some(9_000), None))),
            Lang::En,
            Reader::Adult,
            90_000_000_000,
        );
        assert_eq!(day, "The answer about 6,000 won at Bakery is past its time. Ask again.");
    }

    #[test]
    fn a_child_reads_a_no_in_easier_words() {
        let no = asked("declined", Some(("no", None, Some("저녁에 같이 가자"))));
        assert_eq!(told(&no, Lang::Ko, Reader::Child, 0), "다음에 사기로 해요. 저녁에 같이 가자");
    }

    #[test]
    fn a_guardian_reads_what_is_asked_and_why() {
        let of_ward = Asked { own: false, ..asked("open", None) };
        let text = told(&of_ward, Lang::En, Reader::Adult, 0);
        assert_eq!(text, "You are asked about 6,000 won at Bakery.|Reason: 책");
    }
}
