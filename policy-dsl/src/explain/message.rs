//! The part of ICU `MessageFormat` that the catalogue uses, and nothing more:
//! `{x}`, `{n, number}`, `{n, plural, one {# shop} other {# shops}}`, `{x, select, week {…} other {…}}`.
//!
//! Reading is strict: what other readers of the same catalogue might understand differently is an error here (an ASCII
//! apostrophe, which quotes in ICU, `<`, which opens a tag for some, and `#` outside a plural).

use super::Lang;

/// Messages in messages at most so deep.
const DEPTH_MAX: usize = 4;

/// A message, read once and filled often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// As it is.
    Plain(String),
    /// Grouped by three.
    Number(String),
    /// The number of the plural around it, grouped by three.
    Hash,
    /// By the plural form of a number.
    Plural(String, Vec<(String, Vec<Piece>)>),
    /// By a word.
    Select(String, Vec<(String, Vec<Piece>)>),
}

/// What fills a place of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A word or a finished text.
    Text(&'a str),
    /// A whole number.
    Number(u64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// The arguments of a message, by name.
pub type Args<'a> = [(&'a str, Value<'a>)];

/// Why a message cannot be read or filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// Not a message of this subset: what is wrong, and at which byte.
    Malformed(&'static str, usize),
    /// No argument of this name was given.
    Missing(String),
    /// The argument of this name is a text where a number is needed.
    NotANumber(String),
}

impl core::fmt::Display for MessageError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Malformed(what, at) => write!(out, "{what} at byte {at}"),
            Self::Missing(name) => write!(out, "give the argument `{name}`"),
            Self::NotANumber(name) => write!(out, "give a number as `{name}`"),
        }
    }
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// [`MessageError::Malformed`] for everything outside the subset, and for messages nested deeper than four.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let mut reader = Reader { text, at: 0 };
        let pieces = reader.pieces(0, false)?;
        if reader.at < text.len() {
            return Err(reader.error("a `}` that closes nothing"));
        }
        if pieces.is_empty() {
            return Err(reader.error("an empty message"));
        }
        Ok(Self(pieces))
    }

    /// The text, with every place filled. Arguments that no place asks for are passed over.
    ///
    /// # Errors
    /// [`MessageError::Missing`] or [`MessageError::NotANumber`], for the first place that cannot be filled.
    pub fn fill(&self, lang: Lang, args: &Args<'_>) -> Result<String, MessageError> {
        let mut out = String::new();
        fill(&self.0, lang, args, 0, &mut out)?;
        Ok(out)
    }

    /// The names of its places, sorted, each once.
    pub fn places(&self) -> Vec<&str> {
        let mut names = Vec::new();
        places(&self.0, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What stands in it as it is, for those who check the words: a text, and whether a place comes right before it.
    pub fn texts(&self) -> Vec<(bool, &str)> {
        let mut texts = Vec::new();
        literals(&self.0, false, &mut texts);
        texts
    }
}

/// `1,234,567`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn fill(
    pieces: &[Piece],
    lang: Lang,
    args: &Args<'_>,
    around: u64,
    out: &mut String,
) -> Result<(), MessageError> {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Hash => out.push_str(&grouped(around)),
            Piece::Number(name) => out.push_str(&grouped(number(name, args)?)),
            Piece::Plain(name) => match value(name, args)? {
                Value::Text(text) => out.push_str(text),
                Value::Number(number) => out.push_str(&number.to_string()),
            },
            Piece::Plural(name, forms) => {
                let number = number(name, args)?;
                fill(chosen(forms, plural_form(number, lang)), lang, args, number, out)?;
            }
            Piece::Select(name, forms) => match value(name, args)? {
                Value::Text(text) => fill(chosen(forms, text), lang, args, around, out)?,
                Value::Number(number) => {
                    fill(chosen(forms, &number.to_string()), lang, args, around, out)?;
                }
            },
        }
    }
    Ok(())
}

/// The form of a whole number: of our languages only English tells one from many.
fn plural_form(number: u64, lang: Lang) -> &'static str {
    match lang {
        Lang::En if number == 1 => "one",
        Lang::Ko | Lang::En | Lang::Zh => "other",
    }
}

/// The form of this name; else `other`, which is always there.
fn chosen<'m>(forms: &'m [(String, Vec<Piece>)], name: &str) -> &'m [Piece] {
    let named = |wanted: &str| forms.iter().find(|(name, _)| name == wanted);
    named(name).or_else(|| named("other")).map_or(&[], |(_, pieces)| pieces.as_slice())
}

fn value<'a>(name: &str, args: &Args<'a>) -> Result<Value<'a>, MessageError> {
    let found = args.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value).ok_or_else(|| MessageError::Missing(name.to_owned()))
}

fn number(name: &str, args: &Args<'_>) -> Result<u64, MessageError> {
    match value(name, args)? {
        Value::Number(number) => Ok(number),
        Value::Text(_) => Err(MessageError::NotANumber(name.to_owned())),
    }
}

fn places<'m>(pieces: &'m [Piece], names: &mut Vec<&'m str>) {
    for piece in pieces {
        match piece {
            Piece::Text(_) | Piece::Hash => {}
            Piece::Plain(name) | Piece::Number(name) => names.push(name),
            Piece::Plural(name, forms) | Piece::Select(name, forms) => {
                names.push(name);
                for (_, pieces) in forms {
                    places(pieces, names);
                }
            }
        }
    }
}

fn literals<'m>(pieces: &'m [Piece], mut after: bool, texts: &mut Vec<(bool, &'m str)>) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => texts.push((after, text)),
            Piece::Plain(_) | Piece::Number(_) | Piece::Hash => {}
            Piece::Plural(_, forms) | Piece::Select(_, forms) => {
                for (_, pieces) in forms {
                    literals(pieces, false, texts);
                }
            }
        }
        after = !matches!(piece, Piece::Text(_));
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// Text and places, up to the end or an unmatched `}`.
    fn pieces(&mut self, depth: usize, in_plural: bool) -> Result<Vec<Piece>, MessageError> {
        if depth > DEPTH_MAX {
            return Err(self.error("a message nested too deep"));
        }
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(next) = self.peek().filter(|next| *next != '}') {
            let piece = match next {
                '{' => self.place(depth)?,
                '#' if in_plural => {
                    self.skip(next);
                    Piece::Hash
                }
                '#' => return Err(self.error("a `#` outside a plural")),
                '\'' => return Err(self.error("an ASCII apostrophe; write `’`")),
                '<' => return Err(self.error("a `<`")),
                plain => {
                    self.skip(plain);
                    text.push(plain);
                    continue;
                }
            };
            if !text.is_empty() {
                pieces.push(Piece::Text(core::mem::take(&mut text)));
            }
            pieces.push(piece);
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(pieces)
    }

    /// `{name}`, `{name, number}`, `{name, plural, …}` or `{name, select, …}`.
    fn place(&mut self, depth: usize) -> Result<Piece, MessageError> {
        self.expect('{')?;
        let name = self.name()?;
        if self.closes() {
            return Ok(Piece::Plain(name));
        }
        self.expect(',')?;
        let kind = self.name()?;
        match kind.as_str() {
            "number" => {
                self.expect('}')?;
                Ok(Piece::Number(name))
            }
            "plural" => Ok(Piece::Plural(name, self.forms(depth, true)?)),
            "select" => Ok(Piece::Select(name, self.forms(depth, false)?)),
            _ => Err(self.error("a kind that is not `number`, `plural` or `select`")),
        }
    }

    /// `, one {…} other {…}}`
    fn forms(
        &mut self,
        depth: usize,
        plural: bool,
    ) -> Result<Vec<(String, Vec<Piece>)>, MessageError> {
        self.expect(',')?;
        let mut forms: Vec<(String, Vec<Piece>)> = Vec::new();
        while !self.closes() {
            let name = self.name()?;
            if plural && !matches!(name.as_str(), "one" | "other") {
                return Err(self.error("a plural form that is not `one` or `other`"));
            }
            if forms.iter().any(|(known, _)| *known == name) {
                return Err(self.error("the same form twice"));
            }
            self.expect('{')?;
            let pieces = self.pieces(depth.saturating_add(1), plural)?;
            self.expect('}')?;
            forms.push((name, pieces));
        }
        if forms.iter().any(|(name, _)| name == "other") {
            Ok(forms)
        } else {
            Err(self.error("no form `other`"))
        }
    }

    fn name(&mut self) -> Result<String, MessageError> {
        self.spaces();
        let mut name = String::new();
        let part = |next: &char| next.is_ascii_lowercase() || next.is_ascii_digit() || *next == '_';
        while let Some(next) = self.peek().filter(part) {
            self.skip(next);
            name.push(next);
        }
        self.spaces();
        if name.is_empty() { Err(self.error("a name was expected")) } else { Ok(name) }
    }

    fn closes(&mut self) -> bool {
        self.spaces();
        let closes = self.peek() == Some('}');
        if closes {
            self.skip('}');
        }
        closes
    }

    fn expect(&mut self, wanted: char) -> Result<(), MessageError> {
        if self.peek() == Some(wanted) {
            self.skip(wanted);
            return Ok(());
        }
        Err(self.error(match wanted {
            '{' => "a `{` was expected",
            ',' => "a `,` was expected",
            _ => "a `}` was expected",
        }))
    }

    fn spaces(&mut self) {
        while self.peek() == Some(' ') {
            self.skip(' ');
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    fn skip(&mut self, char: char) {
        self.at = self.at.saturating_add(char.len_utf8());
    }

    fn error(&self, what: &'static str) -> MessageError {
        MessageError::Malformed(what, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_the_subset_is_refused_at_its_place() {
        let cases = [
            ("", "an empty message", 0),
            ("a}", "a `}` that closes nothing", 1),
            ("{", "a name was expected", 1),
            ("{n", "a `,` was expected", 2),
            ("{n, date}", "a kind that is not `number`, `plural` or `select`", 8),
            ("{n, number, ::percent}", "a `}` was expected", 10),
            ("{n, plural, one {a}}", "no form `other`", 20),
            ("{n, plural, =1 {a} other {b}}", "a name was expected", 12),
            ("{n, plural, few {a} other {b}}", "a plural form that is not `one` or `other`", 16),
            ("{x, select, a {1} a {2} other {3}}", "the same form twice", 20),
            ("{x, select, a {#} other {b}}", "a `#` outside a plural", 15),
            ("it's", "an ASCII apostrophe; write `’`", 2),
            ("<b>", "a `<`", 0),
            ("{N}", "a name was expected", 1),
        ];
        for (text, what, at) in cases {
            assert_eq!(Message::parse(text), Err(MessageError::Malformed(what, at)), "{text}");
        }
        let deep = format!("{}x{}", "{a, select, other {".repeat(9), "}}".repeat(9));
        assert!(Message::parse(&deep).is_err());
    }

    #[test]
    fn a_place_without_its_argument_is_an_error() {
        let message = Message::parse("{n, plural, one {# shop} other {# shops}} {where}").unwrap();
        assert_eq!(message.places(), ["n", "where"]);
        let place = ("where", Value::Text("near school"));
        let fill = |args: &Args<'_>| message.fill(Lang::En, args);
        assert_eq!(fill(&[("n", 1.into()), place]).unwrap(), "1 shop near school");
        assert_eq!(fill(&[("n", 1_200.into()), place]).unwrap(), "1,200 shops near school");
        assert_eq!(fill(&[place]), Err(MessageError::Missing("n".to_owned())));
        assert_eq!(
            fill(&[("n", "1".into()), place]),
            Err(MessageError::NotANumber("n".to_owned()))
        );
    }
}
