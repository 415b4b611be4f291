//! From samples to what can be said about them: `summary.json`.
//!
//! 1. Samples with a value are grouped into [`Series`]: one per experiment, case, metric and backend.
//! 2. Each series gets its [`Statistics`]; each beside `native`'s series of the same metric also a [`Comparison`], which is
//!    judged with this run's [`Floors`] and among all its comparisons.
//! 3. What each rung of the ablation's ladder adds is an [`Increment`].
//! 4. What wasn't measured is counted under [`Missing`] with its reason. It enters no median.
//! 5. Notes that warn become [`Warning`]s ([`validity`]); what the numbers or the machine give away becomes a [`Badge`].
//!
//! Nothing but the samples, the seed and what run.json says of the machine goes in, so `isolab report` gives the same file again.
//!
//! Read next: `stats`, then `report`, which only lays out what is here.

pub mod badge;
mod increment;
pub mod metrics;
pub mod noise;
pub mod order;
mod rival;
mod series;
pub mod validity;

use serde::{Deserialize, Serialize};

pub use badge::{Badge, Badges};
pub use increment::Increment;
pub use noise::Floors;
pub use rival::{BesidePeer, is_peer};
pub use series::{Comparison, Series, Statistics};

use crate::sample::{Outcome, Sample};
use crate::stats::bootstrap::RESAMPLES;
use crate::stats::verdict::DEFAULT_BAND;
use crate::store::RunRecord;

/// `summary.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// The run, as in its samples.
    pub run_id: String,
    /// How many bootstrap resamples each interval of a ratio is from.
    pub resamples: usize,
    /// Half the width of the narrowest band of no practical difference.
    pub band: f64,
    /// How different each backend seems from itself in this run: no band is narrower.
    #[serde(default)]
    pub floors: Floors,
    /// How many comparisons of this run may claim a difference: chance is held at 5 % for all of them together.
    #[serde(default)]
    pub comparisons: usize,
    /// The run was made on the emulated lab machine: its counts are exact, its times mean nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emulated: bool,
    /// What was measured, ordered by experiment, case, metric and backend.
    pub series: Vec<Series>,
    /// What each rung of the ablation adds to the one below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub increments: Vec<Increment>,
    /// What was not, in the same order.
    pub missing: Vec<Missing>,
    /// What a reader must know before believing the rest.
    #[serde(default)]
    pub badges: Vec<Badge>,
    /// What whoever measured wrote beside single values.
    pub warnings: Vec<Warning>,
}

/// Trials, or single metrics of trials, that gave no value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Missing {
    /// `startup`, …
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
    /// `trial` if the whole trial is missing.
    pub metric: String,
    /// With which backend.
    pub backend: String,
    /// What became of it; never `ok`.
    pub outcome: Outcome,
    /// In how many rounds.
    pub rounds: usize,
    /// Why, in the words of the first such row.
    pub reason: String,
}

/// A number that is to be read with care.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Warning {
    /// `startup`, …; empty if it concerns the run as a whole.
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
    /// With which backend.
    pub backend: String,
    /// What is odd, in a sentence.
    pub text: String,
}

/// Experiment, case, metric, backend.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

fn key(sample: &Sample) -> Key<'_> {
    (
        &sample.experiment,
        &sample.case,
        &sample.metric,
        &sample.backend,
    )
}

impl Summary {
    /// Summarizes the samples of one run. The seed is that of the run.
    pub fn of(samples: &[Sample], seed: u64) -> Summary {
        let floors = Floors::of(samples, seed);
        let series = series::all(samples, seed, &floors);
        let missing = missing(samples);
        Summary {
            run_id: samples
                .first()
                .map_or(String::new(), |first| first.run_id.clone()),
            resamples: RESAMPLES,
            band: DEFAULT_BAND,
            comparisons: series.iter().filter(|series| series.is_asked()).count(),
            emulated: false,
            badges: badge::of_results(&series, &missing, samples, &floors),
            floors,
            series,
            increments: increment::all(samples, seed),
            missing,
            warnings: validity::noted(samples),
        }
    }

    /// Adds what run.json says of the machine, before everything else.
    pub fn on_machine(&mut self, record: &RunRecord) {
        self.emulated = record.is_emulated();
        self.badges.splice(0..0, badge::of_machine(record));
    }

    /// The badges that concern an experiment, its own and those of the whole run. Nothing but a summary makes [`Badges`].
    #[must_use]
    pub fn badges_of(&self, experiment: &str) -> Badges<'_> {
        Badges::among(&self.badges, experiment)
    }

    /// The series of one metric in one case with one backend.
    pub fn find(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backend: &str,
    ) -> Option<&Series> {
        let wanted = (experiment, case, metric, backend);
        self.series.iter().find(|series| series.key() == wanted)
    }

    /// Every backend that measured something, or was to, in order.
    pub fn backends(&self) -> Vec<&str> {
        let measured = self.series.iter().map(|series| series.backend.as_str());
        let missing = self.missing.iter().map(|missing| missing.backend.as_str());
        let mut backends: Vec<&str> = measured.chain(missing).collect();
        backends.sort_by(|a, b| order::compare_backends(a, b));
        backends.dedup();
        backends
    }

    /// Every experiment and case with anything measured or missing, in order.
    pub fn cases(&self) -> Vec<(&str, &str)> {
        let measured = self
            .series
            .iter()
            .map(|series| (&series.experiment, &series.case));
        let missing = self
            .missing
            .iter()
            .map(|missing| (&missing.experiment, &missing.case));
        let mut cases: Vec<(&str, &str)> = measured
            .chain(missing)
            .map(|(experiment, case)| (experiment.as_str(), case.as_str()))
            .collect();
        cases.sort_by(|a, b| order::compare((a.0, a.1, "", ""), (b.0, b.1, "", "")));
        cases.dedup();
        cases
    }
}

fn missing(samples: &[Sample]) -> Vec<Missing> {
    let mut found: Vec<Missing> = Vec::new();
    for sample in samples
        .iter()
        .filter(|sample| sample.outcome != Outcome::Ok)
    {
        let known = found
            .iter_mut()
            .find(|missing| missing.key() == key(sample) && missing.outcome == sample.outcome);
        match known {
            Some(known) => known.rounds += 1,
            None => found.push(Missing {
                experiment: sample.experiment.clone(),
                case: sample.case.clone(),
                metric: sample.metric.clone(),
                backend: sample.backend.clone(),
                outcome: sample.outcome,
                rounds: 1,
                reason: sample.note.clone(),
            }),
        }
    }
    found.sort_by(|a, b| order::compare(a.key(), b.key()).then(a.outcome.cmp(&b.outcome)));
    found
}

impl Warning {
    /// A warning that concerns the run as a whole.
    pub fn of_run(text: String) -> Warning {
        Warning {
            experiment: String::new(),
            case: String::new(),
            backend: String::new(),
            text,
        }
    }
}

impl Missing {
    fn key(&self) -> Key<'_> {
        (&self.experiment, &self.case, &self.metric, &self.backend)
    }
}

#[cfg(test)]
mod tests;
