//! C1: a container shares the host's kernel; a VM has its own.
//!
//! Asked of the kernels themselves: release and boot id, seen inside and outside. What follows from sharing is the number of the
//! host's system calls that a program can reach: in a container those that the filter lets through, in a VM none, since the VMM
//! makes the host's calls for it.

use super::contest::needs_fewer;
use super::evidence::{CONTAINER, Evidence, VMS};
use super::fact::{is_no, is_yes};
use super::{Claim, Part, Said, Truth};
use crate::report::units::human;
use crate::sample::Unit;

pub(super) const EXPERIMENT: &str = "isolation";
pub(super) const CASE: &str = "facts";
const SHARES: &str = "isolation.shares_kernel";
const REACHABLE: &str = "isolation.reachable_calls";
const EXITS: &str = "isolation.exits";

/// The claim.
#[derive(Debug)]
pub struct Kernel;

impl Claim for Kernel {
    fn id(&self) -> &'static str {
        "c1"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let of = |backends: &[&str]| run.facts(EXPERIMENT, CASE, SHARES, backends);
        let statement = |name: &str| Said::key(format!("claims-c1-part-{name}"));
        let absence = |backends: &[&str]| run.first_absence(EXPERIMENT, CASE, SHARES, backends);
        vec![
            Part::always(statement("container"), of(&[CONTAINER]), is_yes)
                .or_because(|| absence(&[CONTAINER])),
            Part::always(statement("vm"), of(&VMS), is_no).or_because(|| absence(&VMS)),
        ]
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let vm = &parts.get(1)?.facts.first()?.backend;
        let exits = run.median(EXPERIMENT, CASE, EXITS, vm)?;
        let reachable = run.median(EXPERIMENT, CASE, REACHABLE, CONTAINER)?;
        let both_hold = parts.iter().all(|part| part.truth == Truth::Holds);
        (both_hold && exits >= 1.0).then(|| {
            Said::key("claims-c1-why-calls")
                .with("vm", vm)
                .with("exits", human(exits, Unit::Count))
                .with("calls", human(reachable, Unit::Count))
        })
    }
}

/// That fewer of the host's system calls can be reached from every VM: what sharing a kernel means for who is not trusted.
pub(super) fn vm_exposes_less(run: &Evidence, statement: Said) -> Part {
    needs_fewer(
        run,
        statement,
        (EXPERIMENT, CASE, REACHABLE),
        &VMS,
        &[CONTAINER],
    )
}
