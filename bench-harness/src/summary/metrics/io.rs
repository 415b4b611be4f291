//! What reading and writing cost: `experiment/io.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("io.iops", HigherIsBetter, false),
    metric("io.bandwidth_bytes_per_s", HigherIsBetter, true),
    metric("io.lat_p50_ns", LowerIsBetter, true),
    metric("io.lat_p99_ns", LowerIsBetter, true),
    metric("io.lat_mean_ns", LowerIsBetter, false),
    metric("io.lat_min_ns", LowerIsBetter, false),
    metric("io.lat_max_ns", LowerIsBetter, false),
    metric("io.fsync_p50_ns", LowerIsBetter, true),
    metric("io.fsync_p99_ns", LowerIsBetter, false),
    metric("io.fsync_count", Neutral, false),
    metric("io.ops", Neutral, false),
    metric("io.bytes", Neutral, false),
    metric("io.elapsed_ns", Neutral, false),
    metric("io.host_wall_ns", Neutral, false),
    metric("io.host_read_bytes", Neutral, false),
    metric("io.host_write_bytes", Neutral, false),
    metric("io.host_flushes", Neutral, false),
    metric("io.host_cpu_ns_per_op", LowerIsBetter, false),
    metric("io.exits_per_op", Neutral, false),
];
