//! The reader's machine against history: what was published about containers and VMs, as ratios only.
//!
//! Absolute numbers of other machines and other years say nothing here. What can be laid side by side is a quotient of one
//! machine: to its own plain process, or to the bound that its authors promised.
//!
//! | published | what |
//! |---|---|
//! | Felter, Ferreira, Rajamony, Rubio, "An Updated Performance Comparison of Virtual Machines and Linux Containers", IBM RC25482, July 2014 | 4 KiB random reads of an SSD: native 84 044, Docker 84 092, KVM 42 543 per second |
//! | Agache et al., "Firecracker: Lightweight Virtualization for Serverless Applications", NSDI 2020 | boot to init within 125 ms; at most 5 MiB of memory beside the guest's |
//!
//! Simplified: the requests of 2014 were queued deeply, those of isolab wait for each other, so a queue hides part of what an
//! operation costs. Firecracker's boot ends at the guest's init, isolab's when the program is ready.

use crate::summary::{Comparison, Series, Summary};

/// One published number beside this run's.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The key of what it is about.
    pub about: &'static str,
    /// Authors and year, and where it can be found.
    pub source: (&'static str, &'static str),
    /// The published ratio.
    pub published: f64,
    /// This run's.
    pub here: Vec<Here>,
}

/// One backend's ratio in this run.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    /// The backend.
    pub backend: String,
    /// Of its median.
    pub ratio: f64,
    /// Both ends of the ratio's 95 % interval.
    pub interval: Option<(f64, f64)>,
}

const FELTER: (&str, &str) = (
    "Felter et al. 2014, IBM RC25482",
    "https://doi.org/10.1109/ISPASS.2015.7095802",
);
const FIRECRACKER: (&str, &str) = (
    "Agache et al. 2020, NSDI",
    "https://www.usenix.org/conference/nsdi20/presentation/agache",
);

const NATIVE_IOPS: f64 = 84_044.0;
const DOCKER_IOPS: f64 = 84_092.0;
const KVM_IOPS: f64 = 42_543.0;
const FIRECRACKER_BOOT_NS: f64 = 125e6;
const FIRECRACKER_MEMORY_BYTES: f64 = 5.0 * 1_048_576.0;

const CONTAINERS: [&str; 5] = ["container", "crun", "runc", "youki", "bubblewrap"];
const VMS: [&str; 7] = [
    "microvm",
    "linux-vm-small",
    "linux-vm-cloud",
    "linux-vm",
    "firecracker",
    "cloud-hypervisor",
    "qemu-microvm",
];

/// Every published number for which this run has something to lay beside it.
pub fn rows(summary: &Summary) -> Vec<Row> {
    let iops = |backends: &[&str]| -> Vec<_> {
        let find = |one: &&str| summary.find("io", "direct-randread-4k", "io.iops", one);
        backends
            .iter()
            .filter_map(find)
            .filter_map(to_native)
            .collect()
    };
    let to_bound = |(experiment, case, metric): (&str, &str, &str), bound: f64| -> Vec<_> {
        let find = |one: &&str| summary.find(experiment, case, metric, one);
        let series = VMS.iter().filter_map(find);
        series.map(|series| to(series, bound)).collect()
    };
    let row = |about, source, published, here| Row {
        about,
        source,
        published,
        here,
    };
    let rows = [
        row(
            "history-container-io",
            FELTER,
            DOCKER_IOPS / NATIVE_IOPS,
            iops(&CONTAINERS),
        ),
        row("history-vm-io", FELTER, KVM_IOPS / NATIVE_IOPS, iops(&VMS)),
        row(
            "history-boot",
            FIRECRACKER,
            1.0,
            to_bound(
                ("startup", "hello", "startup.ready_ns"),
                FIRECRACKER_BOOT_NS,
            ),
        ),
        row(
            "history-memory",
            FIRECRACKER,
            1.0,
            to_bound(
                ("memory", "touched-0", "memory.overhead_bytes"),
                FIRECRACKER_MEMORY_BYTES,
            ),
        ),
    ];
    rows.into_iter()
        .filter(|row| !row.here.is_empty())
        .collect()
}

fn to_native(series: &Series) -> Option<Here> {
    let comparison: &Comparison = series.vs_native.as_ref()?;
    Some(Here {
        backend: series.backend.clone(),
        ratio: comparison.ratio,
        interval: comparison.interval.map(|one| (one.low, one.high)),
    })
}

fn to(series: &Series, bound: f64) -> Here {
    let statistics = &series.statistics;
    let interval = statistics.interval;
    Here {
        backend: series.backend.clone(),
        ratio: statistics.median / bound,
        interval: interval.map(|one| (one.low / bound, one.high / bound)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_ratios_are_those_that_are_quoted() {
        assert!((DOCKER_IOPS / NATIVE_IOPS - 1.0006).abs() < 1e-4);
        assert!((KVM_IOPS / NATIVE_IOPS - 0.506).abs() < 1e-3);
    }

    #[test]
    fn a_run_without_such_numbers_has_no_history() {
        assert_eq!(rows(&Summary::default()), []);
    }
}
