//! The ladder of the VMMs: one rung each, the fastest on top.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;
use crate::summary::Series;

/// A ladder for each point in time, and one for memory.
const PANELS: [(&str, &str, Unit, &str); 3] = [
    ("first", "axis-since-spawn", Unit::Ns, "vmm-floor.first_ns"),
    ("total", "axis-since-spawn", Unit::Ns, "vmm-floor.total_ns"),
    (
        "memory",
        "axis-memory",
        Unit::Bytes,
        "vmm-floor.overhead_bytes",
    ),
];

/// All three.
pub fn ladders(view: &View) -> Drawn {
    let mut ladders = Vec::new();
    for case in view.cases() {
        ladders.extend(PANELS.map(|(heading, axis, unit, metric)| Panel {
            heading: view.text(heading),
            axis: view.say.text(axis),
            unit,
            always_log: true,
            groups: rungs(view, case, metric),
        }));
    }
    panels(view, ladders)
}

fn rungs(view: &View, case: &str, metric: &str) -> Vec<Group> {
    let backends = view.summary.backends().into_iter();
    let mut series: Vec<&Series> = backends
        .filter_map(|backend| view.summary.find(view.experiment, case, metric, backend))
        .collect();
    series.sort_by(|a, b| a.statistics.median.total_cmp(&b.statistics.median));
    let rung = |series: &&Series| Group {
        label: series.backend.clone(),
        bars: vec![Bar::of(series)],
    };
    series.iter().map(rung).collect()
}
