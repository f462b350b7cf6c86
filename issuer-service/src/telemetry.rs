//! What the service tells about itself: logs and metrics. No account, shop, name or body ever appears in either.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::LogConfig;

/// Bounds of the latency histograms, seconds.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Bounds of the batch size histogram, commands.
const COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 2048.0, 4096.0];

/// Start logging to standard error. Call once, from `main`.
pub fn start_log(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.level)
        .map_err(|error| format!("`log.level`: {error}; write a level such as `info`"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.json { builder.json().try_init() } else { builder.try_init() };
    started.map_err(|error| error.to_string())
}

/// Where metrics are collected; the same for the whole process.
pub fn metrics() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(install).as_ref()
}

fn install() -> Option<PrometheusHandle> {
    let seconds = Matcher::Suffix("seconds".to_owned());
    let commands = Matcher::Full("scoin_batch_commands".to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(seconds, &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(commands, &COMMANDS))
        .and_then(PrometheusBuilder::install_recorder)
        .ok()?;
    metrics::gauge!("scoin_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Some(handle)
}

/// A batch was decided and is durable.
pub(crate) fn batch(commands: usize, took: Duration) {
    let commands = u32::try_from(commands).unwrap_or(u32::MAX);
    metrics::histogram!("scoin_batch_commands").record(f64::from(commands));
    metrics::histogram!("scoin_batch_seconds").record(took.as_secs_f64());
}

/// A command was answered: 0 for accepted, or the stable number of the refusal.
pub(crate) fn decided(code: u16) {
    let outcome = if code == 0 { "accepted" } else { "refused" };
    metrics::counter!("scoin_decisions_total", "outcome" => outcome, "code" => code.to_string())
        .increment(1);
}

/// A request was answered.
pub(crate) fn request(route: &str, method: &str, status: u16, took: Duration) {
    let labels = [
        ("route", route.to_owned()),
        ("method", method.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("scoin_http_requests_total", &labels).increment(1);
    metrics::histogram!("scoin_http_request_duration_seconds", "route" => route.to_owned())
        .record(took.as_secs_f64());
}

/// How things stand, measured when somebody asks.
pub(crate) fn standing(frame: u64, waiting: usize) {
    metrics::counter!("scoin_journal_frames").absolute(frame.saturating_add(1));
    let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
    metrics::gauge!("scoin_queue_commands").set(f64::from(waiting));
}
