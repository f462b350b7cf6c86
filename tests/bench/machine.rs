//! What the figures were measured on.

use std::fs;
use std::num::NonZero;
use std::process::Command;

use serde_json::{Value, json};

/// Processor, cores, memory, kernel, build and commit.
pub(crate) fn describe() -> Value {
    json!({
        "processor": field("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map_or(1, NonZero::get),
        "memory_kib": field("/proc/meminfo", "MemTotal")
            .and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok()),
        "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|text| text.trim().to_owned()),
        "load_before": fs::read_to_string("/proc/loadavg").ok().map(|text| text.trim().to_owned()),
        "build": if cfg!(debug_assertions) { "dev" } else { "release" },
        "commit": commit(),
    })
}

/// The value of the first line `name : value` of a file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// The commit of the checkout, if it is one and git is there.
fn commit() -> Option<String> {
    let git = Command::new("git")
        .current_dir(scoin_tests::repository())
        .args(["describe", "--always", "--dirty", "--abbrev=12"])
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&git.stdout).trim().to_owned())
}
