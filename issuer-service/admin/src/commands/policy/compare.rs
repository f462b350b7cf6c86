//! `policy compare`: what an edit of rules newly allows and denies, with payments that show it, and whether coins may move.

use scoin_policy::analyse::compare::{Comparison, Region, Relation, compare};
use scoin_policy::analyse::{Contents, Proof, Settings};
use scoin_policy::ir::Policy;
use scoin_policy::module::Module;
use scoin_policy::rule::Rule;
use serde_json::{Value, json};

use super::calendars::Calendars;
use super::check::{module, not_compiled, witness_json};
use super::request::written;
use crate::args::policy::Compare;
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// Runs the command.
pub(crate) fn run(given: &Compare) -> Result<Report, Failure> {
    let (old, new) = (Side::read(&given.old)?, Side::read(&given.new)?);
    let calendars = Calendars::read(&given.calendars)?;
    let mut settings = Settings { today: given.as_of, ..Settings::default() };
    if let Some(from) = given.as_of {
        let known = calendars.known(&given.calendars, from).into_iter();
        let known = known.map(|(name, days)| ((name, None), days)).collect();
        settings.contents = Contents { calendars: known, ..Contents::default() };
    }
    let mut items = Vec::new();
    let mut report = Report::new(Value::Null);
    for (one, two) in pairs(&old, &new)? {
        let (item, lines) = match (one, two) {
            (Some(one), Some(two)) => {
                let one = old.policy(&one, &given.arguments)?;
                let two = new.policy(&two, &given.arguments)?;
                told(&one, &two, &settings)
            }
            (Some(one), None) => {
                (json!({ "name": one, "change": "removed" }), vec![format!("{one}: removed")])
            }
            (None, Some(two)) => {
                (json!({ "name": two, "change": "added" }), vec![format!("{two}: added")])
            }
            (None, None) => continue,
        };
        items.push(item);
        report = report.text(lines.join("\n"));
    }
    report.json = json!({ "items": items });
    Ok(report)
}

/// One of the two sources, and the policy named after `:`.
struct Side {
    module: Module,
    name: Option<String>,
    text: String,
}

impl Side {
    fn read(text: &str) -> Result<Self, Failure> {
        let named = text
            .rsplit_once(':')
            .filter(|(file, name)| !file.is_empty() && !name.contains(['/', '\\']));
        let (file, name) = named.map_or((text, None), |(file, name)| (file, Some(name.to_owned())));
        let path = std::path::Path::new(file);
        let module = module(path, &read_text(path)?)?;
        if let Some(name) = &name
            && !module.policies().iter().any(|head| head.name == *name)
        {
            let error =
                Failure::new(Exit::NotFound, format!("there is no policy `{name}` in `{file}`"));
            return Err(error.hint("`scoin policy hash FILE` prints the names"));
        }
        Ok(Self { module, name, text: text.to_owned() })
    }

    /// The policy with the arguments that it takes; what is left open is as loose as it can be.
    fn policy(&self, name: &str, given: &[(String, String)]) -> Result<Policy, Failure> {
        let heads = self.module.policies();
        let Some(head) = heads.iter().find(|head| head.name == name) else {
            return Err(Failure::new(
                Exit::NotFound,
                format!("there is no policy `{name}` in `{}`", self.text),
            ));
        };
        let mut arguments: Vec<(String, String)> = given
            .iter()
            .filter(|(name, _)| head.params.iter().any(|param| param.name == *name))
            .cloned()
            .collect();
        for (name, value) in head.loosest_arguments().unwrap_or_default() {
            if !arguments.iter().any(|(known, _)| *known == name) {
                arguments.push((name, value));
            }
        }
        self.module.policy(name, &arguments).map_err(|found| not_compiled(name, &found))
    }
}

/// A policy's name in the old source and in the new.
type Pair = (Option<String>, Option<String>);

/// Which policies are held against each other: the named ones, or those of the same name.
fn pairs(old: &Side, new: &Side) -> Result<Vec<Pair>, Failure> {
    let names =
        |side: &Side| side.module.policies().into_iter().map(|head| head.name).collect::<Vec<_>>();
    match (&old.name, &new.name) {
        (Some(one), Some(two)) => Ok(vec![(Some(one.clone()), Some(two.clone()))]),
        (Some(one), None) | (None, Some(one)) => {
            let side = if old.name.is_some() { new } else { old };
            if !names(side).contains(one) {
                let error = Failure::new(
                    Exit::NotFound,
                    format!("there is no policy `{one}` in `{}`", side.text),
                );
                return Err(error.hint("name both: FILE:NAME FILE:NAME"));
            }
            Ok(vec![(Some(one.clone()), Some(one.clone()))])
        }
        (None, None) => {
            let (one, two) = (names(old), names(new));
            if let ([a], [b]) = (one.as_slice(), two.as_slice()) {
                return Ok(vec![(Some(a.clone()), Some(b.clone()))]);
            }
            let both = one
                .iter()
                .map(|name| (Some(name.clone()), two.contains(name).then(|| name.clone())));
            let added = two
                .iter()
                .filter(|name| !one.contains(name))
                .map(|name| (None, Some(name.clone())));
            Ok(both.chain(added).collect())
        }
    }
}

fn told(old: &Policy, new: &Policy, settings: &Settings) -> (Value, Vec<String>) {
    let (one, two) = (Rule::new(old.clone()), Rule::new(new.clone()));
    let ids = json!({ "name": new.name, "old": one.id().to_string(), "new": two.id().to_string() });
    let with = |more: Value| match (ids.clone(), more) {
        (Value::Object(mut all), Value::Object(more)) => {
            all.extend(more);
            Value::Object(all)
        }
        (ids, _) => ids,
    };
    if one.id() == two.id() {
        return (with(json!({ "change": "none" })), vec![format!("{}: the same rules", new.name)]);
    }
    match compare(old, new, settings) {
        Err(why) => {
            let line = format!("{}: not proved: {why}", new.name);
            (with(json!({ "change": "changed", "not_proved": why.to_string() })), vec![line])
        }
        Ok(found) => (with(comparison_json(&found, &one, &two)), lines(&found, &one, &two)),
    }
}

fn labels(rule: &Rule, places: &[usize]) -> Vec<String> {
    places.iter().filter_map(|at| rule.caps().get(*at)).map(|cap| cap.label.clone()).collect()
}

fn comparison_json(found: &Comparison, old: &Rule, new: &Rule) -> Value {
    let region = |region: &Region| json!({ "conditions": region.conditions, "witness": region.witness.as_ref().map(witness_json) });
    let regions = |all: &[Region]| all.iter().map(region).collect::<Vec<_>>();
    let migrate = match &found.proof {
        Proof::Yes => json!({ "answer": "yes" }),
        Proof::No(refused) => {
            let before: Vec<Value> = refused
                .before
                .iter()
                .map(|(at, amount)| json!({ "at": written(*at), "amount": amount }))
                .collect();
            json!({ "answer": "no", "witness": witness_json(&refused.payment), "before": before,
                    "old": refused.old, "new": refused.new })
        }
        Proof::NotProved(doubt) => json!({ "answer": "not-proved", "why": doubt.to_string() }),
    };
    json!({
        "change": "changed",
        "relation": found.relation.word(),
        "allowed": regions(&found.effect.allowed),
        "denied": regions(&found.effect.denied),
        "complete": found.effect.complete,
        "tighter": labels(new, &found.effect.tighter),
        "looser": labels(old, &found.effect.looser),
        "migrate": migrate,
    })
}

fn lines(found: &Comparison, old: &Rule, new: &Rule) -> Vec<String> {
    let relation = match found.relation {
        Relation::Same => "the same payments pass",
        Relation::Wider => "more payments pass",
        Relation::Narrower => "fewer payments pass",
        Relation::Crossing => "other payments pass, some as before",
        Relation::Apart => "no payment passes that passed before",
        Relation::NotProved => "not proved which payments pass",
    };
    let mut lines = vec![format!("{}: {relation}", new.name())];
    for (title, regions) in
        [("newly allowed", &found.effect.allowed), ("newly denied", &found.effect.denied)]
    {
        for region in regions {
            let conditions = if region.conditions.is_empty() {
                "every payment".to_owned()
            } else {
                region.conditions.join(", ")
            };
            lines.push(format!("  {title}: {conditions}"));
            if let Some(witness) = &region.witness {
                lines.push(format!("    for example: {}", witness.in_words()));
            }
        }
    }
    if !found.effect.complete {
        lines.push("  and more".to_owned());
    }
    for (title, labels) in [
        ("tighter", labels(new, &found.effect.tighter)),
        ("looser", labels(old, &found.effect.looser)),
    ] {
        if !labels.is_empty() {
            lines.push(format!("  limits that may be {title}: {}", labels.join(", ")));
        }
    }
    lines.push(match &found.proof {
        Proof::Yes => "  coins can move without asking: yes".to_owned(),
        Proof::No(refused) => format!(
            "  coins can move without asking: no, {}would pass with {} instead of {}: {}",
            after(&refused.before),
            refused.new,
            refused.old,
            refused.payment.in_words(),
        ),
        Proof::NotProved(doubt) => format!("  coins can move without asking: not proved, {doubt}"),
    });
    lines
}

fn after(before: &[(scoin_policy::civil::Civil, u64)]) -> String {
    let (Some((first, _)), Some((last, _))) = (before.first(), before.last()) else {
        return String::new();
    };
    let sum = before.iter().fold(0_u64, |sum, (_, amount)| sum.saturating_add(*amount));
    format!(
        "after {} payments of {sum} in all from {} to {} this ",
        before.len(),
        written(*first),
        written(*last)
    )
}
