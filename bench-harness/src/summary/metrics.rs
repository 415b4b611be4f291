//! The metrics that isolab knows: what each is called for people, which way is good, and where it stands in a table.
//!
//! A metric that isn't listed here is summarized all the same, after the listed ones and without a verdict's direction.
//!
//! Read next: `results/README.md`, where each one is defined.

use crate::stats::verdict::Direction::{self, HigherIsBetter, LowerIsBetter, Neutral};

/// What is known about a metric beside its values.
#[derive(Clone, Copy, Debug)]
pub struct MetricInfo {
    /// As in the `metric` column.
    pub name: &'static str,
    /// A few words for tables and charts.
    pub label: &'static str,
    /// Which way is good.
    pub direction: Direction,
    /// Whether the short table on the terminal has it.
    pub headline: bool,
}

const fn metric(
    name: &'static str,
    label: &'static str,
    direction: Direction,
    headline: bool,
) -> MetricInfo {
    MetricInfo {
        name,
        label,
        direction,
        headline,
    }
}

/// Every known metric, in the order of the tables.
pub static METRICS: &[MetricInfo] = &[
    metric("startup.first_ns", "first instruction", LowerIsBetter, true),
    metric("startup.ready_ns", "ready", LowerIsBetter, true),
    metric("startup.total_ns", "spawn to reaped", LowerIsBetter, true),
    metric(
        "startup.create_ns",
        "making the sandbox",
        LowerIsBetter,
        true,
    ),
    metric("startup.exit_ns", "end to reaped", LowerIsBetter, true),
    metric(
        "startup.teardown_ns",
        "reaped to nothing left",
        LowerIsBetter,
        false,
    ),
    metric("startup.cpu_ns", "CPU time", LowerIsBetter, true),
    metric("startup.exits", "VM exits", Neutral, false),
    metric("memory.pss_bytes", "PSS of the tree", LowerIsBetter, true),
    metric("memory.overhead_bytes", "overhead", LowerIsBetter, true),
    metric("memory.rss_bytes", "RSS of the tree", LowerIsBetter, false),
    metric("memory.cgroup_bytes", "cgroup charge", LowerIsBetter, true),
    metric(
        "memory.available_delta_bytes",
        "Δ MemAvailable",
        LowerIsBetter,
        false,
    ),
    metric(
        "memory.guest_visible_bytes",
        "visible inside",
        Neutral,
        false,
    ),
    metric("memory.configured_bytes", "configured", Neutral, false),
    metric(
        "memory.guest_ram_bytes",
        "guest RAM touched",
        Neutral,
        false,
    ),
    metric(
        "memory.guest_kernel_bytes",
        "guest kernel keeps",
        Neutral,
        false,
    ),
    metric("io.iops", "operations", HigherIsBetter, false),
    metric(
        "io.bandwidth_bytes_per_s",
        "throughput",
        HigherIsBetter,
        true,
    ),
    metric("io.lat_p50_ns", "latency p50", LowerIsBetter, true),
    metric("io.lat_p99_ns", "latency p99", LowerIsBetter, true),
    metric("io.lat_mean_ns", "latency mean", LowerIsBetter, false),
    metric("io.lat_min_ns", "latency min", LowerIsBetter, false),
    metric("io.lat_max_ns", "latency max", LowerIsBetter, false),
    metric("io.fsync_p50_ns", "fsync p50", LowerIsBetter, true),
    metric("io.fsync_p99_ns", "fsync p99", LowerIsBetter, false),
    metric("io.fsync_count", "fsyncs", Neutral, false),
    metric("io.ops", "operations done", Neutral, false),
    metric("io.bytes", "bytes moved", Neutral, false),
    metric("io.elapsed_ns", "time in the loop", Neutral, false),
    metric("io.host_wall_ns", "time seen by the host", Neutral, false),
    metric("io.host_read_bytes", "host read", Neutral, false),
    metric("io.host_write_bytes", "host wrote", Neutral, false),
    metric(
        "io.host_cpu_ns_per_op",
        "host CPU per op",
        LowerIsBetter,
        false,
    ),
    metric("io.exits_per_op", "VM exits per op", Neutral, false),
];

/// The entry of a metric, if it is known.
pub fn info(name: &str) -> Option<&'static MetricInfo> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// Which way of a metric is good; the phases of a start are times, of anything else unknown nothing is claimed.
pub fn direction(name: &str) -> Direction {
    match info(name) {
        Some(info) => info.direction,
        None if name.starts_with("startup.phase.") => LowerIsBetter,
        None => Neutral,
    }
}

/// The key of the metric's texts in `metrics.ftl`. The steps of a start share one: there are many, and their names say it all.
pub fn message_key(name: &str) -> String {
    let family = ["startup.mark", "startup.phase"];
    let family = family.into_iter().find(|family| {
        name.strip_prefix(family)
            .is_some_and(|rest| rest.starts_with('.'))
    });
    format!("metric-{}", family.unwrap_or(name).replace('.', "-"))
}

/// The metric in words, or its name.
pub fn label(name: &str) -> &str {
    info(name).map_or(name, |info| info.label)
}
