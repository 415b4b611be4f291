//! The chart of the web service: what more instances add, and what a request costs.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;

const RATE: &str = "service.requests_per_s";
const ONE: &str = "instances-1";

/// Each backend beside itself with one instance; then all of them beside each other.
pub fn scaling(view: &View) -> Drawn {
    let panel = |heading: &str, axis: &str, unit, metric: &str| Panel {
        heading: view.text(heading),
        axis: view.say.text(axis),
        unit,
        always_log: false,
        groups: groups(view, |case, backend| {
            let series = view.summary.find(view.experiment, case, metric, backend)?;
            Some(Bar::of(series))
        }),
    };
    let scaling = Panel {
        heading: view.text("scaling"),
        axis: view.text("multiple"),
        unit: Unit::Ratio,
        always_log: false,
        groups: groups(view, |case, backend| {
            // One instance is once itself.
            (case != ONE).then(|| view.multiple((case, ONE), RATE, backend))?
        }),
    };
    let all = vec![
        scaling,
        panel("rate", "axis-requests", Unit::PerS, RATE),
        panel("usual", "axis-time", Unit::Ns, "service.latency_p50_ns"),
        panel("slow", "axis-time", Unit::Ns, "service.latency_p99_ns"),
        panel(
            "cpu",
            "axis-time",
            Unit::Ns,
            "service.host_cpu_ns_per_request",
        ),
    ];
    panels(view, all)
}

/// A group for each number of instances.
fn groups(view: &View, bar: impl Fn(&str, &str) -> Option<Bar>) -> Vec<Group> {
    let group = |case: &str| {
        let backends = view.summary.backends().into_iter();
        let count = case.strip_prefix("instances-").unwrap_or(case);
        Group {
            label: view.with("instances", &[("count", count)]),
            bars: backends.filter_map(|backend| bar(case, backend)).collect(),
        }
    };
    let groups = view.cases().into_iter().map(group);
    groups.filter(|group| !group.bars.is_empty()).collect()
}
