//! C11: VMs suit monoliths and legacy or risky work, containers suit microservices and CI.
//!
//! Each word of it is a number: microservices are many small instances, CI is many short ones, a monolith runs long and computes,
//! legacy work needs another kernel, risky work should reach little of the host. The decision table (`decision.rs`) says where one
//! kind of work becomes the other on this machine.

use super::contest::{Place, container_beats};
use super::decision::{self, Decision};
use super::evidence::{Evidence, Kind, NATIVE, VMS};
use super::kernel::vm_exposes_less;
use super::other_system::{self, OTHER_KERNEL, vm_runs};
use super::{Claim, Part, Said, Truth};
use crate::report::units::times;

const CI: Place = ("startup", "hello", "startup.total_ns");
const MICROSERVICES: Place = ("memory", "touched-0", "memory.pss_bytes");
const MONOLITH: Place = ("cpu", "int", "cpu.unit_ns");

/// The claim.
#[derive(Debug)]
pub struct Suitability;

impl Claim for Suitability {
    fn id(&self) -> &'static str {
        "c11"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[
            "startup",
            "memory",
            super::io::EXPERIMENT,
            "cpu",
            "scaleout",
            "service",
            super::kernel::EXPERIMENT,
            other_system::EXPERIMENT,
        ]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let statement = |name: &str| Said::key(format!("claims-c11-part-{name}"));
        let beats = |name: &str, place: Place| {
            [Kind::WithOs, Kind::WithoutOs].map(|kind| {
                let statement = statement(&format!("{name}-{}", kind.key()));
                container_beats(run, statement, kind, place)
            })
        };
        let (experiment, case, metric) = MONOLITH;
        let computing = VMS
            .iter()
            .filter_map(|vm| run.compare(experiment, case, metric, vm, NATIVE))
            .collect();
        let mut parts = Vec::new();
        parts.extend(beats("ci", CI));
        parts.extend(beats("microservices", MICROSERVICES));
        parts.push(
            Part::as_good(statement("monolith"), computing)
                .or_because(|| run.first_absence(experiment, case, metric, &VMS)),
        );
        parts.push(vm_runs(run, statement("legacy"), OTHER_KERNEL));
        parts.push(vm_exposes_less(run, statement("risky")));
        parts
    }

    /// What tells the two apart most.
    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let decisions = decision::all(run);
        let largest = decisions
            .iter()
            .filter(|one| one.winner.is_some())
            .max_by(|a, b| a.margin.total_cmp(&b.margin))?;
        let decided = parts.iter().any(|part| part.truth == Truth::Holds);
        decided.then(|| {
            Said::key(format!("claims-c11-why-{}", largest.pattern.key))
                .with("margin", times(largest.margin))
        })
    }

    fn decisions(&self, run: &Evidence) -> Vec<Decision> {
        decision::all(run)
    }
}
