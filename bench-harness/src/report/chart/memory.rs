//! The two charts of the memory experiment.
//!
//! 1. Stacked: the PSS of everything that one instance needs, split into what the workload touched on purpose, what the
//!    program needs anyway (as the plain process shows), and what isolation adds to that.
//! 2. Six definitions side by side: "how much memory does it take?" has no single answer.

use super::bars::{Bar, Group, Panel};
use super::palette::Tint;
use super::view::View;
use super::{Drawn, panels, panels_on};
use crate::sample::Unit;
use crate::summary::{Summary, order};

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

pub(super) fn heading(view: &View, case: &str) -> String {
    match case.strip_prefix("touched-") {
        Some(mib) => view.say.with("chart-memory.panel", &[("mib", mib)]),
        None => case.to_owned(),
    }
}

/// PSS and whose pages it is made of.
pub fn stacked(view: &View) -> Drawn {
    let summary = view.summary;
    let of_case = |case: &&str| Panel {
        heading: heading(view, case),
        axis: "PSS".to_owned(),
        unit: Unit::Bytes,
        always_log: false,
        groups: summary
            .backends()
            .into_iter()
            .filter_map(|backend| stack(summary, case, backend))
            .collect(),
    };
    let mut page = view.frame();
    page.parts = vec![
        (Tint::Light, view.text("touched")),
        (Tint::Half, view.text("program")),
        (Tint::Full, view.text("added")),
    ];
    panels_on(page, view, view.cases().iter().map(of_case).collect())
}

fn stack(summary: &Summary, case: &str, backend: &str) -> Option<Group> {
    let median = |backend: &str| {
        let series = summary.find(EXPERIMENT, case, "memory.pss_bytes", backend)?;
        Some(series.statistics.median)
    };
    let pss = summary.find(EXPERIMENT, case, "memory.pss_bytes", backend)?;
    let parts = split(pss.statistics.median, median(order::REFERENCE), case);
    Some(Group {
        label: backend.to_owned(),
        bars: vec![Bar::of(pss).split(parts)],
    })
}

/// The parts add up to the total. Without native's total, nothing is said to be added.
fn split(total: f64, native: Option<f64>, case: &str) -> Vec<(f64, Tint)> {
    let mib = case
        .strip_prefix("touched-")
        .and_then(|mib| mib.parse().ok());
    let touched = (mib.unwrap_or(0.0) * MIB).clamp(0.0, total.max(0.0));
    let program = (native.unwrap_or(total) - touched).clamp(0.0, total.max(0.0) - touched);
    vec![
        (touched, Tint::Light),
        (program, Tint::Half),
        (total - touched - program, Tint::Full),
    ]
}

/// All definitions side by side.
pub fn definitions(view: &View) -> Drawn {
    let of_case = |case: &&str| Panel {
        heading: heading(view, case),
        axis: view.say.text("axis-memory"),
        unit: Unit::Bytes,
        always_log: true,
        groups: DEFINITIONS
            .iter()
            .filter_map(|metric| group(view, case, metric))
            .collect(),
    };
    panels(view, view.cases().iter().map(of_case).collect())
}

fn group(view: &View, case: &str, metric: &str) -> Option<Group> {
    let summary = view.summary;
    let series = summary
        .backends()
        .into_iter()
        .filter_map(|b| summary.find(EXPERIMENT, case, metric, b));
    let bars: Vec<Bar> = series.map(Bar::of).collect();
    (!bars.is_empty()).then(|| Group {
        label: view.say.metric(metric),
        bars,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_what_was_touched_what_native_needs_and_what_is_added() {
        let parts = |total, native| {
            split(total, native, "touched-8")
                .into_iter()
                .map(|(part, _)| part / MIB)
        };
        let of = |total: f64, native: Option<f64>| -> Vec<f64> {
            parts(total * MIB, native.map(|n| n * MIB)).collect()
        };
        assert_eq!(of(12.0, Some(9.0)), [8.0, 1.0, 3.0]);
        assert_eq!(of(9.0, Some(9.0)), [8.0, 1.0, 0.0]);
        assert_eq!(of(12.0, None), [8.0, 4.0, 0.0]);
        // Less than native, or less than was touched: the parts still add up.
        assert_eq!(of(8.5, Some(9.0)), [8.0, 0.5, 0.0]);
        assert_eq!(of(6.0, Some(9.0)), [6.0, 0.0, 0.0]);
    }
}
