//! `scoin report`: the money in the city.

use scoin_api::{LayerBody, ReportBody, paths};
use serde_json::json;

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Report;
use crate::session::Session;
use crate::words;

/// Runs the command.
pub(crate) async fn run(global: &Global) -> Result<Report, Failure> {
    let body: ReportBody = Session::open(global).await?.read(paths::REPORT).await?;
    let fields = [
        ("books", if body.balanced { "balanced" } else { "NOT BALANCED" }.to_owned()),
        ("minted", words::money(body.minted)),
        ("burned", words::money(body.burned)),
        ("cashed out", words::money(body.redeemed)),
        ("in the city", words::money(body.supply)),
        ("reserved", words::money(body.held)),
        ("accounts", body.accounts.to_string()),
        ("frame", body.frame.to_string()),
    ];
    let stacks = body.stacks.iter().map(|stack| {
        let counts = [
            stack.minted,
            stack.marked_in,
            stack.marked_out,
            stack.burned,
            stack.redeemed,
            stack.lots,
        ];
        std::iter::once(rules(&stack.layers)).chain(counts.map(words::money)).collect()
    });
    let stacks: Vec<Vec<String>> = stacks.collect();
    let pools =
        body.pools.iter().map(|pool| vec![pool.name.clone(), words::money(pool.balance)]).collect();
    let exit = if body.balanced { Exit::Done } else { Exit::Failed };
    Ok(Report::new(json!(body))
        .fields(fields)
        .table(vec!["rules", "minted", "in", "out", "burned", "cashed out", "now"], stacks)
        .table(vec!["pool", "balance"], pools)
        .exit(exit))
}

fn rules(layers: &[LayerBody]) -> String {
    if layers.is_empty() {
        return "plain".to_owned();
    }
    layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(" + ")
}
