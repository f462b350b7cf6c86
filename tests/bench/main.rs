//! The bench: what a payment costs, on the real service, beside the cost of the one thing that cannot be saved.
//!
//! [`city`] makes a city full of payers and signs their payments beforehand; [`verify`] measures one signature check;
//! [`http`] sends the payments, one by one and in batches, and watches the service's CPU; [`books`] decides them without
//! any HTTP; [`postgres`] does the same work the way it is usually written. Every figure is a ratio of two numbers of this
//! one run. The last line of standard output is one JSON document; what is going on is told on standard error.

mod books;
mod city;
mod cpu;
mod http;
mod machine;
mod postgres;
mod report;
mod verify;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::city::Plan;
use crate::report::Report;

const HELP: &str = "\
scoin-bench [--seconds N] [--accounts N] [--postgres] [--json]

  --seconds N    how long each measurement lasts; 10 if not said, 1 to 600
  --accounts N   how many payers the city has; 1000 if not said, 10 to 100000
  --postgres     do the same payments on a PostgreSQL of our own, started for the run
  --json         only the JSON document on standard output, nothing for people
";

/// What was asked on the command line.
#[derive(Clone, Copy, Debug)]
struct Wishes {
    seconds: u64,
    accounts: usize,
    postgres: bool,
    json: bool,
}

fn main() -> ExitCode {
    let done = wishes().and_then(|wishes| {
        wishes.map_or_else(
            || {
                print!("{HELP}");
                Ok(())
            },
            run,
        )
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn wishes() -> Result<Option<Wishes>> {
    let mut wishes = Wishes { seconds: 10, accounts: 1_000, postgres: false, json: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--json" => wishes.json = true,
            "--postgres" => wishes.postgres = true,
            "--seconds" => wishes.seconds = number(&argument, arguments.next(), 1..=600)?,
            "--accounts" => wishes.accounts = number(&argument, arguments.next(), 10..=100_000)?,
            other => bail!("`{other}` is not known\n\n{HELP}"),
        }
    }
    Ok(Some(wishes))
}

fn number<T>(flag: &str, given: Option<String>, range: std::ops::RangeInclusive<T>) -> Result<T>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let given = given.with_context(|| format!("`{flag}` needs a number after it"))?;
    let number = given.parse().ok().filter(|number| range.contains(number));
    number.with_context(|| {
        format!("`{flag} {given}`: give a number from {} to {}", range.start(), range.end())
    })
}

fn run(wishes: Wishes) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime")?;
    let report = runtime.block_on(measure(wishes))?;
    if !wishes.json {
        println!("{}", report.table());
    }
    println!("{}", report.json());
    Ok(())
}

async fn measure(wishes: Wishes) -> Result<Report> {
    let time = Duration::from_secs(wishes.seconds);
    let plan = Plan::new(wishes.accounts);
    let mut report = Report::new(machine::describe(), &plan, wishes.seconds);

    eprintln!("one signature check");
    report.verify = verify::nanos_per_verify();
    eprintln!("{} payers, the real service", wishes.accounts);
    report.http = http::measure(&plan, time).await.context("over HTTP")?;
    eprintln!("the books alone");
    report.books = books::measure(&plan, time).await.context("the books alone")?;
    if wishes.postgres {
        eprintln!("PostgreSQL");
        report.postgres = Some(postgres::measure(&plan, time).await.context("PostgreSQL")?);
    }
    Ok(report)
}
