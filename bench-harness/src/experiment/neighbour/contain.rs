//! One instance does what it must not. What becomes of its neighbour and of the host?
//!
//! | case | the offender | what should stop it |
//! |---|---|---|
//! | `contain-memory` | touches 32 MiB more than it may have | container: its memory limit; VM: there is no more memory in it |
//! | `contain-processes` | starts processes, up to 200 | container: its limit; microVM: its kernel has no processes to give; Linux VM: nothing, they are the guest's own affair |
//! | `contain-crash` | writes through a null pointer | the kernel below it |
//! | `contain-panic` | destroys its own kernel (VMs only): the microVM's page tables; a Linux guest is given no first process | the VMM |
//!
//! 1. Run the measuring instance alone: its latency and its checksum.
//! 2. Start it again; when it measures, start the offender beside it and wait for its end.
//! 3. It was contained if it alone ended, and not with success; if the other one computed the same as before; and if nothing
//!    was left of either.
//!
//! All offenders are bounded, whether anything stops them or not. A plain process has no limits: what its offences would do
//! is what they do to the whole host, so only its crash is tried. A container has no kernel of its own: the one that would
//! panic is the host's, so that isn't tried either.
//!
//! Simplified: 0 or 1 per trial. How far an offence *before* its end disturbs is seen in the ratio of the latencies only.

use container_backend::full_set::LIMITS;

use super::unit_job;
use crate::backend::{Backend, Job};
use crate::experiment::Measurement;
use crate::failure::Failure;
use crate::instance::{Finished, Instance};
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;

pub(super) const CASES: [&str; 4] = [
    "contain-memory",
    "contain-processes",
    "contain-crash",
    "contain-panic",
];

/// 1: only the offender ended; 0 otherwise.
pub(super) const METRIC: &str = "neighbour.contained";
const RATIO: &str = "neighbour.neighbour_p50_ratio";
const PROCESSES: &str = "neighbour.processes";
const P50: &str = "neighbour.unit_p50_ns";

/// A kernel that finds nobody to run stops with a panic.
const NO_FIRST_PROCESS: &str = "rdinit=/no-such-program init=/no-such-program";

pub(super) fn measure(
    case: &str,
    backend: &dyn Backend,
    lab: &Lab,
) -> Result<Vec<Measurement>, Failure> {
    let offence = match offence(case, backend, lab) {
        Ok(offence) => offence,
        Err(Failure::Unsupported(reason)) => {
            return Ok(vec![Measurement::unsupported(METRIC, Unit::Count, reason)]);
        }
        Err(failure) => return Err(failure),
    };
    let watcher = unit_job(lab, None);
    let alone = lab.run(backend, &watcher)?;

    let mut beside = lab.start(backend, &watcher)?;
    beside.wait_for("ready")?;
    let offender = lab.start(backend, &offence.job).and_then(Instance::end);
    let beside = beside.finish();
    let found = judge(&offence, &alone, &beside, &offender)?;

    let mut contained = Measurement::new(METRIC, Unit::Count, f64::from(u8::from(found.is_none())));
    contained.warning = found;
    let mut measurements = vec![contained];
    let p50 = |finished: &Finished| finished.metric(P50);
    if let Some((with, without)) = beside.ok().as_ref().and_then(p50).zip(p50(&alone)) {
        let ratio = with / without.max(1.0);
        measurements.push(Measurement::new(RATIO, Unit::Ratio, ratio));
    }
    let started = offender.ok().and_then(|(life, _)| life.metric(PROCESSES));
    measurements.extend(started.map(|count| Measurement::new(PROCESSES, Unit::Count, count)));
    Ok(measurements)
}

/// What is done, and whether it may succeed.
#[derive(Debug)]
struct Offence {
    job: Job,
    /// What a guest does with itself alone is no offence against anybody else.
    may_succeed: bool,
}

type Offender = Result<(Finished, Option<Failure>), Failure>;

/// `None` if it was contained, otherwise what happened; an error if that can't be told.
fn judge(
    offence: &Offence,
    alone: &Finished,
    beside: &Result<Finished, Failure>,
    offender: &Offender,
) -> Result<Option<String>, Failure> {
    match (beside, offender) {
        (Err(Failure::Interrupted), _) | (_, Err(Failure::Interrupted)) => {
            Err(Failure::Interrupted)
        }
        (Err(failure), _) => Ok(Some(format!("its neighbour failed: {failure}"))),
        (Ok(beside), _) if beside.checksum != alone.checksum => {
            Ok(Some("its neighbour computed something else".to_owned()))
        }
        (_, Err(failure)) => Ok(Some(format!("the offender did not just end: {failure}"))),
        (_, Ok((_, None))) if !offence.may_succeed => {
            Ok(Some("nothing stopped the offender".to_owned()))
        }
        _ => Ok(None),
    }
}

fn offence(case: &str, backend: &dyn Backend, lab: &Lab) -> Result<Offence, Failure> {
    let bounds = &lab.parameters.neighbours;
    let is_native = backend.id() == "native";
    let no_limit = |what: &str| {
        Failure::Unsupported(format!(
            "a plain process has no limit of {what} that could contain it: the host would have to bear it"
        ))
    };
    let mut may_succeed = false;
    let job = match case {
        "contain-memory" if is_native => return Err(no_limit("memory")),
        "contain-processes" if is_native => return Err(no_limit("processes")),
        "contain-memory" => {
            let limit = backend.headroom_bytes();
            let wanted = limit + bounds.excess_bytes;
            memory_budget::check(lab.parameters.memory_budget, wanted)?;
            Job {
                memory_bytes: Some(limit),
                ..lab.job(&[
                    "offend",
                    "--by",
                    "memory",
                    "--mib",
                    &(wanted >> 20).to_string(),
                ])
            }
        }
        "contain-processes" => {
            may_succeed = backend.kernel().is_some();
            let limit = LIMITS.pids;
            if !backend.is_vm() && u64::from(bounds.processes) <= limit {
                return Err(Failure::Unsupported(format!(
                    "{} processes are no offence where {limit} may be started (remedy: --offender-processes)",
                    bounds.processes
                )));
            }
            let count = bounds.processes.to_string();
            lab.job(&["offend", "--by", "processes", "--count", &count])
        }
        "contain-crash" => lab.job(&["offend", "--by", "crash"]),
        "contain-panic" => panic_job(backend, lab)?,
        _ => return Err(Failure::Failed(format!("neighbour has no case {case}"))),
    };
    Ok(Offence { job, may_succeed })
}

fn panic_job(backend: &dyn Backend, lab: &Lab) -> Result<Job, Failure> {
    match backend.id() {
        "microvm" => Ok(lab.job(&["offend", "--by", "kernel"])),
        id if id.starts_with("linux-vm") => {
            let option = ["--cmdline-extra", NO_FIRST_PROCESS].map(str::to_owned);
            Ok(Job {
                launcher_args: option.to_vec(),
                ..lab.job(&["hello"])
            })
        }
        id if backend.is_vm() => Err(Failure::Unsupported(format!(
            "isolab knows no way to make the kernel in {id} panic"
        ))),
        id => Err(Failure::Unsupported(format!(
            "{id} has no kernel of its own: the one that would panic is the host's"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::instance::Consumption;
    use crate::timeline::Timeline;

    fn life(checksum: u64) -> Finished {
        Finished {
            spawned_ns: 0,
            reaped_ns: 9,
            gone_ns: 9,
            used: Consumption::default(),
            lines: Vec::new(),
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum,
        }
    }

    fn verdict(may_succeed: bool, beside: Result<Finished, Failure>, offender: Offender) -> String {
        let job = Job {
            args: Vec::new(),
            memory_bytes: None,
            disk: None,
            timeout: std::time::Duration::ZERO,
            launcher_args: Vec::new(),
        };
        let offence = Offence { job, may_succeed };
        let found = judge(&offence, &life(7), &beside, &offender).unwrap();
        found.unwrap_or_else(|| "contained".to_owned())
    }

    fn ended(failure: Option<&str>) -> Offender {
        Ok((
            life(0),
            failure.map(|text| Failure::Failed(text.to_owned())),
        ))
    }

    #[test]
    fn contained_is_an_offender_that_ended_alone() {
        assert_eq!(
            verdict(false, Ok(life(7)), ended(Some("exit code 137"))),
            "contained"
        );
        assert_eq!(verdict(true, Ok(life(7)), ended(None)), "contained");
    }

    #[test]
    fn whatever_else_happens_is_told() {
        let failed = |text: &str| Failure::Failed(text.to_owned());
        for (found, words) in [
            (
                verdict(false, Ok(life(7)), ended(None)),
                "nothing stopped the offender",
            ),
            (
                verdict(false, Ok(life(8)), ended(Some("exit code 1"))),
                "computed something else",
            ),
            (
                verdict(false, Err(failed("killed")), ended(Some("exit code 1"))),
                "its neighbour failed: killed",
            ),
            (
                verdict(false, Ok(life(7)), Err(failed("left behind: process 7"))),
                "left behind",
            ),
        ] {
            assert!(found.contains(words), "{found}");
        }
    }

    #[test]
    fn an_offender_is_bounded_by_what_was_asked_for_and_by_the_budget() {
        let mut lab = Lab::for_single_instances(std::time::Duration::from_secs(1)).unwrap();
        let container = crate::backend::by_id("container").unwrap();
        lab.parameters.neighbours.processes = 7;
        let declined = offence("contain-processes", container, &lab).unwrap_err();
        assert!(declined.reason().contains("--offender-processes"));
        lab.parameters.neighbours.processes = 77;
        lab.parameters.neighbours.excess_bytes = 5 << 20;
        let args = |case, lab: &Lab| offence(case, container, lab).unwrap().job.args;
        assert!(args("contain-processes", &lab).ends_with(&["--count", "77"].map(str::to_owned)));
        let mib = (container.headroom_bytes() >> 20) + 5;
        assert_eq!(args("contain-memory", &lab).last(), Some(&mib.to_string()));
        lab.parameters.memory_budget = Budget::Bytes(1 << 20);
        let declined = offence("contain-memory", container, &lab).unwrap_err();
        assert!(declined.reason().contains("--memory-budget"));
    }

    #[test]
    fn nothing_that_would_harm_the_host_is_tried() {
        let lab = Lab::for_single_instances(std::time::Duration::from_secs(1)).unwrap();
        for (backend, case) in [
            ("native", "contain-memory"),
            ("native", "contain-processes"),
            ("native", "contain-panic"),
            ("container", "contain-panic"),
        ] {
            let backend = crate::backend::by_id(backend).unwrap();
            let refused = offence(case, backend, &lab);
            assert!(
                matches!(refused, Err(Failure::Unsupported(_))),
                "{case} {refused:?}"
            );
        }
    }
}
