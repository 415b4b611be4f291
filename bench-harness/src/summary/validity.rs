//! Warnings in the notes of samples: what whoever measured found odd about a single value.
//!
//! A note that begins with `warning: ` came from the experiment: the host's counters and the guest's disagree, say. What only
//! shows when values are laid side by side is a badge.
//!
//! Read next: `badge.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::Warning;
use crate::sample::Sample;

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
