//! A refusal as sentences in the holder's language. What rules say comes from [`scoin_policy::explain`]; the few words
//! for everything else are here.

mod en;
mod ko;

use scoin_core::outcome::{Refusal, RuleRefusal};
use scoin_core::{Amount, PolicyId, Timestamp};
use scoin_policy::causes::{self, Cause, Value};
use scoin_policy::civil::Civil;
use scoin_policy::explain as words;
use scoin_policy::ir::Policy;

pub use scoin_policy::explain::Lang;

use crate::civil::Zone;
use crate::error::{Told, WalletError};
use crate::wallet::Wallet;

/// What a sentence may need besides the refusal.
#[derive(Clone, Copy, Debug)]
struct Context<'a> {
    lang: Lang,
    unit: &'a str,
    /// The policy of the first cause, if it is known.
    policy: Option<&'a Policy>,
    /// The present, if it is known.
    now: Option<Timestamp>,
}

/// Sentences for the holder, the most important first, from the refusal alone. [`Wallet::explain`] knows more.
pub fn explain(refusal: &Refusal, lang: Lang) -> Vec<String> {
    let unit = unit("won", lang);
    sentences(refusal, &Context { lang, unit: &unit, policy: None, now: None }, &words::NoNames)
}

impl Wallet {
    /// Sentences for the holder, with the city's unit, and with what the coin is for as far as its rule is cached.
    pub fn explain(&self, refusal: &Refusal, lang: Lang) -> Result<Vec<String>, WalletError> {
        let causes = causes_of(refusal);
        let id = causes.first().map(|cause| PolicyId(cause.policy.0));
        let policy = id.map(|id| self.cached_policy(id)).transpose()?.flatten();
        let unit = unit(&self.city()?.genesis.currency, lang);
        let heard = self.clock_skew().map(|_| self.known_now());
        let context = Context { lang, unit: &unit, policy: policy.as_ref(), now: heard };
        Ok(sentences(refusal, &context, &Lists(self)))
    }
}

impl Wallet {
    /// Says a refusal in words. Reads the rule that refused, and its lists, where they are not known yet; what cannot be
    /// read is left out.
    pub(crate) async fn tell(&self, refusal: &Refusal) -> Told {
        if let Some(cause) = causes_of(refusal).first()
            && let Err(error) = self.learn_policy(PolicyId(cause.policy.0)).await
        {
            tracing::debug!(%error, "the rule of a refusal could not be read");
        }
        let alone = tell(refusal);
        Told {
            ko: self.explain(refusal, Lang::Ko).unwrap_or(alone.ko),
            en: self.explain(refusal, Lang::En).unwrap_or(alone.en),
        }
    }
}

/// Every clause that stands in the way; empty if no rule does.
pub fn causes_of(refusal: &Refusal) -> Vec<Cause> {
    let Refusal::Rules(RuleRefusal { causes, .. }) = refusal else { return Vec::new() };
    causes::decode(causes).unwrap_or_default()
}

/// The sentences of a refusal in every language, from the refusal alone.
pub(crate) fn tell(refusal: &Refusal) -> Told {
    Told { ko: explain(refusal, Lang::Ko), en: explain(refusal, Lang::En) }
}

fn sentences(refusal: &Refusal, context: &Context<'_>, names: &dyn words::Names) -> Vec<String> {
    let Refusal::Rules(rules) = refusal else { return vec![plain(refusal, context)] };
    let causes = causes_of(refusal);
    let Some((first, others)) = causes.split_first() else { return vec![plain(refusal, context)] };
    let now = civil_now(&causes, context);
    let view = words::View { lang: context.lang, now, unit: context.unit, names };
    let mut sentences = vec![words::refusal(std::slice::from_ref(first), context.policy, &view)];
    for other in others {
        let of_policy = context.policy.filter(|policy| policy.id() == other.policy);
        let told = words::cause(other, of_policy, &view);
        sentences.push(format!(
            "{}. {} ({})",
            told.title.trim_end_matches('.'),
            told.body,
            told.rule
        ));
    }
    if !rules.pass_now.is_zero() {
        sentences.push(passes(rules.pass_now, context));
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

fn plain(refusal: &Refusal, context: &Context<'_>) -> String {
    let money = |amount: Amount| money(amount, context.unit);
    match context.lang {
        Lang::Ko => ko::sentence(refusal, &money),
        Lang::En => en::sentence(refusal, &money),
    }
}

fn passes(amount: Amount, context: &Context<'_>) -> String {
    let money = money(amount, context.unit);
    match context.lang {
        Lang::Ko => format!("지금은 {money}까지 쓸 수 있어요."),
        Lang::En => format!("Up to {money} would pass now."),
    }
}

/// The currency's word in a language.
fn unit(currency: &str, lang: Lang) -> String {
    match (currency, lang) {
        ("won", Lang::Ko) => "원".to_owned(),
        _ => currency.to_owned(),
    }
}

/// `4,300원`, `4,300 won`.
fn money(amount: Amount, unit: &str) -> String {
    let digits = amount.units().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if unit.is_ascii() {
        text.push(' ');
    }
    text + unit
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

    #[test]
    fn every_language_has_words_for_what_no_rule_says() {
        let refusals = [
            Refusal::NotEnough { have: Amount::new(1_234_567) },
            Refusal::Frozen { by: 2 },
            Refusal::RequestExpired,
            Refusal::NotFound { what: "hold".to_owned() },
            Refusal::Rules(RuleRefusal { pass_now: Amount::ZERO, next: None, causes: vec![9] }),
        ];
        for refusal in refusals {
            for lang in [Lang::Ko, Lang::En] {
                let sentences = explain(&refusal, lang);
                assert!(sentences.len() == 1 && sentences[0].ends_with('.'), "{sentences:?}");
            }
        }
        let have = Refusal::NotEnough { have: Amount::new(1_234_567) };
        assert!(explain(&have, Lang::Ko)[0].contains("1,234,567원"));
        assert!(explain(&have, Lang::En)[0].contains("1,234,567 won"));
    }

    #[test]
    fn amounts_are_grouped_by_three() {
        for (units, text) in
            [(0, "0원"), (999, "999원"), (1_000, "1,000원"), (1_000_000, "1,000,000원")]
        {
            assert_eq!(money(Amount::new(units), "원"), text);
        }
    }
}
