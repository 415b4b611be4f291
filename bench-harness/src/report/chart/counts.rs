//! What is counted and not timed: how often a VM's guest leaves its CPU, and where its memory goes.
//!
//! Counts don't depend on how fast the machine is: on the emulated lab machine they are exact where times mean nothing.
//! Exits are what virtualization costs; how many there are is decided by guest and VMM, what each costs by the CPU.

use super::bars::{Bar, Group, Panel};
use super::view::View;
use super::{Drawn, panels};
use crate::sample::Unit;
use crate::summary::{Series, Summary};

const GUEST_MEMORY: [&str; 4] = [
    "memory.configured_bytes",
    "memory.guest_ram_bytes",
    "memory.guest_kernel_bytes",
    "memory.overhead_bytes",
];

/// Exits of a start.
pub fn start(view: &View) -> Drawn {
    let panel = |case: &str| Panel {
        heading: view.with("panel", &[("case", case)]),
        axis: view.say.text("axis-exits"),
        unit: Unit::Count,
        always_log: false,
        groups: one_per_vm(view.summary, case),
    };
    panels(view, view.cases().into_iter().map(panel).collect())
}

/// Exits per operation.
pub fn io(view: &View) -> Drawn {
    let summary = view.summary;
    let panel = |(mode, heading): (&str, &str)| {
        let in_mode = view.cases().into_iter();
        let in_mode = in_mode.filter_map(|case| Some((case, case.strip_prefix(mode)?)));
        Panel {
            heading: view.say.text(heading),
            axis: view.say.text("axis-exits-per-operation"),
            unit: Unit::Ratio,
            always_log: true,
            groups: in_mode
                .filter_map(|(case, name)| {
                    let backends = summary.backends().into_iter();
                    let series =
                        backends.filter_map(|one| summary.find("io", case, "io.exits_per_op", one));
                    group(name, series)
                })
                .collect(),
        }
    };
    panels(view, super::io::MODES.map(panel).into())
}

/// Guest memory by whose it is.
pub fn memory(view: &View) -> Drawn {
    let panel = |case: &str| Panel {
        heading: super::memory::heading(view, case),
        axis: view.say.text("axis-memory"),
        unit: Unit::Bytes,
        always_log: true,
        groups: GUEST_MEMORY
            .iter()
            .filter_map(|metric| of_vms(view, case, metric))
            .collect(),
    };
    panels(view, view.cases().into_iter().map(panel).collect())
}

fn group<'a>(label: &str, series: impl Iterator<Item = &'a Series>) -> Option<Group> {
    let bars: Vec<Bar> = series.map(Bar::of).collect();
    (!bars.is_empty()).then(|| Group {
        label: label.to_owned(),
        bars,
    })
}

/// A group of one bar for each backend that exits.
fn one_per_vm(summary: &Summary, case: &str) -> Vec<Group> {
    let backends = summary.backends().into_iter();
    let series = backends.filter_map(|one| summary.find("startup", case, "startup.exits", one));
    series
        .filter_map(|series| group(&series.backend, std::iter::once(series)))
        .collect()
}

/// One metric of all backends whose guests have memory of their own.
fn of_vms(view: &View, case: &str, metric: &str) -> Option<Group> {
    let summary = view.summary;
    let is_vm = |backend: &&str| {
        let guest_ram = summary.find("memory", case, "memory.guest_ram_bytes", backend);
        guest_ram.is_some()
    };
    let backends = summary.backends().into_iter().filter(is_vm);
    let series = backends.filter_map(|backend| summary.find("memory", case, metric, backend));
    group(&view.say.metric(metric), series)
}
