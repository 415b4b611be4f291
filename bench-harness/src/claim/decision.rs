//! The decision table: for each pattern of work, who wins here, by how much, and from where on it no longer matters.
//!
//! A difference of start, memory or operations is paid once per start, instance or operation. So the same difference is decisive
//! for one kind of work and nothing for another, and the *break-even* says where one becomes the other: where the slower side
//! loses less than 2 % of the whole, which is what this report calls no practical difference.
//!
//! 1. Each [`Pattern`] names one number of the run and how its difference is diluted.
//! 2. The winner is the best median, if it beats the second best by the rule for differences; otherwise they are level.
//! 3. The break-even is that of the container and the VM without an operating system, or of whatever two there are.

use serde::{Deserialize, Serialize};

use super::contest::Place;
use super::evidence::{CONTAINER, Evidence, VMS};
use super::{Difference, Said};
use crate::report::units::human;
use crate::sample::Unit;
use crate::stats::verdict::{DEFAULT_BAND, Direction};
use crate::summary::metrics;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Decision {
    /// What kind of work.
    pub pattern: Said,
    /// The metric that decides.
    pub metric: String,
    /// What its values count.
    pub unit: Unit,
    /// Each backend's median, in order.
    pub cells: Vec<Cell>,
    /// Who wins; `None` if the numbers can't tell the best two apart.
    pub winner: Option<String>,
    /// How many times worse the worst is.
    pub margin: f64,
    /// From where on it no longer matters; `None` where a difference is never diluted.
    pub break_even: Option<Said>,
}

/// One backend's median.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cell {
    /// The backend.
    pub backend: String,
    /// Its median.
    pub median: f64,
}

/// A kind of work.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    name: &'static str,
    place: Place<'static>,
    diluted: Diluted,
}

/// What makes a difference small.
#[derive(Clone, Copy, Debug)]
enum Diluted {
    /// A start: by the time that the instance then runs.
    ByLife,
    /// An instance: by the memory that the program needs itself.
    ByMemory,
    /// An operation: by few of them per second.
    ByPauses,
    /// A byte: by few of them per second.
    ByRate,
    /// Nothing: it is a ratio of the whole already.
    Never,
}

const PATTERNS: [Pattern; 7] = [
    Pattern {
        name: "short-jobs",
        place: ("startup", "hello", "startup.total_ns"),
        diluted: Diluted::ByLife,
    },
    Pattern {
        name: "many-small",
        place: ("memory", "touched-0", "memory.pss_bytes"),
        diluted: Diluted::ByMemory,
    },
    Pattern {
        name: "requests",
        place: ("service", "instances-1", "service.latency_p50_ns"),
        diluted: Diluted::ByPauses,
    },
    Pattern {
        name: "small-io",
        place: ("io", "direct-randread-4k", "io.lat_p50_ns"),
        diluted: Diluted::ByPauses,
    },
    Pattern {
        name: "streams",
        place: ("io", "direct-seqread-1m", "io.bandwidth_bytes_per_s"),
        diluted: Diluted::ByRate,
    },
    Pattern {
        name: "computing",
        place: ("cpu", "int", "cpu.unit_ns"),
        diluted: Diluted::Never,
    },
    Pattern {
        name: "bursts",
        place: ("scaleout", "parallel-16", "scaleout.starts_per_s"),
        diluted: Diluted::Never,
    },
];

/// The lines for which the run has a container and a VM.
pub fn all(run: &Evidence) -> Vec<Decision> {
    PATTERNS
        .iter()
        .filter_map(|one| decide(run, *one))
        .collect()
}

fn decide(run: &Evidence, pattern: Pattern) -> Option<Decision> {
    let (experiment, case, metric) = pattern.place;
    let facts = run.facts(experiment, case, metric, &[&[CONTAINER], &VMS[..]].concat());
    let [container, vms @ ..] = facts.as_slice() else {
        return None;
    };
    if container.backend != CONTAINER || vms.is_empty() {
        return None;
    }
    let higher = metrics::direction(metric) == Direction::HigherIsBetter;
    let mut ranked: Vec<(&str, f64)> = facts
        .iter()
        .map(|fact| (fact.backend.as_str(), fact.median))
        .collect();
    ranked.sort_by(|a, b| match higher {
        true => b.1.total_cmp(&a.1),
        false => a.1.total_cmp(&b.1),
    });
    let ((best, best_value), (second, _)) = (ranked[0], ranked[1]);
    let compared = run.compare(experiment, case, metric, best, second)?;
    let worst = ranked.last().map_or(best_value, |(_, value)| *value);
    let unit = container.unit;
    Some(Decision {
        pattern: Said::key(format!("decision-{}", pattern.name)),
        metric: metric.to_owned(),
        unit,
        cells: facts
            .iter()
            .map(|fact| Cell {
                backend: fact.backend.clone(),
                median: fact.median,
            })
            .collect(),
        winner: (compared.difference == Difference::Better).then(|| best.to_owned()),
        margin: if higher {
            best_value / worst
        } else {
            worst / best_value
        },
        // The container beside the first VM: the lightest that was measured.
        break_even: break_even(pattern.diluted, container.median, vms[0].median),
    })
}

/// From where on the difference of two medians is less than the band.
fn break_even(diluted: Diluted, one: f64, other: f64) -> Option<Said> {
    let difference = (one - other).abs();
    if difference <= 0.0 || one <= 0.0 || other <= 0.0 {
        return None;
    }
    let whole = difference / DEFAULT_BAND;
    match diluted {
        Diluted::ByLife => Some(
            Said::key("decision-even-life")
                .with("life", human(whole, Unit::Ns))
                .with("starts", human(3600.0e9 / whole, Unit::Count)),
        ),
        Diluted::ByMemory => {
            Some(Said::key("decision-even-memory").with("memory", human(whole, Unit::Bytes)))
        }
        Diluted::ByPauses => Some(
            Said::key("decision-even-operations")
                .with("operations", human(1e9 / whole, Unit::PerS)),
        ),
        Diluted::ByRate => {
            let seconds_per_byte = (1.0 / one - 1.0 / other).abs();
            let rate = human(DEFAULT_BAND / seconds_per_byte, Unit::BytesPerS);
            Some(Said::key("decision-even-rate").with("rate", rate))
        }
        Diluted::Never => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(diluted: Diluted, one: f64, other: f64) -> Vec<String> {
        let said = break_even(diluted, one, other).unwrap();
        said.values.into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn a_difference_of_one_ms_is_two_percent_of_a_life_of_fifty() {
        let even = said(Diluted::ByLife, 3e6, 2e6);
        assert_eq!(even, ["50.0 ms", "72.0 k"]);
    }

    #[test]
    fn a_difference_of_one_mib_is_two_percent_of_fifty() {
        let even = said(Diluted::ByMemory, 2_097_152.0, 3_145_728.0);
        assert_eq!(even, ["50.0 MiB"]);
    }

    #[test]
    fn fifty_microseconds_more_are_two_percent_at_four_hundred_operations_per_second() {
        let even = said(Diluted::ByPauses, 50e3, 100e3);
        assert_eq!(even, ["400 /s"]);
    }

    #[test]
    fn a_second_more_per_gigabyte_is_two_percent_at_twenty_megabytes_per_second() {
        let even = said(Diluted::ByRate, 1e9, 0.5e9);
        assert_eq!(even, ["20.0 MB/s"]);
    }

    #[test]
    fn what_is_equal_or_never_diluted_has_no_break_even() {
        assert_eq!(break_even(Diluted::ByLife, 2.0, 2.0), None);
        assert_eq!(break_even(Diluted::Never, 2.0, 3.0), None);
    }
}
