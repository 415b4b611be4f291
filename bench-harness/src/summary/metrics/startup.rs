//! How long it takes to start and to end: `experiment/startup.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
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
];
