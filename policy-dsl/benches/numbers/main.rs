//! The figures of `docs/performance.md`: one decision, one explanation, one allocation, one analysis, beside Cedar.
//!
//! `cargo bench -p scoin-policy --bench numbers` measures with criterion; with `-- --json` it prints one JSON document
//! with every figure, which is what `cargo xtask bench-policy` does. Before anything is timed, its answer is checked.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench: it reads the clock and prints, and a wrong number must stop it"
)]

mod beside_cedar;
mod clauses;
mod decisions;
mod wallets;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// Something to time. One run does `each` of what the figure is about.
struct Figure {
    name: String,
    /// Must stay below so many nanoseconds; `None` for what is only compared.
    below: Option<u64>,
    each: u64,
    run: Box<dyn FnMut()>,
}

impl Figure {
    fn new<T>(
        name: &str,
        below: Option<u64>,
        each: u64,
        mut run: impl FnMut() -> T + 'static,
    ) -> Self {
        let run = Box::new(move || {
            black_box(run());
        });
        Self { name: name.to_owned(), below, each, run }
    }
}

fn all() -> Vec<Figure> {
    let mut figures = decisions::figures();
    figures.extend(wallets::figures());
    figures.extend(clauses::figures());
    figures.extend(beside_cedar::figures());
    figures
}

fn main() {
    if std::env::args().any(|argument| argument == "--json") {
        println!("{}", document());
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    for mut figure in all() {
        criterion.bench_function(&figure.name, |bench| bench.iter(|| (figure.run)()));
    }
    criterion.final_summary();
}

/// Every figure in nanoseconds: the median of many samples, and whether it keeps its promise.
fn document() -> String {
    let mut lines = Vec::new();
    let mut by_name = Vec::new();
    let mut kept = true;
    for mut figure in all() {
        let nanos = median(&mut figure);
        let below = figure.below.map_or("null".to_owned(), |below| below.to_string());
        kept &= figure.below.is_none_or(|below| nanos < below as f64);
        let name = &figure.name;
        lines.push(format!(r#"    {{"name":"{name}","ns":{nanos:.0},"below_ns":{below}}}"#));
        by_name.push((figure.name.clone(), nanos));
    }
    let ns = |name: &str| by_name.iter().find(|(known, _)| known == name).unwrap().1;
    let over = ns("cedar/their-decide") / ns("cedar/our-decide");
    kept &= over >= 10.0;
    format!(
        "{{\n  \"machine\":{},\n  \"commit\":{},\n  \"policies\":\"tests/data/policies/ten.scoin, benches/numbers/*.scoin\",\n  \
         \"figures\":[\n{}\n  ],\n  \"over_cedar\":{over:.1},\n  \"all_kept\":{kept}\n}}",
        quoted(&machine()),
        quoted(&commit()),
        lines.join(",\n"),
    )
}

/// Nanoseconds of one: the median of samples of about 2 ms each, for half a second.
fn median(figure: &mut Figure) -> f64 {
    let once = |runs: u64, run: &mut dyn FnMut()| {
        let began = Instant::now();
        (0..runs).for_each(|_| run());
        began.elapsed()
    };
    let warm = once(3, &mut figure.run) / 3;
    let runs = u64::try_from(2_000_000 / warm.as_nanos().max(1)).unwrap().max(1);
    let mut samples = Vec::new();
    let began = Instant::now();
    while samples.len() < 15 || began.elapsed() < Duration::from_millis(500) {
        let nanos = once(runs, &mut figure.run).as_nanos() as f64;
        samples.push(nanos / (runs * figure.each) as f64);
    }
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{model}, {cores} cores, {}", std::env::consts::ARCH)
}

fn commit() -> String {
    let asked =
        std::process::Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let answer = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    answer.unwrap_or_default()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace(['"', '\\'], "'"))
}
