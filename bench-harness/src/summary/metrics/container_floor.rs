//! What container runtimes add to the floor: `experiment/container_floor.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("container-floor.total_ns", LowerIsBetter, true),
    metric("container-floor.cpu_ns", LowerIsBetter, true),
];
