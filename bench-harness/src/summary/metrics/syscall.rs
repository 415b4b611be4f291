//! What crossing a border costs: `experiment/syscall.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("syscall.call_ns", LowerIsBetter, true),
    metric("syscall.fault_ns", LowerIsBetter, true),
    metric("syscall.exit_ns", LowerIsBetter, true),
    metric("syscall.exits_per_op", Neutral, true),
    metric("syscall.host_calls_per_op", Neutral, true),
];
