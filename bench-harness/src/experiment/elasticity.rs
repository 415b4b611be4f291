//! How soon a running instance can use more than it was given at its start.
//!
//! | case | container | VM |
//! |---|---|---|
//! | `memory` | the limit of its memory cgroup is raised | microVM: a second slot of memory is added; stock kernels: a balloon lets pages out |
//! | `cpu` | the quota of its CPU cgroup is raised from a tenth of a CPU to one | the same quota of a cgroup round its VMM: no CPU is added |
//!
//! The time begins before the request is made, and ends when the host sees that the workload has used what is new:
//!
//! - Memory (`elasticity/memory.rs`): the workload fills a part of what it has, and waits. The request is made, the workload is
//!   told, and it touches 32 MiB that did not fit before.
//! - CPU (`elasticity/cpu.rs`): the workload computes, and says so every millisecond. When it falls silent it has used up its
//!   quota and is kept from the CPU; that is when the request is made. The time ends with its next word.
//!
//! That it had to grow for what it did is checked in each trial: it has more than the old limit then, or than its stock kernel had
//! left; and it was the quota that kept it from the CPU, and does so no more. If not, the trial has failed.
//!
//! A plain process has no limits that could be raised. What else can't be done here is `unsupported`: memory for stock kernels
//! without a balloon's driver, and a second CPU for a running VM.
//!
//! The three ways differ in who does the work. A cgroup's limit is a number. A slot is new memory, for which the host's kernel changes
//! the VM. What a balloon lets out was the guest's all along: its own kernel frees page after page, and the request is over when it
//! has done so with all of them. In return, a balloon can be filled again.
//!
//! Simplified: growing only. To take memory back is what is hard: the one inside must give it up first.
//!
//! Read next: `elasticity/memory.rs`, `cgroup_limit.rs`; vm-backend's `control.rs` and `device/balloon`.

mod cpu;
mod memory;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::sample::Unit;

/// The experiment.
#[derive(Debug)]
pub struct Elasticity;

/// The request until the workload has used what is new.
const METRIC: &str = "elasticity.grow_ns";
/// The part of it until the request was carried out.
const REQUEST: &str = "elasticity.request_ns";

impl Experiment for Elasticity {
    fn id(&self) -> &'static str {
        "elasticity"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["memory", "cpu"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        METRIC
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 12),
            Effort::Quick => (0, 3),
            Effort::Emulated => (0, 1),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let grown = match case {
            _ if backend.id() == "native" => Err(Failure::Unsupported(
                "a plain process has no limit of its own that could be raised".to_owned(),
            )),
            "memory" => memory::grow(backend, lab),
            "cpu" => cpu::grow(backend, lab),
            _ => Err(Failure::Failed(format!("elasticity has no case {case}"))),
        };
        let mut measurements = match grown {
            Ok(times) => vec![
                Measurement::ns(METRIC, times.grow_ns),
                Measurement::ns(REQUEST, times.request_ns),
            ],
            // Nothing went wrong: there is just no number for it.
            Err(Failure::Unsupported(reason)) => {
                vec![Measurement::unsupported(METRIC, Unit::Ns, reason)]
            }
            Err(failure) => return Err(failure),
        };
        if case == "cpu" && backend.is_vm() {
            measurements.push(Measurement::unsupported(
                "elasticity.add_cpu_ns",
                Unit::Ns,
                "no CPU can be added to a VM that runs: neither to the microVM, which has one, nor to a stock kernel in this VMM",
            ));
        }
        Ok(measurements)
    }
}

/// How long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    /// From just before the request until the workload has used what is new.
    grow_ns: u64,
    /// From just before the request until it was carried out.
    request_ns: u64,
}
