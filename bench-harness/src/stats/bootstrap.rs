//! Intervals by the bootstrap: how far would the result move if the run were repeated?
//!
//! 1. Draw as many values as there are, with replacement, and take their median. Repeat [`RESAMPLES`] times.
//! 2. The middle 95 % of these medians are the interval (percentile bootstrap; Efron and Tibshirani, "An Introduction to
//!    the Bootstrap", 1993, chapter 13). No assumption about the distribution's shape is needed.
//! 3. For a ratio of two medians, **whole rounds** are drawn. All backends are measured once per round, next to each other
//!    in time; when the machine is slow for a while, both values of a round are. Drawing rounds keeps such pairs together
//!    (chapter 8 there: resample the units that the experiment drew). Without a common drift it makes no difference.
//! 4. Few values: the bootstrap's interval becomes too narrow (of 7 values it is from the second to the second last,
//!    which covers the true median 87.5 % of the time). Below [`BOOTSTRAP_FROM`] values the full range stands in, which
//!    covers it with probability 1 - 2^(1-n). Below [`INTERVAL_FROM`] not even that reaches 95 %: no interval.
//!
//! The generator is SplitMix64, written out here: the same samples and seed give the same `summary.json` in every version.
//!
//! Simplified: no BCa correction and no studentizing; `tests` checks by simulation that coverage is near 95 % without.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quantile::{median_of_sorted, percentile_of_sorted, sorted};

/// How many times the data are drawn anew.
pub const RESAMPLES: usize = 2000;

/// From so many values on there is an interval: the range of 6 values covers the true median with 96.9 %.
pub const INTERVAL_FROM: usize = 6;

/// From so many values on the interval is bootstrapped instead of the full range.
pub const BOOTSTRAP_FROM: usize = 9;

/// An interval that covers the true value in about 95 % of all runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    #[serde(rename = "ci_low")]
    pub low: f64,
    /// The upper end.
    #[serde(rename = "ci_high")]
    pub high: f64,
}

/// Steele, Lea and Flood's SplitMix64 (2014): small, fast, and good enough to draw indices.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// A generator whose sequence depends on the seed only.
    pub fn new(seed: u64) -> Self {
        SplitMix64(seed)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An index below `bound`. The bias of scaling 32 bits is below 1e-6 for any number of rounds one could wait for.
    fn index_below(&mut self, bound: usize) -> usize {
        (((self.next_u64() >> 32) * bound as u64) >> 32) as usize
    }
}

/// The 95 % interval of the median; `None` for fewer than [`INTERVAL_FROM`] values.
pub fn median_interval(values: &[f64], seed: u64) -> Option<Interval> {
    let ordered = sorted(values);
    let count = ordered.len();
    if count < INTERVAL_FROM {
        return None;
    }
    if count < BOOTSTRAP_FROM {
        return full_range(&ordered);
    }
    let mut random = SplitMix64::new(seed);
    let mut medians = Vec::with_capacity(RESAMPLES);
    let mut drawn = vec![0_u32; count];
    for _ in 0..RESAMPLES {
        drawn.fill(0);
        for _ in 0..count {
            drawn[random.index_below(count)] += 1;
        }
        medians.push(median_of_counted(&ordered, &drawn));
    }
    middle_95(&medians)
}

/// The 95 % interval of `median(numerators) / median(denominators)`; each value comes with its round.
///
/// `None` if either series has fewer than [`INTERVAL_FROM`] values or one that isn't positive. A round that only one
/// series has (the other failed in it) is drawn like any other and counts for that one.
pub fn ratio_interval(
    numerators: &[(u32, f64)],
    denominators: &[(u32, f64)],
    seed: u64,
) -> Option<Interval> {
    let fewest = numerators.len().min(denominators.len());
    let mut all = numerators.iter().chain(denominators);
    if fewest < INTERVAL_FROM || all.any(|(_, value)| *value <= 0.0) {
        return None;
    }
    let (above, below) = (in_order(numerators), in_order(denominators));
    if fewest < BOOTSTRAP_FROM {
        let (above, below) = (full_range(&above.0)?, full_range(&below.0)?);
        return Some(Interval {
            low: above.low / below.high,
            high: above.high / below.low,
        });
    }
    let rounds = by_round(&above.1, &below.1);
    let mut random = SplitMix64::new(seed);
    let mut ratios = Vec::with_capacity(RESAMPLES);
    let (mut drawn_above, mut drawn_below) = (vec![0; above.0.len()], vec![0; below.0.len()]);
    for _ in 0..RESAMPLES {
        drawn_above.fill(0);
        drawn_below.fill(0);
        for _ in 0..rounds.len() {
            let (in_above, in_below) = &rounds[random.index_below(rounds.len())];
            in_above.iter().for_each(|index| drawn_above[*index] += 1);
            in_below.iter().for_each(|index| drawn_below[*index] += 1);
        }
        let ratio =
            median_of_counted(&above.0, &drawn_above) / median_of_counted(&below.0, &drawn_below);
        // Not finite when a draw happens to hold no round of one of the series, after many failures.
        if ratio.is_finite() {
            ratios.push(ratio);
        }
    }
    middle_95(&ratios)
}

/// The values in ascending order, and beside them the round of each.
fn in_order(series: &[(u32, f64)]) -> (Vec<f64>, Vec<u32>) {
    let mut ordered = series.to_vec();
    ordered.sort_by(|a, b| a.1.total_cmp(&b.1));
    ordered
        .into_iter()
        .map(|(round, value)| (value, round))
        .unzip()
}

/// Per round the indices of its values in either series.
fn by_round(above: &[u32], below: &[u32]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut rounds: BTreeMap<u32, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, round) in above.iter().enumerate() {
        rounds.entry(*round).or_default().0.push(index);
    }
    for (index, round) in below.iter().enumerate() {
        rounds.entry(*round).or_default().1.push(index);
    }
    rounds.into_values().collect()
}

/// The median of a draw that took each of the ordered values as many times as counted; NaN of an empty draw.
fn median_of_counted(ordered: &[f64], counts: &[u32]) -> f64 {
    let total: u32 = counts.iter().sum();
    if total == 0 {
        return f64::NAN;
    }
    let (lower_rank, upper_rank) = ((total - 1) / 2, total / 2);
    let mut lower = None;
    let mut passed = 0;
    for (value, count) in ordered.iter().zip(counts) {
        passed += count;
        if lower.is_none() && passed > lower_rank {
            lower = Some(*value);
        }
        if passed > upper_rank {
            return f64::midpoint(lower.unwrap_or(*value), *value);
        }
    }
    f64::NAN
}

fn full_range(ordered: &[f64]) -> Option<Interval> {
    Some(Interval {
        low: *ordered.first()?,
        high: *ordered.last()?,
    })
}

fn middle_95(results: &[f64]) -> Option<Interval> {
    let ordered = sorted(results);
    Some(Interval {
        low: percentile_of_sorted(&ordered, 2.5)?,
        high: percentile_of_sorted(&ordered, 97.5)?,
    })
}

/// The middle of what was measured, for a ratio without an interval: `None` if either median isn't positive.
pub fn ratio_of_medians(numerators: &[f64], denominators: &[f64]) -> Option<f64> {
    let above = median_of_sorted(&sorted(numerators))?;
    let below = median_of_sorted(&sorted(denominators))?;
    (above > 0.0 && below > 0.0).then_some(above / below)
}

#[cfg(test)]
mod tests;
