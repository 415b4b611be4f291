//! The statements that most claims are made of: one side is better than the other in one number.

use super::evidence::{CONTAINER, Evidence, Kind, NATIVE, VMS};
use super::{Compared, Part, Said};

/// Experiment, case and metric.
pub type Place<'a> = (&'a str, &'a str, &'a str);

/// The container beside each VM of a kind.
pub fn container_beside(run: &Evidence, kind: Kind, place: Place) -> Vec<Compared> {
    let (experiment, case, metric) = place;
    let measured = run.measured(kind, experiment, case, metric).into_iter();
    measured
        .filter_map(|vm| run.compare(experiment, case, metric, CONTAINER, vm))
        .collect()
}

/// That the container is better than every VM of a kind.
pub fn container_beats(run: &Evidence, statement: Said, kind: Kind, place: Place) -> Part {
    Part::better(statement, container_beside(run, kind, place))
        .or_because(|| why_untested(run, place, kind.backends()))
}

/// That the container needs less than every VM of what is counted and not sampled.
pub fn container_needs_less(run: &Evidence, statement: Said, place: Place) -> Part {
    let (experiment, case, metric) = place;
    let numbers = VMS
        .iter()
        .filter_map(|vm| run.compare_counts(experiment, case, metric, CONTAINER, vm))
        .collect();
    Part::better(statement, numbers).or_because(|| why_untested(run, place, &VMS))
}

/// That each of ours counts fewer than every one of theirs. None at all is a number too, of which there is no ratio.
pub fn needs_fewer(
    run: &Evidence,
    statement: Said,
    place: Place,
    ours: &[&str],
    theirs: &[&str],
) -> Part {
    let (experiment, case, metric) = place;
    let of = |backends: &[&str]| run.facts(experiment, case, metric, backends);
    let (ours_found, theirs_found) = (of(ours), of(theirs));
    let least = theirs_found
        .iter()
        .map(|fact| fact.min)
        .fold(f64::MAX, f64::min);
    let mut part = match theirs_found.is_empty() {
        true => Part::untested(statement, String::new()),
        false => Part::always(statement, ours_found, |count| count < least),
    };
    if part.is_decided() {
        part.facts.extend(theirs_found);
    }
    part.or_because(|| run.first_absence(experiment, case, metric, &[ours, theirs].concat()))
}

/// That a plain process is better than every VM.
pub fn native_beats_vms(run: &Evidence, statement: Said, place: Place) -> Part {
    let (experiment, case, metric) = place;
    let numbers = VMS
        .iter()
        .filter_map(|vm| run.compare(experiment, case, metric, NATIVE, vm))
        .collect();
    Part::better(statement, numbers).or_because(|| why_untested(run, place, &VMS))
}

/// The first reason why one of these, or the container, has no such value.
pub fn why_untested(run: &Evidence, place: Place, backends: &[&str]) -> String {
    let (experiment, case, metric) = place;
    let all = [backends, &[CONTAINER]].concat();
    run.first_absence(experiment, case, metric, &all)
}
