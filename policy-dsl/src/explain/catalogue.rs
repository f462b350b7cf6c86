//! The one catalogue of words: `locales/*.json` at the root of the repository, one ICU message a key.

use std::collections::BTreeMap;

use super::Lang;
use super::message::{Args, Message, MessageError};

/// The words of one language. Build it once and lend it to every [`super::View`].
#[derive(Clone, Debug)]
pub struct Catalogue {
    lang: Lang,
    messages: BTreeMap<String, Message>,
}

/// Why a catalogue cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueError {
    /// The file is not one flat JSON object of strings: the line that is wrong, from 1.
    Json(usize),
    /// A key stands twice.
    Twice(String),
    /// A message is not of the subset.
    Message(String, MessageError),
}

impl Catalogue {
    /// The words of a language. A test holds the built-in files to what [`Self::parse`] accepts.
    pub fn of(lang: Lang) -> Self {
        Self::parse(lang, source(lang)).unwrap_or_else(|_| Self { lang, messages: BTreeMap::new() })
    }

    /// Reads a catalogue: one flat JSON object, one key a line, of the escapes only `\"` and `\\`.
    ///
    /// # Errors
    /// Anything else, a key that stands twice, and the first message that is not of the subset.
    pub fn parse(lang: Lang, text: &str) -> Result<Self, CatalogueError> {
        let mut messages = BTreeMap::new();
        for (key, text) in entries(text).map_err(CatalogueError::Json)? {
            let message = Message::parse(&text)
                .map_err(|error| CatalogueError::Message(key.clone(), error))?;
            if messages.insert(key.clone(), message).is_some() {
                return Err(CatalogueError::Twice(key));
            }
        }
        Ok(Self { lang, messages })
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The message of a key.
    pub fn get(&self, key: &str) -> Option<&Message> {
        self.messages.get(key)
    }

    /// Every key, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.messages.keys().map(String::as_str)
    }

    /// A message, filled. Without such a message, or when an argument is missing, the key itself: ugly, and never a
    /// wrong sentence.
    pub fn say(&self, key: &str, args: &Args<'_>) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// As [`Self::say`], but nothing where there is nothing to say.
    pub fn find(&self, key: &str, args: &Args<'_>) -> Option<String> {
        self.get(key).and_then(|message| message.fill(self.lang, args).ok())
    }
}

/// The file of a language, as it is in the repository.
pub fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::Ko => include_str!("../../../locales/ko.json"),
        Lang::En => include_str!("../../../locales/en.json"),
        Lang::Zh => include_str!("../../../locales/zh.json"),
    }
}

/// The entries of a flat object, or the line that is wrong.
fn entries(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut found = Vec::new();
    let mut lines = (1_usize..).zip(text.lines());
    let (_, first) = lines.next().ok_or(1_usize)?;
    if first != "{" {
        return Err(1);
    }
    let mut open = true;
    for (number, line) in lines {
        if line == "}" && open {
            open = false;
            continue;
        }
        let entry = line.trim().trim_end_matches(',');
        let (key, rest) = string(entry).filter(|_| open).ok_or(number)?;
        let (message, rest) =
            rest.strip_prefix(':').map(str::trim_start).and_then(string).ok_or(number)?;
        if !rest.is_empty() {
            return Err(number);
        }
        found.push((key, message));
    }
    if open { Err(text.lines().count()) } else { Ok(found) }
}

/// A JSON string at the beginning of `text`, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut chars = text.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return Some((found, chars.as_str())),
            '\\' => found.push(chars.next().filter(|next| matches!(next, '"' | '\\'))?),
            control if control.is_control() => return None,
            plain => found.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_words_are_well_formed() {
        for lang in Lang::ALL {
            let read = Catalogue::parse(lang, source(lang));
            assert!(read.is_ok(), "{lang:?}: {:?}", read.err());
        }
    }

    #[test]
    fn a_catalogue_is_one_flat_object() {
        let parse = |text: &str| Catalogue::parse(Lang::En, text).map(|found| found.messages.len());
        assert_eq!(parse("{\n  \"a\": \"x\",\n  \"b\": \"say \\\"y\\\"\"\n}\n"), Ok(2));
        for (text, line) in [
            ("", 1),
            ("[\n]", 1),
            ("{\n  \"a\": 1\n}", 2),
            ("{\n  \"a\": {\"b\": \"c\"}\n}", 2),
            ("{\n  \"a\": \"\\n\"\n}", 2),
            ("{\n  \"a\": \"x\"", 2),
            ("{\n}\n  \"a\": \"x\"", 3),
        ] {
            assert_eq!(parse(text), Err(CatalogueError::Json(line)), "{text}");
        }
        let twice = "{\n  \"a\": \"x\",\n  \"a\": \"y\"\n}";
        assert_eq!(parse(twice), Err(CatalogueError::Twice("a".to_owned())));
    }

    #[test]
    fn a_key_without_words_is_seen() {
        let words = Catalogue::of(Lang::En);
        assert_eq!(words.say("no.such.key", &[]), "no.such.key");
        assert_eq!(words.say("denial.age_under.title", &[]), "denial.age_under.title");
    }
}
