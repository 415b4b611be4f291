//! What an instance notices of its neighbours, and what becomes of them when one of them goes wrong.
//!
//! Noise, cases `alone`, `cpu`, `memory`, `page-cache`, `io` and each of these `-limited`:
//! 1. Start the noisy neighbours, of the same backend (`neighbour/noise.rs`), and wait until they burn.
//! 2. Run `unit` beside them: a fixed amount of computing, reading memory and reading storage, again and again; it takes the
//!    latency of each unit.
//! 3. Stop the neighbours. One that had ended before makes the trial a failure: there was no noise.
//!
//! `alone` is the same without neighbours, in the same round, so that each round has both sides of a ratio.
//!
//! What shares a CPU waits for it; what shares memory's bandwidth, the CPU's cache or a disk waits a little with each access.
//! Isolation keeps neighbours from each other's data; only limits keep them from each other's time, where there is a limit at
//! all: for bandwidth and caches there is none (`cgroup_limit.rs`).
//!
//! Containment, cases `contain-*`: `neighbour/contain.rs`.
//!
//! The clock is read inside, in every backend (`unit.rs` says why that is acceptable). It is held against the host's: units
//! that don't add up to what the host saw are a warning.
//!
//! Simplified: one kind of unit and one neighbour's behaviour at a time; caches are not told apart from bandwidth (Intel's RDT
//! could), and nobody pins CPUs.
//!
//! Read next: `neighbour/noise.rs`, `neighbour/contain.rs`.

pub(super) mod bounds;
mod contain;
mod noise;

use std::path::{Path, PathBuf};

use workload::protocol::Line as Protocol;

use self::noise::{Burners, Noise};
use super::{Effort, Experiment, Measurement, NeighbourBounds, Rounds};
use crate::backend::{Backend, DISK_PATH, Disk, Job};
use crate::failure::Failure;
use crate::instance::Finished;
use crate::io_file;
use crate::lab::Lab;
use crate::sample::Unit;

/// The experiment.
#[derive(Debug)]
pub struct Neighbour;

/// Of the time from `ready` to `done`, the least that the units must add up to.
const LEAST_INSIDE: f64 = 0.5;

impl Experiment for Neighbour {
    fn id(&self) -> &'static str {
        "neighbour"
    }

    fn cases(&self) -> Vec<&'static str> {
        let noises = noise::CASES.iter().map(|(case, _)| *case);
        noises.chain(contain::CASES).collect()
    }

    fn headline(&self, case: &str) -> &'static str {
        match case.starts_with("contain-") {
            true => contain::METRIC,
            false => "neighbour.unit_p99_ns",
        }
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let measured = match effort {
            Effort::Full => 9,
            Effort::Quick => 2,
            Effort::Emulated => 1,
        };
        Rounds {
            warm_up: 0,
            measured,
        }
    }

    fn needs_io_file(&self) -> bool {
        true
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        if contain::CASES.contains(&case) {
            return contain::measure(case, backend, lab);
        }
        let noise = noise::CASES.iter().find(|(name, _)| *name == case);
        let (_, noise) =
            noise.ok_or_else(|| Failure::Failed(format!("neighbour has no case {case}")))?;
        let Some(noise) = noise else {
            return measured(&lab.run(backend, &unit_job(lab, Some(io_file(lab)?)))?);
        };
        match beside(noise, backend, lab) {
            // Nothing went wrong: there is just no number for it.
            Err(Failure::Unsupported(reason)) => Ok(vec![
                Measurement::unsupported("neighbour.unit_p50_ns", Unit::Ns, reason.clone()),
                Measurement::unsupported("neighbour.unit_p99_ns", Unit::Ns, reason),
            ]),
            other => other,
        }
    }
}

/// Measures beside burning neighbours.
fn beside(noise: &Noise, backend: &dyn Backend, lab: &Lab) -> Result<Vec<Measurement>, Failure> {
    let file = io_file(lab)?;
    let burners = Burners::start(noise, backend, lab, file)?;
    let finished = lab.run(backend, &unit_job(lab, Some(file)))?;
    let burned = burners.stop()?;
    let mut measurements = measured(&finished)?;
    measurements.push(burned);
    Ok(measurements)
}

fn io_file(lab: &Lab) -> Result<&Path, Failure> {
    lab.io_file
        .as_deref()
        .ok_or_else(|| Failure::Failed("the lab has no file for I/O".to_owned()))
}

/// The instance that measures; without a file its units have no I/O.
fn unit_job(lab: &Lab, file: Option<&Path>) -> Job {
    let bounds = &lab.parameters.neighbours;
    let mut args = vec![
        "unit".to_owned(),
        "--units".to_owned(),
        bounds.least_units.to_string(),
        "--duration-ms".to_owned(),
        bounds.duration.as_millis().to_string(),
    ];
    if file.is_some() {
        args.extend(on_file(lab.parameters.io_size_bytes));
    }
    Job {
        args,
        disk: file.map(|file| Disk {
            file: PathBuf::from(file),
            direct: true,
        }),
        ..lab.job(&[])
    }
}

/// The workload's arguments for a file with the pattern.
fn on_file(size_bytes: u64) -> Vec<String> {
    let (size, seed) = (size_bytes.to_string(), io_file::SEED.to_string());
    let args = ["--file", DISK_PATH, "--size", &size, "--seed", &seed];
    args.map(str::to_owned).to_vec()
}

/// The workload's own metrics, with a warning if its clock and the host's disagree.
fn measured(finished: &Finished) -> Result<Vec<Measurement>, Failure> {
    let warning = disagreement(finished);
    let metrics = finished.lines.iter().filter(|line| line.is("metric"));
    metrics
        .map(|line| match Protocol::parse(&line.text) {
            Ok(Protocol::Metric { name, unit, value }) => {
                let unit = unit.parse().map_err(|_| malformed(&line.text))?;
                let mut measurement = Measurement::new(name, unit, value);
                measurement.warning = warning.clone();
                Ok(measurement)
            }
            _ => Err(malformed(&line.text)),
        })
        .collect()
}

fn malformed(line: &str) -> Failure {
    Failure::Failed(format!("a malformed metric: {line:?}"))
}

/// Whether the units add up to what the host's clock allows. On a busy machine the harness learns of `ready` and `done`
/// late: more than the whole life of the instance can't have passed inside, and much less than its work shouldn't have.
fn disagreement(finished: &Finished) -> Option<String> {
    let inside = finished.metric("neighbour.inside_ns")?;
    let done = finished.said_ns("done")?;
    let most = done.saturating_sub(finished.spawned_ns) as f64;
    let least = finished.work_ns()? as f64 * LEAST_INSIDE;
    let is_plausible = (least..=most).contains(&inside);
    (!is_plausible).then(|| {
        format!(
            "the clock inside counted {:.1} ms, the host's between {:.1} and {:.1}",
            inside / 1e6,
            least / 1e6,
            most / 1e6
        )
    })
}

#[cfg(test)]
mod tests;
