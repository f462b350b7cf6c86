//! `scoin policy …`: what can be known of rule text without a city, and publishing it.

mod ask;
mod backtest;
mod backtest_report;
mod check;
mod fix;
mod fmt;
mod request;

pub(crate) use self::check::{dates, module};
pub(crate) use self::request::date;

use scoin_policy::module::Module;
use serde_json::{Value, json};

use crate::args::Global;
use crate::args::policy::{Ask, Hash, Policy};
use crate::exit::Exit;
use crate::failure::{Failure, read_text};
use crate::output::Report;

/// Runs one command.
pub(crate) async fn run(global: &Global, policy: Policy) -> Result<Report, Failure> {
    match policy {
        Policy::Check(check) => check::run(&check),
        Policy::Fmt(fmt) => fmt::run(&fmt),
        Policy::Ask(Ask { file, request: Some(request), .. }) => ask::once(&file, &request),
        Policy::Ask(Ask { file, request: None, .. }) => ask::stream(&file),
        Policy::Hash(hash) => hash_of(&hash),
        Policy::Backtest(wanted) => backtest::run(global, &wanted).await,
        Policy::Publish { file, change } => super::rules::publish(global, &file, &change).await,
        Policy::Adopt(adopt) => super::rules::adopt(global, adopt).await,
    }
}

fn hash_of(hash: &Hash) -> Result<Report, Failure> {
    let source = read_text(&hash.file)?;
    let module = module(&hash.file, &source)?;
    let heads = module.policies().into_iter().map(|head| (head, "policy"));
    let heads = heads.chain(module.programs().into_iter().map(|head| (head, "program")));
    let mut items = Vec::new();
    for (head, kind) in heads {
        if hash.name.as_ref().is_none_or(|name| *name == head.name) {
            items.push((head.name.clone(), kind, id_of(&module, &head, kind, hash)?));
        }
    }
    if let (Some(name), true) = (&hash.name, items.is_empty()) {
        return Err(Failure::new(
            Exit::NotFound,
            format!("there is no `{name}` in `{}`", hash.file.display()),
        )
        .hint("`scoin policy hash FILE` prints the names"));
    }
    let json: Vec<Value> = items
        .iter()
        .map(|(name, kind, id)| json!({ "name": name, "kind": kind, "id": id }))
        .collect();
    let needs = || "needs arguments: --arg NAME=VALUE".to_owned();
    let rows = items
        .into_iter()
        .map(|(name, kind, id)| vec![name, kind.to_owned(), id.unwrap_or_else(needs)]);
    Ok(Report::new(json!({ "items": json })).table(vec!["name", "kind", "id"], rows.collect()))
}

/// The id, or nothing for a policy that needs arguments which were not asked for by name.
fn id_of(
    module: &Module,
    head: &scoin_policy::module::Head,
    kind: &str,
    hash: &Hash,
) -> Result<Option<String>, Failure> {
    let given = |name: &str| hash.arguments.iter().any(|(known, _)| known == name);
    let needs = head.params.iter().any(|param| param.default.is_none() && !given(&param.name));
    if kind == "policy" && needs && hash.name.is_none() {
        return Ok(None);
    }
    let id = match kind {
        "policy" => module.policy(&head.name, &hash.arguments).map(|policy| policy.id().0),
        _ => module.program(&head.name).map(|program| program.id()),
    };
    let id = id.map_err(|found| check::not_compiled(&head.name, &found))?;
    Ok(Some(format!("sp1:{}", hex::encode(id))))
}
