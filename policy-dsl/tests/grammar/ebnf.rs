//! Reads the grammar of `docs/policy-language.md`: ISO EBNF with `,` for sequence, up to the line of the tokens.

use std::collections::{BTreeMap, BTreeSet};

/// The right side of a rule, or a part of it.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// `"word"`
    Literal(String),
    /// A rule or a token class.
    Name(String),
    /// `a , b`
    All(Vec<Part>),
    /// `a | b`, with a number that is its own in the whole grammar.
    One(usize, Vec<Part>),
    /// `[ a ]`
    Maybe(Box<Part>),
    /// `{ a }`
    Many(Box<Part>),
}

/// All rules by name.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) rules: BTreeMap<String, Part>,
    /// How many alternatives each choice has, by its number.
    pub(crate) choices: Vec<usize>,
}

struct Reader {
    symbols: Vec<String>,
    at: usize,
    choices: Vec<usize>,
}

impl Grammar {
    /// The grammar in the `ebnf` block of the page.
    pub(crate) fn of_page(page: &str) -> Self {
        let (_, block) = page.split_once("```ebnf\n").unwrap();
        let (block, _) = block.split_once("\n```").unwrap();
        let (rules, tokens) = block.split_once("(* tokens;").unwrap();
        assert!(tokens.contains("int ="), "the tokens follow the rules");
        let mut reader = Reader { symbols: symbols(rules), at: 0, choices: Vec::new() };
        let mut grammar = BTreeMap::new();
        while reader.at < reader.symbols.len() {
            let name = reader.next();
            assert_eq!(reader.next(), "=", "after `{name}`");
            let part = reader.choice();
            assert_eq!(reader.next(), ";", "at the end of `{name}`");
            assert!(grammar.insert(name.clone(), part).is_none(), "`{name}` stands twice");
        }
        Self { rules: grammar, choices: reader.choices }
    }

    /// Names that are used and have no rule: they must be token classes.
    pub(crate) fn classes(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut open: Vec<&Part> = self.rules.values().collect();
        while let Some(part) = open.pop() {
            match part {
                Part::Literal(_) => {}
                Part::Name(name) if self.rules.contains_key(name) => {}
                Part::Name(name) => drop(names.insert(name.as_str())),
                Part::All(parts) | Part::One(_, parts) => open.extend(parts),
                Part::Maybe(part) | Part::Many(part) => open.push(part),
            }
        }
        names
    }
}

/// Cuts the text into names, quoted literals and signs; comments are left out.
fn symbols(text: &str) -> Vec<String> {
    let mut symbols = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' if rest.starts_with("(*") => rest.find("*)").unwrap() + 2,
            '"' => rest[1..].find('"').unwrap() + 2,
            c if c.is_ascii_alphabetic() => {
                rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())
            }
            _ => 1,
        };
        let symbol = &rest[..length];
        if !symbol.starts_with("(*") {
            symbols.push(symbol.to_owned());
        }
        rest = rest[length..].trim_start();
    }
    symbols
}

impl Reader {
    fn peek(&self) -> &str {
        self.symbols.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        let symbol = self.peek().to_owned();
        self.at += 1;
        symbol
    }

    fn choice(&mut self) -> Part {
        let mut parts = vec![self.sequence()];
        while self.peek() == "|" {
            self.at += 1;
            parts.push(self.sequence());
        }
        if parts.len() == 1 {
            return parts.remove(0);
        }
        self.choices.push(parts.len());
        Part::One(self.choices.len() - 1, parts)
    }

    fn sequence(&mut self) -> Part {
        let mut parts = vec![self.single()];
        while self.peek() == "," {
            self.at += 1;
            parts.push(self.single());
        }
        if parts.len() == 1 { parts.remove(0) } else { Part::All(parts) }
    }

    fn single(&mut self) -> Part {
        let symbol = self.next();
        let (part, end) = match symbol.as_str() {
            "(" => (self.choice(), ")"),
            "[" => (Part::Maybe(Box::new(self.choice())), "]"),
            "{" => (Part::Many(Box::new(self.choice())), "}"),
            _ => {
                let quoted = symbol.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                if let Some(literal) = quoted {
                    return Part::Literal(literal.to_owned());
                }
                let name = symbol.starts_with(|c: char| c.is_ascii_lowercase());
                assert!(name, "`{symbol}` is no part of a rule");
                return Part::Name(symbol);
            }
        };
        assert_eq!(self.next(), end);
        part
    }
}
