//! From samples to what can be said about them: `summary.json`.
//!
//! 1. Samples with a value are grouped into [`Series`]: one per experiment, case, metric and backend.
//! 2. Each series gets its [`Statistics`]; each beside `native`'s series of the same metric also a [`Comparison`].
//! 3. What wasn't measured is counted under [`Missing`] with its reason. It enters no median.
//! 4. Notes that warn, and results that are too good to be true ([`validity`]), become [`Warning`]s.
//!
//! Nothing but the samples and the seed goes in, so `isolab report` gives the same file again.
//!
//! Read next: `stats`, then `report`, which only lays out what is here.

pub mod metrics;
pub mod order;
pub mod validity;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sample::{Outcome, Sample, Unit};
use crate::stats::bootstrap::{
    Interval, RESAMPLES, median_interval, ratio_interval, ratio_of_medians,
};
use crate::stats::quantile::{median_of_sorted, percentile_of_sorted, sorted};
use crate::stats::spread::{noise, outliers};
use crate::stats::verdict::{DEFAULT_BAND, Verdict, judge};

/// `summary.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The run, as in its samples.
    pub run_id: String,
    /// How many bootstrap resamples each interval is from.
    pub resamples: usize,
    /// Half the width of the band of no practical difference.
    pub band: f64,
    /// What was measured, ordered by experiment, case, metric and backend.
    pub series: Vec<Series>,
    /// What was not, in the same order.
    pub missing: Vec<Missing>,
    /// What a reader must know before believing the rest.
    pub warnings: Vec<Warning>,
}

/// All values of one metric in one case with one backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// `startup`, …
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
    /// What was measured.
    pub metric: String,
    /// With which backend.
    pub backend: String,
    /// What the values count.
    pub unit: Unit,
    /// What they amount to.
    #[serde(flatten)]
    pub statistics: Statistics,
    /// The comparison with native; `None` for native itself, or where a median is 0 or native has no value.
    pub vs_native: Option<Comparison>,
}

/// A series in a few numbers, in the unit of the series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// How many values there are.
    pub n: usize,
    /// The middle.
    pub median: f64,
    /// The 95 % interval of the median, if there are enough values for one.
    #[serde(flatten)]
    pub interval: Option<Interval>,
    /// 90th percentile, nearest rank.
    pub p90: f64,
    /// 99th percentile, nearest rank: the maximum, if there are fewer than 100 values.
    pub p99: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The median absolute deviation, scaled to a standard deviation.
    pub noise: Option<f64>,
    /// The rounds whose values lie outside Tukey's fences. They are in all numbers above.
    pub outlier_rounds: Vec<u32>,
}

/// A backend's median divided by native's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The ratio of the medians.
    pub ratio: f64,
    /// Its 95 % interval.
    #[serde(flatten)]
    pub interval: Option<Interval>,
    /// What that means.
    pub verdict: Verdict,
}

/// Trials, or single metrics of trials, that gave no value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
        let mut groups: BTreeMap<Key, (Unit, Vec<(u32, f64)>)> = BTreeMap::new();
        for sample in samples {
            if let Some(value) = sample.value {
                let group = groups.entry(key(sample));
                let group = group.or_insert_with(|| (sample.unit, Vec::new()));
                group.1.push((sample.round, value));
            }
        }
        let mut series: Vec<Series> = Vec::new();
        for (key, (unit, values)) in &groups {
            let native = (key.3 != order::REFERENCE)
                .then(|| groups.get(&(key.0, key.1, key.2, order::REFERENCE)))
                .flatten();
            let comparison = native.and_then(|(_, native)| compare(*key, values, native, seed));
            if let Some(statistics) = Statistics::of(values, seed ^ hash_of(*key)) {
                series.push(Series {
                    experiment: key.0.to_owned(),
                    case: key.1.to_owned(),
                    metric: key.2.to_owned(),
                    backend: key.3.to_owned(),
                    unit: *unit,
                    statistics,
                    vs_native: comparison,
                });
            }
        }
        series.sort_by(|a, b| order::compare(a.key(), b.key()));
        let mut warnings = validity::noted(samples);
        warnings.extend(validity::too_good(&series));
        Summary {
            run_id: samples
                .first()
                .map_or(String::new(), |first| first.run_id.clone()),
            resamples: RESAMPLES,
            band: DEFAULT_BAND,
            series,
            missing: missing(samples),
            warnings,
        }
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

impl Series {
    fn key(&self) -> Key<'_> {
        (&self.experiment, &self.case, &self.metric, &self.backend)
    }
}

impl Statistics {
    /// `None` of no values.
    fn of(values: &[(u32, f64)], seed: u64) -> Option<Statistics> {
        let plain: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        let ordered = sorted(&plain);
        Some(Statistics {
            n: plain.len(),
            median: median_of_sorted(&ordered)?,
            interval: median_interval(&plain, seed),
            p90: percentile_of_sorted(&ordered, 90.0)?,
            p99: percentile_of_sorted(&ordered, 99.0)?,
            min: *ordered.first()?,
            max: *ordered.last()?,
            noise: noise(&plain),
            outlier_rounds: outliers(&plain)
                .iter()
                .map(|index| values[*index].0)
                .collect(),
        })
    }
}

fn compare(
    key: Key,
    values: &[(u32, f64)],
    native: &[(u32, f64)],
    seed: u64,
) -> Option<Comparison> {
    let plain = |series: &[(u32, f64)]| -> Vec<f64> { series.iter().map(|(_, v)| *v).collect() };
    let ratio = ratio_of_medians(&plain(values), &plain(native))?;
    let interval = ratio_interval(values, native, seed ^ hash_of(key));
    let rounds = values.len().min(native.len());
    let direction = metrics::direction(key.2);
    Some(Comparison {
        ratio,
        interval,
        verdict: judge(ratio, interval, rounds, direction, DEFAULT_BAND),
    })
}

/// FNV-1a: gives each series random numbers of its own, whatever other series there are.
fn hash_of(key: Key) -> u64 {
    let bytes = [key.0, key.1, key.2, key.3].join("\0");
    bytes.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
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

impl Missing {
    fn key(&self) -> Key<'_> {
        (&self.experiment, &self.case, &self.metric, &self.backend)
    }
}

#[cfg(test)]
mod tests;
