//! From the tree to pieces: which tokens touch, and where a line may end in each kind of clause.

use super::doc::Doc;
use crate::diagnostic::Span;
use crate::syntax::lex::{Token, TokenKind};
use crate::syntax::tree::{Child, Node, NodeKind, Tree};

struct Builder<'t> {
    tree: &'t Tree,
    /// Every token, blanks and comments too.
    leaves: Vec<Token>,
    /// The first leaf that is not built yet.
    at: usize,
    /// The next token touches the last one, or a place where a line may end stands between them.
    touches: bool,
    docs: Vec<Doc<'t>>,
}

/// The pieces of a whole source that has no syntax error.
pub(super) fn file(tree: &Tree) -> Vec<Doc<'_>> {
    let leaves = tree.root.leaves();
    let mut builder = Builder { tree, leaves, at: 0, touches: false, docs: Vec::new() };
    for (number, definition) in tree.root.nodes().enumerate() {
        builder.unit(number == 0);
        builder.definition(definition);
    }
    builder.comments(Unit::Next);
    builder.docs
}

/// Where comments stand, which decides whether an empty line before them is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// Inside a clause: no.
    Inside,
    /// The first in a block: not before the first of them.
    First,
    /// Later in a block: yes.
    Next,
}

/// A child of a node that is no blank and no comment.
#[derive(Clone, Copy)]
enum Part<'t> {
    Node(&'t Node),
    Token(Token),
}

fn parts(node: &Node) -> Vec<Part<'_>> {
    node.children.iter().filter_map(part).collect()
}

fn part(child: &Child) -> Option<Part<'_>> {
    match child {
        Child::Token(token) if token.kind.is_trivia() => None,
        Child::Token(token) => Some(Part::Token(*token)),
        Child::Node(node) => Some(Part::Node(node)),
    }
}

impl<'t> Builder<'t> {
    fn text(&self, span: Span) -> &'t str {
        self.tree.text(span)
    }

    /// Runs `build` and hands back what it built.
    fn inside(&mut self, build: impl FnOnce(&mut Self)) -> Vec<Doc<'t>> {
        let outer = std::mem::take(&mut self.docs);
        build(self);
        std::mem::replace(&mut self.docs, outer)
    }

    fn group(&mut self, build: impl FnOnce(&mut Self)) {
        let docs = self.inside(build);
        self.docs.push(Doc::group(docs));
    }

    fn nest(&mut self, build: impl FnOnce(&mut Self)) {
        let docs = self.inside(build);
        self.docs.push(Doc::nest(docs));
    }

    /// A place where the line may end.
    fn line(&mut self, space: bool) {
        self.docs.push(Doc::Line { space });
        self.touches = true;
    }

    fn fill(&mut self) {
        self.docs.push(Doc::Fill);
        self.touches = true;
    }

    /// Takes blanks and comments up to the next token; was there an empty line right before it?
    fn comments(&mut self, unit: Unit) -> bool {
        let mut first = unit == Unit::First;
        let mut lines = 0_usize;
        while let Some(leaf) = self.leaves.get(self.at).filter(|leaf| leaf.kind.is_trivia()) {
            let text = self.text(leaf.span);
            self.at = self.at.saturating_add(1);
            if leaf.kind == TokenKind::Blank {
                lines = text.matches('\n').count();
                continue;
            }
            let own_line = lines > 0 || self.at == 1;
            let blank_before = lines > 1 && unit != Unit::Inside && !first;
            self.docs.push(Doc::Comment { text: text.trim_end(), own_line, blank_before });
            first = first && !own_line;
            lines = 0;
        }
        lines > 1 && !first
    }

    /// The line end, comments and perhaps an empty line before a definition or clause.
    fn unit(&mut self, first: bool) {
        self.docs.push(Doc::Hard { blank: false });
        let blank = self.comments(if first { Unit::First } else { Unit::Next });
        self.docs.push(Doc::Hard { blank });
        self.touches = true;
    }

    /// One token of `node`; `first` and `last` among its parts.
    fn token(&mut self, node: &Node, token: Token, (first, last): (bool, bool)) {
        self.comments(Unit::Inside);
        let touches = std::mem::take(&mut self.touches);
        let joined = match token.kind {
            TokenKind::Comma
            | TokenKind::Colon
            | TokenKind::Percent
            | TokenKind::RightParen
            | TokenKind::Hash => true,
            TokenKind::Dots => !first,
            TokenKind::LeftParen => matches!(node.kind, NodeKind::Params | NodeKind::Arguments),
            _ => false,
        };
        self.touches = match token.kind {
            TokenKind::LeftParen | TokenKind::At => true,
            TokenKind::Dots => !last,
            _ => false,
        };
        self.at = self.at.saturating_add(1);
        self.docs.push(Doc::Token { text: self.text(token.span), space: !touches && !joined });
    }

    /// Everything of a node in order, each part as its kind wants it.
    fn parts_of(&mut self, node: &'t Node) {
        self.run(node, &parts(node));
    }

    fn run(&mut self, node: &'t Node, parts: &[Part<'t>]) {
        let ends = (first_of(node), last_of(node));
        for part in parts {
            match part {
                Part::Token(token) => {
                    let ends = (ends.0 == Some(token.span), ends.1 == Some(token.span));
                    self.token(node, *token, ends);
                }
                Part::Node(inner) => self.node(inner),
            }
        }
    }

    fn definition(&mut self, node: &'t Node) {
        match node.kind {
            NodeKind::Policy | NodeKind::Program => self.rule(node),
            NodeKind::Set | NodeKind::Schedule => self.group(|b| b.parts_of(node)),
            _ => self.group(|b| b.nest(|b| b.parts_of(node))),
        }
    }

    /// `policy name(...) {`, a line for each clause, `}`
    fn rule(&mut self, node: &'t Node) {
        let parts = parts(node);
        let clause = |part: &Part<'_>| matches!(part, Part::Node(n) if n.kind == NodeKind::Clause);
        let closing = parts.len().saturating_sub(1);
        let first = parts.iter().position(clause).unwrap_or(closing);
        let (head, rest) = parts.split_at_checked(first).unwrap_or((&parts, &[]));
        self.run(node, head);
        let mut number = 0_usize;
        self.nest(|b| {
            for part in rest {
                if let Part::Node(clause) = part {
                    b.unit(number == 0);
                    b.clause(clause);
                    number = number.saturating_add(1);
                }
            }
            if number > 0 {
                b.comments(Unit::Next);
            } else {
                b.comments(Unit::First);
            }
        });
        if number > 0 {
            self.docs.push(Doc::Hard { blank: false });
        }
        self.touches = true;
        self.run(node, parts.last().map(std::slice::from_ref).unwrap_or_default());
    }

    fn clause(&mut self, node: &'t Node) {
        let word = node.tokens().next().map(|token| self.text(token.span));
        match word {
            Some("example") => self.group(|b| b.example(node)),
            Some("reward") => self.nest(|b| b.reward(node)),
            _ => self.group(|b| b.nest(|b| b.with_commas(node, true))),
        }
    }

    /// What is given stands on the line below `reward`, whatever its length.
    fn reward(&mut self, node: &'t Node) {
        let parts = parts(node);
        let give = |part: &Part<'_>| matches!(part, Part::Token(t) if self.text(t.span) == "give");
        let at = parts.iter().position(give).unwrap_or(0);
        let (head, rest) = parts.split_at_checked(at).unwrap_or((&parts, &[]));
        self.group(|b| b.run(node, head));
        self.docs.push(Doc::Hard { blank: false });
        self.touches = true;
        self.group(|b| b.run(node, rest));
    }

    /// On one line if it fits, else the facts on lines of their own; items and earlier spending begin a new one.
    fn example(&mut self, node: &'t Node) {
        let parts = parts(node);
        let given = |part: &Part<'_>| matches!(part, Part::Node(n) if n.kind == NodeKind::Given);
        let first = parts.iter().position(given).unwrap_or(0);
        let end = parts.iter().rposition(given).map_or(first, |last| last.saturating_add(1));
        self.run(node, parts.get(..first).unwrap_or_default());
        let givens = parts.get(first..end).unwrap_or_default();
        if !givens.is_empty() {
            self.nest(|b| {
                let mut before = None;
                for part in givens {
                    let Part::Node(given) = part else { continue };
                    let word = given.tokens().next().map(|token| b.text(token.span));
                    let sort = word.filter(|word| matches!(*word, "item" | "spent" | "last"));
                    match before {
                        Some(before) if before == sort => b.fill(),
                        _ => b.line(true),
                    }
                    before = Some(sort);
                    b.group(|b| b.parts_of(given));
                }
            });
            self.line(true);
        }
        self.run(node, parts.get(end..).unwrap_or_default());
    }

    fn node(&mut self, node: &'t Node) {
        match node.kind {
            NodeKind::Params => self.group(|b| b.listed(node, false)),
            NodeKind::Arguments => self.group(|b| b.nest(|b| b.with_commas(node, true))),
            NodeKind::Braces | NodeKind::Weekly => self.group(|b| b.listed(node, true)),
            NodeKind::Because | NodeKind::When | NodeKind::OnItems => {
                self.line(true);
                self.group(|b| b.parts_of(node));
            }
            NodeKind::Text => self.group(|b| b.languages(node)),
            NodeKind::Outcome => self.group(|b| b.nest(|b| b.with_commas(node, true))),
            NodeKind::And | NodeKind::Or => self.group(|b| b.operands(node)),
            NodeKind::Bracket | NodeKind::Items => self.nest(|b| b.parts_of(node)),
            _ => self.parts_of(node),
        }
    }

    /// `a or b or c`: a line may end before each `or`.
    fn operands(&mut self, node: &'t Node) {
        for part in parts(node) {
            if matches!(part, Part::Token(_)) {
                self.line(true);
            }
            self.run(node, &[part]);
        }
    }

    /// `ko "..." en "..."`: a line may end before each language but the first.
    fn languages(&mut self, node: &'t Node) {
        let first = first_of(node);
        for part in parts(node) {
            if let Part::Token(token) = part
                && token.kind == TokenKind::Word
                && first != Some(token.span)
            {
                self.line(true);
            }
            self.run(node, &[part]);
        }
    }

    /// Parts with commas: a line may end after each.
    fn with_commas(&mut self, node: &'t Node, filled: bool) {
        for part in parts(node) {
            self.run(node, &[part]);
            self.after_comma(part, filled);
        }
    }

    fn after_comma(&mut self, part: Part<'_>, filled: bool) {
        if matches!(part, Part::Token(token) if token.kind == TokenKind::Comma) {
            if filled {
                self.fill();
            } else {
                self.line(true);
            }
        }
    }

    /// `{ a, b }` or `($a: money, $b: date)`: what does not fit on one line stands between its brackets, filled or one
    /// a line.
    fn listed(&mut self, node: &'t Node, filled: bool) {
        let parts = parts(node);
        let opens = |part: &Part<'_>| {
            let kinds = [TokenKind::LeftBrace, TokenKind::LeftParen];
            matches!(part, Part::Token(token) if kinds.contains(&token.kind))
        };
        let inner = parts.iter().position(opens).map_or(0, |at| at.saturating_add(1));
        let end = parts.len().saturating_sub(1);
        self.run(node, parts.get(..inner).unwrap_or_default());
        let listed = parts.get(inner..end).unwrap_or_default();
        self.nest(|b| {
            b.line(filled);
            for (number, part) in (1_usize..).zip(listed) {
                b.run(node, std::slice::from_ref(part));
                if number < listed.len() {
                    b.after_comma(*part, filled);
                }
            }
        });
        self.line(filled);
        self.run(node, parts.get(end..).unwrap_or_default());
    }
}

fn first_of(node: &Node) -> Option<Span> {
    node.children.iter().find_map(part).map(span_of)
}

fn last_of(node: &Node) -> Option<Span> {
    node.children.iter().rev().find_map(part).map(span_of)
}

fn span_of(part: Part<'_>) -> Span {
    match part {
        Part::Node(node) => node.span,
        Part::Token(token) => token.span,
    }
}
