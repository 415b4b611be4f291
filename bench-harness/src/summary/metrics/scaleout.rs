//! Starts per second, and how slow each is then: `experiment/scaleout.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric(
        "scaleout.starts_per_s",
        "starts per second",
        HigherIsBetter,
        true,
    ),
    metric("scaleout.ready_p50_ns", "ready p50", LowerIsBetter, true),
    metric("scaleout.ready_p90_ns", "ready p90", LowerIsBetter, false),
    metric("scaleout.ready_p99_ns", "ready p99", LowerIsBetter, true),
    metric(
        "scaleout.total_p50_ns",
        "spawn to reaped p50",
        LowerIsBetter,
        false,
    ),
    metric(
        "scaleout.harness_cpu_ratio",
        "the harness's share of a CPU",
        Neutral,
        false,
    ),
];
