//! The chart of the A/A experiment: pairs of bars that ought to be alike.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;
use crate::summary::noise::{FIRST, SECOND};

/// A pair for each backend.
pub fn pairs(view: &View) -> Drawn {
    let pair = |backend: &str| {
        let of = |metric| view.summary.find(view.experiment, "hello", metric, backend);
        Group {
            label: label(view, backend),
            bars: [FIRST, SECOND]
                .into_iter()
                .filter_map(of)
                .map(Bar::of)
                .collect(),
        }
    };
    let backends = view.summary.backends().into_iter();
    let panel = Panel {
        heading: view.text("heading"),
        axis: view.say.text("axis-time"),
        unit: Unit::Ns,
        always_log: false,
        groups: backends
            .map(pair)
            .filter(|pair| !pair.bars.is_empty())
            .collect(),
    };
    panels(view, vec![panel])
}

fn label(view: &View, backend: &str) -> String {
    match view.summary.floors.of_backend(backend) {
        Some(floor) => {
            let floor = format!("{:.1}", 100.0 * floor);
            view.with("pair", &[("backend", backend), ("floor", &floor)])
        }
        None => view.with("pair-without-floor", &[("backend", backend)]),
    }
}
