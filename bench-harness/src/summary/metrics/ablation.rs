//! What each part of the isolation costs: `experiment/ablation.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::LowerIsBetter;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("ablation.total_ns", LowerIsBetter, true),
    metric("ablation.ready_ns", LowerIsBetter, false),
];
