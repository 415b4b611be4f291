//! C10: containers scale out easily; scaled-out instances must share work.
//!
//! 1. Instances are started in parallel, 1, 2, 4 … at a time. Scaling out is easy if many start per second.
//! 2. A small web service is spread over as many instances as there are processors. It scales if that answers about so many
//!    times the requests of one instance, and the work is shared if none of them stands by.

use super::contest::container_beats;
use super::evidence::{CONTAINER, Evidence, Kind, WITHOUT_OS};
use super::{Claim, Part, Said};
use crate::report::units::human;
use crate::sample::Unit;

const STARTING: &str = "scaleout";
const STARTS: &str = "scaleout.starts_per_s";
const READY: &str = "scaleout.ready_p50_ns";
const PARALLEL: &str = "parallel-";

const SERVING: &str = "service";
const REQUESTS: &str = "service.requests_per_s";
const LATENCY: &str = "service.latency_p50_ns";
const EXITS: &str = "service.exits_per_request";
const LEAST_SHARE: &str = "service.least_share_ratio";
const CPUS: &str = "service.cpus";
const INSTANCES: &str = "instances-";
const ONE: &str = "instances-1";

/// Of what the rate would be in strict proportion to the instances: the balancer needs a processor now and then, too.
const IN_PROPORTION: f64 = 0.75;
/// Of what each would do if all did the same.
const FAIR_SHARE: f64 = 0.5;

/// The claim.
#[derive(Debug)]
pub struct ScaleOut;

impl Claim for ScaleOut {
    fn id(&self) -> &'static str {
        "c10"
    }

    fn experiments(&self) -> &'static [&'static str] {
        &[STARTING, SERVING]
    }

    fn parts(&self, run: &Evidence) -> Vec<Part> {
        let mut parts = starts(run);
        parts.extend(service(run));
        parts
    }

    fn reason(&self, run: &Evidence, parts: &[Part]) -> Option<Said> {
        let decided = |index: usize| parts.get(index).is_some_and(Part::is_decided);
        let waiting = decided(2).then(|| why_waiting(run)).flatten();
        waiting.or_else(|| decided(6).then(|| why_exits(run)).flatten())
    }
}

/// That many start per second, and more at a time than one by one.
fn starts(run: &Evidence) -> Vec<Part> {
    let cases = numbered(run, STARTING, PARALLEL);
    let first = cases.first().map_or("", |(_, case)| *case);
    let most = cases.last().map_or("", |(_, case)| *case);
    let beats = [Kind::WithOs, Kind::WithoutOs].map(|kind| {
        let statement = said(kind.key());
        container_beats(run, statement, kind, (STARTING, most, STARTS))
    });
    let grows = (first != most)
        .then(|| run.compare_cases(STARTING, STARTS, CONTAINER, most, first))
        .flatten();
    let parallel = Part::better(said("parallel"), grows.into_iter().collect())
        .or_because(|| run.absence(STARTING, most, STARTS, CONTAINER));
    beats.into_iter().chain([parallel]).collect()
}

/// That a service of many answers in proportion, that all of them work, and that VMs answer less.
fn service(run: &Evidence) -> Vec<Part> {
    let (instances, case) = as_many_as_processors(run).unwrap_or_default();
    let absence = |metric| run.absence(SERVING, case, metric, CONTAINER);
    let wanted = IN_PROPORTION * f64::from(instances);
    let grows = run.compare_cases_to(SERVING, REQUESTS, CONTAINER, (case, ONE), wanted);
    let in_proportion = Part::as_good(said("service"), grows.into_iter().collect())
        .or_because(|| absence(REQUESTS));
    let share = run.facts(SERVING, case, LEAST_SHARE, &[CONTAINER]);
    let shared = Part::always(said("shared"), share, |share| share >= FAIR_SHARE)
        .or_because(|| absence(LEAST_SHARE));
    let beats = [Kind::WithOs, Kind::WithoutOs].map(|kind| {
        let statement = said(&format!("service-{}", kind.key()));
        container_beats(run, statement, kind, (SERVING, case, REQUESTS))
    });
    [in_proportion, shared].into_iter().chain(beats).collect()
}

/// Each start waits for others if it takes noticeably longer among them.
fn why_waiting(run: &Evidence) -> Option<Said> {
    let cases = numbered(run, STARTING, PARALLEL);
    let ready = |case: &str| run.median(STARTING, case, READY, CONTAINER);
    let (count, last) = cases.last()?;
    let (one, many) = (ready(cases.first()?.1)?, ready(last)?);
    (many > 1.5 * one).then(|| {
        Said::key("claims-c10-why-waiting")
            .with("count", count.to_string())
            .with("one", human(one, Unit::Ns))
            .with("many", human(many, Unit::Ns))
    })
}

/// What a request costs more in a VM that leaves its guest for it.
fn why_exits(run: &Evidence) -> Option<Said> {
    let exits = run.median(SERVING, ONE, EXITS, WITHOUT_OS)?;
    let latency = |backend| run.median(SERVING, ONE, LATENCY, backend);
    let (container, vm) = (latency(CONTAINER)?, latency(WITHOUT_OS)?);
    (vm > container).then(|| {
        Said::key("claims-c10-why-exits")
            .with("vm", WITHOUT_OS)
            .with("exits", format!("{exits:.0}"))
            .with("time", human(vm - container, Unit::Ns))
    })
}

fn said(part: &str) -> Said {
    Said::key(format!("claims-c10-part-{part}"))
}

/// The most instances of which each can have a processor, if these are at least two.
fn as_many_as_processors<'a>(run: &Evidence<'a>) -> Option<(u32, &'a str)> {
    let fits = |(instances, case): &(u32, &str)| {
        let cpus = run.median(SERVING, case, CPUS, CONTAINER);
        *instances > 1 && cpus.is_some_and(|cpus| f64::from(*instances) <= cpus)
    };
    let cases = numbered(run, SERVING, INSTANCES);
    cases.into_iter().rfind(fits)
}

/// The cases of an experiment whose names end with a number, by that number.
fn numbered<'a>(run: &Evidence<'a>, experiment: &str, prefix: &str) -> Vec<(u32, &'a str)> {
    let number = |case: &'a str| Some((case.strip_prefix(prefix)?.parse().ok()?, case));
    let cases = run.cases(experiment).into_iter();
    let mut cases: Vec<(u32, &str)> = cases.filter_map(number).collect();
    cases.sort_unstable();
    cases
}
