//! CPU time, as the kernel counts it: of one thread, of another process.

use std::fs;

use anyhow::{Context as _, Result};

/// CPU time of the calling thread so far, nanoseconds.
pub(crate) fn thread_nanos() -> Result<u64> {
    on_cpu("/proc/thread-self/schedstat")
}

/// CPU time of all threads of a process so far, nanoseconds. Threads that have ended are not counted.
pub(crate) fn process_nanos(process: u32) -> Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{process}/task")).context("the threads")? {
        let stat = task.context("a thread")?.path().join("schedstat");
        // A thread may end between the two looks.
        sum += on_cpu(&stat.to_string_lossy()).unwrap_or(0);
    }
    Ok(sum)
}

/// Highest resident memory of a process so far, KiB.
pub(crate) fn peak_memory_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The first number of a `schedstat` file: time on a CPU, nanoseconds.
fn on_cpu(path: &str) -> Result<u64> {
    let text = fs::read_to_string(path).with_context(|| format!("`{path}`; Linux has it"))?;
    let first = text.split_ascii_whitespace().next().context("an empty schedstat")?;
    first.parse().context("a schedstat that is no number")
}
