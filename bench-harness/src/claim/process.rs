//! C5: a container is an isolated process: the host sees it, and inside it believes to be alone.
//!
//! The same program, looked at from both sides. In a VM the host sees only the VMM.

use super::evidence::{CONTAINER, Evidence, NATIVE, VMS};
use super::fact::{is_no, is_yes};
use super::kernel::{CASE, EXPERIMENT};
use super::{Claim, Part, Said, Truth};
use crate::report::units::human;
use crate::sample::Unit;

const SEEN: &str = "isolation.host_sees_workload";
const VISIBLE: &str = "isolation.visible_processes";
/// Alone is who sees nobody but itself and its own init.
const ALONE: f64 = 2.0;

/// The claim.
#[derive(Debug)]
pub struct Process;

impl Claim for Process {
    fn id(&self) -> &'static str {
        "c5"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let facts = |metric, backends: &[&str]| run.facts(EXPERIMENT, CASE, metric, backends);
        let statement = |name: &str| Said::key(format!("claims-c5-part-{name}"));
        let why = |metric, backends: &[&str]| run.first_absence(EXPERIMENT, CASE, metric, backends);
        vec![
            Part::always(statement("seen"), facts(SEEN, &[CONTAINER]), is_yes)
                .or_because(|| why(SEEN, &[CONTAINER])),
            Part::always(statement("alone"), facts(VISIBLE, &[CONTAINER]), |count| {
                count <= ALONE
            })
            .or_because(|| why(VISIBLE, &[CONTAINER])),
            Part::always(statement("hidden"), facts(SEEN, &VMS), is_no)
                .or_because(|| why(SEEN, &VMS)),
        ]
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let [seen, alone, _] = parts else {
            return None;
        };
        let outside = run.median(EXPERIMENT, CASE, VISIBLE, NATIVE)?;
        let inside = run.median(EXPERIMENT, CASE, VISIBLE, CONTAINER)?;
        let hides = seen.truth == Truth::Holds && alone.truth == Truth::Holds && inside < outside;
        hides.then(|| {
            Said::key("claims-c5-why-namespace")
                .with("inside", human(inside, Unit::Count))
                .with("outside", human(outside, Unit::Count))
        })
    }
}
