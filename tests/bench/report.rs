//! The figures as one JSON document and as a table. Ratios are of two numbers of the same run.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::city::{Plan, RULES_IN_A_LINE};
use crate::http::{Http, Load};
use crate::postgres::Postgres;

/// A payment carries two signatures: the payer's command and the shop's request.
const SIGNATURES_PER_PAYMENT: u32 = 2;

/// Everything that was measured.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    machine: Value,
    accounts: usize,
    shops: usize,
    seconds: u64,
    /// CPU time of one signature check, nanoseconds.
    pub(crate) verify: u64,
    pub(crate) http: Http,
    pub(crate) books: Load,
    pub(crate) postgres: Option<Postgres>,
}

impl Report {
    pub(crate) fn new(machine: Value, plan: &Plan, seconds: u64) -> Self {
        Self {
            machine,
            accounts: plan.accounts,
            shops: plan.shops,
            seconds,
            verify: 0,
            http: Http::default(),
            books: Load::default(),
            postgres: None,
        }
    }

    /// One document; keys are only ever added.
    pub(crate) fn json(&self) -> Value {
        let http = &self.http;
        let verify = f(self.verify) / 1_000.0;
        let mut document = json!({
            "cpu_us_per_verify": round(verify),
            "signatures_per_payment": SIGNATURES_PER_PAYMENT,
            "cpu_us_per_payment": round(cpu_micros(&http.uniform)),
            "cpu_us_per_payment_in_batches": round(cpu_micros(&http.batches)),
            "http_over_verify": round(ratio(cpu_micros(&http.uniform), verify)),
            "batch_over_verify": round(ratio(cpu_micros(&http.batches), verify)),
            "books_per_s": round(rate(&self.books)),
            "payments_per_s": round(rate(&http.uniform)),
            "hot_payments_per_s": round(rate(&http.hot)),
            "batch_payments_per_s": round(rate(&http.batches)),
            "half_load_per_s": round(rate(&http.half)),
            "p50_ms": round(percentile(&http.micros, 50)),
            "p99_ms": round(percentile(&http.micros, 99)),
            "fdatasync_ms": round(f(http.fdatasync_micros) / 1_000.0),
            "p50_over_fdatasync": round(ratio(percentile(&http.micros, 50) * 1_000.0, f(http.fdatasync_micros))),
            "signed_bytes_per_payment": http.signed_bytes,
            "disk_over_signed": round(ratio(ratio(f(http.disk.0), f(http.disk.1)), f(http.signed_bytes))),
            "peak_memory_kib": http.peak_memory_kib,
            "seconds": self.seconds,
            "machine": self.machine,
            "rules": RULES_IN_A_LINE,
            "history": { "accounts": self.accounts, "shops": self.shops, "payments_before": http.history },
        });
        if let (Some(postgres), Some(fields)) = (&self.postgres, document.as_object_mut()) {
            let mut add =
                |name: &str, value: f64| fields.insert(name.to_owned(), json!(round(value)));
            add("postgres_per_s", rate(&postgres.uniform));
            add("postgres_hot_per_s", rate(&postgres.hot));
            add("over_postgres", ratio(rate(&http.uniform), rate(&postgres.uniform)));
            add("over_postgres_hot", ratio(rate(&http.hot), rate(&postgres.hot)));
            fields.insert("postgres".to_owned(), json!(postgres.version));
        }
        document
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let document = self.json();
        let mut table = String::new();
        for (name, value) in document.as_object().into_iter().flatten() {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{name:<32} {shown}");
        }
        table
    }
}

/// Payments a second.
fn rate(load: &Load) -> f64 {
    ratio(f(load.payments) * 1e9, f(load.nanos))
}

/// CPU of the service for one payment, microseconds.
fn cpu_micros(load: &Load) -> f64 {
    ratio(f(load.cpu_nanos) / 1_000.0, f(load.payments))
}

/// A percentile of sorted times, milliseconds.
fn percentile(micros: &[u64], percent: usize) -> f64 {
    let at = (micros.len() * percent / 100).min(micros.len().saturating_sub(1));
    f(micros.get(at).copied().unwrap_or(0)) / 1_000.0
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Three digits behind the point say more than enough.
fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "figures for people; 52 bits are enough")]
fn f(value: u64) -> f64 {
    value as f64
}
