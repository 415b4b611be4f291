//! One series: all values of one metric in one case with one backend, and what they amount to.
//!
//! 1. Each series is reduced to its [`Statistics`], and beside native's series of the same metric to a [`Comparison`].
//! 2. Only when all comparisons of the run are there is any of them judged: how much chance explains depends on how many
//!    questions the report asks.
//!
//! Read next: `stats/bootstrap.rs` for the intervals, `stats/verdict.rs` for what they allow to be said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::noise::Floors;
use super::rival::{BesidePeer, are_rivals, is_better};
use super::{Key, key, metrics, order};
use crate::sample::{Sample, Unit};
use crate::stats::bootstrap::{Interval, median_interval, ratio_interval, ratio_of_medians};
use crate::stats::holm::holm;
use crate::stats::quantile::{median_of_sorted, percentile_of_sorted, sorted};
use crate::stats::rank::mann_whitney;
use crate::stats::spread::{noise, outliers};
use crate::stats::verdict::{Chance, Direction, Observed, Verdict, judge};

/// All values of one metric in one case with one backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
    /// Of ours, where a peer of the same kind took part: how it stands beside the best one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside_peer: Option<BesidePeer>,
}

/// A series in a few numbers, in the unit of the series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The ratio of the medians.
    pub ratio: f64,
    /// Its 95 % interval.
    #[serde(flatten)]
    pub interval: Option<Interval>,
    /// The probability of such a difference by chance.
    #[serde(flatten)]
    pub chance: Chance,
    /// From -1, all values lie below native's, to 1, all lie above.
    pub cliffs_delta: f64,
    /// Half the width of the band within which the two count as equal.
    pub band: f64,
    /// What that means.
    pub verdict: Verdict,
}

/// Round and value.
type Values = Vec<(u32, f64)>;

/// Every series of the samples, in order.
pub(super) fn all(samples: &[Sample], seed: u64, floors: &Floors) -> Vec<Series> {
    let mut groups: BTreeMap<Key, (Unit, Values)> = BTreeMap::new();
    for sample in samples {
        if let Some(value) = sample.value {
            let group = groups.entry(key(sample));
            let group = group.or_insert_with(|| (sample.unit, Vec::new()));
            group.1.push((sample.round, value));
        }
    }
    let of_group = |(key, (unit, values)): (&Key, &(Unit, Values))| {
        let native = (key.3 != order::REFERENCE)
            .then(|| groups.get(&(key.0, key.1, key.2, order::REFERENCE)))
            .flatten();
        let band = floors.band_between(key.3, order::REFERENCE, *unit);
        let rivals = groups.iter().filter(|(other, _)| {
            (other.0, other.1, other.2) == (key.0, key.1, key.2) && are_rivals(key.3, other.3)
        });
        let rivals = rivals.map(|(other, (_, values))| (other.3, values));
        Some(Series {
            beside_peer: beside_best(values, rivals, *key, seed),
            experiment: key.0.to_owned(),
            case: key.1.to_owned(),
            metric: key.2.to_owned(),
            backend: key.3.to_owned(),
            unit: *unit,
            statistics: Statistics::of(values)?,
            vs_native: native
                .and_then(|(_, native)| compare(values, native, seed ^ hash_of(*key), band)),
        })
    };
    let mut series: Vec<Series> = groups.iter().filter_map(of_group).collect();
    judge_all(&mut series);
    series.sort_by(|a, b| order::compare(a.key(), b.key()));
    series
}

impl Series {
    pub(super) fn key(&self) -> Key<'_> {
        (&self.experiment, &self.case, &self.metric, &self.backend)
    }

    /// Whether the report may claim a difference here: then it is one of the questions that chance has a go at.
    pub(super) fn is_asked(&self) -> bool {
        let comparison = self.vs_native.as_ref();
        comparison.is_some_and(|comparison| comparison.interval.is_some())
            && metrics::direction(&self.metric) != Direction::Neutral
    }
}

impl Statistics {
    /// `None` of no values.
    fn of(values: &[(u32, f64)]) -> Option<Statistics> {
        let plain = plain(values);
        let ordered = sorted(&plain);
        Some(Statistics {
            n: plain.len(),
            median: median_of_sorted(&ordered)?,
            interval: median_interval(&plain),
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

fn plain(values: &[(u32, f64)]) -> Vec<f64> {
    values.iter().map(|(_, value)| *value).collect()
}

/// Everything but the verdict, which depends on the other comparisons.
fn compare(
    values: &[(u32, f64)],
    native: &[(u32, f64)],
    seed: u64,
    band: f64,
) -> Option<Comparison> {
    let (ours, theirs) = (plain(values), plain(native));
    let test = mann_whitney(&ours, &theirs)?;
    Some(Comparison {
        ratio: ratio_of_medians(&ours, &theirs)?,
        interval: ratio_interval(values, native, seed),
        chance: Chance {
            alone: test.p,
            in_report: test.p,
        },
        cliffs_delta: test.cliffs_delta,
        band,
        verdict: Verdict::Inconclusive { more_rounds: 0 },
    })
}

/// Beside the rival with the best median.
fn beside_best<'a>(
    values: &Values,
    rivals: impl Iterator<Item = (&'a str, &'a Values)>,
    key: Key,
    seed: u64,
) -> Option<BesidePeer> {
    let direction = metrics::direction(key.2);
    let medians = rivals.filter_map(|(peer, theirs)| {
        let median = median_of_sorted(&sorted(&plain(theirs)))?;
        Some((peer, theirs, median))
    });
    let (peer, theirs, _) = medians.reduce(|best, next| {
        let is_next = is_better(direction, next.2, best.2);
        if is_next { next } else { best }
    })?;
    Some(BesidePeer {
        peer: peer.to_owned(),
        ratio: ratio_of_medians(&plain(values), &plain(theirs))?,
        interval: ratio_interval(values, theirs, seed ^ hash_of(key)),
    })
}

fn judge_all(series: &mut [Series]) {
    let asked = series.iter().filter(|series| series.is_asked());
    let alone: Vec<f64> = asked
        .filter_map(|series| Some(series.vs_native.as_ref()?.chance.alone))
        .collect();
    let mut adjusted = holm(&alone).into_iter();
    for one in series {
        let (is_asked, rounds) = (one.is_asked(), one.statistics.n);
        let direction = metrics::direction(&one.metric);
        let Some(comparison) = &mut one.vs_native else {
            continue;
        };
        if is_asked && let Some(in_report) = adjusted.next() {
            comparison.chance.in_report = in_report;
        }
        let observed = Observed {
            ratio: comparison.ratio,
            interval: comparison.interval,
            chance: comparison.chance,
            rounds,
        };
        comparison.verdict = judge(observed, direction, comparison.band);
    }
}

/// FNV-1a: gives each series random numbers of its own, whatever other series there are.
fn hash_of(key: Key) -> u64 {
    let bytes = [key.0, key.1, key.2, key.3].join("\0");
    bytes.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
