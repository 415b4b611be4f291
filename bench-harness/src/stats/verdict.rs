//! What an interval allows to be said.
//!
//! A difference is *practical* if it is larger than a band of ±2 % round "equal"; smaller ones vanish behind the layout
//! of a binary or the CPU's temperature. The ratio's 95 % interval is held against that band:
//!
//! 1. wholly outside, on one side: better or worse;
//! 2. wholly inside: no practical difference. That is a finding too, and needs data: overlapping intervals are not it;
//! 3. across an edge of the band, or no interval: inconclusive, and so many more rounds would probably settle it.
//!
//! The band is symmetric for ratios: from 1/1.02 to 1.02, so that exchanging the two sides exchanges the verdicts.
//!
//! Read next: `bootstrap`; Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time" (2013).

use serde::{Deserialize, Serialize};

use super::bootstrap::{INTERVAL_FROM, Interval};

/// Half the width of the band within which two medians count as equal: 2 %.
pub const DEFAULT_BAND: f64 = 0.02;

/// Never more rounds than this are asked for: beyond it, "the difference is at the edge of what matters" is the answer.
pub const MOST_ROUNDS: u32 = 1000;

/// Which way of a metric is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Judges a `ratio` to the reference with its `interval` after `rounds` rounds.
pub fn judge(
    ratio: f64,
    interval: Option<Interval>,
    rounds: usize,
    direction: Direction,
    band: f64,
) -> Verdict {
    let Some(interval) = interval else {
        let missing = INTERVAL_FROM.saturating_sub(rounds).max(1);
        return Verdict::Inconclusive {
            more_rounds: u32::try_from(missing).unwrap_or(MOST_ROUNDS),
        };
    };
    let (lower_edge, upper_edge) = (1.0 / (1.0 + band), 1.0 + band);
    let higher = match direction {
        Direction::HigherIsBetter => Verdict::Better,
        Direction::LowerIsBetter | Direction::Neutral => Verdict::Worse,
    };
    let lower = match direction {
        Direction::HigherIsBetter => Verdict::Worse,
        Direction::LowerIsBetter | Direction::Neutral => Verdict::Better,
    };
    if interval.low > upper_edge {
        higher
    } else if interval.high < lower_edge {
        lower
    } else if interval.low >= lower_edge && interval.high <= upper_edge {
        Verdict::NoPracticalDifference
    } else {
        Verdict::Inconclusive {
            more_rounds: more_rounds(ratio, interval, rounds, band),
        }
    }
}

/// How many rounds are missing until the interval fits between the ratio and the nearest edge of the band.
///
/// The width of an interval shrinks with the root of the number of rounds n. Let h be half its width and d the distance
/// of the ratio from the nearest edge, both in logarithms; then h·√(n/n') = d gives n' = n·(h/d)² rounds in total.
fn more_rounds(ratio: f64, interval: Interval, rounds: usize, band: f64) -> u32 {
    let half_width = (interval.high.ln() - interval.low.ln()) / 2.0;
    let distance = (ratio.ln().abs() - (1.0 + band).ln()).abs();
    let total = rounds as f64 * (half_width / distance).powi(2);
    // The cast saturates: at the very edge of the band the quotient is infinite.
    let missing = (total - rounds as f64).ceil() as u32;
    missing.clamp(1, MOST_ROUNDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(low: f64, high: f64, direction: Direction) -> Verdict {
        let ratio = (low * high).sqrt();
        judge(ratio, Some(Interval { low, high }), 20, direction, 0.02)
    }

    #[test]
    fn an_interval_beyond_the_band_is_a_difference_in_the_direction_of_the_metric() {
        use Direction::{HigherIsBetter, LowerIsBetter};
        assert_eq!(verdict(1.03, 1.2, LowerIsBetter), Verdict::Worse);
        assert_eq!(verdict(1.03, 1.2, HigherIsBetter), Verdict::Better);
        assert_eq!(verdict(0.5, 0.97, LowerIsBetter), Verdict::Better);
        assert_eq!(verdict(0.5, 0.97, HigherIsBetter), Verdict::Worse);
    }

    #[test]
    fn an_interval_within_the_band_is_no_practical_difference_though_it_excludes_one() {
        let within = verdict(1.005, 1.015, Direction::LowerIsBetter);
        assert_eq!(within, Verdict::NoPracticalDifference);
    }

    #[test]
    fn an_interval_across_an_edge_is_inconclusive_even_if_it_excludes_one() {
        let across = verdict(1.01, 1.08, Direction::LowerIsBetter);
        assert!(matches!(across, Verdict::Inconclusive { .. }));
    }

    #[test]
    fn exchanging_the_sides_exchanges_the_verdicts() {
        for (low, high) in [(1.0201, 1.03), (1.0, 1.019_99), (1.01, 1.05)] {
            let one_way = verdict(low, high, Direction::LowerIsBetter);
            let other_way = verdict(1.0 / high, 1.0 / low, Direction::HigherIsBetter);
            assert_eq!(one_way, other_way);
        }
    }

    #[test]
    fn half_the_width_needs_four_times_the_rounds() {
        // In logarithms: distance 0.1 from the edge, half-width 0.2, so 20 rounds become 80.
        let ratio = 1.02 * 0.1_f64.exp();
        let interval = Interval {
            low: ratio * (-0.2_f64).exp(),
            high: ratio * 0.2_f64.exp(),
        };
        let verdict = judge(ratio, Some(interval), 20, Direction::LowerIsBetter, 0.02);
        let Verdict::Inconclusive { more_rounds } = verdict else {
            panic!("{verdict:?}");
        };
        assert!((60..=61).contains(&more_rounds), "{more_rounds}");
    }

    #[test]
    fn at_the_edge_itself_no_number_of_rounds_helps_and_the_answer_is_capped() {
        let interval = Interval {
            low: 1.0,
            high: 1.0404,
        };
        let verdict = judge(1.02, Some(interval), 20, Direction::LowerIsBetter, 0.02);
        let more_rounds = MOST_ROUNDS;
        assert_eq!(verdict, Verdict::Inconclusive { more_rounds });
    }

    #[test]
    fn without_an_interval_the_rounds_for_one_are_asked_for() {
        for (rounds, more_rounds) in [(1, 5), (2, 4), (5, 1)] {
            let verdict = judge(7.0, None, rounds, Direction::LowerIsBetter, 0.02);
            assert_eq!(verdict, Verdict::Inconclusive { more_rounds });
        }
    }
}
