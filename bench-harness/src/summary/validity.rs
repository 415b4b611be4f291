//! Results that contradict something we know, so that nobody takes a mistake for a finding.
//!
//! 1. A note that begins with `warning: ` came from whoever measured: the host's counters and the guest's disagree, say.
//! 2. A machine that was busy when the run began, or whose KVM is emulated, gives times that mean little; a peer that does less
//!    than the others isn't faster for it.
//! 3. A container or VM adds work to each I/O. One that is *faster* than native has left work out (a flush was dropped,
//!    the host's page cache served a "direct" read) or was measured beside something else. It is a warning, not a win.
//!
//! Read next: `stats/verdict.rs` for what "faster" takes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Series, Warning, metrics, order};
use crate::sample::Sample;
use crate::stats::verdict::{Direction, Verdict, beyond};
use crate::store::RunRecord;

/// The io metrics that a backend can't honestly improve.
const IO_SPEEDS: [&str; 4] = [
    "io.iops",
    "io.bandwidth_bytes_per_s",
    "io.lat_p50_ns",
    "io.fsync_p50_ns",
];

/// Without an interval, so many rounds that all beat every native one are taken seriously.
const FEWEST_ROUNDS: usize = 3;

/// From this many runnable processes per CPU on, a machine is too busy to be measured on.
const BUSY_PER_CPU: f64 = 0.5;

/// Warnings that concern the run as a whole.
pub fn of_machine(record: &RunRecord) -> Vec<Warning> {
    let number = |name: &str| {
        let value = record.fingerprint.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.parse().ok())
    };
    let mut texts = Vec::new();
    if record.is_emulated() {
        texts.push(
            "KVM is emulated in software here (lab machine): times are not representative"
                .to_owned(),
        );
    }
    if let Some((load, cpus)) = number("load_at_start").zip(number("cpu_count"))
        && load >= BUSY_PER_CPU * cpus
    {
        texts.push(format!(
            "the machine was busy when the run began (load {load:.2} on {cpus} CPUs): expect wide intervals"
        ));
    }
    let warnings = texts.into_iter().map(Warning::of_run);
    warnings.chain(shortfalls(record)).collect()
}

/// What a peer leaves out makes its numbers better than they would be.
fn shortfalls(record: &RunRecord) -> Vec<Warning> {
    let peers = record.plan.get("peers").and_then(|peers| peers.as_object());
    let warning = |(backend, peer): (&String, &serde_json::Value)| {
        Some(Warning {
            backend: backend.clone(),
            ..Warning::of_run(peer.get("shortfall")?.as_str()?.to_owned())
        })
    };
    peers.into_iter().flatten().filter_map(warning).collect()
}

/// The text without its digits → the first such text, and the rounds that have one.
type Texts<'a> = BTreeMap<String, (&'a str, BTreeSet<u32>)>;

/// The warnings in the notes of samples. Texts that differ in their numbers only are listed once.
pub fn noted(samples: &[Sample]) -> Vec<Warning> {
    // Experiment, case and backend.
    let mut found: BTreeMap<[&str; 3], Texts> = BTreeMap::new();
    for sample in samples {
        if let Some(text) = sample.warning() {
            let shape: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
            let place = [
                sample.experiment.as_str(),
                sample.case.as_str(),
                sample.backend.as_str(),
            ];
            let texts = found.entry(place).or_default();
            let (_, rounds) = texts.entry(shape).or_insert((text, BTreeSet::new()));
            rounds.insert(sample.round);
        }
    }
    let mut warnings = Vec::new();
    for ([experiment, case, backend], texts) in found {
        warnings.extend(texts.into_values().map(|(text, rounds)| Warning {
            experiment: experiment.to_owned(),
            case: case.to_owned(),
            backend: backend.to_owned(),
            text: match rounds.len() {
                1 => text.to_owned(),
                count => format!("{text} (the like in {count} rounds)"),
            },
        }));
    }
    warnings
}

/// The io results that beat native beyond the noise: one warning per case and backend.
pub fn too_good(series: &[Series]) -> Vec<Warning> {
    let mut found: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for candidate in series {
        if !is_checked(&candidate.metric) || !beats_native(candidate, series) {
            continue;
        }
        let ratio = candidate.vs_native.as_ref().map_or(1.0, |c| c.ratio);
        let text = format!("{} {ratio:.2} ×", metrics::label(&candidate.metric));
        let place = (candidate.case.as_str(), candidate.backend.as_str());
        found.entry(place).or_default().push(text);
    }
    let warnings = found.into_iter().map(|((case, backend), texts)| Warning {
        experiment: "io".to_owned(),
        case: case.to_owned(),
        backend: backend.to_owned(),
        text: format!(
            "faster than native ({}): not a win, but work left out or a disturbed measurement",
            texts.join(", ")
        ),
    });
    warnings.collect()
}

/// Whether being faster than native in this metric gives a warning.
pub fn is_checked(metric: &str) -> bool {
    IO_SPEEDS.contains(&metric)
}

fn beats_native(candidate: &Series, all: &[Series]) -> bool {
    let Some(comparison) = &candidate.vs_native else {
        return false;
    };
    if let Some(interval) = comparison.interval {
        // A warning claims nothing, so chance need not be excluded.
        let direction = metrics::direction(&candidate.metric);
        return beyond(interval, direction, comparison.band) == Some(Verdict::Better);
    }
    let native = all.iter().find(|series| {
        let key = candidate.key();
        series.key() == (key.0, key.1, key.2, order::REFERENCE)
    });
    native.is_some_and(|native| {
        let (ours, theirs) = (&candidate.statistics, &native.statistics);
        ours.n.min(theirs.n) >= FEWEST_ROUNDS
            && match metrics::direction(&candidate.metric) {
                Direction::LowerIsBetter => ours.max < theirs.min,
                Direction::HigherIsBetter => ours.min > theirs.max,
                Direction::Neutral => false,
            }
    })
}
