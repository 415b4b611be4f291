//! C3: because it shares the kernel, a container's I/O is as good as native; a VM's is not.
//!
//! Two questions in one. A VM pays for each crossing of its border, so what an operation costs and what a byte costs are
//! decided separately: 4 KiB random reads and 1 MiB sequential ones, both past the host's page cache.

use super::contest::native_beats_vms;
use super::evidence::{CONTAINER, Evidence, NATIVE};
use super::{Claim, Part, Said, Truth};
use crate::report::units::{human, times};
use crate::sample::Unit;

pub(super) const EXPERIMENT: &str = "io";
/// Name of the part, case and metric: what one operation costs, what one byte costs.
const QUESTIONS: [(&str, &str, &str); 2] = [
    ("operation", "direct-randread-4k", "io.lat_p50_ns"),
    ("byte", "direct-seqread-1m", "io.bandwidth_bytes_per_s"),
];
const EXITS: &str = "io.exits_per_op";

/// The claim.
#[derive(Debug)]
pub struct Io;

impl Claim for Io {
    fn id(&self) -> &'static str {
        "c3"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let of_container = QUESTIONS.map(|(name, case, metric)| {
            let statement = Said::key(format!("claims-c3-part-container-{name}"));
            let number = run.compare(EXPERIMENT, case, metric, CONTAINER, NATIVE);
            Part::as_good(statement, number.into_iter().collect())
                .or_because(|| run.absence(EXPERIMENT, case, metric, CONTAINER))
        });
        let of_vms = QUESTIONS.map(|(name, case, metric)| {
            let statement = Said::key(format!("claims-c3-part-vm-{name}"));
            native_beats_vms(run, statement, (EXPERIMENT, case, metric))
        });
        of_container.into_iter().chain(of_vms).collect()
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let [_, _, operation, byte] = parts else {
            return None;
        };
        let per_operation = operation.numbers.first()?;
        let (_, case, _) = QUESTIONS[0];
        let exits = run.median(EXPERIMENT, case, EXITS, &per_operation.reference)?;
        let slower = 1.0 / per_operation.ratio;
        // Exits explain a price per operation. Where bytes cost as much more, it is something else.
        let per_byte = byte.numbers.first().map_or(1.0, |one| one.ratio);
        (operation.truth == Truth::Holds && exits >= 1.0 && per_byte < slower).then(|| {
            Said::key("claims-c3-why-exits")
                .with("vm", &per_operation.reference)
                .with("exits", human(exits, Unit::Count))
                .with("operation", times(slower))
                .with("byte", times(per_byte))
        })
    }
}
