//! `policy form`: what a policy asks to be filled in; with values, the policy that comes of them.

use std::collections::BTreeMap;

use scoin_policy::civil::Civil;
use scoin_policy::explain::{self, catalogue::Catalogue};
use scoin_policy::form::{Field, FieldError, Form, Instance, form};
use scoin_policy::ir::Texts;
use scoin_policy::module::Value as Typed;
use serde_json::{Value, json};

use super::check::module;
use super::told;
use crate::args::Lang;
use crate::args::policy::Form as Given;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// Runs the command.
pub(crate) fn run(given: &Given, lang: Lang) -> Result<Report, Failure> {
    let source = read_text(&given.file)?;
    let module = module(&given.file, &source)?;
    let Some(form) = form(&module, &given.name) else {
        let file = given.file.display();
        return Err(Failure::new(
            Exit::NotFound,
            format!("there is no policy `{}` in `{file}`", given.name),
        )
        .hint("`scoin policy hash FILE` prints the names"));
    };
    let (mut values, mut wrong) = (BTreeMap::new(), Vec::new());
    for (name, text) in &given.values {
        match form.read(&module, name, text) {
            Ok(value) => drop(values.insert(name.clone(), value)),
            Err(error) => wrong.push(error),
        }
    }
    let missing = |field: &Field| {
        field.param.default.is_none()
            && !given.values.iter().any(|(name, _)| *name == field.param.name)
    };
    // Without values an open field is no mistake yet.
    let open = given.values.is_empty() && form.fields.iter().any(missing);
    let filled = if open {
        None
    } else {
        match form.fill(&module, &values) {
            Ok(instance) if wrong.is_empty() => Some(instance),
            Ok(_) => None,
            Err(more) => {
                let new = |error: &FieldError| {
                    !wrong.iter().any(|known: &FieldError| known.field == error.field)
                };
                let more: Vec<FieldError> = more.into_iter().filter(new).collect();
                wrong.extend(more);
                None
            }
        }
    };
    let words = Catalogue::of(lang.into());
    let all = explain::Lang::ALL.map(Catalogue::of);
    let now = Civil::start_of(given.on.unwrap_or_default());
    let mut report = Report::new(json!({
        "policy": form.policy,
        "title": texts(&form.title),
        "fields": form.fields.iter().map(|field| field_json(field, &values, &all)).collect::<Vec<_>>(),
        "errors": wrong.iter().map(|error| error_json(error, &all)).collect::<Vec<_>>(),
        "instance": filled.as_ref().map(|instance| instance_json(instance, now)),
    }));
    report =
        report.table(vec!["field", "for", "type", "bounds", "value"], rows(&form, &values, &words));
    for error in &wrong {
        report = report.text(format!("{}: {}", error.field, error.message(&words)));
    }
    if let Some(instance) = &filled {
        report = report.text(told::promise(&instance.policy, now, lang));
        report = report.text(instance.policy.id().to_string());
    }
    Ok(if wrong.is_empty() { report } else { report.exit(Exit::Refused) })
}

fn rows(form: &Form, values: &BTreeMap<String, Typed>, words: &Catalogue) -> Vec<Vec<String>> {
    let row = |field: &Field| {
        let param = &field.param;
        let end =
            |value: &Option<Typed>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        let bounds = match &param.bounds {
            (None, None) => String::new(),
            (least, most) => format!("{}..{}", end(least), end(most)),
        };
        let label = field.label(words);
        let value = values.get(&param.name).or(param.default.as_ref());
        let value = value.map(ToString::to_string).unwrap_or_default();
        vec![param.name.clone(), label, param.kind.word().to_owned(), bounds, value]
    };
    form.fields.iter().map(row).collect()
}

fn texts(texts: &Texts) -> Value {
    Value::Object(texts.iter().map(|(lang, text)| (lang.clone(), json!(text))).collect())
}

fn field_json(field: &Field, values: &BTreeMap<String, Typed>, all: &[Catalogue]) -> Value {
    let param = &field.param;
    let text = |value: Option<&Typed>| value.map(ToString::to_string);
    json!({
        "name": param.name,
        "type": param.kind.word(),
        "label": in_all(all, |words| field.label(words)),
        "unit": field.unit,
        "least": text(param.bounds.0.as_ref()),
        "most": text(param.bounds.1.as_ref()),
        "default": text(param.default.as_ref()),
        "required": param.default.is_none(),
        "value": text(values.get(&param.name).or(param.default.as_ref())),
    })
}

fn error_json(error: &FieldError, all: &[Catalogue]) -> Value {
    let mut json = in_all(all, |words| error.message(words));
    if let Value::Object(fields) = &mut json {
        fields.insert("field".to_owned(), json!(error.field));
    }
    json
}

/// The same in every language.
fn in_all(all: &[Catalogue], say: impl Fn(&Catalogue) -> String) -> Value {
    Value::Object(
        all.iter().map(|words| (words.lang().code().to_owned(), json!(say(words)))).collect(),
    )
}

fn instance_json(instance: &Instance, now: Civil) -> Value {
    let arguments = instance.arguments.iter();
    let arguments = arguments.map(|(name, text)| (format!("${name}"), json!(text)));
    let promise = |lang| told::promise(&instance.policy, now, lang);
    json!({
        "id": instance.policy.id().to_string(),
        "arguments": Value::Object(arguments.collect()),
        "promise": { "ko": promise(Lang::Ko), "en": promise(Lang::En), "zh": promise(Lang::Zh) },
    })
}
