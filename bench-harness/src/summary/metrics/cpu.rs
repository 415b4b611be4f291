//! What computing costs: `experiment/cpu.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("cpu.elapsed_ns", LowerIsBetter, true),
    metric("cpu.unit_ns", LowerIsBetter, true),
    metric("cpu.bandwidth_bytes_per_s", HigherIsBetter, true),
    metric("cpu.flags", Neutral, false),
    metric("cpu.working_set_bytes", Neutral, false),
];
