//! The noisy neighbours: as many instances as it takes, of the backend that is measured.
//!
//! | noise | neighbours | limit of a container | limit of a VM |
//! |---|---|---|---|
//! | `cpu` | one for each CPU: the one that measures must share | its CPU quota | CPU quota of a cgroup round the VMM |
//! | `memory` | one fewer: a CPU stays free, what is shared is the way to memory | as above: bandwidth itself has no limit | as above |
//! | `page-cache` | one fewer | its memory limit, to which its page cache is charged | memory limit of a cgroup round the VMM |
//! | `io` | one fewer | bandwidth to the disk, in its blkio cgroup | the same, in a cgroup round the VMM |
//!
//! Every instance has one CPU: our microVM has one, so several instances stand for a neighbour with several.
//!
//! A plain process has no limits. A cgroup round it would make it half a container: its limited cases are `unsupported`.
//!
//! "Without limits" a container still has a cgroup, with limits that nothing here reaches: as many CPUs as the host has, and
//! memory for the whole file.

use std::path::{Path, PathBuf};

use super::{NeighbourBounds, on_file};
use crate::backend::{Backend, Disk, Job};
use crate::cgroup_limit::{Limit, disk_of};
use crate::enclosure::Enclosure;
use crate::experiment::Measurement;
use crate::failure::Failure;
use crate::host::cpu::usable_cpus;
use crate::instance::Instance;
use crate::io_file;
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;

/// What a neighbour uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cpu,
    Memory,
    PageCache,
    Disk,
}

/// What the neighbours do, and whether they are limited in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Noise {
    kind: Kind,
    is_limited: bool,
}

const fn noise(kind: Kind, is_limited: bool) -> Option<Noise> {
    Some(Noise { kind, is_limited })
}

/// Every case, and its noise.
pub(super) const CASES: [(&str, Option<Noise>); 9] = [
    ("alone", None),
    ("cpu", noise(Kind::Cpu, false)),
    ("cpu-limited", noise(Kind::Cpu, true)),
    ("memory", noise(Kind::Memory, false)),
    ("memory-limited", noise(Kind::Memory, true)),
    ("page-cache", noise(Kind::PageCache, false)),
    ("page-cache-limited", noise(Kind::PageCache, true)),
    ("io", noise(Kind::Disk, false)),
    ("io-limited", noise(Kind::Disk, true)),
];

/// How a backend's neighbours are limited.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// Options of our container's launcher, or its own cgroup.
    OwnCgroup(Limit),
    /// A cgroup round the launcher.
    Round(Limit),
}

/// Neighbours that burn until they are stopped or this value goes.
#[derive(Debug)]
pub(super) struct Burners<'a> {
    /// In the order of their start.
    instances: Vec<Instance<'a>>,
    /// One for each, if any; they go after those who are inside.
    enclosures: Vec<Enclosure>,
    /// What they would keep busy on a host without others; `None` if a limit or storage keeps them from it.
    expected_cpus: Option<f64>,
}

impl<'a> Burners<'a> {
    /// Starts them, and returns when all of them burn.
    pub fn start(
        noise: &Noise,
        backend: &dyn Backend,
        lab: &'a Lab,
        io_file: &Path,
    ) -> Result<Self, Failure> {
        let bounds = &lab.parameters.neighbours;
        let way = noise.way(backend, bounds, io_file)?;
        let job = noise.job(backend, lab, way, io_file)?;
        let count = noise.count(bounds);
        memory_budget::check(
            lab.parameters.memory_budget,
            count.saturating_mul(job.memory_bytes.unwrap_or(0)),
        )?;
        let mut burners = Self {
            instances: Vec::new(),
            enclosures: Vec::new(),
            expected_cpus: noise.expected_cpus(bounds),
        };
        for _ in 0..count {
            let instance = match way {
                Some(Way::Round(limit)) => {
                    let enclosure = enclosed(limit)?;
                    let instance = lab.start_enclosed(&enclosure, backend, &job);
                    burners.enclosures.push(enclosure);
                    instance?
                }
                _ => lab.start(backend, &job)?,
            };
            burners.instances.push(instance);
        }
        for instance in &mut burners.instances {
            instance.wait_for("ready")?;
            if let Some(Way::OwnCgroup(limit)) = way {
                // Once more, where its launcher has an option for it: without the right to make cgroups it has none.
                limit.write(&instance.cgroups()?).map_err(refused)?;
            }
        }
        Ok(burners)
    }

    /// Stops them; says how many CPUs they kept busy, all together.
    pub fn stop(self) -> Result<Measurement, Failure> {
        let (mut cpus, expected) = (0.0, self.expected_cpus);
        for instance in self.instances {
            let finished = instance.stop()?;
            let lived_ns = finished.reaped_ns.saturating_sub(finished.spawned_ns);
            cpus += finished.used.cpu_ns as f64 / lived_ns.max(1) as f64;
        }
        let mut burned = Measurement::new("neighbour.burned_cpus", Unit::Ratio, cpus);
        burned.warning = too_little(cpus, expected);
        Ok(burned)
    }
}

/// A busy host leaves the neighbours little, and then it is the host that disturbs. What is alone with them takes one CPU at
/// most, and a start and an end belong to their lives too: less than half of the rest is too little.
fn too_little(cpus: f64, expected: Option<f64>) -> Option<String> {
    let expected = expected.filter(|expected| cpus < (expected - 1.0).max(expected / 2.0) / 2.0)?;
    Some(format!(
        "the neighbours got {cpus:.2} of {expected} CPUs: others kept the host busy"
    ))
}

/// No such cgroup is a thing that the host or the backend lacks.
fn refused(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::Unsupported => Failure::Unsupported(error.to_string()),
        _ => error.into(),
    }
}

fn enclosed(limit: Limit) -> Result<Enclosure, Failure> {
    let unsupported =
        |error: std::io::Error| Failure::Unsupported(format!("a cgroup round the VMM: {error}"));
    let enclosure = Enclosure::create(&[limit.controller()]).map_err(unsupported)?;
    limit.write(enclosure.folders()).map_err(unsupported)?;
    Ok(enclosure)
}

impl Noise {
    fn count(self, bounds: &NeighbourBounds) -> u64 {
        let wanted = match self.kind {
            Kind::Cpu => usable_cpus(),
            _ => (usable_cpus() - 1).max(1),
        };
        bounds
            .instances
            .map_or(wanted, |most| wanted.min(most.into()))
    }

    fn expected_cpus(self, bounds: &NeighbourBounds) -> Option<f64> {
        let burns_cpu = matches!(self.kind, Kind::Cpu | Kind::Memory);
        (burns_cpu && !self.is_limited).then(|| self.count(bounds) as f64)
    }

    fn way(
        self,
        backend: &dyn Backend,
        bounds: &NeighbourBounds,
        io_file: &Path,
    ) -> Result<Option<Way>, Failure> {
        if !self.is_limited {
            return Ok(None);
        }
        let own_memory = if backend.is_vm() {
            backend.headroom_bytes()
        } else {
            0
        };
        let limit = match self.kind {
            Kind::Cpu | Kind::Memory => Limit::Cpus(bounds.limit_cpus),
            Kind::PageCache => Limit::MemoryBytes(bounds.limit_memory_bytes + own_memory),
            Kind::Disk => Limit::Disk {
                device: disk_of(io_file)
                    .map_err(|error| Failure::Unsupported(error.to_string()))?,
                bytes_per_s: bounds.limit_disk_bytes_per_s,
            },
        };
        match backend.id() {
            "container" => Ok(Some(Way::OwnCgroup(limit))),
            "native" => Err(Failure::Unsupported(
                "a plain process has no limits of its own".to_owned(),
            )),
            _ if backend.is_vm() => Ok(Some(Way::Round(limit))),
            id => Err(Failure::Unsupported(format!(
                "isolab doesn't know the cgroups of {id}"
            ))),
        }
    }

    fn job(
        self,
        backend: &dyn Backend,
        lab: &Lab,
        way: Option<Way>,
        io_file: &Path,
    ) -> Result<Job, Failure> {
        let bounds = &lab.parameters.neighbours;
        let kind = match self.kind {
            Kind::Cpu => "cpu",
            Kind::Memory => "memory",
            Kind::PageCache => "page-cache",
            Kind::Disk => "io",
        };
        let mut args = vec!["burn".to_owned(), "--kind".to_owned(), kind.to_owned()];
        let mut touched_bytes = 0;
        let mut disk = None;
        match self.kind {
            Kind::Cpu => {}
            Kind::Memory => {
                touched_bytes = bounds.memory_bytes;
                args.extend(["--bytes".to_owned(), touched_bytes.to_string()]);
            }
            Kind::PageCache | Kind::Disk => {
                touched_bytes = bounds.file_bytes.min(lab.parameters.io_size_bytes);
                args.extend(on_file(touched_bytes));
                disk = Some(Disk {
                    file: noise_file(io_file, touched_bytes)?,
                    direct: self.kind == Kind::Disk,
                });
            }
        }
        // Never beyond the run: a burner that was forgotten stops by itself.
        let limit_ms = lab.parameters.timeout.as_millis().to_string();
        args.extend(["--limit-ms".to_owned(), limit_ms]);
        let mut memory_bytes = touched_bytes + backend.headroom_bytes();
        let mut launcher_args = Vec::new();
        if backend.id() == "container" {
            let mut cpus = usable_cpus() as f64;
            match way {
                Some(Way::OwnCgroup(Limit::Cpus(limit))) => cpus = limit,
                Some(Way::OwnCgroup(Limit::MemoryBytes(limit))) => memory_bytes = limit,
                _ => {}
            }
            launcher_args.extend(["--cpus".to_owned(), cpus.to_string()]);
        }
        Ok(Job {
            args,
            memory_bytes: Some(memory_bytes),
            disk,
            launcher_args,
            ..lab.job(&[])
        })
    }
}

/// The neighbours' own file beside the one for I/O, with the same pattern; it goes with that one's folder.
fn noise_file(io_file: &Path, bytes: u64) -> Result<PathBuf, Failure> {
    let path = io_file.with_file_name("noise");
    let has = std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() == bytes);
    if !has {
        // Left half-written by Ctrl-C, or of another size.
        std::fs::remove_file(&path).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        io_file::fill(&path, bytes)?;
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::by_id;
    use crate::budget::Budget;

    fn lab() -> Lab {
        Lab::for_single_instances(std::time::Duration::from_secs(5)).unwrap()
    }

    fn noise_of(case: &str) -> Noise {
        let found = CASES.iter().find(|(name, _)| *name == case);
        found.unwrap().1.unwrap()
    }

    #[test]
    fn what_neighbours_use_up_is_that_of_the_bounds() {
        let mut lab = lab();
        let folder = tempfile::tempdir().unwrap();
        let io_file = folder.path().join("disk");
        lab.parameters.io_size_bytes = 4 << 20;
        lab.parameters.neighbours.memory_bytes = 5 << 20;
        let container = by_id("container").unwrap();
        let job = |lab: &Lab, case| {
            let way = noise_of(case).way(container, &lab.parameters.neighbours, &io_file);
            noise_of(case)
                .job(container, lab, way.unwrap(), &io_file)
                .unwrap()
        };
        let memory = job(&lab, "memory");
        assert!(memory.args.contains(&(5 << 20).to_string()));
        assert_eq!(
            memory.memory_bytes,
            Some((5 << 20) + container.headroom_bytes())
        );
        lab.parameters.neighbours.file_bytes = 3 << 20;
        job(&lab, "page-cache");
        let length = |name| std::fs::metadata(folder.path().join(name)).unwrap().len();
        assert_eq!(length("noise"), 3 << 20);
        lab.parameters.neighbours.file_bytes = 9 << 20;
        job(&lab, "page-cache");
        assert_eq!(length("noise"), 4 << 20, "never longer than the other");
        lab.parameters.neighbours.limit_cpus = 0.5;
        assert_eq!(job(&lab, "cpu-limited").launcher_args, ["--cpus", "0.5"]);
        lab.parameters.neighbours.limit_memory_bytes = 6 << 20;
        assert_eq!(job(&lab, "page-cache-limited").memory_bytes, Some(6 << 20));
    }

    #[test]
    fn there_are_no_more_neighbours_than_the_bounds_and_the_budget_allow() {
        let mut lab = lab();
        lab.parameters.neighbours.instances = Some(1);
        for (case, _) in CASES.iter().skip(1) {
            assert_eq!(noise_of(case).count(&lab.parameters.neighbours), 1);
        }
        lab.parameters.neighbours.instances = None;
        assert_eq!(
            noise_of("cpu").count(&lab.parameters.neighbours),
            usable_cpus()
        );
        lab.parameters.memory_budget = Budget::Bytes(1 << 20);
        let native = by_id("native").unwrap();
        let started = Burners::start(&noise_of("cpu"), native, &lab, Path::new("/disk"));
        let reason = started.unwrap_err().reason();
        assert!(reason.contains("--memory-budget"), "{reason}");
    }

    #[test]
    fn neighbours_that_a_busy_host_kept_from_burning_are_a_warning() {
        assert!(too_little(0.3, Some(2.0)).is_some());
        assert_eq!(too_little(1.3, Some(2.0)), None);
        assert_eq!(too_little(0.9, Some(1.0)), None);
        assert_eq!(
            too_little(0.1, None),
            None,
            "limited, or waiting for storage"
        );
    }
}
