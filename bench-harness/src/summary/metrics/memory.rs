//! What an instance occupies: `experiment/memory.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("memory.pss_bytes", "PSS of the tree", LowerIsBetter, true),
    metric("memory.overhead_bytes", "overhead", LowerIsBetter, true),
    metric("memory.rss_bytes", "RSS of the tree", LowerIsBetter, false),
    metric("memory.cgroup_bytes", "cgroup charge", LowerIsBetter, true),
    metric(
        "memory.available_delta_bytes",
        "Δ MemAvailable",
        LowerIsBetter,
        false,
    ),
    metric(
        "memory.guest_visible_bytes",
        "visible inside",
        Neutral,
        false,
    ),
    metric("memory.configured_bytes", "configured", Neutral, false),
    metric(
        "memory.guest_ram_bytes",
        "guest RAM touched",
        Neutral,
        false,
    ),
    metric(
        "memory.guest_kernel_bytes",
        "guest kernel keeps",
        Neutral,
        false,
    ),
];
