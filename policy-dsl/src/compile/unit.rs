//! Names: which definition a name means, seen from one source.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::codes;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::syntax::ast::{Definition, DefinitionBody, Name};
use crate::syntax::tree::{Child, Tree};

/// The most names looked at for the one that was meant.
const NEAR_NAMES_MAX: usize = 256;

/// One source with the sources it builds on.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) tree: Tree,
    /// Its own names and the position of their definition below the root.
    own: BTreeMap<String, usize>,
    /// Earlier sources, oldest first; the newest that defines a name counts.
    pub(crate) earlier: Vec<Arc<Unit>>,
}

impl Unit {
    /// Collects the names of a parsed source, and says which are defined twice.
    pub(crate) fn new(tree: Tree, earlier: Vec<Arc<Self>>) -> (Self, Vec<Diagnostic>) {
        let mut own: BTreeMap<String, (usize, Span)> = BTreeMap::new();
        let mut found = Vec::new();
        for (at, definition) in positions(&tree) {
            if matches!(definition.body, DefinitionBody::Import(_)) {
                continue;
            }
            let name = definition.name;
            if let Some((_, first)) = own.get(name.text) {
                let message = format!("`{}` is defined twice", name.text);
                let error = Diagnostic::error(codes::NAME_TWICE, name.span, message);
                found.push(error.at(*first, "first here").help("give one of them another name"));
            } else {
                own.insert(name.text.to_owned(), (at, name.span));
            }
        }
        let own = own.into_iter().map(|(name, (at, _))| (name, at)).collect();
        (Self { tree, own, earlier }, found)
    }

    /// The definition of a name and the unit it stands in.
    pub(crate) fn find(&self, name: &str) -> Option<(&Self, Definition<'_>)> {
        if let Some(definition) = self.find_own(name) {
            return Some((self, definition));
        }
        let earlier = self.earlier.iter().rev();
        let mut found = earlier.map(AsRef::as_ref).filter(|unit| unit.own.contains_key(name));
        let unit = found.next()?;
        unit.find_own(name).map(|definition| (unit, definition))
    }

    fn find_own(&self, name: &str) -> Option<Definition<'_>> {
        match self.tree.root.children.get(*self.own.get(name)?)? {
            Child::Node(node) => self.tree.definition(node),
            Child::Token(_) => None,
        }
    }

    /// Is the name given to a definition that could not be read? Then its error has been told already.
    pub(crate) fn is_broken(&self, name: &str) -> bool {
        let words = |node: &crate::syntax::tree::Node| {
            node.tokens().nth(1).is_some_and(|token| self.tree.text(token.span) == name)
        };
        self.find(name).is_none() && self.tree.root.nodes().any(words)
    }

    /// An error for a name that means nothing, with the nearest name of the kind that is wanted.
    pub(crate) fn unknown(&self, name: Name<'_>, what: &'static str) -> Diagnostic {
        let units = self.earlier.iter().map(AsRef::as_ref).chain([self]);
        let names = units.flat_map(|unit| unit.own.keys().map(String::as_str));
        let fits = |name: &&str| self.find(name).is_some_and(|(_, found)| kind_of(&found) == what);
        // A source may have thousands of names, and as many that are not defined.
        let near = nearest(name.text, names.filter(fits).take(NEAR_NAMES_MAX));
        let message = format!("there is no {what} `{}`", name.text);
        let error = Diagnostic::error(codes::UNKNOWN_NAME, name.span, message);
        match near {
            Some(near) => error.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => error.help(format!("define it with `{what} {} ...`", name.text)),
        }
    }

    /// An error for a name of another kind.
    pub(crate) fn wrong_kind(
        name: Name<'_>,
        found: &Definition<'_>,
        what: &'static str,
    ) -> Diagnostic {
        let message = format!("`{}` is a {}, not a {what}", name.text, kind_of(found));
        Diagnostic::error(codes::WRONG_KIND, name.span, message).help(format!("name a {what} here"))
    }
}

/// Every definition that can be read, with its position below the root.
pub(crate) fn positions(tree: &Tree) -> impl Iterator<Item = (usize, Definition<'_>)> {
    tree.root.children.iter().enumerate().filter_map(|(at, child)| match child {
        Child::Node(node) => tree.definition(node).map(|definition| (at, definition)),
        Child::Token(_) => None,
    })
}

/// The word that defines such a thing.
pub(crate) fn kind_of(definition: &Definition<'_>) -> &'static str {
    match definition.body {
        DefinitionBody::Import(_) => "import",
        DefinitionBody::Let(_) => "let",
        DefinitionBody::Set(_) => "set",
        DefinitionBody::Schedule(_) => "schedule",
        DefinitionBody::List(..) => "list",
        DefinitionBody::Calendar(_) => "calendar",
        DefinitionBody::Policy(_) => "policy",
        DefinitionBody::Program(_) => "program",
    }
}
