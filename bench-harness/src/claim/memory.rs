//! C4: containers are lighter in memory, since each VM pays for a whole operating system.
//!
//! What counts is what an instance costs the host: its proportional set size (PSS), in which shared pages are divided among
//! those who share them; what each further instance costs when many run; and the least that is enough. A VM without an operating
//! system separates the price of virtualization from that of the system.

use super::contest::{Place, container_beats};
use super::evidence::{Evidence, Kind};
use super::{Claim, Part, Said, Truth};
use crate::report::units::{human, percent};
use crate::sample::Unit;

const EXPERIMENT: &str = "memory";
const CASE: &str = "touched-0";
/// What of a VM's memory is its guest's; the rest is the VMM's own.
const GUEST_RAM: &str = "memory.guest_ram_bytes";
/// Ends of the keys of the statements, and what decides each.
const QUESTIONS: [(&str, Place); 3] = [
    ("", (EXPERIMENT, CASE, "memory.pss_bytes")),
    ("further-", ("density", "fit", "density.pss_slope_bytes")),
    ("least-", ("density", "smallest", "density.smallest_bytes")),
];

/// The claim.
#[derive(Debug)]
pub struct Memory;

impl Claim for Memory {
    fn id(&self) -> &'static str {
        "c4"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT, "density"]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let of = |(name, place): &(&str, Place)| {
            [Kind::WithOs, Kind::WithoutOs].map(|kind| {
                let statement = Said::key(format!("claims-c4-part-{name}{}", kind.key()));
                container_beats(run, statement, kind, *place)
            })
        };
        QUESTIONS.iter().flat_map(of).collect()
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let heavier = parts
            .iter()
            .take(2)
            .find(|part| part.truth == Truth::Holds)?;
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
