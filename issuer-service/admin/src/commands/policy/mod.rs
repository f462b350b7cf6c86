//! `scoin policy …`: what can be known of rule text without a city, and publishing it.

mod ask;
mod backtest;
mod backtest_report;
mod calendars;
mod check;
mod compare;
mod coverage;
mod draw;
mod explain;
mod fix;
mod fmt;
mod form;
mod hash;
mod publishable;
mod request;
mod told;

pub(crate) use self::calendars::dates;
pub(crate) use self::check::module;
pub(crate) use self::publishable::{calendars_asked, examples_hold};
pub(crate) use self::request::date;

use crate::args::Global;
use crate::args::policy::Policy;
use crate::failure::Failure;
use crate::output::Report;

/// Runs one command.
pub(crate) async fn run(global: &Global, policy: Policy) -> Result<Report, Failure> {
    match policy {
        Policy::Check(check) => check::run(&check),
        Policy::Fmt(fmt) => fmt::run(&fmt),
        Policy::Explain(explain) => explain::run(&explain, global.lang),
        Policy::Ask(asked) if asked.jsonl => ask::stream(&asked.file),
        Policy::Ask(asked) => ask::once(&asked, global.lang),
        Policy::Compare(given) => compare::run(global, &given).await,
        Policy::Hash(given) => hash::run(&given),
        Policy::Test(given) => coverage::run(&given),
        Policy::Form(given) => form::run(&given, global.lang),
        Policy::Backtest(wanted) => backtest::run(global, &wanted).await,
        Policy::Publish { file, change } => super::rules::publish(global, &file, &change).await,
        Policy::Adopt(adopt) => super::rules::adopt(global, adopt).await,
        Policy::List { name } => super::life::list(global, name.as_deref()).await,
        Policy::Show { policy } => super::life::show(global, policy).await,
        Policy::Retire(retire) => super::life::retire(global, retire).await,
    }
}
