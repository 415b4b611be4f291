//! What has to be shipped, and what can run: `experiment/portability.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("portability.bytes", "bytes to ship", LowerIsBetter, true),
    metric("portability.files", "files to ship", LowerIsBetter, true),
    metric(
        "portability.dependencies",
        "shared libraries",
        LowerIsBetter,
        true,
    ),
    metric(
        "portability.cold_first_ns",
        "first start, cold",
        LowerIsBetter,
        true,
    ),
    metric("portability.cold_read_bytes", "read for it", Neutral, false),
    metric(
        "portability.runs_other_kernel",
        "another kernel inside",
        Neutral,
        true,
    ),
    metric(
        "portability.runs_other_os",
        "another system inside",
        Neutral,
        true,
    ),
];
