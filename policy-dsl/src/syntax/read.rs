//! Reads the typed clauses of [`super::ast`] from the tree.
//!
//! A function gives `None` for a node that lacks a part, which an undamaged node does not.

use super::ast::{
    Argument, Cap, Clause, ClauseBody, Decay, Definition, DefinitionBody, Duration, Fate, Gap,
    Gift, Moment, Name, Param, Quantity, QuantityUnit, Reward, Rule, Text, Use, Window,
};
use super::lex::{Token, TokenKind};
use super::literal;
use super::tree::{Node, NodeKind, Tree};
use crate::names::weekday_of;

/// Where nodes are read: the tree they belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'t>(pub(super) &'t Tree);

impl Tree {
    /// Every definition that can be read.
    pub fn definitions(&self) -> impl Iterator<Item = Definition<'_>> {
        self.root.nodes().filter_map(|node| self.definition(node))
    }

    /// The definition of a node directly below the root.
    pub fn definition<'t>(&'t self, node: &'t Node) -> Option<Definition<'t>> {
        Reader(self).definition(node)
    }
}

impl<'t> Rule<'t> {
    /// Every clause that can be read.
    pub fn clauses(&self) -> impl Iterator<Item = Clause<'t>> + use<'t> {
        let read = Reader(self.tree);
        let nodes = self.node.nodes().filter(|node| node.kind == NodeKind::Clause);
        nodes.filter_map(move |node| if read.damaged(node) { None } else { read.clause(node) })
    }
}

impl<'t> Reader<'t> {
    pub(super) fn name(self, token: Token) -> Name<'t> {
        let text = self.0.text(token.span);
        Name { text: text.strip_prefix('$').unwrap_or(text), span: token.span }
    }

    /// The first token of a kind.
    pub(super) fn first(self, node: &'t Node, kind: TokenKind) -> Option<Name<'t>> {
        node.token(kind).map(|token| self.name(token))
    }

    /// All words, in order.
    pub(super) fn words(self, node: &'t Node) -> Vec<Name<'t>> {
        let words = node.tokens().filter(|token| token.kind == TokenKind::Word);
        words.map(|token| self.name(token)).collect()
    }

    pub(super) fn string(self, node: &'t Node) -> Option<String> {
        self.first(node, TokenKind::Str).map(|quoted| literal::string(quoted.text))
    }

    fn damaged(self, node: &Node) -> bool {
        node.node(NodeKind::Error).is_some() || self.0.is_damaged(node.span)
    }

    fn definition(self, node: &'t Node) -> Option<Definition<'t>> {
        let rule = matches!(node.kind, NodeKind::Policy | NodeKind::Program);
        if !rule && self.damaged(node) {
            return None;
        }
        let pin = self.first(node, TokenKind::Hash);
        let words = self.words(node);
        let body = match node.kind {
            NodeKind::Import => DefinitionBody::Import(pin),
            NodeKind::Let => DefinitionBody::Let(self.pred_in(node)?),
            NodeKind::Set => DefinitionBody::Set(self.values(node.node(NodeKind::Braces)?)),
            NodeKind::Schedule => {
                DefinitionBody::Schedule(self.slots(node.node(NodeKind::Weekly)?))
            }
            NodeKind::List => DefinitionBody::List(words.get(2).copied()?, pin),
            NodeKind::Calendar => DefinitionBody::Calendar(pin),
            NodeKind::Policy => DefinitionBody::Policy(self.rule(node)),
            NodeKind::Program => DefinitionBody::Program(self.rule(node)),
            _ => return None,
        };
        let name = match node.kind {
            NodeKind::Import => self.first(node, TokenKind::Str)?,
            _ => words.get(1).copied()?,
        };
        Some(Definition { name, body })
    }

    fn rule(self, node: &'t Node) -> Rule<'t> {
        let params = node.node(NodeKind::Params);
        let nodes = params.into_iter().flat_map(Node::nodes);
        let params = nodes.filter(|param| param.kind == NodeKind::Param && !self.damaged(param));
        Rule { tree: self.0, node, params: params.filter_map(|param| self.param(param)).collect() }
    }

    fn param(self, node: &'t Node) -> Option<Param<'t>> {
        let mut values = node.nodes().filter(|node| node.kind != NodeKind::Range);
        Some(Param {
            name: self.first(node, TokenKind::Var)?,
            kind: self.first(node, TokenKind::Word)?,
            range: node.node(NodeKind::Range).and_then(|range| self.range(range)),
            default: values.find_map(|value| self.argument(value)),
        })
    }

    fn clause(self, node: &'t Node) -> Option<Clause<'t>> {
        let words = self.words(node);
        let word = words.first().copied()?;
        let second = words.get(1).copied();
        let body = match word.text {
            "title" => ClauseBody::Title(self.texts(node.node(NodeKind::Text)?)),
            "zone" => ClauseBody::Zone(self.first(node, TokenKind::Zone)?),
            "week" => ClauseBody::Week(weekday_of(words.get(2)?.text)?),
            "pays" => ClauseBody::Pays(words.into_iter().skip(1).collect()),
            "require" | "forbid" | "covers" => ClauseBody::Condition {
                label: second?,
                pred: self.pred_in(node)?,
                because: self.because(node),
            },
            "cap" => ClauseBody::Cap(Box::new(self.cap(node, second?)?)),
            "gap" => ClauseBody::Gap(Box::new(self.gap(node, second?)?)),
            "starts" => ClauseBody::Starts(self.moment(node)?),
            "expires" => ClauseBody::Expires(self.moment(node)?, self.fate(node)),
            "decays" => ClauseBody::Decays(Box::new(self.decay(node, &words)?)),
            "split" => ClauseBody::Split(second?.text == "allowed"),
            "priority" => ClauseBody::Priority(self.token_value(node.token(TokenKind::Int)?)?),
            "transfer" => ClauseBody::Transfer(self.pred_in(node)),
            "refund" => self.refund(node, &words)?,
            "also" => ClauseBody::Also(self.policy_use(node)?),
            "pool" => ClauseBody::Pool(second?),
            "open" => ClauseBody::Open(self.range(node.node(NodeKind::Range)?)?),
            "reward" => ClauseBody::Reward(Box::new(self.reward(node, second?)?)),
            "example" => ClauseBody::Example(self.example(node)?),
            _ => return None,
        };
        Some(Clause { word, span: node.span, body })
    }

    fn texts(self, node: &'t Node) -> Vec<Text<'t>> {
        let mut language = None;
        let mut texts = Vec::new();
        for token in node.tokens() {
            if token.kind == TokenKind::Str {
                let text = literal::string(self.0.text(token.span));
                texts.push(Text { language: language.take(), text });
            } else {
                language = Some(self.name(token));
            }
        }
        texts
    }

    fn because(self, node: &'t Node) -> Vec<Text<'t>> {
        let text = node.node(NodeKind::Because).and_then(|because| because.node(NodeKind::Text));
        text.map(|text| self.texts(text)).unwrap_or_default()
    }

    fn cap(self, node: &'t Node, label: Name<'t>) -> Option<Cap<'t>> {
        Some(Cap {
            label,
            quantity: self.quantity(node.node(NodeKind::Quantity)?)?,
            window: node.node(NodeKind::Window).and_then(|window| self.window(window)),
            by: self.by(node),
            when: self.pred_below(node, NodeKind::When),
            on_items: self.pred_below(node, NodeKind::OnItems),
            because: self.because(node),
        })
    }

    fn gap(self, node: &'t Node, label: Name<'t>) -> Option<Gap<'t>> {
        Some(Gap {
            label,
            duration: self.duration(node.node(NodeKind::Duration)?)?,
            by: self.by(node),
            when: self.pred_below(node, NodeKind::When),
            because: self.because(node),
        })
    }

    fn by(self, node: &'t Node) -> Vec<Name<'t>> {
        let words = node.node(NodeKind::By).map(|by| self.words(by)).unwrap_or_default();
        words.into_iter().filter(|word| !matches!(word.text, "by" | "and")).collect()
    }

    pub(super) fn quantity(self, node: &'t Node) -> Option<Quantity<'t>> {
        let words = self.words(node);
        let value = match node.node(NodeKind::Value) {
            Some(value) => self.value(value)?,
            None => self.token_value(node.tokens().next()?)?,
        };
        let unit = match words.first() {
            None => QuantityUnit::Plain,
            Some(word) if word.text == "of" => QuantityUnit::OfPayment,
            Some(word) if word.text == "times" => QuantityUnit::Times(words.get(1).copied()?),
            Some(word) => QuantityUnit::Counted(*word),
        };
        Some(Quantity { value, unit, span: node.span })
    }

    fn window(self, node: &'t Node) -> Option<Window<'t>> {
        let units = self.first(node, TokenKind::Int);
        let units = units.and_then(|number| literal::number(number.text));
        Some(Window { units, word: self.first(node, TokenKind::Word)?, span: node.span })
    }

    fn duration(self, node: &'t Node) -> Option<Duration<'t>> {
        let number = self.token_value(node.tokens().next()?)?;
        Some(Duration { number, unit: self.first(node, TokenKind::Word)?, span: node.span })
    }

    fn moment(self, node: &'t Node) -> Option<Moment<'t>> {
        if let Some(duration) = node.node(NodeKind::Duration) {
            return self.duration(duration).map(Moment::After);
        }
        match node.node(NodeKind::Value) {
            Some(date) => self.value(date).map(Moment::On),
            None => Some(Moment::Default),
        }
    }

    fn fate(self, node: &'t Node) -> Option<Fate<'t>> {
        let words = self.words(node.node(NodeKind::Fate)?);
        let pool = words.iter().position(|word| word.text == "pool");
        match pool.and_then(|at| words.get(at.checked_add(1)?)) {
            Some(name) => Some(Fate::Pool(*name)),
            None if words.iter().any(|word| word.text == "burn") => Some(Fate::Burn),
            None => Some(Fate::Granter),
        }
    }

    fn decay(self, node: &'t Node, words: &[Name<'t>]) -> Option<Decay<'t>> {
        let after = node.node(NodeKind::Duration);
        Some(Decay {
            label: words.get(1).copied()?,
            percent: self.value(node.node(NodeKind::Value)?)?,
            of_issued: words.iter().any(|word| word.text == "issued"),
            every: self.window(node.node(NodeKind::Window)?)?,
            after: after.and_then(|after| self.duration(after)),
            to: self.fate(node),
        })
    }

    fn refund(self, node: &'t Node, words: &[Name<'t>]) -> Option<ClauseBody<'t>> {
        if let Some(duration) = node.node(NodeKind::Duration) {
            return self.duration(duration).map(ClauseBody::Grace);
        }
        let has = |what: &str| words.iter().any(|word| word.text == what);
        Some(ClauseBody::Restores(has("amount"), has("count")))
    }

    fn policy_use(self, node: &'t Node) -> Option<Use<'t>> {
        let node = node.node(NodeKind::Use)?;
        let arguments = node.node(NodeKind::Arguments).into_iter().flat_map(Node::nodes);
        let argument = |node: &'t Node| {
            let value = node.nodes().next()?;
            Some((self.first(node, TokenKind::Var)?, self.argument(value)?))
        };
        Some(Use {
            name: self.first(node, TokenKind::Word)?,
            arguments: arguments.filter_map(argument).collect(),
            pin: self.first(node, TokenKind::Hash),
        })
    }

    fn reward(self, node: &'t Node, label: Name<'t>) -> Option<Reward<'t>> {
        let on = self.words(node.node(NodeKind::Trigger)?);
        Some(Reward {
            label,
            on: (on.get(1).copied()?, on.get(2).copied()),
            when: self.pred_below(node, NodeKind::When),
            gift: self.gift(node.node(NodeKind::Gift)?)?,
            under: self.policy_use(node),
            because: self.because(node),
        })
    }

    fn gift(self, node: &'t Node) -> Option<Gift<'t>> {
        let mut values = node.nodes().filter_map(|value| self.value(value));
        let words = self.words(node);
        let of = words.iter().position(|word| word.text == "of");
        Some(Gift {
            amount: values.next()?,
            of: of.and_then(|at| words.get(at.checked_add(1)?)).copied(),
            up_to: values.next(),
        })
    }

    pub(super) fn argument(self, node: &'t Node) -> Option<Argument<'t>> {
        match node.kind {
            NodeKind::Value => self.value(node).map(Argument::One),
            _ => self.set(node).map(Argument::Set),
        }
    }
}

/// The argument of a tree that [`super::parse::parse_argument`] made.
pub(crate) fn argument(tree: &Tree) -> Option<Argument<'_>> {
    tree.root.nodes().find_map(|node| Reader(tree).argument(node))
}
