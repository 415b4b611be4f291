//! What may be said of two backends: how a test, an interval and a band become one word.
//!
//! Three questions, each answered by what can answer it:
//!
//! 1. **Could it be chance?** The Mann-Whitney test asks whether the two series could have been dealt from one deck (`rank.rs`),
//!    and Holm's correction raises its probability by how often this report asks (`holm.rs`). Chance is excluded at 5 % for the
//!    whole report. A test alone says nothing of size: of enough rounds, any two backends differ.
//! 2. **How large is it?** The ratio of the medians with its 95 % interval (`bootstrap.rs`). An interval alone is wrong once in
//!    twenty lines, and a report has hundreds of lines.
//! 3. **Does that matter?** A band round "equal": ±2 %, since smaller differences come and go with the layout of a binary or the
//!    temperature of a CPU; wider where this run can't even hold a backend equal to itself ([`floor`]).
//!
//! So a difference is claimed only if the whole interval lies beyond the band **and** chance is excluded. Equality is claimed
//! if the whole interval lies within the band (at most 5 %, however noisy the run), whatever the test says: a difference that is certain and does not matter is no
//! practical difference (with both ends of a 95 % interval inside this is the stricter form of the usual two one-sided tests;
//! Schuirmann, 1987). "Not significant" is never equality: it may be too few rounds. All else is inconclusive, with the number
//! of rounds that would probably settle it.
//!
//! Why not the test alone, asked about the band's edges? It would compare whole distributions, and what is printed are
//! medians. Why not the interval alone, widened for the number of lines? The printed interval would no longer be the 95 %
//! interval that readers compare between reports.
//!
//! The band is symmetric for ratios: from 1/1.02 to 1.02, so that exchanging the two sides exchanges the verdicts.
//!
//! Read next: `floor.rs`; Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time" (2013).
//!
//! [`floor`]: super::floor

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::bootstrap::{INTERVAL_FROM, Interval};

/// Half the width of the band within which two medians count as equal: 2 %.
pub const DEFAULT_BAND: f64 = 0.02;

/// Equality is claimed within the band, but never within more than this: a noisy run makes differences harder to claim, and
/// equality no easier.
pub const WIDEST_EQUALITY: f64 = 0.05;

/// The probability of even one difference in a report that is none.
pub const ERROR_RATE: f64 = 0.05;

/// Never more rounds than this are asked for: beyond it, "the difference is at the edge of what matters" is the answer.
pub const MOST_ROUNDS: u32 = 1000;

/// Which way of a metric is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Times, memory, exits.
    LowerIsBetter,
    /// Throughput.
    HigherIsBetter,
    /// A parameter or a count that is neither good nor bad.
    Neutral,
}

/// What can be said about a backend beside native.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Better than the reference by more than the band.
    Better,
    /// Worse than the reference by more than the band.
    Worse,
    /// Within the band, with certainty.
    NoPracticalDifference,
    /// The interval allows more than one of the others.
    Inconclusive {
        /// About how many more rounds would make the interval narrow enough; [`MOST_ROUNDS`] means at least that many.
        more_rounds: u32,
    },
}

/// What was observed of two series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The ratio of the medians.
    pub ratio: f64,
    /// Its 95 % interval; `None` if there are too few rounds for one.
    pub interval: Option<Interval>,
    /// The probability of such a difference by chance.
    pub chance: Chance,
    /// The rounds of the shorter series.
    pub rounds: usize,
}

/// The probability of a difference by chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Chance {
    /// Of this comparison taken alone.
    #[serde(rename = "p_value")]
    pub alone: f64,
    /// Of this one among all of the report.
    #[serde(rename = "p_adjusted")]
    pub in_report: f64,
}

impl Chance {
    fn is_excluded(self) -> bool {
        self.in_report <= ERROR_RATE
    }
}

/// Judges what was observed, with a band of `band` round equality.
pub fn judge(observed: Observed, direction: Direction, band: f64) -> Verdict {
    let Some(interval) = observed.interval else {
        let missing = INTERVAL_FROM.saturating_sub(observed.rounds).max(1);
        return Verdict::Inconclusive {
            more_rounds: u32::try_from(missing).unwrap_or(MOST_ROUNDS),
        };
    };
    let equal = band.min(WIDEST_EQUALITY);
    let (lower_edge, upper_edge) = (1.0 / (1.0 + equal), 1.0 + equal);
    if interval.low >= lower_edge && interval.high <= upper_edge {
        return Verdict::NoPracticalDifference;
    }
    match beyond(interval, direction, band) {
        Some(difference) if observed.chance.is_excluded() => difference,
        Some(_) => Verdict::Inconclusive {
            more_rounds: until_chance_is_excluded(observed.chance, observed.rounds),
        },
        None => Verdict::Inconclusive {
            more_rounds: until_narrow_enough(observed.ratio, interval, observed.rounds, band),
        },
    }
}

/// Better or worse, if the whole interval lies beyond the band. No verdict yet: chance may still explain it.
pub fn beyond(interval: Interval, direction: Direction, band: f64) -> Option<Verdict> {
    let (higher, lower) = match direction {
        Direction::HigherIsBetter => (Verdict::Better, Verdict::Worse),
        Direction::LowerIsBetter | Direction::Neutral => (Verdict::Worse, Verdict::Better),
    };
    if interval.low > 1.0 + band {
        Some(higher)
    } else if interval.high < 1.0 / (1.0 + band) {
        Some(lower)
    } else {
        None
    }
}

/// How many rounds are missing until the interval fits between the ratio and the nearest edge of the band.
///
/// The width of an interval shrinks with the root of the number of rounds n. Let h be half its width and d the distance
/// of the ratio from the nearest edge, both in logarithms; then h·√(n/n') = d gives n' = n·(h/d)² rounds in total.
fn until_narrow_enough(ratio: f64, interval: Interval, rounds: usize, band: f64) -> u32 {
    let half_width = (interval.high.ln() - interval.low.ln()) / 2.0;
    let distance = (ratio.ln().abs() - (1.0 + band).ln()).abs();
    missing(rounds, (half_width / distance).powi(2))
}

/// How many rounds are missing until chance is excluded, if the series stay as far apart as they are.
///
/// The standardized distance z of a rank test grows with the root of n. Holm's factor stays about what it is, so the test
/// alone must reach 5 % divided by it: n' = n·(z'/z)².
fn until_chance_is_excluded(chance: Chance, rounds: usize) -> u32 {
    let standardized = |p: f64| Normal::standard().inverse_cdf(1.0 - p / 2.0);
    let factor = (chance.in_report / chance.alone).max(1.0);
    let (wanted, reached) = (
        standardized(ERROR_RATE / factor),
        standardized(chance.alone),
    );
    missing(rounds, (wanted / reached).powi(2))
}

fn missing(rounds: usize, times: f64) -> u32 {
    // The cast saturates: at the very edge of the band the quotient is infinite.
    let missing = (rounds as f64 * times - rounds as f64).ceil() as u32;
    missing.clamp(1, MOST_ROUNDS)
}

#[cfg(test)]
mod tests;
