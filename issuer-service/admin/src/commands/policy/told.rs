//! What rules promise and why they refuse, in words for the holder.

use scoin_policy::causes::Cause;
use scoin_policy::civil::Civil;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::{self, NoNames, Reader, View, paragraph};
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
            let rule = view.words.say("rule.in_brackets", &[("line", (&told.rule).into())]);
            format!("{} {rule}", paragraph(&told.title, &told.body, view))
        };
        causes.iter().map(line).collect()
    })
}

fn in_view<T>(now: Civil, lang: Lang, tell: impl FnOnce(&View<'_>) -> T) -> T {
    let words = Catalogue::of(lang.into());
    let unit = words.say("unit.won", &[]);
    let (reader, amount) = (Reader::Adult, None);
    tell(&View { words: &words, reader, now, unit: &unit, amount, names: &NoNames })
}
