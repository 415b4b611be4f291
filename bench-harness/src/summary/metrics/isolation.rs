//! What host and instance see of each other: `experiment/isolation.rs`. Facts: no way of any of them is good or bad.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::Neutral;

pub(super) const METRICS: &[MetricInfo] = &[
    metric(
        "isolation.shares_kernel",
        "the host's kernel",
        Neutral,
        true,
    ),
    metric(
        "isolation.host_sees_workload",
        "host sees the program",
        Neutral,
        true,
    ),
    metric(
        "isolation.visible_processes",
        "processes visible inside",
        Neutral,
        true,
    ),
    metric(
        "isolation.reachable_calls",
        "host calls within reach",
        Neutral,
        true,
    ),
    metric(
        "isolation.vmm_calls",
        "host calls open to the VMM",
        Neutral,
        false,
    ),
    metric(
        "isolation.payload_calls",
        "host calls of the program",
        Neutral,
        true,
    ),
    metric("isolation.host_calls", "host calls in all", Neutral, true),
    metric("isolation.exits", "VM exits", Neutral, true),
    metric(
        "isolation.guest_calls",
        "calls to the guest's kernel",
        Neutral,
        false,
    ),
    metric("isolation.capabilities", "capabilities", Neutral, false),
    metric("isolation.mounts", "mounts", Neutral, false),
    metric("isolation.interfaces", "network interfaces", Neutral, false),
];
