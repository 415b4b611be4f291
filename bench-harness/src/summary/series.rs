//! One series: all values of one metric in one case with one backend, and what they amount to.
//!
//! Read next: `stats/bootstrap.rs` for the intervals, `stats/verdict.rs` for what they allow to be said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Key, key, metrics, order};
use crate::sample::{Sample, Unit};
use crate::stats::bootstrap::{Interval, median_interval, ratio_interval, ratio_of_medians};
use crate::stats::quantile::{median_of_sorted, percentile_of_sorted, sorted};
use crate::stats::spread::{noise, outliers};
use crate::stats::verdict::{DEFAULT_BAND, Verdict, judge};

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

/// Every series of the samples, in order.
pub(super) fn all(samples: &[Sample], seed: u64) -> Vec<Series> {
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
    series
}

impl Series {
    pub(super) fn key(&self) -> Key<'_> {
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
