//! What rules promise and why they refuse, in words for the holder.

use scoin_policy::causes::Cause;
use scoin_policy::civil::Civil;
use scoin_policy::explain::{self, NoNames, View};
use scoin_policy::ir::Policy;

use crate::args::Lang;

/// The promise of a policy, told on a day.
pub(crate) fn promise(policy: &Policy, now: Civil, lang: Lang) -> String {
    in_view(now, lang, |view| explain::promise(policy, view))
}

/// One line for each cause, the rule last.
pub(crate) fn causes(causes: &[Cause], policy: &Policy, now: Civil, lang: Lang) -> Vec<String> {
    in_view(now, lang, |view| {
        let line = |cause: &Cause| {
            let told = explain::cause(cause, Some(policy), view);
            format!("{}. {} ({})", told.title, told.body, told.rule)
        };
        causes.iter().map(line).collect()
    })
}

fn in_view<T>(now: Civil, lang: Lang, tell: impl FnOnce(&View<'_>) -> T) -> T {
    let korean = lang == Lang::Ko;
    let (lang, unit) = if korean { (explain::Lang::Ko, "원") } else { (explain::Lang::En, "won") };
    tell(&View { lang, now, unit, names: &NoNames })
}
