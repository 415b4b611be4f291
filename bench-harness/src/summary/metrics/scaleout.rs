//! Starts per second, and how slow each is then: `experiment/scaleout.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("scaleout.starts_per_s", HigherIsBetter, true),
    metric("scaleout.ready_p50_ns", LowerIsBetter, true),
    metric("scaleout.ready_p90_ns", LowerIsBetter, false),
    metric("scaleout.ready_p99_ns", LowerIsBetter, true),
    metric("scaleout.total_p50_ns", LowerIsBetter, false),
    metric("scaleout.harness_cpu_ratio", Neutral, false),
];
