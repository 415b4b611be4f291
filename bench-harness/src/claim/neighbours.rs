//! C6: containers and VMs do not disturb their neighbours.
//!
//! A victim works alone and beside an offender that burns CPU, memory bandwidth, page cache or disk, once without limits and
//! once with. It is not disturbed if its work takes as long as alone. An offender that crashes or runs out of memory must end
//! alone.

use super::evidence::{CONTAINER, Evidence, VMS};
use super::fact::is_yes;
use super::{Claim, Part, Said, Truth};

const EXPERIMENT: &str = "neighbour";
const ALONE: &str = "alone";
const UNIT: &str = "neighbour.unit_p50_ns";
const CONTAINED: &str = "neighbour.contained";
const LIMITED: &str = "-limited";
const CONTAIN: &str = "contain-";

/// The claim.
#[derive(Debug)]
pub struct Neighbours;

impl Claim for Neighbours {
    fn id(&self) -> &'static str {
        "c6"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[EXPERIMENT]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let sides: [(&str, &[&str]); 2] = [("container", &[CONTAINER]), ("vm", &VMS)];
        sides
            .into_iter()
            .flat_map(|(name, backends)| {
                [
                    undisturbed(run, name, backends, false),
                    undisturbed(run, name, backends, true),
                    contained(run, name, backends),
                ]
            })
            .collect()
    }

    fn reason(&self, _run: &Evidence, parts: &[Part]) -> Option<Said> {
        let [container, container_limited, _, vm, vm_limited, _] = parts else {
            return None;
        };
        let is = |part: &Part, truth| part.truth == truth;
        if is(container, Truth::Fails) && is(container_limited, Truth::Holds) {
            return Some(Said::key("claims-c6-why-limits"));
        }
        let both = is(container, Truth::Fails) && is(vm, Truth::Fails);
        let limits_fail = is(container_limited, Truth::Fails) && is(vm_limited, Truth::Fails);
        match (both, limits_fail) {
            (true, true) => Some(Said::key("claims-c6-why-unlimited-resource")),
            (true, false) => Some(Said::key("claims-c6-why-hardware")),
            _ => None,
        }
    }
}

/// That the victim's work takes as long beside each offender as alone.
fn undisturbed(run: &Evidence, name: &str, backends: &[&str], limited: bool) -> Part {
    let how = if limited { "limited" } else { "free" };
    let statement = Said::key(format!("claims-c6-part-{name}-{how}"));
    let cases = run.cases(EXPERIMENT);
    let cases = cases.iter().filter(|case| {
        **case != ALONE && !case.starts_with(CONTAIN) && case.ends_with(LIMITED) == limited
    });
    let numbers = cases
        .flat_map(|case| backends.iter().map(move |backend| (case, backend)))
        .filter_map(|(case, backend)| run.compare_cases(EXPERIMENT, UNIT, backend, case, ALONE))
        .collect();
    Part::as_good(statement, numbers)
        .or_because(|| run.first_absence(EXPERIMENT, ALONE, UNIT, backends))
}

/// That an offender that goes wrong ends alone.
fn contained(run: &Evidence, name: &str, backends: &[&str]) -> Part {
    let statement = Said::key(format!("claims-c6-part-{name}-contained"));
    let cases = run.cases(EXPERIMENT).into_iter();
    let facts = cases
        .filter(|case| case.starts_with(CONTAIN))
        .flat_map(|case| run.facts(EXPERIMENT, case, CONTAINED, backends))
        .collect();
    Part::always(statement, facts, is_yes)
}
