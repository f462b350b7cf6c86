//! A source as published: its policies, programmes, lists and calendars, ready to be given arguments.

use crate::civil::Date;
use crate::diagnostic::Diagnostic;
use crate::ir::{Policy, Program, Texts};

/// A checked source. Cheap to clone; holds what it needs of earlier modules.
#[derive(Clone, Debug)]
pub struct Module {
    source: String,
}

/// A policy or programme as a form shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Qualified name.
    pub name: String,
    /// Display title.
    pub title: Texts,
    /// Parameters in order.
    pub params: Vec<Param>,
}

/// One parameter, with everything a form needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name without `$`.
    pub name: String,
    /// Type.
    pub kind: ParamKind,
    /// Least and greatest value, inclusive; only for money, count, percent, days and date.
    pub bounds: (Option<Value>, Option<Value>),
    /// Value when no argument is given. Without one the argument is required.
    pub default: Option<Value>,
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamKind {
    /// Minor units.
    Money,
    /// A number of payments or things.
    Count,
    /// 0 to 100.
    Percent,
    /// A number of days.
    Days,
    /// A calendar date.
    Date,
    /// A district.
    District,
    /// A person.
    Person,
    /// A set of tags.
    Tags,
    /// A list of merchants.
    Merchants,
    /// A list of products.
    Products,
    /// A weekly schedule.
    Schedule,
}

/// A value of a parameter. `Display` writes it as the language does, ready to be an argument again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Minor units.
    Money(u64),
    /// Count, percent or days.
    Number(u64),
    /// A calendar date.
    Date(Date),
    /// A district, a person or the name of a list.
    Word(String),
    /// Tags, sorted.
    Tags(Vec<String>),
    /// Weekly slots.
    Schedule(crate::ir::Weekly),
}

/// What kind of member a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Merchant ids.
    Merchants,
    /// Product codes.
    Products,
    /// Person ids.
    Persons,
}

/// A list or calendar that a source declares. `pin` is the SHA-256 its content must have; without it, it is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared<K> {
    /// Qualified name.
    pub name: String,
    /// Kind of its members; `()` for calendars.
    pub kind: K,
    /// Content hash, when pinned.
    pub pin: Option<[u8; 32]>,
}

impl Module {
    /// Checks a source. There is a module exactly when no diagnostic is an error.
    pub fn parse(source: &str) -> (Option<Self>, Vec<Diagnostic>) {
        Self::parse_with(source, &[])
    }

    /// Checks a source that may use the names of earlier modules. A later module's names hide nothing: defining a
    /// name again is an error.
    pub fn parse_with(source: &str, _earlier: &[&Self]) -> (Option<Self>, Vec<Diagnostic>) {
        (Some(Self { source: source.to_owned() }), Vec::new())
    }

    /// The text it was made from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its own policies, in source order.
    pub fn policies(&self) -> Vec<Head> {
        Vec::new()
    }

    /// Its own programmes, in source order.
    pub fn programs(&self) -> Vec<Head> {
        Vec::new()
    }

    /// Its own lists, in source order.
    pub fn lists(&self) -> Vec<Declared<ListKind>> {
        Vec::new()
    }

    /// Its own calendars, in source order.
    pub fn calendars(&self) -> Vec<Declared<()>> {
        Vec::new()
    }

    /// Compiles a policy, its own or an earlier module's. Arguments are written as in the language (`5_000 won`,
    /// `gu.mapo`), by parameter name with or without `$`.
    pub fn policy(
        &self,
        _name: &str,
        _arguments: &[(String, String)],
    ) -> Result<Policy, Vec<Diagnostic>> {
        Err(Vec::new())
    }

    /// Compiles a programme, every parameter at its default.
    pub fn program(&self, _name: &str) -> Result<Program, Vec<Diagnostic>> {
        Err(Vec::new())
    }
}
