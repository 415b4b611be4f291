//! The two charts of the memory experiment.
//!
//! 1. Stacked: the PSS of everything that one instance needs, split into what the workload touched on purpose, what else
//!    the workload (or the guest it runs in) occupies, and the launcher's or VMM's own pages.
//! 2. Six definitions side by side: "how much memory does it take?" has no single answer.

use super::bars::{Bar, Group, Panel};
use super::palette::Tint;
use super::{Drawn, frame, panels};
use crate::sample::Unit;
use crate::summary::{Series, Summary, metrics};

pub const TITLE: &str = "Memory: what does one instance occupy?";
pub const CAPTION: &str = "The length is the PSS of the launcher's process tree: resident pages, shared ones divided by \
    the number of their users. Its parts: the MiB that the workload touches on purpose; what else the workload, its \
    runtime or the guest's kernel occupies; and the overhead, the pages of launcher, init or VMM.";
pub const SIX_TITLE: &str = "Memory: six definitions of the same thing";
pub const SIX_CAPTION: &str = "All from the same instances. *Configured* is what was asked for, *visible inside* what a \
    program inside is told, *Δ MemAvailable* what the host has less per copy when several run. Tools that report \
    different ones of these can't be compared.";

const EXPERIMENT: &str = "memory";
const MIB: f64 = 1_048_576.0;

const DEFINITIONS: [&str; 6] = [
    "memory.configured_bytes",
    "memory.guest_visible_bytes",
    "memory.rss_bytes",
    "memory.pss_bytes",
    "memory.cgroup_bytes",
    "memory.available_delta_bytes",
];

fn cases(summary: &Summary) -> Vec<&str> {
    let cases = summary.cases().into_iter();
    cases
        .filter(|(experiment, _)| *experiment == EXPERIMENT)
        .map(|(_, case)| case)
        .collect()
}

fn heading(case: &str) -> String {
    match case.strip_prefix("touched-") {
        Some(mib) => format!("{mib} MiB touched by the workload"),
        None => case.to_owned(),
    }
}

/// PSS and whose pages it is made of.
pub fn stacked(summary: &Summary) -> Drawn {
    let subtitle =
        "Median PSS of the process tree; whiskers: 95 % interval of the median. Less is better.";
    let of_case = |case: &&str| Panel {
        heading: heading(case),
        axis: "PSS",
        unit: Unit::Bytes,
        always_log: false,
        groups: summary
            .backends()
            .into_iter()
            .filter_map(|backend| stack(summary, case, backend))
            .collect(),
    };
    let mut page = frame(summary, TITLE, subtitle, EXPERIMENT);
    page.parts = vec![
        (Tint::Light, "touched on purpose"),
        (Tint::Half, "rest of the workload or guest"),
        (Tint::Full, "overhead: launcher, init, VMM"),
    ];
    panels(page, cases(summary).iter().map(of_case).collect())
}

fn stack(summary: &Summary, case: &str, backend: &str) -> Option<Group> {
    let pss = summary.find(EXPERIMENT, case, "memory.pss_bytes", backend)?;
    let overhead = summary.find(EXPERIMENT, case, "memory.overhead_bytes", backend);
    Some(Group {
        label: backend.to_owned(),
        bars: vec![Bar::of(pss).split(split(pss, overhead, case))],
    })
}

/// The parts add up to the PSS. Overhead is counted in resident pages; where these are shared, it can be a little more
/// than its part of the PSS, and is cut off there.
fn split(pss: &Series, overhead: Option<&Series>, case: &str) -> Vec<(f64, Tint)> {
    let total = pss.statistics.median;
    let mib: f64 = case
        .strip_prefix("touched-")
        .and_then(|mib| mib.parse().ok())
        .unwrap_or(0.0);
    let touched = (mib * MIB).min(total);
    let overhead = overhead
        .map_or(0.0, |series| series.statistics.median)
        .clamp(0.0, total - touched);
    vec![
        (touched, Tint::Light),
        (total - touched - overhead, Tint::Half),
        (overhead, Tint::Full),
    ]
}

/// All definitions side by side.
pub fn definitions(summary: &Summary) -> Drawn {
    let subtitle = "Median; whiskers: 95 % interval of the median. Logarithmic; what is not above 0 stands at the left edge.";
    let of_case = |case: &&str| Panel {
        heading: heading(case),
        axis: "memory",
        unit: Unit::Bytes,
        always_log: true,
        groups: DEFINITIONS
            .iter()
            .filter_map(|metric| group(summary, case, metric))
            .collect(),
    };
    let page = frame(summary, SIX_TITLE, subtitle, EXPERIMENT);
    panels(page, cases(summary).iter().map(of_case).collect())
}

fn group(summary: &Summary, case: &str, metric: &str) -> Option<Group> {
    let series = summary
        .backends()
        .into_iter()
        .filter_map(|b| summary.find(EXPERIMENT, case, metric, b));
    let bars: Vec<Bar> = series.map(Bar::of).collect();
    (!bars.is_empty()).then(|| Group {
        label: metrics::label(metric).to_owned(),
        bars,
    })
}
