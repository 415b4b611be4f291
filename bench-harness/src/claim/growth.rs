//! C9: a VM is given hardware on request and can be grown; a container can be grown at will.
//!
//! The limit of a running instance is raised, and the time counts until the program inside could use what it got. An instance
//! that can't be grown has no such time, and the reason stands in its place.

use super::contest::{container_beside, why_untested};
use super::evidence::{CONTAINER, Evidence, Kind, VMS};
use super::{Claim, Part, Said, Truth};
use crate::report::units::human;
use crate::sample::Unit;

const EXPERIMENT: &str = "elasticity";
const GROW: &str = "elasticity.grow_ns";
const CASES: [&str; 2] = ["memory", "cpu"];

/// The claim.
#[derive(Debug)]
pub struct Growth;

impl Claim for Growth {
    fn id(&self) -> &'static str {
        "c9"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let sides: [(&str, &[&str]); 2] = [("container", &[CONTAINER]), ("vm", &VMS)];
        let mut parts = Vec::new();
        for (name, backends) in sides {
            for case in CASES {
                let statement = Said::key(format!("claims-c9-part-{name}-{case}"));
                let facts = run.facts(EXPERIMENT, case, GROW, backends);
                // That there is a time says that it could be grown.
                let part = Part::possible(statement, facts, |_| true);
                parts.push(part.or_because(|| run.first_absence(EXPERIMENT, case, GROW, backends)));
            }
        }
        parts
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let container = parts.first()?.facts.first()?;
        let beside = [Kind::WithOs, Kind::WithoutOs]
            .into_iter()
            .flat_map(|kind| container_beside(run, kind, (EXPERIMENT, CASES[0], GROW)))
            .next();
        let grown = parts.iter().all(|part| part.truth == Truth::Holds);
        match beside {
            Some(vm) if grown => Some(
                Said::key("claims-c9-why-both")
                    .with("container", human(vm.medians.0, Unit::Ns))
                    .with("vm", &vm.reference)
                    .with("time", human(vm.medians.1, Unit::Ns)),
            ),
            _ => {
                let vm_why = why_untested(run, (EXPERIMENT, CASES[0], GROW), &VMS);
                let is_alone = vm_why.is_empty();
                let time = human(container.median, Unit::Ns);
                (!is_alone).then(|| Said::key("claims-c9-why-limit").with("time", time))
            }
        }
    }
}
