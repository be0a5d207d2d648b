//! What the operating system says of this process, under the names that Prometheus' own client libraries use.

use std::{fs, path::Path};

use metrics::{counter, describe_counter, describe_gauge, gauge};

/// What Linux tells every process of itself.
const OWN: &str = "/proc/self";

pub(super) fn describe() {
    describe_gauge!("process_resident_memory_bytes", "Memory of this process in RAM");
    describe_gauge!("process_open_fds", "Open files and connections");
    describe_gauge!("process_max_fds", "Most files and connections that may be open");
    describe_gauge!("process_threads", "Threads");
    describe_counter!("process_cpu_seconds_total", "Processor time used, in seconds");
}

/// Sets what can be read; elsewhere than on Linux that is nothing.
pub(super) fn sample() {
    let own = |name: &str| fs::read_to_string(Path::new(OWN).join(name)).unwrap_or_default();
    let status = own("status");
    if let Some(kilobytes) = field(&status, "VmRSS:") {
        gauge!("process_resident_memory_bytes").set((kilobytes << 10) as f64);
    }
    if let Some(threads) = field(&status, "Threads:") {
        gauge!("process_threads").set(threads as f64);
    }
    if let Ok(open) = fs::read_dir(Path::new(OWN).join("fd")) {
        gauge!("process_open_fds").set(open.count() as f64);
    }
    if let Some(most) = field(&own("limits"), "Max open files") {
        gauge!("process_max_fds").set(most as f64);
    }
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    counter!("process_cpu_seconds_total").absolute(used.tv_sec.cast_unsigned());
}

/// The number after `name` at the start of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
