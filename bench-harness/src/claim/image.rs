//! C8: containers are more portable: an image is smaller and needs less.
//!
//! Counted is what has to be shipped so that the program runs on another machine of this kind, and what must be there already.
//! The time is that of a first start from a cold copy, which has to be read from storage.

use super::contest::{Place, container_beats, container_needs_less, needs_fewer};
use super::evidence::{CONTAINER, Evidence, Kind, VMS};
use super::other_system::EXPERIMENT;
use super::{Claim, Part, Said, Truth};
use crate::report::units::human;
use crate::sample::Unit;

const CASE: &str = "artefact";
/// Ends of the keys of the statements, and the metrics that decide them.
const COUNTS: [(&str, &str); 2] = [
    ("bytes", "portability.bytes"),
    ("files", "portability.files"),
];
const LIBRARIES: Place = (EXPERIMENT, CASE, "portability.dependencies");
const COLD: Place = (EXPERIMENT, CASE, "portability.cold_first_ns");

/// The claim.
#[derive(Debug)]
pub struct Image;

impl Claim for Image {
    fn id(&self) -> &'static str {
        "c8"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let counts = COUNTS.map(|(name, metric)| {
            let statement = Said::key(format!("claims-c8-part-{name}"));
            container_needs_less(run, statement, (EXPERIMENT, CASE, metric))
        });
        let cold = [Kind::WithOs, Kind::WithoutOs].map(|kind| {
            let statement = Said::key(format!("claims-c8-part-cold-{}", kind.key()));
            container_beats(run, statement, kind, COLD)
        });
        let statement = Said::key("claims-c8-part-dependencies");
        let libraries = needs_fewer(run, statement, LIBRARIES, &[CONTAINER], &VMS);
        counts.into_iter().chain([libraries]).chain(cold).collect()
    }

    fn reason(&self, _run: &Evidence, parts: &[Part]) -> Option<Said> {
        let bytes = parts.first()?;
        let largest = bytes
            .numbers
            .iter()
            .max_by(|a, b| a.medians.1.total_cmp(&b.medians.1))?;
        let (container, vm) = largest.medians;
        (bytes.truth == Truth::Holds).then(|| {
            Said::key("claims-c8-why-kernel")
                .with("vm", &largest.reference)
                .with("more", human(vm - container, Unit::Bytes))
        })
    }
}
