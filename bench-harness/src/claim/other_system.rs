//! C7: a VM can run another operating system than the host; a container cannot.
//!
//! Each is asked for a kernel of another release, and for a guest that is no Linux at all.

use super::evidence::{CONTAINER, Evidence, VMS};
use super::fact::{is_no, is_yes};
use super::{Claim, Part, Said, Truth};

pub(super) const EXPERIMENT: &str = "portability";
/// Case and metric.
pub(super) const OTHER_KERNEL: (&str, &str) = ("other-kernel", "portability.runs_other_kernel");
const OTHER_OS: (&str, &str) = ("other-os", "portability.runs_other_os");

/// The claim.
#[derive(Debug)]
pub struct OtherSystem;

impl Claim for OtherSystem {
    fn id(&self) -> &'static str {
        "c7"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        vec![
            vm_runs(run, Said::key("claims-c7-part-vm-kernel"), OTHER_KERNEL),
            vm_runs(run, Said::key("claims-c7-part-vm-os"), OTHER_OS),
            container_cannot(run, "container-kernel", OTHER_KERNEL),
            container_cannot(run, "container-os", OTHER_OS),
        ]
    }

    fn reason(&self, _run: &Evidence, parts: &[Part]) -> Option<Said> {
        let holds =
            |index: usize| parts.get(index).map(|part: &Part| &part.truth) == Some(&Truth::Holds);
        let vm_can = holds(0) || holds(1);
        let container_cannot = holds(2) || holds(3);
        (vm_can && container_cannot).then(|| Said::key("claims-c7-why-kernel"))
    }
}

/// That some VM runs it.
pub(super) fn vm_runs(run: &Evidence, statement: Said, (case, metric): (&str, &str)) -> Part {
    let facts = run.facts(EXPERIMENT, case, metric, &VMS);
    Part::possible(statement, facts, is_yes)
        .or_because(|| run.first_absence(EXPERIMENT, case, metric, &VMS))
}

fn container_cannot(run: &Evidence, name: &str, (case, metric): (&str, &str)) -> Part {
    let statement = Said::key(format!("claims-c7-part-{name}"));
    let facts = run.facts(EXPERIMENT, case, metric, &[CONTAINER]);
    Part::always(statement, facts, is_no)
        .or_because(|| run.absence(EXPERIMENT, case, metric, CONTAINER))
}
