//! How soon a running instance can use more: `experiment/elasticity.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric(
        "elasticity.grow_ns",
        "asked for to used",
        LowerIsBetter,
        true,
    ),
    metric(
        "elasticity.request_ns",
        "asked for to carried out",
        LowerIsBetter,
        true,
    ),
    metric(
        "elasticity.add_cpu_ns",
        "adding a CPU",
        LowerIsBetter,
        false,
    ),
];
