//! How long it takes to start and to end: `experiment/startup.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("startup.first_ns", LowerIsBetter, true),
    metric("startup.ready_ns", LowerIsBetter, true),
    metric("startup.total_ns", LowerIsBetter, true),
    metric("startup.create_ns", LowerIsBetter, true),
    metric("startup.exit_ns", LowerIsBetter, true),
    metric("startup.teardown_ns", LowerIsBetter, false),
    metric("startup.cpu_ns", LowerIsBetter, true),
    metric("startup.exits", Neutral, false),
];
