//! The two charts of the io experiment: throughput of large blocks, latency of small ones.
//!
//! Direct and buffered have panels of their own: one is the storage, the other the host's memory, and a common axis would
//! only show how much faster memory is.

use super::bars::{Bar, Group, Panel};
use super::{Drawn, frame, panels};
use crate::sample::Unit;
use crate::summary::Summary;

pub const THROUGHPUT_TITLE: &str = "I/O: what does each byte cost?";
pub const THROUGHPUT_CAPTION: &str = "Sequential reads and writes of one host file, measured inside. Writes include the \
    fsync after every 32.";
pub const LATENCY_TITLE: &str = "I/O: what does each operation cost?";
pub const LATENCY_CAPTION: &str = "One 4 KiB operation at a time at random offsets, and the fsync after every 32 writes. The \
    p50 of a round is its middle operation, the p99 the one that 1 % exceed; shown is the median over the rounds.";

const EXPERIMENT: &str = "io";
const DIRECT: &str = "Direct, past the host's page cache";
const BUFFERED: &str = "Buffered, through the host's page cache";
pub(super) const MODES: [(&str, &str); 2] = [("direct-", DIRECT), ("buffered-", BUFFERED)];

/// Sequential throughput.
pub fn throughput(summary: &Summary) -> Drawn {
    let subtitle = "Median over the rounds; whiskers: 95 % interval of the median. More is better.";
    let panel = |mode: &str, operation: &str, heading: &str| Panel {
        heading: heading.to_owned(),
        axis: "throughput",
        unit: Unit::BytesPerS,
        always_log: false,
        groups: operations(summary, mode, operation)
            .into_iter()
            .filter_map(|case| group(summary, case, "io.bandwidth_bytes_per_s", words(case, mode)))
            .collect(),
    };
    // Buffered reads come from memory, buffered writes go to storage with each fsync.
    let all = vec![
        panel("direct-", "seq", DIRECT),
        panel("buffered-", "seqread", &format!("{BUFFERED}: reads")),
        panel("buffered-", "seqwrite", &format!("{BUFFERED}: writes")),
    ];
    panels(frame(summary, THROUGHPUT_TITLE, subtitle, EXPERIMENT), all)
}

/// Latencies of small random operations.
pub fn latency(summary: &Summary) -> Drawn {
    let subtitle = "Median over the rounds; whiskers: 95 % interval of the median. Less is better.";
    let panel = |(mode, heading): (&str, &str), metrics: [(&str, &str); 2], of: &str| Panel {
        heading: format!("{heading}: {of}"),
        axis: "latency",
        unit: Unit::Ns,
        always_log: false,
        groups: operations(summary, mode, "rand")
            .into_iter()
            .flat_map(|case| {
                metrics
                    .map(|(metric, name)| (case, metric, format!("{}, {name}", words(case, mode))))
            })
            .filter_map(|(case, metric, label)| group(summary, case, metric, label))
            .collect(),
    };
    let each = [("io.lat_p50_ns", "p50"), ("io.lat_p99_ns", "p99")];
    let fsync = [("io.fsync_p50_ns", "p50"), ("io.fsync_p99_ns", "p99")];
    let of_mode = |mode| {
        [
            panel(mode, each, "one operation"),
            panel(mode, fsync, "one fsync of 32 writes"),
        ]
    };
    let all = MODES.into_iter().flat_map(of_mode).collect();
    panels(frame(summary, LATENCY_TITLE, subtitle, EXPERIMENT), all)
}

/// The cases of a mode whose operation begins so.
fn operations<'a>(summary: &'a Summary, mode: &str, operation: &str) -> Vec<&'a str> {
    let cases = summary.cases().into_iter();
    let wanted = |case: &&str| {
        case.strip_prefix(mode)
            .is_some_and(|rest| rest.starts_with(operation))
    };
    cases
        .filter(|(experiment, _)| *experiment == EXPERIMENT)
        .map(|(_, case)| case)
        .filter(wanted)
        .collect()
}

/// `direct-seqread-128k` in words, without the mode: `read, 128 KiB`.
fn words(case: &str, mode: &str) -> String {
    let rest = case.strip_prefix(mode).unwrap_or(case);
    let (operation, block) = rest.split_once('-').unwrap_or((rest, ""));
    let operation = operation
        .trim_start_matches("seq")
        .trim_start_matches("rand");
    let block = match block.strip_suffix('k') {
        Some(kib) => format!("{kib} KiB"),
        None => block.replace('m', " MiB"),
    };
    format!("{operation} {block}")
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
