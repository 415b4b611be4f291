//! What each part of the isolation costs: `experiment/ablation.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("ablation.total_ns", "spawn to reaped", LowerIsBetter, true),
    metric("ablation.ready_ns", "ready", LowerIsBetter, false),
];
