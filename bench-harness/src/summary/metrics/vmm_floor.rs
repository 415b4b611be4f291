//! What a VMM itself takes: `experiment/vmm_floor.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric(
        "vmm-floor.first_ns",
        "first byte of the guest",
        LowerIsBetter,
        true,
    ),
    metric("vmm-floor.total_ns", "spawn to reaped", LowerIsBetter, true),
    metric(
        "vmm-floor.overhead_bytes",
        "VMM without guest RAM",
        LowerIsBetter,
        true,
    ),
];
