//! What each part of the isolation costs: the same start again and again, each time with one part more.
//!
//! 1. Every rung of [`ladder`] is a start that differs from the one below it in one part: a namespace, a filter, an ioctl.
//!    The launchers can leave parts out (`container-backend run --without`) or stop after a step (`vm-backend run --until`).
//! 2. Time it as a whole, from just before the spawn until it was reaped. Taking a part down again is part of its price, and
//!    often the larger one; a stop watch inside the launcher would miss it.
//! 3. All rungs run once in each round, in random order. The report subtracts: what a rung takes more than the one below it
//!    is what its part costs *in addition to all parts before*. Another order of the parts would give other increments.
//!
//! Increments of a few microseconds drown in the noise of starts that take milliseconds. They are shown as they are, with
//! their intervals, also where they come out negative: that means "too small to be seen", and not "it saves time".
//!
//! Memory that is prefaulted is taken at once. A size beyond the memory budget, or beyond `--ablation-memory`, is not tried, and
//! the large ones only run in some rounds of a full run.
//!
//! Simplified: one order of the parts. Parts that need each other (a cgroup namespace and a cgroup) would show it in others.
//!
//! Read next: `ablation/ladder.rs`, `summary/increment.rs`, `container-backend/src/part.rs`, `vm-backend/src/step.rs`.

pub mod ladder;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::{Backend, Disk, Job};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::memory_budget;
use ladder::{LADDER, Rung};

/// The ablation experiment.
#[derive(Debug)]
pub struct Ablation;

impl Experiment for Ablation {
    fn id(&self) -> &'static str {
        "ablation"
    }

    fn cases(&self) -> Vec<&'static str> {
        LADDER.iter().map(|rung| rung.case).collect()
    }

    fn headline(&self, _case: &str) -> &'static str {
        "ablation.total_ns"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 48),
            Effort::Quick => (0, 9),
            Effort::Emulated => (0, 2),
        };
        Rounds { warm_up, measured }
    }

    fn stride(&self, case: &str, effort: Effort) -> Option<u32> {
        let touched = ladder::rung_of(case).map_or(0, |rung| rung.touched_bytes());
        match (effort, touched >> 20) {
            (_, 0..256) => Some(1),
            (Effort::Full, 256..2048) => Some(8),
            (Effort::Full, _) => Some(24),
            _ => None,
        }
    }

    fn applies_to(&self, case: &str, backend: &dyn Backend) -> bool {
        ladder::rung_of(case).is_some_and(|rung| rung.backend() == backend.id())
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
        let rung = ladder::rung_of(case)
            .ok_or_else(|| Failure::Failed(format!("ablation has no case {case}")))?;
        refuse_too_much(rung.touched_bytes(), lab.parameters.ablation_memory_bytes)?;
        memory_budget::check(lab.parameters.memory_budget, rung.touched_bytes())?;
        let instance = lab.start(backend, &job(rung, lab)?)?;
        if !rung.runs_the_workload() {
            let ended = instance.finish_without_a_word()?;
            let total_ns = ended.reaped_ns.saturating_sub(ended.spawned_ns);
            return Ok(vec![Measurement::ns("ablation.total_ns", total_ns)]);
        }
        let times = super::startup_times(&instance.finish()?)?;
        Ok(vec![
            Measurement::ns("ablation.total_ns", times.total_ns),
            Measurement::ns("ablation.ready_ns", times.ready_ns),
        ])
    }
}

fn job(rung: &Rung, lab: &Lab) -> Result<Job, Failure> {
    let mut job = Job {
        launcher_args: rung.launcher_args(),
        memory_bytes: rung.memory_bytes,
        ..lab.job(&["hello"])
    };
    if rung.has_disk {
        let missing = || Failure::Failed("the lab has no file for I/O".to_owned());
        job.disk = Some(Disk {
            file: lab.io_file.clone().ok_or_else(missing)?,
            direct: false,
        });
    }
    Ok(job)
}

/// The largest rungs take minutes on some machines.
fn refuse_too_much(touched_bytes: u64, most_bytes: u64) -> Result<(), Failure> {
    if touched_bytes <= most_bytes {
        return Ok(());
    }
    Err(Failure::Unsupported(format!(
        "it would take {} MiB at once, more than {} MiB (remedy: --ablation-memory)",
        touched_bytes >> 20,
        most_bytes >> 20
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::by_id;
    use crate::budget::Budget;
    use crate::parameters::Parameters;

    #[test]
    fn a_rung_that_would_take_more_than_it_may_is_not_tried() {
        assert_eq!(refuse_too_much(1 << 30, 1 << 30), Ok(()));
        let refused = refuse_too_much((1 << 30) + 1, 1 << 30).unwrap_err();
        assert!(matches!(refused, Failure::Unsupported(_)));
        assert_eq!(refuse_too_much(0, 0), Ok(()));
    }

    #[test]
    fn both_bounds_on_memory_decline_a_rung_with_their_flag() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        let microvm = by_id("microvm").unwrap();
        let declined = |lab: &Lab| {
            let measured = Ablation.measure("vm-prefault-512m", microvm, lab);
            measured.unwrap_err().reason()
        };
        lab.parameters.ablation_memory_bytes = 511 << 20;
        assert!(declined(&lab).contains("--ablation-memory"));
        lab.parameters.ablation_memory_bytes = 512 << 20;
        lab.parameters.memory_budget = Budget::Bytes(511 << 20);
        assert!(declined(&lab).contains("--memory-budget"));
    }

    #[test]
    fn each_rung_runs_on_one_backend_of_ours() {
        for rung in LADDER {
            let backend = by_id(rung.backend()).unwrap();
            assert!(Ablation.applies_to(rung.case, backend));
            assert!(!Ablation.applies_to(rung.case, by_id("native").unwrap()));
        }
    }

    #[test]
    fn what_takes_long_is_measured_seldom_and_never_in_a_quick_run() {
        let stride =
            |case| [Effort::Full, Effort::Quick].map(|effort| Ablation.stride(case, effort));
        assert_eq!(stride("vm-memory-4g"), [Some(1), Some(1)]);
        assert_eq!(stride("vm-prefault-128m"), [Some(1), Some(1)]);
        assert_eq!(stride("vm-prefault-4g"), [Some(24), None]);
    }
}
