//! C4: containers are lighter in memory, since each VM pays for a whole operating system.
//!
//! What counts is what an instance costs the host: its proportional set size (PSS), in which shared pages are divided among
//! those who share them. A VM without an operating system separates the price of virtualization from that of the system.

use super::evidence::{CONTAINER, Evidence, Kind};
use super::{Claim, Compared, Part, Said, Truth};
use crate::report::units::{human, percent};
use crate::sample::Unit;

const EXPERIMENT: &str = "memory";
const CASE: &str = "touched-0";
const PSS: &str = "memory.pss_bytes";
/// What of a VM's memory is its guest's; the rest is the VMM's own.
const GUEST_RAM: &str = "memory.guest_ram_bytes";

/// The claim.
#[derive(Debug)]
pub struct Memory;

impl Claim for Memory {
    fn id(&self) -> &'static str {
        "c4"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        [Kind::WithOs, Kind::WithoutOs]
            .map(|kind| {
                let statement = Said::key(format!("claims-c4-part-{}", kind.key()));
                let numbers: Vec<Compared> = run
                    .measured(kind, EXPERIMENT, CASE, PSS)
                    .into_iter()
                    .filter_map(|vm| run.compare(EXPERIMENT, CASE, PSS, CONTAINER, vm))
                    .collect();
                match numbers.is_empty() {
                    true => {
                        let reason = run.first_absence(EXPERIMENT, CASE, PSS, kind.backends());
                        Part::untested(statement, reason)
                    }
                    false => Part::better(statement, numbers),
                }
            })
            .into()
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let heavier = parts.iter().find(|part| part.truth == Truth::Holds)?;
        let vm = heavier.numbers.first()?;
        let guest_ram = run.median(EXPERIMENT, CASE, GUEST_RAM, &vm.reference)?;
        let share = guest_ram / vm.medians.1;
        (share > 0.5).then(|| {
            Said::key("claims-c4-why-guest")
                .with("vm", &vm.reference)
                .with("share", percent(share))
                .with("guest", human(guest_ram, Unit::Bytes))
        })
    }
}
