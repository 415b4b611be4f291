//! C2: because it shares the kernel, a container starts faster than a VM.
//!
//! Textbooks mean a VM with an operating system of its own. Whether the virtualization or that system is what takes the time
//! shows beside a VM that has none.

use super::contest::{Place, container_beats};
use super::evidence::{Evidence, Kind};
use super::{Claim, Part, Said, Truth};
use crate::report::units::{human, percent, times};
use crate::sample::Unit;

const EXPERIMENT: &str = "startup";
const CASE: &str = "hello";
const READY: Place = (EXPERIMENT, CASE, "startup.ready_ns");
/// The launcher's mark at which a stock kernel has started its first process, as distance from the mark before.
const BOOT: &str = "startup.phase.guest.kernel-boot_ns";

/// The claim.
#[derive(Debug)]
pub struct Startup;

impl Claim for Startup {
    fn id(&self) -> &'static str {
        "c2"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        [Kind::WithOs, Kind::WithoutOs]
            .map(|kind| {
                let statement = Said::key(format!("claims-c2-part-{}", kind.key()));
                container_beats(run, statement, kind, READY)
            })
            .into()
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let [with_os, without_os] = parts else {
            return None;
        };
        let vm = with_os.numbers.first();
        if let (Truth::Holds, Some(vm)) = (&with_os.truth, vm) {
            let boot = run.median(EXPERIMENT, CASE, BOOT, &vm.reference)?;
            let share = boot / vm.medians.1;
            // Only what takes most of the time explains it.
            return (share > 0.5).then(|| {
                Said::key("claims-c2-why-boot")
                    .with("vm", &vm.reference)
                    .with("share", percent(share))
                    .with("boot", human(boot, Unit::Ns))
            });
        }
        let micro = without_os.numbers.first()?;
        (without_os.truth == Truth::Fails).then(|| {
            Said::key("claims-c2-why-no-os")
                .with("vm", &micro.reference)
                .with("ratio", times(1.0 / micro.ratio))
        })
    }
}
