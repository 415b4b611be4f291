//! What computing costs: `experiment/cpu.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("cpu.elapsed_ns", "time of the work", LowerIsBetter, true),
    metric("cpu.unit_ns", "time of one unit", LowerIsBetter, true),
    metric(
        "cpu.bandwidth_bytes_per_s",
        "memory read",
        HigherIsBetter,
        true,
    ),
    metric("cpu.flags", "processor flags", Neutral, false),
    metric("cpu.working_set_bytes", "working set", Neutral, false),
];
