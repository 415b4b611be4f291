//! The chart of growing: from the request until it was carried out, and until the workload has used what is new.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;

const METRICS: [&str; 2] = ["elasticity.request_ns", "elasticity.grow_ns"];

/// A panel for memory, and one for CPU time.
pub fn growth(view: &View) -> Drawn {
    let panel = |case: &str| Panel {
        heading: view.text(case),
        axis: view.say.text("axis-time"),
        unit: Unit::Ns,
        always_log: true,
        groups: METRICS
            .into_iter()
            .filter_map(|metric| group(view, case, metric))
            .collect(),
    };
    panels(view, vec![panel("memory"), panel("cpu")])
}

fn group(view: &View, case: &str, metric: &str) -> Option<Group> {
    let backends = view.summary.backends().into_iter();
    let series = backends.filter_map(|one| view.summary.find(view.experiment, case, metric, one));
    let bars: Vec<Bar> = series.map(Bar::of).collect();
    (!bars.is_empty()).then(|| Group {
        label: view.say.metric(metric),
        bars,
    })
}
