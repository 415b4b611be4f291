//! The chart of the noisy neighbours: how much longer a unit of work takes beside them, and what limits on them do about it.
//!
//! Each backend is compared with itself alone, in the same rounds: who is slower than whom is what the other charts show.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;

const ALONE: &str = "alone";
/// The noises, each without and with limits.
const NOISES: [&str; 8] = [
    "cpu",
    "cpu-limited",
    "memory",
    "memory-limited",
    "page-cache",
    "page-cache-limited",
    "io",
    "io-limited",
];

/// The usual unit, and the slow one.
pub fn noise(view: &View) -> Drawn {
    let panel = |heading: &str, metric: &str| Panel {
        heading: view.text(heading),
        axis: view.text("axis"),
        unit: Unit::Ratio,
        always_log: true,
        groups: NOISES
            .into_iter()
            .filter_map(|case| group(view, case, metric))
            .collect(),
    };
    let all = vec![
        panel("usual", "neighbour.unit_p50_ns"),
        panel("slow", "neighbour.unit_p99_ns"),
    ];
    panels(view, all)
}

/// Beside the noise, as a multiple of alone.
fn group(view: &View, case: &str, metric: &str) -> Option<Group> {
    let backends = view.summary.backends().into_iter();
    let bars: Vec<Bar> = backends
        .filter_map(|backend| view.multiple((case, ALONE), metric, backend))
        .collect();
    (!bars.is_empty()).then(|| Group {
        label: view.text(case),
        bars,
    })
}
