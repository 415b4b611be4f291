//! The charts of computing and of the price list: one operation each, as a plain process pays it and as it is paid inside.
//!
//! Computing should cost the same everywhere, and its panels are linear, so that a small difference stays small. Prices span
//! four powers of ten: theirs is logarithmic.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels, panels_on};
use crate::report::units::human;
use crate::sample::Unit;
use crate::summary::Series;

/// Panels of computing, and their cases.
const WORK: [(&str, &[&str]); 3] = [
    ("compute", &["int", "float"]),
    ("memory", &["memory-bandwidth"]),
    ("latency", &["memory-latency"]),
];

/// Cases of the price list from the cheapest border to the dearest, and the metric that has the price.
const PRICES: [(&str, &str); 6] = [
    ("null", "syscall.call_ns"),
    ("read", "syscall.call_ns"),
    ("open", "syscall.call_ns"),
    ("fault", "syscall.fault_ns"),
    ("exit-port", "syscall.exit_ns"),
    ("exit-mmio", "syscall.exit_ns"),
];

/// The operation of `io` that the price list explains: it is served from memory, so that nothing but crossings is left.
const EXPLAINED: &str = "buffered-randread-4k";

/// The mean, as a price is one: both have in them what else the machine does meanwhile.
const MEAN: &str = "io.lat_mean_ns";

/// Computing.
pub fn cpu(view: &View) -> Drawn {
    let size = series(view, "memory-latency", "cpu.working_set_bytes").next();
    let size = size.map_or(String::new(), |one| {
        human(one.statistics.median, Unit::Bytes)
    });
    let mut all: Vec<Panel> = WORK
        .iter()
        .map(|(heading, cases)| Panel {
            heading: view.with(heading, &[("size", &size)]),
            axis: view.say.text("axis-unit"),
            unit: Unit::Ns,
            always_log: false,
            groups: cases
                .iter()
                .filter_map(|case| group(view, case, "cpu.unit_ns", view.text(case)))
                .collect(),
        })
        .collect();
    all.push(Panel {
        heading: view.text("flags"),
        axis: view.say.text("axis-flags"),
        unit: Unit::Count,
        always_log: false,
        groups: group(view, "int", "cpu.flags", view.text("flags-label"))
            .into_iter()
            .collect(),
    });
    panels(view, all)
}

/// The price list.
pub fn syscall(view: &View) -> Drawn {
    let prices = Panel {
        heading: view.text("prices"),
        axis: view.say.text("axis-operation"),
        unit: Unit::Ns,
        always_log: true,
        groups: PRICES
            .iter()
            .filter_map(|(case, metric)| group(view, case, metric, view.text(case)))
            .collect(),
    };
    let counts = [
        ("exits", "syscall.exits_per_op"),
        ("calls", "syscall.host_calls_per_op"),
    ];
    let crossings = PRICES.iter().flat_map(|(case, _)| {
        let name = view.text(case);
        counts.map(|(what, metric)| group(view, case, metric, view.with(what, &[("case", &name)])))
    });
    let crossings = Panel {
        heading: view.text("crossings"),
        axis: view.say.text("axis-crossings"),
        unit: Unit::Ratio,
        always_log: false,
        groups: crossings.flatten().collect(),
    };
    let mut frame = view.frame();
    let backends = view.summary.backends().into_iter();
    frame
        .notes
        .extend(backends.filter_map(|backend| consequence(view, backend)));
    panels_on(frame, view, vec![prices, crossings])
}

/// What a VM's small read should take by the price list, beside what it takes.
fn consequence(view: &View, backend: &str) -> Option<String> {
    let median = |experiment, case, metric, backend| {
        let series = view.summary.find(experiment, case, metric, backend)?;
        Some(series.statistics.median)
    };
    let native = median("io", EXPLAINED, MEAN, "native")?;
    let measured = median("io", EXPLAINED, MEAN, backend)?;
    let exits = median("io", EXPLAINED, "io.exits_per_op", backend)?;
    let price = median("syscall", "exit-mmio", "syscall.exit_ns", backend)
        .or_else(|| median("syscall", "exit-port", "syscall.exit_ns", backend))?;
    let time = |ns: f64| human(ns, Unit::Ns);
    Some(view.with(
        "follows",
        &[
            ("backend", backend),
            ("native", &time(native)),
            ("exits", &human(exits, Unit::Ratio)),
            ("price", &time(price)),
            ("sum", &time(native + exits * price)),
            ("measured", &time(measured)),
        ],
    ))
}

fn series<'a>(view: &View<'a>, case: &'a str, metric: &'a str) -> impl Iterator<Item = &'a Series> {
    let (summary, experiment) = (view.summary, view.experiment);
    let backends = summary.backends().into_iter();
    backends.filter_map(move |one| summary.find(experiment, case, metric, one))
}

fn group(view: &View, case: &str, metric: &str, label: String) -> Option<Group> {
    let bars: Vec<Bar> = series(view, case, metric).map(Bar::of).collect();
    (!bars.is_empty()).then_some(Group { label, bars })
}
