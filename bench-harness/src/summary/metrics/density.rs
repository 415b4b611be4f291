//! What each further instance takes: `experiment/density.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric(
        "density.pss_slope_bytes",
        "PSS per further instance",
        LowerIsBetter,
        true,
    ),
    metric(
        "density.cgroup_slope_bytes",
        "cgroup charge per further instance",
        LowerIsBetter,
        true,
    ),
    metric(
        "density.available_slope_bytes",
        "Δ MemAvailable per further instance",
        LowerIsBetter,
        true,
    ),
    metric("density.instances", "held at once", Neutral, false),
    metric(
        "density.smallest_bytes",
        "smallest memory",
        LowerIsBetter,
        true,
    ),
];
