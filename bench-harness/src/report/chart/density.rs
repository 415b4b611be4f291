//! The charts of many instances at once: what each further one takes, and what P in flight do to the starts.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;
use crate::summary::Series;

/// What is counted exactly.
const COUNTED: [(&str, &str); 2] = [
    ("density.pss_slope_bytes", "PSS"),
    ("density.cgroup_slope_bytes", "cgroup"),
];
/// What others on the host move too: on an axis of its own, that its noise doesn't flatten the rest.
const ESTIMATED: [(&str, &str); 1] = [("density.available_slope_bytes", "Δ MemAvailable")];

/// The slopes, and the least memory that is enough.
pub fn slopes(view: &View) -> Drawn {
    let slopes = |heading: &str, metrics: &[(&str, &str)]| Panel {
        heading: view.text(heading),
        axis: view.say.text("axis-memory"),
        unit: Unit::Bytes,
        always_log: false,
        groups: metrics
            .iter()
            .filter_map(|(metric, label)| group(label, of_all(view, "fit", metric)))
            .collect(),
    };
    let smallest = of_all(view, "smallest", "density.smallest_bytes");
    let smallest = Panel {
        heading: view.text("smallest"),
        axis: view.text("limit"),
        unit: Unit::Bytes,
        always_log: false,
        groups: smallest
            .filter_map(|series| group(&series.backend, std::iter::once(series)))
            .collect(),
    };
    panels(
        view,
        vec![
            slopes("further", &COUNTED),
            slopes("host", &ESTIMATED),
            smallest,
        ],
    )
}

/// Rate and latency by how many are in flight.
pub fn scaleout(view: &View) -> Drawn {
    let panel = |heading: &str, axis: &str, unit, metric: &str| Panel {
        heading: view.text(heading),
        axis: view.say.text(axis),
        unit,
        always_log: true,
        groups: view
            .cases()
            .into_iter()
            .filter_map(|case| {
                let count = case.strip_prefix("parallel-").unwrap_or(case);
                let label = view.with("in-flight", &[("count", count)]);
                group(&label, of_all(view, case, metric))
            })
            .collect(),
    };
    panels(
        view,
        vec![
            panel("rate", "axis-rate", Unit::PerS, "scaleout.starts_per_s"),
            panel("usual", "axis-time", Unit::Ns, "scaleout.ready_p50_ns"),
            panel("slow", "axis-time", Unit::Ns, "scaleout.ready_p99_ns"),
        ],
    )
}

fn of_all<'a>(view: &'a View, case: &'a str, metric: &'a str) -> impl Iterator<Item = &'a Series> {
    let summary = view.summary;
    let backends = summary.backends().into_iter();
    backends.filter_map(move |backend| summary.find(view.experiment, case, metric, backend))
}

fn group<'a>(label: &str, series: impl Iterator<Item = &'a Series>) -> Option<Group> {
    let bars: Vec<Bar> = series.map(Bar::of).collect();
    (!bars.is_empty()).then(|| Group {
        label: label.to_owned(),
        bars,
    })
}
