//! The ladder of container runtimes: each bar is a whole life, in the parts that are due to the program, to the container,
//! and to the runtime.
//!
//! The part of the container is what the floor takes longer than the plain process. Without a floor in the run, nothing is
//! said about what a runtime adds.

use super::bars::{Bar, Group, Panel};
use super::palette::Tint;
use super::view::View;
use super::{Drawn, panels_on};
use crate::sample::Unit;
use crate::summary::order;

const METRIC: &str = "container-floor.total_ns";
const FLOOR: &str = "floor-c";

/// One bar per runtime, the fastest first.
pub fn ladder(view: &View) -> Drawn {
    let mut page = view.frame();
    page.parts = vec![
        (Tint::Light, view.text("program")),
        (Tint::Half, view.text("container")),
        (Tint::Full, view.text("runtime")),
    ];
    let panel = |case: &&str| Panel {
        heading: view.text("panel"),
        axis: view.say.text("metric-container-floor-total_ns"),
        unit: Unit::Ns,
        always_log: false,
        groups: rungs(view, case),
    };
    panels_on(page, view, view.cases().iter().map(panel).collect())
}

fn rungs(view: &View, case: &str) -> Vec<Group> {
    let of = |backend: &str| view.summary.find(view.experiment, case, METRIC, backend);
    let median = |backend: &str| of(backend).map(|series| series.statistics.median);
    let (native, floor) = (median(order::REFERENCE), median(FLOOR));
    let backends = view.summary.backends().into_iter();
    let mut series: Vec<_> = backends.filter_map(of).collect();
    series.sort_by(|a, b| a.statistics.median.total_cmp(&b.statistics.median));
    let rung = |series: &&crate::summary::Series| Group {
        label: series.backend.clone(),
        bars: vec![Bar::of(series).split(split(series.statistics.median, native, floor))],
    };
    series.iter().map(rung).collect()
}

/// The parts add up to the total. What isn't known is counted to the part before it.
fn split(total: f64, native: Option<f64>, floor: Option<f64>) -> Vec<(f64, Tint)> {
    let program = native.unwrap_or(0.0).min(total);
    let container = (floor.unwrap_or(total).min(total) - program).max(0.0);
    vec![
        (program, Tint::Light),
        (container, Tint::Half),
        (total - program - container, Tint::Full),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(total: f64, native: Option<f64>, floor: Option<f64>) -> Vec<f64> {
        let split = split(total, native, floor);
        split.into_iter().map(|(part, _)| part).collect()
    }

    #[test]
    fn the_parts_are_due_to_program_container_and_runtime() {
        assert_eq!(parts(10.0, Some(1.0), Some(3.0)), [1.0, 2.0, 7.0]);
        assert_eq!(parts(3.0, Some(1.0), Some(3.0)), [1.0, 2.0, 0.0]);
        assert_eq!(parts(1.0, Some(1.0), Some(3.0)), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn without_a_floor_nothing_is_said_to_be_added_by_the_runtime() {
        assert_eq!(parts(10.0, Some(1.0), None), [1.0, 9.0, 0.0]);
    }
}
