//! C3: because it shares the kernel, a container's I/O is as good as native; a VM's is not.
//!
//! Two questions in one. A VM pays for each crossing of its border, so what an operation costs and what a byte costs are
//! decided separately: 4 KiB random reads and 1 MiB sequential ones, both past the host's page cache.

use super::evidence::{CONTAINER, Evidence, Kind, NATIVE};
use super::{Claim, Part, Said, Truth};
use crate::report::units::{human, times};
use crate::sample::Unit;

const EXPERIMENT: &str = "io";
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
        let mut parts = Vec::new();
        for (name, case, metric) in QUESTIONS {
            let statement = Said::key(format!("claims-c3-part-container-{name}"));
            parts.push(
                match run.compare(EXPERIMENT, case, metric, CONTAINER, NATIVE) {
                    Some(compared) => Part::as_good(statement, vec![compared]),
                    None => {
                        let reason = run.absence(EXPERIMENT, case, metric, CONTAINER);
                        Part::untested(statement, reason)
                    }
                },
            );
        }
        for (name, case, metric) in QUESTIONS {
            parts.push(worse_in_a_vm(run, name, case, metric));
        }
        parts
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

/// That native is better than every VM that was measured.
fn worse_in_a_vm(run: &Evidence, name: &str, case: &str, metric: &str) -> Part {
    let statement = Said::key(format!("claims-c3-part-vm-{name}"));
    let kinds = [Kind::WithOs, Kind::WithoutOs];
    let vms = kinds.map(|kind| run.measured(kind, EXPERIMENT, case, metric));
    let numbers = vms
        .concat()
        .into_iter()
        .filter_map(|vm| run.compare(EXPERIMENT, case, metric, NATIVE, vm))
        .collect::<Vec<_>>();
    if numbers.is_empty() {
        let backends: Vec<&str> = kinds
            .iter()
            .flat_map(|kind| kind.backends())
            .copied()
            .collect();
        let reason = run.first_absence(EXPERIMENT, case, metric, &backends);
        return Part::untested(statement, reason);
    }
    Part::better(statement, numbers)
}
