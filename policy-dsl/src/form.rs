//! A policy with parameters as a form: somebody fills in values and never sees text.
//!
//! Both ways are lossless: the values of a form are the arguments of the instance, and an instance's arguments, which
//! are kept beside it, open the form again.

mod label;
mod words;

use std::collections::BTreeMap;

pub use self::words::Problem;
use crate::diagnostic::Diagnostic;
use crate::explain::catalogue::Catalogue;
use crate::ir::{Policy, Texts};
use crate::module::{Module, Param, ParamKind, Value};

/// A form for one policy of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Qualified name of the policy.
    pub policy: String,
    /// Its title, by language.
    pub title: Texts,
    /// Fields in the order of the parameters.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name, type, bounds and default.
    pub param: Param,
    /// What it is for, from what the policy does with it; [`Field::label`] says it.
    label: &'static str,
    /// What its numbers count: `won`, `payments`, `%`, `days`; empty for other types.
    pub unit: &'static str,
}

impl Field {
    /// What it is for, in a language: `Limit per day`.
    pub fn label(&self, words: &Catalogue) -> String {
        words.say(&format!("form.{}", self.label), &[])
    }
}

/// One field that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

/// A policy made from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The policy, compiled.
    pub policy: Policy,
    /// An argument for every field, as the language writes it; to be kept beside the policy.
    pub arguments: Vec<(String, String)>,
}

/// The form of one of a source's own policies.
pub fn form(module: &Module, policy: &str) -> Option<Form> {
    let head = module.policies().into_iter().find(|head| head.name == policy)?;
    let fields = head.params.into_iter().map(|param| Field {
        label: label::of(module, policy, &param),
        unit: unit(param.kind),
        param,
    });
    Some(Form { policy: head.name, title: head.title, fields: fields.collect() })
}

impl Form {
    /// Reads what somebody typed into a field: as the language writes it, or a bare number (`5000`, `5,000`) where a
    /// number is wanted.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, module: &Module, field: &str, typed: &str) -> Result<Value, FieldError> {
        let wrong = |problem| FieldError { field: field.to_owned(), problem };
        let Some(found) = self.fields.iter().find(|known| known.param.name == field) else {
            return Err(wrong(Problem::Unknown));
        };
        let text = spelled(found.param.kind, typed);
        match module.value(&self.policy, field, &text) {
            Ok(value) => in_bounds(&found.param, value).map_err(wrong),
            Err(_) => Err(wrong(Problem::WrongType(found.param.kind))),
        }
    }

    /// The instance with these values; a field that is left out has its default.
    ///
    /// # Errors
    /// Every field that is not right, in the order of the form, fields that do not exist last.
    pub fn fill(
        &self,
        module: &Module,
        values: &BTreeMap<String, Value>,
    ) -> Result<Instance, Vec<FieldError>> {
        let (mut wrong, mut arguments) = (Vec::new(), Vec::new());
        for field in &self.fields {
            let name = &field.param.name;
            let value = values.get(name).or(field.param.default.as_ref());
            let value = value.cloned().ok_or(Problem::Missing);
            match value.and_then(|value| in_bounds(&field.param, value)) {
                Ok(value) => arguments.push((name.clone(), value.to_string())),
                Err(problem) => wrong.push(FieldError { field: name.clone(), problem }),
            }
        }
        let unknown = values.keys().filter(|name| !self.has(name));
        wrong.extend(
            unknown.map(|name| FieldError { field: name.clone(), problem: Problem::Unknown }),
        );
        if !wrong.is_empty() {
            return Err(wrong);
        }
        match module.policy(&self.policy, &arguments) {
            Ok(policy) => Ok(Instance { policy, arguments }),
            Err(found) => Err(found.iter().map(|found| self.blamed(found)).collect()),
        }
    }

    /// The values of an instance, from its arguments: with them [`Form::fill`] gives the same instance. A field that the
    /// arguments leave out has its default.
    ///
    /// # Errors
    /// An argument that does not fit, as after the policy was published anew with other parameters.
    pub fn reopen(
        &self,
        module: &Module,
        arguments: &[(String, String)],
    ) -> Result<BTreeMap<String, Value>, Vec<FieldError>> {
        let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
        for (name, text) in arguments {
            let name = name.strip_prefix('$').unwrap_or(name);
            match self.read(module, name, text) {
                Ok(value) => {
                    values.insert(name.to_owned(), value);
                }
                Err(error) => wrong.push(error),
            }
        }
        for field in &self.fields {
            if let (false, Some(value)) =
                (values.contains_key(&field.param.name), &field.param.default)
            {
                values.insert(field.param.name.clone(), value.clone());
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.param.name == name)
    }

    /// The field that a complaint of the compiler is about: the one it names, else the first.
    fn blamed(&self, found: &Diagnostic) -> FieldError {
        let named = |field: &&Field| found.message.contains(&format!("`${}`", field.param.name));
        let field = self.fields.iter().find(named).or(self.fields.first());
        let field = field.map(|field| field.param.name.clone()).unwrap_or_default();
        FieldError { field, problem: Problem::NotCompiled(found.message.clone()) }
    }
}

/// What the numbers of a type count.
const fn unit(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::Money => "won",
        ParamKind::Count => "payments",
        ParamKind::Percent => "%",
        ParamKind::Days => "days",
        ParamKind::Date
        | ParamKind::District
        | ParamKind::Person
        | ParamKind::Tags
        | ParamKind::Merchants
        | ParamKind::Products
        | ParamKind::Schedule => "",
    }
}

/// What somebody typed as the language writes it: a bare number with the unit its type needs, a person in quotes.
fn spelled(kind: ParamKind, typed: &str) -> String {
    let typed = typed.trim();
    if kind == ParamKind::Person && !typed.starts_with('"') {
        return Value::Word(typed.to_owned()).to_string();
    }
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed.to_owned();
    }
    match kind {
        ParamKind::Money => format!("{digits} won"),
        ParamKind::Percent => format!("{digits}%"),
        ParamKind::Count | ParamKind::Days => digits,
        ParamKind::Date
        | ParamKind::District
        | ParamKind::Person
        | ParamKind::Tags
        | ParamKind::Merchants
        | ParamKind::Products
        | ParamKind::Schedule => typed.to_owned(),
    }
}

fn in_bounds(param: &Param, value: Value) -> Result<Value, Problem> {
    let (least, most) = &param.bounds;
    let low = least.as_ref().is_none_or(|least| *least <= value);
    let high = most.as_ref().is_none_or(|most| value <= *most);
    if low && high { Ok(value) } else { Err(Problem::Outside(Box::new(param.bounds.clone()))) }
}
