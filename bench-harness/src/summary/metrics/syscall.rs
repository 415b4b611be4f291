//! What crossing a border costs: `experiment/syscall.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("syscall.call_ns", "time of one call", LowerIsBetter, true),
    metric("syscall.fault_ns", "time of one fault", LowerIsBetter, true),
    metric("syscall.exit_ns", "time of one exit", LowerIsBetter, true),
    metric("syscall.exits_per_op", "VM exits per op", Neutral, true),
    metric(
        "syscall.host_calls_per_op",
        "host calls per op",
        Neutral,
        true,
    ),
];
