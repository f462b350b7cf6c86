//! A question to `policy ask` made of flags, as the same JSON that a line of `--jsonl` has.

use scoin_policy::facts::Fact;
use serde_json::{Map, Value, json};

use crate::args::policy::Ask;
use crate::commands::policy::calendars::Calendars;
use crate::exit::Exit;
use crate::failure::Failure;

/// The request that the flags state.
pub(super) fn request(asked: &Ask) -> Result<Value, Failure> {
    let calendars = Calendars::read(&asked.calendars)?;
    let calendars = calendars.all().map(|(name, days)| {
        (name.to_owned(), json!(days.iter().map(ToString::to_string).collect::<Vec<_>>()))
    });
    let arguments = asked.arguments.iter().map(|(name, text)| (format!("${name}"), json!(text)));
    let mut spent = Map::new();
    for (label, text) in &asked.spent {
        let number: u64 = text.replace(['_', ','], "").parse().map_err(|_| {
            Failure::new(Exit::Usage, format!("`{text}` is no number"))
                .hint("write --spent each-day=4000")
        })?;
        spent.insert(label.clone(), json!(number));
    }
    let mut request = json!({
        "policy": asked.policy,
        "at": asked.at,
        "args": Value::Object(arguments.collect()),
        "facts": facts(&asked.facts),
        "spent": spent,
        "lists": many(&asked.listed),
        "calendars": Value::Object(calendars.collect()),
    });
    if let Value::Object(fields) = &mut request {
        if let Some(amount) = asked.amount {
            fields.insert("amount".to_owned(), json!(amount.units()));
        }
        if !asked.items.is_empty() {
            let line = |line: &crate::args::parse::Line| json!({ "code": line.code, "amount": line.amount.units(), "tags": line.tags });
            fields.insert("items".to_owned(), asked.items.iter().map(line).collect());
        }
    }
    Ok(request)
}

/// Facts by name: numbers as numbers, tags that stand more than once as several.
fn facts(given: &[(String, String)]) -> Value {
    let many = many(given);
    let fact = |(name, texts): (String, Value)| {
        let number = Fact::ALL.into_iter().find(|fact| fact.name() == name).is_some_and(|fact| {
            matches!(
                fact,
                Fact::PayerAge
                    | Fact::PayerChildren
                    | Fact::PaymentAmount
                    | Fact::EventAmount
                    | Fact::EventDaysEarly
            )
        });
        let value = match texts.as_array().map(Vec::as_slice) {
            Some([Value::String(one)]) => {
                let read = one.parse::<i64>().ok().filter(|_| number);
                read.map_or_else(|| json!(one), |read| json!(read))
            }
            _ => texts,
        };
        (name, value)
    };
    Value::Object(many.into_iter().map(fact).collect())
}

/// Everything that stands under the same name, in order.
fn many(given: &[(String, String)]) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, text) in given {
        let list = all.entry(name.clone()).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!(text));
        }
    }
    all
}
