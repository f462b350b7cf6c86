//! A refusal as sentences in the holder's language. Every word comes from the catalogue of [`scoin_policy::explain`]: what
//! rules say, and what the ledger says by itself.

mod asked;
mod plain;

use scoin_core::outcome::{Refusal, RuleRefusal};
use scoin_core::{Amount, PolicyId, Timestamp};
use scoin_policy::causes::{self, Cause, Value};
use scoin_policy::civil::Civil;
use scoin_policy::explain as words;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::ir::Policy;

pub use scoin_policy::explain::{Coin, Lang, Reader};

use crate::civil::Zone;
use crate::error::{Told, WalletError};
use crate::estimate::Estimate;
use crate::wallet::Wallet;

/// What a sentence may need besides the refusal.
#[derive(Clone, Copy, Debug)]
struct Context<'a> {
    words: &'a Catalogue,
    reader: Reader,
    unit: &'a str,
    /// What was asked for, if it is known.
    asked: Option<Amount>,
    /// The policy of the first cause, if it is known.
    policy: Option<&'a Policy>,
    /// The present, if it is known.
    now: Option<Timestamp>,
}

impl<'a> Context<'a> {
    /// Knows the words and nothing else.
    fn of(words: &'a Catalogue, unit: &'a str) -> Self {
        Self { words, reader: Reader::Adult, unit, asked: None, policy: None, now: None }
    }

    fn view(&self, now: Civil, names: &'a dyn words::Names) -> words::View<'a> {
        let amount = self.asked.map(Amount::units);
        words::View { words: self.words, reader: self.reader, now, unit: self.unit, amount, names }
    }
}

/// Sentences for the holder, the most important first, from the refusal alone. [`Wallet::explain`] knows more.
pub fn explain(refusal: &Refusal, lang: Lang) -> Vec<String> {
    let words = Catalogue::of(lang);
    let unit = unit("won", &words);
    sentences(refusal, &Context::of(&words, &unit), &words::NoNames)
}

/// The code of the denial catalogue that stands for a refusal: of rules, the one of the first cause. A till hears
/// [`words::till_class`] of it, which is what [`Refusal::merchant_class`] says.
pub fn denial_code(refusal: &Refusal) -> Option<&'static str> {
    let Some(first) = causes_of(refusal).into_iter().next() else { return plain::code(refusal) };
    let words = Catalogue::of(Lang::En);
    let view = Context::of(&words, "won").view(Civil::default(), &words::NoNames);
    Some(words::cause(&first, None, &view).code)
}

impl Wallet {
    /// Sentences for the holder, with the city's unit, and with what the coin is for as far as its rule is cached. A
    /// holder under 14 gets the catalogue's easier words. `asked` is what the payment was for, if it was one.
    pub fn explain(
        &self,
        refusal: &Refusal,
        asked: Option<Amount>,
        lang: Lang,
    ) -> Result<Vec<String>, WalletError> {
        let causes = causes_of(refusal);
        let id = causes.first().map(|cause| PolicyId(cause.policy.0));
        let policy = id.map(|id| self.cached_policy(id)).transpose()?.flatten();
        let words = Catalogue::of(lang);
        let unit = unit(&self.city()?.genesis.currency, &words);
        let now = self.clock_skew().map(|_| self.known_now());
        let (reader, policy) = (self.reader()?, policy.as_ref());
        let context = Context { words: &words, reader, unit: &unit, asked, policy, now };
        Ok(sentences(refusal, &context, &Lists(self)))
    }

    /// Why an estimate uses these coins and in this order: a line for each of them.
    pub fn explain_lots(
        &self,
        estimate: &Estimate,
        lang: Lang,
    ) -> Result<Vec<String>, WalletError> {
        let words = Catalogue::of(lang);
        let unit = unit(&self.city()?.genesis.currency, &words);
        let zone = Zone::named(&self.city()?.genesis.zone);
        let now = zone.map(|zone| zone.civil(estimate.at)).unwrap_or_default();
        let view = Context::of(&words, &unit).view(now, &words::NoNames);
        let coin = |used: &crate::estimate::Use| Coin {
            title: used.title(lang).map(str::to_owned),
            amount: used.amount.units(),
            last_day: used.last_day,
            why: used.why,
        };
        Ok(words::lots(&estimate.uses.iter().map(coin).collect::<Vec<_>>(), &view))
    }

    /// Who reads: a child, while the city attests an age under 14.
    fn reader(&self) -> Result<Reader, WalletError> {
        let known = self.account()?.map(|account| account.attributes).unwrap_or_default();
        let zone = Zone::named(&self.city()?.genesis.zone);
        let today = zone.map(|zone| zone.civil(self.known_now()).date.0);
        // Dates in ISO 8601 sort as texts.
        let over = known.age_until.zip(today.map(scoin_api::encode::date_text));
        let is_known = over.is_none_or(|(until, today)| today <= until);
        Ok(Reader::of_age(known.age.filter(|_| is_known).map(i64::from)))
    }

    /// Says a refusal in words. Reads the rule that refused, and its lists, where they are not known yet; what cannot be
    /// read is left out.
    pub(crate) async fn tell(&self, refusal: &Refusal, asked: Option<Amount>) -> Told {
        if let Some(cause) = causes_of(refusal).first()
            && let Err(error) = self.learn_policy(PolicyId(cause.policy.0)).await
        {
            tracing::debug!(%error, "the rule of a refusal could not be read");
        }
        Told::by(|lang| {
            self.explain(refusal, asked, lang).unwrap_or_else(|_| explain(refusal, lang))
        })
    }
}

/// Every clause that stands in the way; empty if no rule does.
pub fn causes_of(refusal: &Refusal) -> Vec<Cause> {
    let Refusal::Rules(RuleRefusal { causes, .. }) = refusal else { return Vec::new() };
    causes::decode(causes).unwrap_or_default()
}

/// The sentences of a refusal in every language, from the refusal alone.
pub(crate) fn tell(refusal: &Refusal) -> Told {
    Told::by(|lang| explain(refusal, lang))
}

fn sentences(refusal: &Refusal, context: &Context<'_>, names: &dyn words::Names) -> Vec<String> {
    let causes = causes_of(refusal);
    let view = context.view(civil_now(&causes, context), names);
    let Some((first, others)) = causes.split_first() else {
        return vec![plain::sentence(refusal, &view)];
    };
    let mut sentences = vec![words::refusal(std::slice::from_ref(first), context.policy, &view)];
    for other in others {
        let of_policy = context.policy.filter(|policy| policy.id() == other.policy);
        let told = words::cause(other, of_policy, &view);
        let rule = context.words.say("rule.in_brackets", &[("line", (&told.rule).into())]);
        sentences.push(format!("{} {rule}", words::paragraph(&told.title, &told.body, &view)));
    }
    if let Refusal::Rules(rules) = refusal
        && !rules.pass_now.is_zero()
    {
        let money = words::money(rules.pass_now.units(), &view);
        sentences.push(context.words.say("cause.passes", &[("money", (&money).into())]));
    }
    sentences
}

/// The present in the policy's zone: from the clock, or as the rule found it.
fn civil_now(causes: &[Cause], context: &Context<'_>) -> Civil {
    let zone = context.policy.and_then(|policy| Zone::named(&policy.zone));
    let by_clock = zone.zip(context.now).map(|(zone, now)| zone.civil(now));
    let found = causes.iter().flat_map(|cause| &cause.found).find_map(|found| match found.value {
        Value::Time(civil) => Some(civil),
        Value::Missing | Value::Words(_) | Value::Number(_) | Value::Wait(_) => None,
    });
    found.or(by_clock).unwrap_or_default()
}

/// The currency's word in a language.
fn unit(currency: &str, words: &Catalogue) -> String {
    words.find(&format!("unit.{currency}"), &[]).unwrap_or_else(|| currency.to_owned())
}

/// Lists in the words of the cache.
struct Lists<'a>(&'a Wallet);

impl words::Names for Lists<'_> {
    fn list(&self, list: &str, _lang: Lang) -> Option<words::ListWords> {
        let body: scoin_api::ListBody = self.0.cached(&format!("list/{list}")).ok().flatten()?;
        let members = u32::try_from(body.members.len()).ok()?;
        Some(words::ListWords { members, ..words::ListWords::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each: what a till hears of the code must be what it hears of the refusal.
    fn refusals() -> Vec<Refusal> {
        let (have, left) = (Amount::new(1_234_567), Amount::new(5));
        let rules = RuleRefusal { pass_now: Amount::ZERO, next: None, causes: vec![9] };
        vec![
            Refusal::WrongNetwork,
            Refusal::UnknownAccount,
            Refusal::UnknownKey,
            Refusal::IdConflict,
            Refusal::Expired,
            Refusal::TooFarAhead,
            Refusal::OutOfRange { field: "reason".to_owned() },
            Refusal::ZeroAmount,
            Refusal::NotAllowed,
            Refusal::Frozen { by: 1 },
            Refusal::Frozen { by: 2 },
            Refusal::Frozen { by: 3 },
            Refusal::MerchantClosed,
            Refusal::KeyCap { left },
            Refusal::PolicyRetired,
            Refusal::GuardOnly,
            Refusal::NotFound { what: "hold".to_owned() },
            Refusal::AlreadyDone { what: "account".to_owned() },
            Refusal::RequestNotGenuine,
            Refusal::RequestExpired,
            Refusal::RequestPaid { by: scoin_core::CommandId([1; 16]) },
            Refusal::RulesRejected { code: "E0107".to_owned(), message: "no".to_owned() },
            Refusal::DigestMismatch,
            Refusal::ProposalClosed,
            Refusal::HoldClosed,
            Refusal::MoreThanLeft { left },
            Refusal::NotGivable { givable: left },
            Refusal::Rules(rules),
            Refusal::NotEnough { have },
            Refusal::PoolEmpty { have },
            Refusal::NothingEarned,
            Refusal::TooManyLots,
            Refusal::Overflow,
            Refusal::AskNeedless,
            Refusal::AskClosed,
            Refusal::TooManyAsks { most: 8 },
            Refusal::OfAge,
            Refusal::ConsentRequired,
            Refusal::ConsentUnconfirmed,
        ]
    }

    #[test]
    fn every_language_has_words_for_what_no_rule_says() {
        for refusal in refusals() {
            for lang in Lang::ALL {
                let told = explain(&refusal, lang).join("|");
                let ends = told.ends_with(['.', '?', '。', '？']);
                let keys = ["refusal.", "denial.", "{"].iter().any(|key| told.contains(key));
                assert!(ends && !keys && !told.contains('|'), "{lang:?} {refusal:?}: {told}");
            }
        }
        let have = Refusal::NotEnough { have: Amount::new(1_234_567) };
        let told = |lang| explain(&have, lang).join("").replace('\u{a0}', " ");
        assert_eq!(
            told(Lang::Ko),
            "쓸 수 있는 돈이 모자라요. 여기서 쓸 수 있는 금액은 1,234,567원까지예요."
        );
        assert_eq!(told(Lang::En), "Not enough here. You can spend up to 1,234,567 won here.");
        assert_eq!(told(Lang::Zh), "钱不够。在这里最多能付 1,234,567韩元。");
    }

    #[test]
    fn a_till_hears_of_a_code_what_it_hears_of_the_refusal() {
        let mut known = 0;
        for refusal in refusals() {
            let Some(class) = denial_code(&refusal).and_then(words::till_class) else { continue };
            assert_eq!(class, refusal.merchant_class().letter(), "{refusal:?}");
            known += 1;
        }
        assert_eq!(known, 8);
    }
}
