//! What an instance occupies: `experiment/memory.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("memory.pss_bytes", LowerIsBetter, true),
    metric("memory.overhead_bytes", LowerIsBetter, true),
    metric("memory.rss_bytes", LowerIsBetter, false),
    metric("memory.cgroup_bytes", LowerIsBetter, true),
    metric("memory.available_delta_bytes", LowerIsBetter, false),
    metric("memory.guest_visible_bytes", Neutral, false),
    metric("memory.configured_bytes", Neutral, false),
    metric("memory.guest_ram_bytes", Neutral, false),
    metric("memory.guest_kernel_bytes", Neutral, false),
];
