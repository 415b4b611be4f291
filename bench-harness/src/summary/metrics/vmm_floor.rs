//! What a VMM itself takes: `experiment/vmm_floor.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("vmm-floor.first_ns", LowerIsBetter, true),
    metric("vmm-floor.total_ns", LowerIsBetter, true),
    metric("vmm-floor.overhead_bytes", LowerIsBetter, true),
];
