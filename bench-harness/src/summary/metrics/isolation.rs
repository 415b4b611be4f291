//! What host and instance see of each other: `experiment/isolation.rs`. Facts: no way of any of them is good or bad.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::Neutral;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("isolation.shares_kernel", Neutral, true),
    metric("isolation.host_sees_workload", Neutral, true),
    metric("isolation.visible_processes", Neutral, true),
    metric("isolation.reachable_calls", Neutral, true),
    metric("isolation.vmm_calls", Neutral, false),
    metric("isolation.payload_calls", Neutral, true),
    metric("isolation.host_calls", Neutral, true),
    metric("isolation.exits", Neutral, true),
    metric("isolation.guest_calls", Neutral, false),
    metric("isolation.capabilities", Neutral, false),
    metric("isolation.mounts", Neutral, false),
    metric("isolation.interfaces", Neutral, false),
];
