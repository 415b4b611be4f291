//! The two charts of the io experiment: throughput of large blocks, latency of small ones.
//!
//! Direct and buffered have panels of their own: one is the storage, the other the host's memory, and a common axis would
//! only show how much faster memory is.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;
use crate::summary::Summary;

const EXPERIMENT: &str = "io";
/// How the cases of each mode begin, and the key of its name.
pub(super) const MODES: [(&str, &str); 2] =
    [("direct-", "io-direct"), ("buffered-", "io-buffered")];

/// Sequential throughput.
pub fn throughput(view: &View) -> Drawn {
    let panel = |mode: &str, operation: &str, heading: &str| Panel {
        heading: view.text(heading),
        axis: view.say.text("axis-throughput"),
        unit: Unit::BytesPerS,
        always_log: false,
        groups: operations(view, mode, operation)
            .into_iter()
            .filter_map(|case| {
                let label = words(view, case, mode);
                group(view.summary, case, "io.bandwidth_bytes_per_s", label)
            })
            .collect(),
    };
    // Buffered reads come from memory, buffered writes go to storage with each fsync.
    let all = vec![
        panel("direct-", "seq", "direct"),
        panel("buffered-", "seqread", "reads"),
        panel("buffered-", "seqwrite", "writes"),
    ];
    panels(view, all)
}

/// Latencies of small random operations.
pub fn latency(view: &View) -> Drawn {
    let panel = |mode: &str, metrics: [(&str, &str); 2], of: &str| Panel {
        heading: view.text(&format!("{mode}{of}")),
        axis: view.say.text("axis-latency"),
        unit: Unit::Ns,
        always_log: false,
        groups: operations(view, mode, "rand")
            .into_iter()
            .flat_map(|case| {
                metrics.map(|(metric, name)| {
                    (case, metric, format!("{}, {name}", words(view, case, mode)))
                })
            })
            .filter_map(|(case, metric, label)| group(view.summary, case, metric, label))
            .collect(),
    };
    let each = [("io.lat_p50_ns", "p50"), ("io.lat_p99_ns", "p99")];
    let fsync = [("io.fsync_p50_ns", "p50"), ("io.fsync_p99_ns", "p99")];
    let of_mode = |(mode, _)| [panel(mode, each, "operation"), panel(mode, fsync, "fsync")];
    panels(view, MODES.into_iter().flat_map(of_mode).collect())
}

/// The cases of a mode whose operation begins so.
fn operations<'a>(view: &View<'a>, mode: &str, operation: &str) -> Vec<&'a str> {
    let wanted = |case: &&str| {
        case.strip_prefix(mode)
            .is_some_and(|rest| rest.starts_with(operation))
    };
    view.cases().into_iter().filter(wanted).collect()
}

/// `direct-seqread-128k` in words, without the mode: `read 128 KiB`.
fn words(view: &View, case: &str, mode: &str) -> String {
    let rest = case.strip_prefix(mode).unwrap_or(case);
    let (operation, block) = rest.split_once('-').unwrap_or((rest, ""));
    let operation = operation
        .trim_start_matches("seq")
        .trim_start_matches("rand");
    let block = match block.strip_suffix('k') {
        Some(kib) => format!("{kib} KiB"),
        None => block.replace('m', " MiB"),
    };
    let said = view
        .say
        .find(&format!("io-{operation}"), &[("block", &block)]);
    said.unwrap_or_else(|| rest.to_owned())
}

fn group(summary: &Summary, case: &str, metric: &str, label: String) -> Option<Group> {
    let series = summary
        .backends()
        .into_iter()
        .filter_map(|b| summary.find(EXPERIMENT, case, metric, b));
    // A case without fsync reports none: zeros are no latencies.
    let bars: Vec<Bar> = series
        .filter(|series| series.statistics.max > 0.0)
        .map(Bar::of)
        .collect();
    (!bars.is_empty()).then_some(Group { label, bars })
}
