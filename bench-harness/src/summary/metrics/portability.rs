//! What has to be shipped, and what can run: `experiment/portability.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("portability.bytes", LowerIsBetter, true),
    metric("portability.files", LowerIsBetter, true),
    metric("portability.dependencies", LowerIsBetter, true),
    metric("portability.cold_first_ns", LowerIsBetter, true),
    metric("portability.cold_read_bytes", Neutral, false),
    metric("portability.runs_other_kernel", Neutral, true),
    metric("portability.runs_other_os", Neutral, true),
];
