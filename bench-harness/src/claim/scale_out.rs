//! C10: containers scale out easily.
//!
//! Instances are started in parallel, 1, 2, 4 … at a time. Scaling out is easy if many start per second, and if starting several
//! at once is not paid for by each of them.

use super::contest::container_beats;
use super::evidence::{CONTAINER, Evidence, Kind};
use super::{Claim, Part, Said};
use crate::report::units::human;
use crate::sample::Unit;

const EXPERIMENT: &str = "scaleout";
const STARTS: &str = "scaleout.starts_per_s";
const READY: &str = "scaleout.ready_p50_ns";

/// The claim.
#[derive(Debug)]
pub struct ScaleOut;

impl Claim for ScaleOut {
    fn id(&self) -> &'static str {
        "c10"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let cases = parallel(run);
        let most = cases.last().copied().unwrap_or_default();
        let first = cases.first().copied().unwrap_or_default();
        let beats = [Kind::WithOs, Kind::WithoutOs].map(|kind| {
            let statement = Said::key(format!("claims-c10-part-{}", kind.key()));
            container_beats(run, statement, kind, (EXPERIMENT, most, STARTS))
        });
        let statement = Said::key("claims-c10-part-parallel");
        let grows = (first != most)
            .then(|| run.compare_cases(EXPERIMENT, STARTS, CONTAINER, most, first))
            .flatten();
        let parallel = Part::better(statement, grows.into_iter().collect())
            .or_because(|| run.absence(EXPERIMENT, most, STARTS, CONTAINER));
        beats.into_iter().chain([parallel]).collect()
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let cases = parallel(run);
        let ready = |case: &str| run.median(EXPERIMENT, case, READY, CONTAINER);
        let (one, many) = (ready(cases.first()?)?, ready(cases.last()?)?);
        let decided = parts.last().is_some_and(Part::is_decided);
        // Each start waits for others if it takes noticeably longer among them.
        (decided && many > 1.5 * one).then(|| {
            let count = cases.last().and_then(|case| case.strip_prefix(PARALLEL));
            Said::key("claims-c10-why-waiting")
                .with("count", count.unwrap_or_default())
                .with("one", human(one, Unit::Ns))
                .with("many", human(many, Unit::Ns))
        })
    }
}

const PARALLEL: &str = "parallel-";

/// The cases by how many start at a time.
fn parallel<'a>(run: &Evidence<'a>) -> Vec<&'a str> {
    let mut cases = run.cases(EXPERIMENT);
    cases.retain(|case| case.starts_with(PARALLEL));
    cases.sort_by_key(|case| {
        let count = case.strip_prefix(PARALLEL);
        count.and_then(|count| count.parse::<u32>().ok())
    });
    cases
}
