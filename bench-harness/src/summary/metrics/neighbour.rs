//! What an instance notices of the one beside it: `experiment/neighbour.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("neighbour.unit_p50_ns", LowerIsBetter, true),
    metric("neighbour.unit_p99_ns", LowerIsBetter, true),
    metric("neighbour.compute_p50_ns", LowerIsBetter, false),
    metric("neighbour.compute_p99_ns", LowerIsBetter, false),
    metric("neighbour.memory_p50_ns", LowerIsBetter, false),
    metric("neighbour.memory_p99_ns", LowerIsBetter, false),
    metric("neighbour.io_p50_ns", LowerIsBetter, false),
    metric("neighbour.io_p99_ns", LowerIsBetter, false),
    metric("neighbour.units", Neutral, false),
    metric("neighbour.inside_ns", Neutral, false),
    metric("neighbour.burned_cpus", Neutral, false),
    metric("neighbour.contained", HigherIsBetter, true),
    metric("neighbour.neighbour_p50_ratio", LowerIsBetter, true),
    metric("neighbour.processes", Neutral, false),
];
