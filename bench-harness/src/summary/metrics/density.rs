//! What each further instance takes: `experiment/density.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("density.pss_slope_bytes", LowerIsBetter, true),
    metric("density.cgroup_slope_bytes", LowerIsBetter, true),
    metric("density.available_slope_bytes", LowerIsBetter, true),
    metric("density.instances", Neutral, false),
    metric("density.smallest_bytes", LowerIsBetter, true),
];
