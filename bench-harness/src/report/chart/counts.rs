//! What is counted and not timed: how often a VM's guest leaves its CPU, and where its memory goes.
//!
//! Counts don't depend on how fast the machine is: on the emulated lab machine they are exact where times mean nothing.
//! Exits are what virtualization costs; how many there are is decided by guest and VMM, what each costs by the CPU.

use super::bars::{Bar, Group, Panel};
use super::{Drawn, frame, panels};
use crate::sample::Unit;
use crate::summary::{Series, Summary, metrics};

pub const START_TITLE: &str = "Startup: how often does the guest exit?";
pub const START_CAPTION: &str = "Exits from the guest in the whole life of `hello`: each is a switch to the VMM and back. A \
    second operating system looks for its devices, sets them up and prints; a guest without one only does what the program \
    asks for.";
pub const IO_TITLE: &str = "I/O: how many exits does an operation take?";
pub const IO_CAPTION: &str = "Exits on top of those of an empty program, per operation, fsyncs included. Below one: several \
    operations share an exit, or the guest's own page cache answers. What is not above 0 stands at the left edge.";
pub const MEMORY_TITLE: &str = "Memory: where does a VM's memory go?";
pub const MEMORY_CAPTION: &str = "*Guest RAM touched* is what of the configured memory has become real, whoever inside the \
    guest touched it; *guest kernel keeps* is what programs in it never get to see; *overhead* is the VMM itself.";

const GUEST_MEMORY: [&str; 4] = [
    "memory.configured_bytes",
    "memory.guest_ram_bytes",
    "memory.guest_kernel_bytes",
    "memory.overhead_bytes",
];

/// Exits of a start.
pub fn start(summary: &Summary) -> Drawn {
    let panel = |case: &str| Panel {
        heading: format!("{case}: exits from the guest"),
        axis: "exits",
        unit: Unit::Count,
        always_log: false,
        groups: one_per_vm(summary, case),
    };
    let subtitle = "Median; whiskers: 95 % interval of the median. Less is better.";
    let page = frame(summary, START_TITLE, subtitle, "startup");
    panels(
        page,
        cases(summary, "startup").into_iter().map(panel).collect(),
    )
}

/// Exits per operation.
pub fn io(summary: &Summary) -> Drawn {
    let panel = |(mode, heading): (&str, &str)| {
        let in_mode = cases(summary, "io").into_iter();
        let in_mode = in_mode.filter_map(|case| Some((case, case.strip_prefix(mode)?)));
        Panel {
            heading: heading.to_owned(),
            axis: "exits per operation",
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
    let subtitle = "Median over the rounds; whiskers: 95 % interval of the median. Logarithmic. Less is better.";
    let page = frame(summary, IO_TITLE, subtitle, "io");
    panels(page, super::io::MODES.map(panel).into())
}

/// Guest memory by whose it is.
pub fn memory(summary: &Summary) -> Drawn {
    let panel = |case: &str| Panel {
        heading: case.replace("touched-", "MiB touched by the workload: "),
        axis: "memory",
        unit: Unit::Bytes,
        always_log: true,
        groups: GUEST_MEMORY
            .iter()
            .filter_map(|metric| of_vms(summary, case, metric))
            .collect(),
    };
    let subtitle = "Median; whiskers: 95 % interval of the median. Logarithmic.";
    let page = frame(summary, MEMORY_TITLE, subtitle, "memory");
    panels(
        page,
        cases(summary, "memory").into_iter().map(panel).collect(),
    )
}

fn cases<'a>(summary: &'a Summary, wanted: &str) -> Vec<&'a str> {
    let cases = summary.cases().into_iter();
    cases
        .filter(|(experiment, _)| *experiment == wanted)
        .map(|(_, case)| case)
        .collect()
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
fn of_vms(summary: &Summary, case: &str, metric: &str) -> Option<Group> {
    let is_vm = |backend: &&str| {
        let guest_ram = summary.find("memory", case, "memory.guest_ram_bytes", backend);
        guest_ram.is_some()
    };
    let backends = summary.backends().into_iter().filter(is_vm);
    let series = backends.filter_map(|backend| summary.find("memory", case, metric, backend));
    group(metrics::label(metric), series)
}
