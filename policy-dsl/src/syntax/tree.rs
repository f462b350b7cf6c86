//! The lossless tree: every token of the source, blanks and comments too, in nested nodes.

use super::lex::{Token, TokenKind};
use crate::diagnostic::{Diagnostic, Span};

/// A parsed source.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The text.
    pub source: String,
    /// The node of the whole file.
    pub root: Node,
    /// What lexer and parser found wrong, in order of place.
    pub errors: Vec<Diagnostic>,
}

/// A node and what hangs in it, in source order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// From its first to its last token; blanks around it belong to its parent.
    pub span: Span,
    /// Nodes and tokens.
    pub children: Vec<Child>,
}

/// A part of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Child {
    /// A node.
    Node(Node),
    /// A token.
    Token(Token),
}

/// What a node is. Every clause is one kind, told apart by its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// The whole source.
    File,
    /// `import "..." @hash`
    Import,
    /// `let name = pred`
    Let,
    /// `set name = { ... }`
    Set,
    /// `schedule name = weekly { ... }`
    Schedule,
    /// `list name : merchants @hash`
    List,
    /// `calendar name @hash`
    Calendar,
    /// `policy name(...) { ... }`
    Policy,
    /// `program name(...) { ... }`
    Program,
    /// `($a: money, ...)`
    Params,
    /// `$a: money in 1 won..2 won = 1 won`
    Param,
    /// One clause, `example` included.
    Clause,
    /// `because ...`
    Because,
    /// `ko "..." en "..."`
    Text,
    /// `5_000 won`, `3 payments`, `80% of payment`, `$x`
    Quantity,
    /// `day`, `10 days`
    Window,
    /// `by payer and merchant`
    By,
    /// `when pred`
    When,
    /// `on items pred`
    OnItems,
    /// `30 days`
    Duration,
    /// `then return to granter`, `to pool x`
    Fate,
    /// `policy-name(args) @hash` after `also` or `under`
    Use,
    /// `($a = 1, ...)`
    Arguments,
    /// `$a = 1`
    Argument,
    /// `on earn tax.paid`
    Trigger,
    /// `1% of event.amount up to 30_000 won`
    Gift,
    /// One fact of an example.
    Given,
    /// What an example expects.
    Outcome,
    /// `a and b`
    And,
    /// `a or b`
    Or,
    /// `not a`
    Not,
    /// `(a)`
    Bracket,
    /// `fact in set`, `fact is value`, `fact < value`
    Test,
    /// `any item (a)`
    Items,
    /// `known fact`
    Known,
    /// The name of a `let`.
    LetName,
    /// `{ a, b }`
    Braces,
    /// `a..b`
    Range,
    /// `list x`, `set x`, `calendar x`, `schedule x`
    Named,
    /// `weekly { ... }`
    Weekly,
    /// `mon..fri 14:00..19:00`
    Slot,
    /// A single value, with its unit.
    Value,
    /// Tokens skipped after a mistake.
    Error,
}

impl Tree {
    /// Did the parser or lexer find something wrong inside this span?
    pub fn is_damaged(&self, span: Span) -> bool {
        let starts_before =
            |error: &Diagnostic| error.span().is_none_or(|place| place.start < span.start);
        let rest = self.errors.get(self.errors.partition_point(starts_before)..);
        let places = rest.unwrap_or_default().iter().filter_map(Diagnostic::span);
        places.take_while(|place| place.start <= span.end).any(|place| place.end <= span.end)
    }

    /// The text of a span; empty when it is not a span of this source.
    pub fn text(&self, span: Span) -> &str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }
}

impl Node {
    /// The nodes directly below.
    pub fn nodes(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Node(node) => Some(node),
            Child::Token(_) => None,
        })
    }

    /// The tokens directly below, without blanks and comments.
    pub fn tokens(&self) -> impl Iterator<Item = Token> {
        self.children.iter().filter_map(|child| match child {
            Child::Token(token) if !token.kind.is_trivia() => Some(*token),
            _ => None,
        })
    }

    /// The first node of a kind directly below.
    pub fn node(&self, kind: NodeKind) -> Option<&Self> {
        self.nodes().find(|node| node.kind == kind)
    }

    /// The first token of a kind directly below.
    pub fn token(&self, kind: TokenKind) -> Option<Token> {
        self.tokens().find(|token| token.kind == kind)
    }

    /// Every token below, in source order: their texts joined are the text of the node.
    pub fn leaves(&self) -> Vec<Token> {
        let mut leaves = Vec::new();
        let mut open = vec![self.children.iter()];
        while let Some(children) = open.last_mut() {
            match children.next() {
                Some(Child::Node(node)) => open.push(node.children.iter()),
                Some(Child::Token(token)) => leaves.push(*token),
                None => {
                    open.pop();
                }
            }
        }
        leaves
    }
}
