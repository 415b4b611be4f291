//! What host and instance see of each other: facts and counts, and no score.
//!
//! 1. From inside: `inspect` says which kernel answers, and what is in sight (`isolation/inside.rs`).
//! 2. From outside: while an instance holds, the host looks for a process that runs the workload's file. For a container it
//!    finds one, an ordinary process in namespaces; for a VM only the VMM (`isolation/outside.rs`).
//! 3. What the payload can reach: the host's system calls that its filter lets through. A payload that no process of the host
//!    runs reaches none: it can leave the guest, and the VMM answers. What a guest that took over the VMM could reach is
//!    beside it, `vmm_calls`.
//! 4. What it takes: the host's system calls of the whole tree for one `hello` (strace, `system_calls.rs`), those of the
//!    payload itself, and for a VM the exits by reason and the calls that the guest's own kernel answered.
//!
//! Nothing is timed. `isolab exec BACKEND -- inspect` shows the raw answers.
//!
//! Expected: as many calls by a container's payload as by a plain process, of fewer that are open to it; none by a VM's.
//!
//! Simplified: a count of open calls is not a measure of safety. One call with a hole in it is enough, and the exits of a VM
//! are an interface with holes of its own.
//!
//! Read next: container-backend's `seccomp/policy.rs`, vm-backend's `confine.rs`.

mod inside;
mod outside;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::sample::Unit;
use crate::system_calls::{self, SystemCalls};
use crate::vm_stats::VmStats;
use inside::count;
use outside::Outside;

/// The isolation card.
#[derive(Debug)]
pub struct Isolation;

impl Experiment for Isolation {
    fn id(&self) -> &'static str {
        "isolation"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["facts"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        "isolation.reachable_calls"
    }

    /// Facts don't spread. The counts of calls and exits do a little, which the rounds show.
    fn rounds(&self, effort: Effort) -> Rounds {
        let measured = match effort {
            Effort::Full => 6,
            Effort::Quick => 3,
            Effort::Emulated => 1,
        };
        Rounds {
            warm_up: 0,
            measured,
        }
    }

    fn measure(
        &self,
        _case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let mut measurements = inside::told(&lab.run(backend, &lab.job(&["inspect"]))?);
        let outside = outside::look(backend, lab)?;
        let hello = lab.job(&["hello"]);
        let calls = match system_calls::count(lab, backend, &hello) {
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            counted => counted,
        };
        measurements.extend(seen(&outside, backend));
        measurements.extend(made(&calls, &outside));
        // Of a life that nobody stopped at each call.
        let stats = lab.run(backend, &hello)?.stats;
        measurements.extend(stats.iter().flat_map(exits));
        Ok(measurements)
    }
}

fn seen(outside: &Outside, backend: &dyn Backend) -> Vec<Measurement> {
    let yes = |is: bool| f64::from(u8::from(is));
    let mut measurements = vec![
        of(
            "isolation.host_sees_workload",
            outside.sees_workload.clone().map(yes),
        ),
        of("isolation.reachable_calls", outside.reachable.clone()),
    ];
    if backend.is_vm() {
        let open = outside.of_launcher.clone();
        measurements.push(of("isolation.vmm_calls", open));
    }
    measurements
}

/// Without a process that runs the payload, the calls after the last exec are the VMM's and not its own.
fn made(calls: &Result<SystemCalls, Failure>, outside: &Outside) -> [Measurement; 2] {
    let all = calls.clone().map(|calls| calls.all as f64);
    let own = match outside.sees_workload {
        Ok(true) => calls.clone().map(|calls| calls.after_last_exec as f64),
        Ok(false) => Ok(0.0),
        Err(ref failure) => Err(failure.clone()),
    };
    [
        of("isolation.host_calls", all),
        of("isolation.payload_calls", own),
    ]
}

/// Exits by reason, and the calls that the guest's kernel was asked for.
fn exits(stats: &VmStats) -> Vec<Measurement> {
    let sum = |list: &[(String, u64)]| list.iter().map(|(_, count)| *count as f64).sum::<f64>();
    let mut measurements = vec![count("isolation.exits", Ok(stats.exit_count() as f64))];
    let by_reason = stats.exits.iter();
    measurements.extend(
        by_reason
            .map(|(reason, times)| count(&format!("isolation.exits.{reason}"), Ok(*times as f64))),
    );
    let answered = sum(&stats.system_calls) + sum(&stats.refused_calls);
    if answered > 0.0 {
        measurements.push(count("isolation.guest_calls", Ok(answered)));
    }
    measurements
}

fn of(metric: &str, value: Result<f64, Failure>) -> Measurement {
    Measurement {
        metric: metric.to_owned(),
        unit: Unit::Count,
        value,
        warning: None,
        note: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(sees_workload: bool) -> Outside {
        Outside {
            sees_workload: Ok(sees_workload),
            reachable: Ok(0.0),
            of_launcher: Ok(23.0),
        }
    }

    #[test]
    fn the_calls_of_a_vmm_are_not_those_of_its_payload() {
        let calls = Ok(SystemCalls {
            all: 150,
            after_last_exec: 149,
        });
        let values = |sees| made(&calls, &outside(sees)).map(|one| one.value);
        assert_eq!(values(false), [Ok(150.0), Ok(0.0)]);
        assert_eq!(values(true), [Ok(150.0), Ok(149.0)]);
    }

    #[test]
    fn exits_are_told_by_reason_and_the_guests_own_calls_beside_them() {
        let stats = VmStats::parse("exit io-host-call 12\nexit mmio 3\nsyscall 1 write 4\n");
        let measured = exits(&stats.unwrap().unwrap());
        let told: Vec<(&str, f64)> = measured
            .iter()
            .map(|one| (one.metric.as_str(), *one.value.as_ref().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("isolation.exits", 15.0),
                ("isolation.exits.io-host-call", 12.0),
                ("isolation.exits.mmio", 3.0),
                ("isolation.guest_calls", 4.0)
            ]
        );
    }
}
