//! `policy compare`: what an edit of rules newly allows and denies, with payments that show it, and whether coins may move.

use std::path::Path;

use scoin_api::{PoliciesBody, paths};
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
use crate::args::{Global, parse};
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;
use crate::session::Public;

/// Runs the command.
pub(crate) async fn run(global: &Global, given: &Compare) -> Result<Report, Failure> {
    let (old, new) = (Side::read(global, &given.old).await?, Side::read(global, &given.new).await?);
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

/// One of the two sides.
enum Side {
    /// A rule file, and the policy named after `:`.
    File { module: Box<Module>, name: Option<String>, text: String },
    /// A policy as the city keeps it, its arguments already given.
    City(Box<Policy>),
}

impl Side {
    async fn read(global: &Global, text: &str) -> Result<Self, Failure> {
        if text.starts_with("sp1:") || is_published_name(text) {
            return published(global, text).await.map(|policy| Self::City(Box::new(policy)));
        }
        let named = text
            .rsplit_once(':')
            .filter(|(file, name)| !file.is_empty() && !name.contains(['/', '\\']));
        let (file, name) = named.map_or((text, None), |(file, name)| (file, Some(name.to_owned())));
        let path = Path::new(file);
        let module = module(path, &read_text(path)?)?;
        if let Some(name) = &name
            && !module.policies().iter().any(|head| head.name == *name)
        {
            let error =
                Failure::new(Exit::NotFound, format!("there is no policy `{name}` in `{file}`"));
            return Err(error.hint("`scoin policy hash FILE` prints the names"));
        }
        Ok(Self::File { module: Box::new(module), name, text: text.to_owned() })
    }

    /// The one policy it is about, if it is about one only.
    fn name(&self) -> Option<&str> {
        match self {
            Self::File { name, .. } => name.as_deref(),
            Self::City(policy) => Some(&policy.name),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::File { module, .. } => {
                module.policies().into_iter().map(|head| head.name).collect()
            }
            Self::City(policy) => vec![policy.name.clone()],
        }
    }

    fn without(&self, name: &str) -> Failure {
        let place = match self {
            Self::File { text, .. } => text,
            Self::City(policy) => &policy.name,
        };
        Failure::new(Exit::NotFound, format!("there is no policy `{name}` in `{place}`"))
    }

    /// The policy with the arguments that it takes; what is left open is as loose as it can be.
    fn policy(&self, name: &str, given: &[(String, String)]) -> Result<Policy, Failure> {
        let module = match self {
            Self::File { module, .. } => module,
            Self::City(policy) => return Ok(policy.as_ref().clone()),
        };
        let heads = module.policies();
        let Some(head) = heads.iter().find(|head| head.name == name) else {
            return Err(self.without(name));
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
        module.policy(name, &arguments).map_err(|found| not_compiled(name, &found))
    }
}

/// `city.snack` and the like, where no file has that name.
fn is_published_name(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.contains('.')
        && !text.split('.').any(|part| part == "scoin")
        && text.split('.').all(is_part)
        && !Path::new(text).exists()
}

/// The policy that a city has in force under a name, or has ever had under an id.
async fn published(global: &Global, text: &str) -> Result<Policy, Failure> {
    let wanted = if text.starts_with("sp1:") {
        let id = parse::policy_id(text).map_err(|why| Failure::new(Exit::Usage, why))?;
        Some(id.to_hex())
    } else {
        None
    };
    let body: PoliciesBody = Public::new(global)?.read(paths::POLICIES).await?;
    let mut found = body.policies.iter().filter(|policy| match &wanted {
        Some(id) => policy.id == *id,
        None => policy.name == text && policy.status.as_deref() == Some("active"),
    });
    let policy = match (found.next(), found.next()) {
        (Some(policy), None) => policy,
        (None, _) => return Err(not_published(text, wanted.is_some())),
        (Some(_), Some(_)) => return Err(several(text)),
    };
    Policy::from_bytes(&policy.canonical.0).map_err(|error| {
        Failure::new(Exit::Refused, format!("the city's `{text}` cannot be read: {error}"))
            .hint("this program is older than the city's: install the newer one")
    })
}

fn not_published(text: &str, by_id: bool) -> Failure {
    let what = if by_id { "" } else { " in force" };
    Failure::new(Exit::NotFound, format!("the city has no policy `{text}`{what}"))
        .hint("`scoin policy list` prints those it has, and which are in force")
}

/// Several versions of one rule are in force where each adopter has their own.
fn several(text: &str) -> Failure {
    Failure::new(Exit::Usage, format!("several policies named `{text}` are in force"))
        .hint("name one of them by its id, sp1:…; `scoin policy list` prints the ids")
}

/// A policy's name in the old source and in the new.
type Pair = (Option<String>, Option<String>);

/// Which policies are held against each other: the named ones, or those of the same name.
fn pairs(old: &Side, new: &Side) -> Result<Vec<Pair>, Failure> {
    match (old.name(), new.name()) {
        (Some(one), Some(two)) => Ok(vec![(Some(one.to_owned()), Some(two.to_owned()))]),
        (Some(one), None) | (None, Some(one)) => {
            let side = if old.name().is_some() { new } else { old };
            if !side.names().iter().any(|name| name == one) {
                return Err(side.without(one).hint("name both: FILE:NAME FILE:NAME"));
            }
            Ok(vec![(Some(one.to_owned()), Some(one.to_owned()))])
        }
        (None, None) => {
            let (one, two) = (old.names(), new.names());
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
