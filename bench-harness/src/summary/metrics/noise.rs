//! The same backend twice: `experiment/noise.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::Neutral;

pub(super) const METRICS: &[MetricInfo] = &[
    metric("noise.a_ns", Neutral, true),
    metric("noise.b_ns", Neutral, true),
];
