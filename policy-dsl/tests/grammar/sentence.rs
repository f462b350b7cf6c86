//! Writes sentences of the grammar by chance, always the same for the same seed.

use std::collections::BTreeSet;

use scoin_policy::facts::Fact;
use scoin_policy::syntax::parse::{CLAUSES, DEFINITIONS};

use super::ebnf::{Grammar, Part};

/// Rules inside rules; deeper, the shortest way out is taken.
const DEPTH_MAX: usize = 22;
/// The token classes of the page.
pub(crate) const CLASSES: [&str; 12] = [
    "clock", "date", "fact", "hash", "int", "language", "name", "pin", "string", "var", "word",
    "zone",
];
/// Names: plain ones, and words that mean something elsewhere, since no word is reserved.
const NAMES: [&str; 13] = [
    "a",
    "b-2",
    "city.relief",
    "food.snack-bar",
    "x.y.z",
    "cap",
    "example",
    "policy",
    "week",
    "pool",
    "title",
    "won",
    "payments",
];
const BLANKS: [&str; 8] = [" ", " ", " ", "  ", "\t", "\n", " // 덧말\n", "\n// own line\n\n\n"];

/// A writer of sentences.
pub(crate) struct Writer<'g> {
    grammar: &'g Grammar,
    state: u64,
    tokens: Vec<String>,
    /// Choices made so far: number and alternative.
    pub(crate) seen: BTreeSet<(usize, usize)>,
}

impl<'g> Writer<'g> {
    pub(crate) fn new(grammar: &'g Grammar, seed: u64) -> Self {
        Self { grammar, state: seed | 1, tokens: Vec::new(), seen: BTreeSet::new() }
    }

    /// A whole source.
    pub(crate) fn source(&mut self) -> String {
        self.tokens.clear();
        for _ in 0..=self.below(3) {
            self.rule("definition", 0);
        }
        let tokens = std::mem::take(&mut self.tokens);
        let mut text = String::new();
        for token in &tokens {
            let starts = CLAUSES.contains(&token.as_str()) || DEFINITIONS.contains(&token.as_str());
            // A word that could begin a clause begins a line only where it does.
            let blank = if starts { " " } else { BLANKS[self.below(BLANKS.len())] };
            text.push_str(blank);
            text.push_str(token);
        }
        text
    }

    fn below(&mut self, end: usize) -> usize {
        // xorshift64*
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let mixed = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap() % end
    }

    fn rule(&mut self, name: &str, depth: usize) {
        if let Some(part) = self.grammar.rules.get(name) {
            self.part(part, depth + 1);
        } else {
            let token = self.class(name);
            self.tokens.push(token);
        }
    }

    fn part(&mut self, part: &'g Part, depth: usize) {
        let deep = depth > DEPTH_MAX;
        match part {
            Part::Literal(text) => self.tokens.push(text.clone()),
            Part::Name(name) => self.rule(name, depth),
            Part::All(parts) => parts.iter().for_each(|part| self.part(part, depth)),
            Part::One(number, parts) => {
                let chosen = if deep { shortest(parts) } else { self.below(parts.len()) };
                self.seen.insert((*number, chosen));
                self.part(&parts[chosen], depth);
            }
            Part::Maybe(part) => {
                if !deep && self.below(2) == 0 {
                    self.part(part, depth);
                }
            }
            Part::Many(part) => {
                for _ in 0..if deep { 0 } else { self.below(4) } {
                    self.part(part, depth);
                }
            }
        }
    }

    fn class(&mut self, class: &str) -> String {
        let number = self.below(1_000);
        match class {
            "word" | "language" => {
                let plain = NAMES.iter().filter(|name| !name.contains('.'));
                let words: Vec<_> = match class {
                    "word" => plain.collect(),
                    _ => vec![&"ko", &"en", &"zh-hans"],
                };
                words[number % words.len()].to_string()
            }
            "name" => NAMES[number % NAMES.len()].to_owned(),
            "fact" => Fact::ALL[number % Fact::ALL.len()].name().to_owned(),
            "var" => format!("${}", ["a", "daily-2", "in"][number % 3]),
            "int" => match number % 4 {
                0 => format!("{number}"),
                1 => format!("-{number}"),
                2 => format!("{number}_000_{:03}", self.below(1_000)),
                _ => "9_223_372_036_854_775_807".to_owned(),
            },
            "date" => {
                format!("20{:02}-{:02}-{:02}", number % 100, number % 12 + 1, number % 28 + 1)
            }
            "clock" => ["00:00", "09:30", "23:59", "24:00"][number % 4].to_owned(),
            "string" => {
                ["\"\"", "\"가 나\"", r#""a \"b\" \\""#, "\"{ // }\""][number % 4].to_owned()
            }
            "zone" => {
                ["Asia/Seoul", "UTC", "Etc/GMT+9", "America/Port-au-Prince"][number % 4].to_owned()
            }
            "pin" => format!("@sha256:{number:064x}"),
            _ => panic!("the page has no token class `{class}`"),
        }
    }
}

/// The alternative with the fewest rules in it, tokens before rules.
fn shortest(parts: &[Part]) -> usize {
    fn weight(part: &Part) -> usize {
        match part {
            Part::Literal(_) | Part::Maybe(_) | Part::Many(_) => 0,
            Part::Name(name) if CLASSES.contains(&name.as_str()) => 1,
            // A condition may go on for ever; everything else ends soon.
            Part::Name(name) if ["pred", "unary"].contains(&name.as_str()) => 1_000,
            Part::Name(_) => 10,
            Part::All(parts) => parts.iter().map(weight).sum(),
            Part::One(_, parts) => parts.iter().map(weight).min().unwrap_or(0),
        }
    }
    let weights = parts.iter().map(weight);
    weights.zip(0..).min().map_or(0, |(_, at)| at)
}
