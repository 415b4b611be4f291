//! The metrics that isolab knows: which way of each is good, and where it stands in a table. What it is called for people is in
//! `locale/*/metrics/`.
//!
//! One file per experiment, each a list in the same shape. A metric that isn't listed here is summarized all the same, after the listed ones and without a verdict's direction.
//!
//! Read next: `results/README.md`, where each one is defined.

mod ablation;
mod container_floor;
mod cpu;
mod density;
mod elasticity;
mod io;
mod isolation;
mod memory;
mod neighbour;
mod noise;
mod portability;
mod scaleout;
mod service;
mod startup;
mod syscall;
mod vmm_floor;

use crate::stats::verdict::Direction::{self, LowerIsBetter, Neutral};

/// What is known about a metric beside its values.
#[derive(Clone, Copy, Debug)]
pub struct MetricInfo {
    /// As in the `metric` column.
    pub name: &'static str,
    /// Which way is good.
    pub direction: Direction,
    /// Whether the short table on the terminal has it.
    pub headline: bool,
}

const fn metric(name: &'static str, direction: Direction, headline: bool) -> MetricInfo {
    MetricInfo {
        name,
        direction,
        headline,
    }
}

/// The known metrics of each experiment, in the order of the tables.
static BY_EXPERIMENT: &[&[MetricInfo]] = &[
    startup::METRICS,
    memory::METRICS,
    io::METRICS,
    cpu::METRICS,
    syscall::METRICS,
    ablation::METRICS,
    container_floor::METRICS,
    density::METRICS,
    scaleout::METRICS,
    service::METRICS,
    neighbour::METRICS,
    noise::METRICS,
    elasticity::METRICS,
    isolation::METRICS,
    portability::METRICS,
    vmm_floor::METRICS,
];

/// Every known metric, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static MetricInfo> {
    BY_EXPERIMENT.iter().copied().flatten()
}

/// The entry of a metric, if it is known.
pub fn info(name: &str) -> Option<&'static MetricInfo> {
    all().find(|metric| metric.name == name)
}

/// Which way of a metric is good; the phases of a start are times, of anything else unknown nothing is claimed.
pub fn direction(name: &str) -> Direction {
    match info(name) {
        Some(info) => info.direction,
        None if name.starts_with("startup.phase.") => LowerIsBetter,
        None => Neutral,
    }
}

/// Metrics whose names go on with a step or a number. They share one text: there are many, and their names say the rest.
const FAMILIES: [&str; 6] = [
    "startup.mark",
    "startup.phase",
    "density.pss_bytes",
    "density.cgroup_bytes",
    "density.available_bytes",
    "isolation.exits",
];

/// Metrics that answer a question: 1 is yes, 0 is no.
const QUESTIONS: [&str; 5] = [
    "isolation.shares_kernel",
    "isolation.host_sees_workload",
    "neighbour.contained",
    "portability.runs_other_kernel",
    "portability.runs_other_os",
];

/// Whether 1 means yes and 0 no.
pub fn is_question(name: &str) -> bool {
    QUESTIONS.contains(&name)
}

/// The family of such a metric, and with what its name goes on.
pub fn family(name: &str) -> Option<(&'static str, &str)> {
    let rest = |family: &str| name.strip_prefix(family)?.strip_prefix('.');
    let mut families = FAMILIES.into_iter();
    families.find_map(|family| Some((family, rest(family)?)))
}

/// The key of the metric's texts in `locale/*/metrics/`.
pub fn message_key(name: &str) -> String {
    let subject = family(name).map_or(name, |(family, _)| family);
    format!("metric-{}", subject.replace('.', "-"))
}
