//! The parser: recursive descent over the tokens, into the lossless tree.
//!
//! A grammar function returns `Err(Damaged)` after its first message; the clause (or definition) it belongs to then
//! skips to the next clause word or `}` and goes on. So one mistake gives one message, and every other clause is read.

mod clause;
mod definition;
mod example;
mod pred;
mod words;

use super::lex::{Token, TokenKind, lex};
use super::tree::{Child, Node, NodeKind, Tree};
use crate::codes;
use crate::diagnostic::{self, Diagnostic, Span};

pub use words::{CLAUSES, DEFINITIONS};

/// The longest source, in bytes.
pub const SOURCE_BYTES_MAX: usize = 64 * 1024;
/// The most clauses of one policy or programme, examples included.
pub const CLAUSES_MAX: usize = 256;
/// How deep brackets and `not` may nest.
pub const DEPTH_MAX: usize = 32;
/// The most values between two braces.
pub const VALUES_MAX: usize = 1024;

/// Parses a whole source. The tokens of the tree are the source, whatever the source is, except that one longer than
/// [`SOURCE_BYTES_MAX`] is not read at all: it gives an empty tree and one error.
pub fn parse(source: &str) -> Tree {
    if source.len() > SOURCE_BYTES_MAX {
        return too_long(source.len());
    }
    let (tokens, errors) = lex(source);
    let mut parser = Parser::new(source, tokens, errors);
    parser.file();
    parser.finish()
}

/// Parses a single argument, `5_000 won` or `{ books, culture }`: a `File` node that holds one value or set.
pub(crate) fn parse_argument(source: &str) -> Tree {
    if source.len() > SOURCE_BYTES_MAX {
        return too_long(source.len());
    }
    let (tokens, errors) = lex(source);
    let mut parser = Parser::new(source, tokens, errors);
    let parsed = parser.argument_value().and_then(|()| match parser.peek() {
        None => Ok(()),
        Some(_) => Err(parser.expected("the end of the argument")),
    });
    if parsed.is_err() {
        parser.close_to(1);
        parser.skip_while(|_| true);
    }
    parser.finish()
}

fn too_long(length: usize) -> Tree {
    let message = format!("the source has {length} bytes, at most {SOURCE_BYTES_MAX} are read");
    let error = Diagnostic::error(codes::SOURCE_TOO_LONG, Span::default(), message)
        .help("publish it in parts");
    let root = Node { kind: NodeKind::File, span: Span::default(), children: Vec::new() };
    Tree { source: String::new(), root, errors: vec![error] }
}

/// A message has been given; the enclosing clause is to be skipped.
#[derive(Debug)]
struct Damaged;

type Parsed = Result<(), Damaged>;

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    /// Index of the next token, blanks and comments included.
    at: usize,
    /// Nodes being built, outermost first.
    open: Vec<(NodeKind, Vec<Child>)>,
    errors: Vec<Diagnostic>,
    /// Where the tokens start that the lexer has reported, in order.
    reported: Vec<usize>,
    /// Braces opened and not closed so far.
    braces: usize,
    /// Brackets and `not` around the current condition.
    depth: usize,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str, tokens: Vec<Token>, errors: Vec<Diagnostic>) -> Self {
        let open = vec![(NodeKind::File, Vec::new())];
        let starts = errors.iter().filter_map(Diagnostic::span).map(|span| span.start);
        let reported = starts.collect();
        Self { source, tokens, at: 0, open, errors, reported, braces: 0, depth: 0 }
    }

    fn finish(mut self) -> Tree {
        self.close_to(1);
        self.trivia();
        let (kind, children) = self.open.pop().unwrap_or((NodeKind::File, Vec::new()));
        let span = Span { start: 0, end: self.source.len() };
        diagnostic::sort(&mut self.errors);
        let root = Node { kind, span, children };
        Tree { source: self.source.to_owned(), root, errors: self.errors }
    }

    // Looking ahead.

    /// The n-th token from here, not counting blanks and comments.
    fn peek_nth(&self, n: usize) -> Option<Token> {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        rest.iter().filter(|token| !token.kind.is_trivia()).nth(n).copied()
    }

    fn peek(&self) -> Option<Token> {
        self.peek_nth(0)
    }

    fn text(&self, token: Token) -> &'s str {
        self.source.get(token.span.start..token.span.end).unwrap_or_default()
    }

    fn nth_is(&self, n: usize, kind: TokenKind) -> bool {
        self.peek_nth(n).is_some_and(|token| token.kind == kind)
    }

    fn is(&self, kind: TokenKind) -> bool {
        self.nth_is(0, kind)
    }

    /// The n-th token, if it is a word.
    fn nth_word(&self, n: usize) -> Option<&'s str> {
        let token = self.peek_nth(n)?;
        if token.kind == TokenKind::Word { Some(self.text(token)) } else { None }
    }

    fn word(&self) -> Option<&'s str> {
        self.nth_word(0)
    }

    fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    /// Is the next token the first of its line?
    fn starts_line(&self) -> bool {
        let Some(next) = self.peek() else { return true };
        let before = self.source.get(..next.span.start).unwrap_or_default();
        before.chars().rev().take_while(|c| c.is_whitespace()).any(|c| c == '\n')
            || before.trim().is_empty()
    }

    // Building.

    fn push(&mut self, child: Child) {
        if let Some((_, children)) = self.open.last_mut() {
            children.push(child);
        }
    }

    /// Moves blanks and comments into the current node.
    fn trivia(&mut self) {
        while let Some(token) = self.tokens.get(self.at).copied() {
            if !token.kind.is_trivia() {
                break;
            }
            self.at = self.at.saturating_add(1);
            self.push(Child::Token(token));
        }
    }

    /// Takes the next token into the current node.
    fn bump(&mut self) {
        self.trivia();
        if let Some(token) = self.tokens.get(self.at).copied() {
            self.at = self.at.saturating_add(1);
            match token.kind {
                TokenKind::LeftBrace => self.braces = self.braces.saturating_add(1),
                TokenKind::RightBrace => self.braces = self.braces.saturating_sub(1),
                _ => {}
            }
            self.push(Child::Token(token));
        }
    }

    /// Runs `parse` with a new node that takes all it reads. After damage the node stays open: recovery closes it.
    fn within(&mut self, kind: NodeKind, parse: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        self.trivia();
        self.open.push((kind, Vec::new()));
        parse(self)?;
        self.close();
        Ok(())
    }

    /// A place in the current node from which [`Self::wrap`] can take children.
    fn mark(&mut self) -> usize {
        self.trivia();
        self.open.last().map_or(0, |(_, children)| children.len())
    }

    /// Puts what the current node has had since `mark` into a new node.
    fn wrap(&mut self, mark: usize, kind: NodeKind) {
        if let Some((_, children)) = self.open.last_mut() {
            let taken = children.split_off(mark.min(children.len()));
            self.open.push((kind, taken));
            self.close();
        }
    }

    fn close(&mut self) {
        if let Some((kind, children)) = self.open.pop() {
            let span = self.span_of(&children);
            self.push(Child::Node(Node { kind, span, children }));
        }
    }

    fn close_to(&mut self, level: usize) {
        while self.open.len() > level {
            self.close();
        }
    }

    fn span_of(&self, children: &[Child]) -> Span {
        let solid = |child: &Child| match child {
            Child::Node(node) => Some(node.span),
            Child::Token(token) if !token.kind.is_trivia() => Some(token.span),
            Child::Token(_) => None,
        };
        let first = children.iter().find_map(solid);
        let last = children.iter().rev().find_map(solid);
        match first.zip(last) {
            Some((first, last)) => Span { start: first.start, end: last.end },
            None => self.after_last(),
        }
    }

    // Complaining.

    /// The empty place right behind the last token taken.
    fn after_last(&self) -> Span {
        let done = self.tokens.get(..self.at).unwrap_or_default();
        let last = done.iter().rev().find(|token| !token.kind.is_trivia());
        let end = last.map_or(0, |token| token.span.end);
        Span { start: end, end }
    }

    /// Where a missing token is to be shown: at what stands there instead, or behind the line that ends too early.
    fn place(&self) -> Span {
        match self.peek() {
            Some(token) if !self.starts_line() => token.span,
            _ => self.after_last(),
        }
    }

    /// Has the lexer said something about this token?
    fn is_reported(&self, token: Token) -> bool {
        self.reported.binary_search(&token.span.start).is_ok()
    }

    /// Says what was expected here, unless the token here has already been reported.
    fn expected(&mut self, what: &str) -> Damaged {
        if self.peek().is_some_and(|token| self.is_reported(token)) {
            return Damaged;
        }
        let found = match self.peek() {
            None => "the end of the source".to_owned(),
            Some(_) if self.starts_line() => "the end of the line".to_owned(),
            Some(token) => format!("`{}`", self.text(token)),
        };
        let message = format!("expected {what}, found {found}");
        let error = Diagnostic::error(codes::EXPECTED, self.place(), message);
        let error = match self.peek().filter(|token| token.kind == TokenKind::Zone) {
            Some(capital) => help_with_capitals(error, self.text(capital), capital.span),
            None => error,
        };
        self.error(error)
    }

    /// The same where a sign is missing, with a fix that writes it.
    fn expected_sign(&mut self, kind: TokenKind, what: &str) -> Damaged {
        let before = self.errors.len();
        let damaged = self.expected(what);
        let ends = self.starts_line() || self.peek().is_none() || self.is(TokenKind::RightBrace);
        let sign = match kind {
            TokenKind::Colon if !ends && !self.is(TokenKind::Equals) => ":",
            TokenKind::RightParen if ends => ")",
            TokenKind::RightBrace if ends => " }",
            _ => return damaged,
        };
        let end = self.after_last();
        if let Some(error) = self.errors.get_mut(before) {
            let error_now = error.clone();
            *error = error_now.fix(format!("write `{}`", sign.trim()), end, sign);
        }
        damaged
    }

    /// The same, with the nearest of the words that may stand here.
    fn expected_word(&mut self, what: &str, words: &[&str]) -> Damaged {
        let typed = self.peek().filter(|token| token.kind == TokenKind::Word);
        let near = typed.and_then(|token| {
            let near = diagnostic::nearest(self.text(token), words.iter().copied())?;
            Some((token, near))
        });
        let before = self.errors.len();
        let damaged = self.expected(what);
        if let (Some((token, near)), Some(error)) = (near, self.errors.get_mut(before)) {
            *error = error.clone().help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                token.span,
                near,
            );
        }
        damaged
    }

    fn error(&mut self, error: Diagnostic) -> Damaged {
        self.errors.push(error);
        Damaged
    }

    // Taking what must stand here.

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.is(kind);
        if found {
            self.bump();
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Parsed {
        if self.eat(kind) { Ok(()) } else { Err(self.expected_sign(kind, what)) }
    }

    fn expect_word(&mut self, word: &str) -> Parsed {
        if self.eat_word(word) {
            return Ok(());
        }
        Err(self.expected_word(&format!("`{word}`"), &[word]))
    }

    /// Takes one of these words.
    fn expect_one_of(&mut self, words: &[&str], what: &str) -> Parsed {
        if self.word().is_some_and(|word| words.contains(&word)) {
            self.bump();
            return Ok(());
        }
        Err(self.expected_word(what, words))
    }

    /// A qualified name.
    fn expect_name(&mut self, what: &str) -> Parsed {
        if self.at_new_line_of_its_own() {
            return Err(self.expected(what));
        }
        self.expect(TokenKind::Word, what)
    }

    /// A word without dots.
    fn expect_plain(&mut self, what: &str) -> Parsed {
        match self.word() {
            Some(word) if !word.contains('.') && !self.at_new_line_of_its_own() => {
                self.bump();
                Ok(())
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Skips tokens into an `Error` node while `more` holds; the node is there even if nothing was skipped.
    fn skip_while(&mut self, more: impl Fn(&Self) -> bool) {
        let mark = self.open.last().map_or(0, |(_, children)| children.len());
        while self.peek().is_some() && more(self) {
            self.bump();
        }
        self.wrap(mark, NodeKind::Error);
    }
}

/// A word with a capital is read as the name of a zone: says so where a name was meant.
fn help_with_capitals(error: Diagnostic, text: &str, span: Span) -> Diagnostic {
    let error = error.help("names are written in small letters; only time zones have capitals");
    let name = text.chars().all(|c| c.is_ascii_alphanumeric());
    let small = text.to_ascii_lowercase();
    if name { error.fix(format!("write `{small}`"), span, small) } else { error }
}
