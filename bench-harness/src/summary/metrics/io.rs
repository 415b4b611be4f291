//! What reading and writing cost: `experiment/io.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
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
    metric("io.host_flushes", "flushes seen", Neutral, false),
    metric(
        "io.host_cpu_ns_per_op",
        "host CPU per op",
        LowerIsBetter,
        false,
    ),
    metric("io.exits_per_op", "VM exits per op", Neutral, false),
];
