//! The rules of the voice, over every message of `locales/`.

use scoin_policy::explain::catalogue::{Catalogue, source};
use scoin_policy::explain::message::Message;
use scoin_policy::explain::{DENIALS, Lang};

fn all() -> [Catalogue; 3] {
    Lang::ALL.map(Catalogue::of)
}

fn each_text(words: &Catalogue, mut check: impl FnMut(&str, bool, &str)) {
    for key in words.keys() {
        for (after_place, text) in words.get(key).unwrap().texts() {
            check(key, after_place, text);
        }
    }
}

#[test]
fn three_languages_have_the_same_keys_in_the_same_order() {
    let keys = |lang| -> Vec<&str> {
        source(lang).lines().filter_map(|line| line.split('"').nth(1)).collect()
    };
    let ko = keys(Lang::Ko);
    assert!(ko.len() > 500, "{}", ko.len());
    assert_eq!(ko, keys(Lang::En));
    assert_eq!(ko, keys(Lang::Zh));
}

/// A place that only some languages use is an argument the caller must give all the same; one that no other language
/// knows is a slip. (What a till shows is shorter in English and Chinese.)
#[test]
fn places_are_the_same_words_in_all_languages() {
    let [ko, en, zh] = all();
    for key in ko.keys() {
        let places = |words: &Catalogue| -> Vec<String> {
            words.get(key).unwrap().places().into_iter().map(str::to_owned).collect()
        };
        let (ko, en, zh) = (places(&ko), places(&en), places(&zh));
        let known = |place: &String| {
            [&ko, &en, &zh].into_iter().filter(|all| all.contains(place)).count() > 1
                || ALONE.contains(&(key, place.as_str()))
        };
        let alone: Vec<_> = ko.iter().chain(&en).chain(&zh).filter(|place| !known(place)).collect();
        assert!(alone.is_empty(), "{key}: {alone:?} in one language only");
    }
}

/// Places that one language alone needs.
const ALONE: &[(&str, &str)] = &[
    ("denial.part_of_basket.title", "total"),
    ("denial.part_of_basket.body", "ok"),
    ("denial.part_of_basket.body_plain", "ok"),
    ("till.paid.screen", "time"),
    ("till.paid.screen", "no"),
    ("till.c.screen", "no"),
    ("till.e.screen", "ref"),
    ("limit.count", "times"),
    ("reset.on", "time"),
];

#[test]
fn korean_has_no_particle_after_a_place_that_depends_on_its_sound() {
    const WRONG: [&str; 17] = [
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "과",
        "와",
        "으로",
        "로",
        "이에요",
        "예요",
        "아",
        "야",
        "이나",
        "나",
        "랑",
    ];
    // The particle is a word's end: `이` in `이상` is not one.
    let ends = |rest: &str| rest.chars().next().is_none_or(|next| !('가'..='힣').contains(&next));
    let mut after = 0;
    each_text(&all()[0], |key, after_place, text| {
        after += usize::from(after_place);
        for particle in WRONG {
            let wrong = after_place && text.strip_prefix(particle).is_some_and(ends);
            assert!(!wrong, "{key}: `{particle}` after a place: {text}");
        }
    });
    assert!(after > 150, "the lint looks at the texts after places: {after}");
}

#[test]
fn denials_are_short_in_korean() {
    let ko = &all()[0];
    for key in ko.keys().filter(|key| key.starts_with("denial.")) {
        let texts = ko.get(key).unwrap().texts();
        let letters = texts
            .iter()
            .flat_map(|(_, text)| text.chars())
            .filter(|letter| ('가'..='힣').contains(letter))
            .count();
        let part = key.split('.').next_back().unwrap();
        let most = if part.starts_with("title") || part.starts_with("next") { 20 } else { 60 };
        assert!(letters <= most, "{key}: {letters} of {most}");
    }
}

#[test]
fn nobody_is_blamed_and_no_jargon_is_used() {
    const WORDS: [&[&str]; 3] = [
        &["해 주십시오", "불가", "금지", "위반", "실패", "오류", "죄송", "토큰", "습니까"],
        &[
            "token",
            "invalid",
            "error",
            "failed",
            "failure",
            "violat",
            "sorry",
            "please note",
            "AM ",
            "PM ",
        ],
        &["抱歉", "代币", "失败", "错误", "违反", "禁止", "您"],
    ];
    for (words, wrong) in all().iter().zip(WORDS) {
        each_text(words, |key, _, text| {
            for word in wrong {
                assert!(
                    !text.to_lowercase().contains(&word.to_lowercase()),
                    "{key}: `{word}` in {text}"
                );
            }
            let shouts = text.contains(['!', '！']);
            assert!(!shouts, "{key}: no exclamation marks: {text}");
            assert!(!text.contains('"') || key == "rule.line", "{key}: straight quotes: {text}");
        });
    }
}

/// Three numbers belong to the catalogue's own words: how long a code lives, and how long checking takes.
#[test]
fn numbers_are_arguments() {
    for words in all() {
        each_text(&words, |key, _, text| {
            let its_own = matches!(key, "denial.code_expired.body" | "denial.checking.body");
            assert!(
                its_own || !text.contains(|letter: char| letter.is_ascii_digit()),
                "{:?} {key}: {text}",
                words.lang()
            );
        });
    }
}

#[test]
fn every_code_has_title_body_and_what_to_do_next() {
    assert_eq!(DENIALS.len(), 45);
    for words in all() {
        for denial in DENIALS {
            for part in ["title", "body", "next"] {
                let key = format!("denial.{}.{part}", denial.code);
                assert!(words.get(&key).is_some(), "{:?} has no {key}", words.lang());
            }
        }
        let codes = words.keys().filter_map(|key| key.strip_prefix("denial.")?.split('.').next());
        for code in codes {
            assert!(DENIALS.iter().any(|denial| denial.code == code), "`{code}` is no code");
        }
    }
}

#[test]
fn every_class_of_the_till_has_its_screen() {
    for words in all() {
        for class in DENIALS.iter().filter_map(|denial| denial.class) {
            let key = format!("till.{}.screen", class.to_ascii_lowercase());
            let screen: Option<&Message> = words.get(&key);
            assert!(screen.is_some(), "{:?} has no {key}", words.lang());
        }
    }
}
