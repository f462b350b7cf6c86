//! The formatter gives what `intl-messageformat` gives, for every message and every form of it. `golden.mjs` beside the
//! data writes the file.

use std::collections::BTreeSet;

use scoin_policy::explain::Lang;
use scoin_policy::explain::catalogue::Catalogue;
use scoin_policy::explain::message::Value;

const GOLDEN: &str = include_str!("../data/words/golden.tsv");

#[test]
fn every_message_is_filled_as_by_intl_messageformat() {
    let words: Vec<Catalogue> = Lang::ALL.into_iter().map(Catalogue::of).collect();
    let mut seen = BTreeSet::new();
    for line in GOLDEN.lines() {
        let [lang, key, args, text]: [&str; 4] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let words = words.iter().find(|words| words.lang().code() == lang).unwrap();
        let args: Vec<(&str, Value<'_>)> =
            args.split(';').filter(|arg| !arg.is_empty()).map(argument).collect();
        let message = words.get(key).unwrap_or_else(|| panic!("`{key}` left the catalogue"));
        assert_eq!(message.fill(words.lang(), &args).unwrap(), text, "{lang} {key}");
        seen.insert((words.lang(), key));
    }
    for words in &words {
        for key in words.keys() {
            let told = words.get(key).unwrap().places().is_empty() && !key.starts_with("denial.");
            assert!(
                told || seen.contains(&(words.lang(), key)),
                "no golden line for {:?} {key}: run golden.mjs again",
                words.lang()
            );
        }
    }
}

fn argument(text: &str) -> (&str, Value<'_>) {
    if let Some((name, text)) = text.split_once('=') {
        return (name, text.into());
    }
    let (name, number) = text.split_once('#').unwrap();
    (name, number.parse::<u64>().unwrap().into())
}
