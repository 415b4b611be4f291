//! What an instance notices of the one beside it: `experiment/neighbour.rs`.

use super::{MetricInfo, metric};
use crate::stats::verdict::Direction::{HigherIsBetter, LowerIsBetter, Neutral};

pub(super) const METRICS: &[MetricInfo] = &[
    metric("neighbour.unit_p50_ns", "unit p50", LowerIsBetter, true),
    metric("neighbour.unit_p99_ns", "unit p99", LowerIsBetter, true),
    metric(
        "neighbour.compute_p50_ns",
        "computing p50",
        LowerIsBetter,
        false,
    ),
    metric(
        "neighbour.compute_p99_ns",
        "computing p99",
        LowerIsBetter,
        false,
    ),
    metric(
        "neighbour.memory_p50_ns",
        "memory p50",
        LowerIsBetter,
        false,
    ),
    metric(
        "neighbour.memory_p99_ns",
        "memory p99",
        LowerIsBetter,
        false,
    ),
    metric("neighbour.io_p50_ns", "storage p50", LowerIsBetter, false),
    metric("neighbour.io_p99_ns", "storage p99", LowerIsBetter, false),
    metric("neighbour.units", "units done", Neutral, false),
    metric("neighbour.inside_ns", "time in units", Neutral, false),
    metric(
        "neighbour.burned_cpus",
        "CPUs kept busy beside it",
        Neutral,
        false,
    ),
    metric("neighbour.contained", "contained", HigherIsBetter, true),
    metric(
        "neighbour.neighbour_p50_ratio",
        "its neighbour's p50, to that alone",
        LowerIsBetter,
        true,
    ),
    metric("neighbour.processes", "processes started", Neutral, false),
];
