//! How soon a running instance can use more: `experiment/elasticity.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("elasticity.grow_ns", LowerIsBetter, true),
    metric("elasticity.request_ns", LowerIsBetter, true),
    metric("elasticity.add_cpu_ns", LowerIsBetter, false),
];
