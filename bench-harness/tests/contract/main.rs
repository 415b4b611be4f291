//! What every backend promises, checked on each one that this machine can run:
//!
//! 1. [`sameness`]: the same program computes, reads and writes the same.
//! 2. [`endings`]: a failure, a timeout, and an end on request are told apart.
//! 3. [`leftovers`]: nothing is left behind.
//! 4. [`many`]: many at once stay within their budget, and go with a harness that is killed.
//! 5. [`cards`]: what the cards of isolation and portability say is so.
//! 6. [`price`]: the harness takes next to nothing while a workload is timed, and criterion gets what it asks for.
//! 7. [`borders`]: an operation crosses as many borders as it must, and every part of the isolation can be left out.
//! 8. [`vmm_floor`]: every VMM runs a guest of a dozen instructions.
//! 9. [`neighbours`]: offenders end alone, limits hold, and what is added is used.
//! 10. [`service`]: all instances of a web service answer, and a request exits as often as it must.
//!
//! A backend that can't run is skipped by name, or fails the test if ISOLAB_REQUIRE names what it needs.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

mod borders;
mod cards;
mod endings;
mod leftovers;
mod many;
mod neighbours;
mod peers;
mod price;
mod sameness;
mod service;
mod vmm_floor;

use bench_harness::backend::{self, Backend};
use bench_harness::experiment::{self, Measurement};
use bench_harness::failure::Failure;
use bench_harness::host::kernel::is_lab_machine;
use bench_harness::lab::Lab;
use bench_harness::parameters::Parameters;
use bench_harness::require;

fn lab() -> Lab {
    Lab::for_single_instances(Parameters::usual_timeout()).unwrap()
}

/// What ISOLAB_REQUIRE calls the thing that a backend can't do without.
fn need_of(backend: &dyn Backend) -> &'static str {
    match backend.id() {
        "container" => "cgroup",
        "microvm" => "kvm",
        id if id.starts_with("linux-vm") => id,
        id if backend.is_peer() => id,
        _ => "root",
    }
}

/// Loses the end of a command that is over before it waits for it, about once in ten starts, and then waits for ever. It is
/// measured, with that as one of its results, but held to no contract.
const HANGS_NOW_AND_THEN: &str = "youki";

/// The backends that work here; the others are skipped aloud.
///
/// In the lab machine these are ours: runtimes of others are held to the contract on its host, and another VMM takes minutes
/// there for what it is asked to do by each test. [`vmms_of_others`] are asked once.
fn working(lab: &Lab) -> Vec<&'static dyn Backend> {
    let sensible = |backend: &&dyn Backend| !(backend.is_peer() && is_lab_machine());
    working_of(lab, backend::visible().filter(sensible))
}

/// The VMMs of others that can run a stock kernel here.
fn vmms_of_others(lab: &Lab) -> Vec<&'static dyn Backend> {
    working_of(
        lab,
        backend::visible().filter(|backend| backend.is_peer() && backend.is_vm()),
    )
}

/// The same without what others have made: for what only we promise.
fn ours(lab: &Lab) -> Vec<&'static dyn Backend> {
    working_of(lab, backend::ours())
}

/// Ours that start often enough for a test of many at once. In the lab machine a boot of Linux takes seconds, on one CPU that all of
/// them share: there, what is promised of many is asked of those that boot nothing.
fn ours_in_numbers(lab: &Lab) -> Vec<&'static dyn Backend> {
    let mut backends = ours(lab);
    backends.retain(|backend| !(is_lab_machine() && backend.id().starts_with("linux-vm")));
    backends
}

fn working_of(
    lab: &Lab,
    backends: impl Iterator<Item = &'static dyn Backend>,
) -> Vec<&'static dyn Backend> {
    let works = |backend: &&dyn Backend| {
        let Err(failure) = lab.first_start(*backend) else {
            return true;
        };
        let reason = format!("{}: {}", backend.id(), failure.reason());
        require::skip(need_of(*backend), &reason);
        false
    };
    let reliable = backends.filter(|backend| backend.id() != HANGS_NOW_AND_THEN);
    // An emulated processor in an emulated machine would still be booting tomorrow.
    let sensible = reliable.filter(|backend| !(backend.is_emulated() && is_lab_machine()));
    sensible.filter(works).collect()
}

/// Those of them that start often enough for a test of many starts: an emulated processor takes seconds for each.
fn quick(lab: &Lab) -> Vec<&'static dyn Backend> {
    let mut backends = working(lab);
    backends.retain(|backend| !backend.is_emulated());
    backends
}

fn measure(
    experiment: &str,
    case: &str,
    backend: &dyn Backend,
    lab: &Lab,
) -> Result<Vec<Measurement>, Failure> {
    let experiment = experiment::by_id(experiment).unwrap();
    experiment.measure(case, backend, lab)
}

/// The value of something that must have been measured.
fn value(measured: &[Measurement], metric: &str) -> f64 {
    let found = measured.iter().find(|one| one.metric == metric);
    let found = found.unwrap_or_else(|| panic!("no {metric}"));
    *found.value.as_ref().unwrap()
}

/// The value, or `None` if it can't be had.
fn value_if_any(measured: &[Measurement], metric: &str) -> Option<f64> {
    let found = measured.iter().find(|one| one.metric == metric)?;
    found.value.clone().ok()
}

/// How often something is repeated: an emulated machine boots a kernel in seconds, not in a tenth of one.
fn times(count: u32) -> u32 {
    if is_lab_machine() {
        (count / 25).max(3)
    } else {
        count
    }
}
