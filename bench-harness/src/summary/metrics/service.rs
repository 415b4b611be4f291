//! A small web service behind a balancer: `experiment/service.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("service.requests_per_s", HigherIsBetter, true),
    metric("service.latency_p50_ns", LowerIsBetter, true),
    metric("service.latency_p99_ns", LowerIsBetter, true),
    metric("service.host_cpu_ns_per_request", LowerIsBetter, false),
    metric("service.exits_per_request", LowerIsBetter, false),
    metric("service.least_share_ratio", Neutral, false),
    metric("service.harness_cpu_ratio", Neutral, false),
    metric("service.cpus", Neutral, false),
];
