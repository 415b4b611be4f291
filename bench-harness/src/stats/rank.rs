//! Could two series differ so much by chance alone? The Mann-Whitney test, and Cliff's delta beside it.
//!
//! 1. Put the values of both series in one order. If the series were alike, each would have its share of the high ranks.
//! 2. Count in how many of all pairs (one value of each series) the first is the larger; ties count half. That is U
//!    (Mann and Whitney, 1947), and [`RankTest::p`] is the probability that shuffling which value belongs to which series
//!    gives a U at least as far from the middle.
//! 3. For few values every way of shuffling is counted, ties included (the shift algorithm of Streitberg and Röhmel, 1986).
//!    From `EXACT_BELOW` values on U is close to normal; its variance is corrected for ties, its distance for being a count
//!    (Lehmann, "Nonparametrics", 1975, section 1.4).
//! 4. **Cliff's delta** (1993) is how far apart they are, whatever the unit: the share of pairs in which the first is larger
//!    less the share in which it is smaller. 1: all of the first lie above all of the second; 0: neither is mostly larger.
//!
//! It asks about ranks, so neither skewness nor outliers nor a second mode disturb it. It knows nothing of rounds: a drift
//! that both series share makes it less eager to see a difference, never more.
//!
//! Read next: `holm.rs` (what many such tests do to each other), `verdict.rs`.

use statrs::distribution::{ContinuousCDF, Normal};

/// From so many values of both series together on, the normal distribution stands in for counting.
const EXACT_BELOW: usize = 25;

/// What the ranks of two series say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankTest {
    /// The two-sided probability of such a difference by chance.
    pub p: f64,
    /// From -1, the first series lies below the second, to 1, above.
    pub cliffs_delta: f64,
}

/// Tests two series; `None` if one is empty.
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<RankTest> {
    let pairs = (first.len() * second.len()) as f64;
    if pairs == 0.0 {
        return None;
    }
    let ranks = Ranks::of(first, second);
    let delta = 2.0 * ranks.u() / pairs - 1.0;
    let p = match ranks.doubled.len() < EXACT_BELOW {
        true => ranks.exact_p(),
        false => ranks.normal_p(),
    };
    Some(RankTest {
        p,
        cliffs_delta: delta,
    })
}

/// The ranks of two series in their common order, doubled: those of ties are halves.
struct Ranks {
    doubled: Vec<usize>,
    /// How many values the first series has, and the sum of their doubled ranks.
    first: (usize, usize),
    /// Over all groups of equal values, t³ - t.
    ties: f64,
}

impl Ranks {
    fn of(first: &[f64], second: &[f64]) -> Ranks {
        let from = |series: &[f64], is_first: bool| -> Vec<(f64, bool)> {
            series.iter().map(|value| (*value, is_first)).collect()
        };
        let mut all = from(first, true);
        all.extend(from(second, false));
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranks = Ranks {
            doubled: Vec::with_capacity(all.len()),
            first: (first.len(), 0),
            ties: 0.0,
        };
        for equal in all.chunk_by(|a, b| a.0 == b.0) {
            let before = ranks.doubled.len();
            // The mean of the ranks before + 1 … before + t, doubled.
            let rank = 2 * before + 1 + equal.len();
            ranks.doubled.extend(equal.iter().map(|_| rank));
            ranks.first.1 += rank * equal.iter().filter(|(_, is_first)| *is_first).count();
            ranks.ties += (equal.len() as f64).powi(3) - equal.len() as f64;
        }
        ranks
    }

    /// In how many pairs the first is the larger.
    fn u(&self) -> f64 {
        let (count, sum) = self.first;
        sum as f64 / 2.0 - (count * (count + 1)) as f64 / 2.0
    }

    /// Of all ways to choose the first series' ranks, the share whose sum is at least as far from the middle.
    fn exact_p(&self) -> f64 {
        let (count, sum) = self.first;
        let largest: usize = self.doubled.iter().sum();
        // ways[c][s]: in how many ways c of the ranks so far have the sum s.
        let mut ways = vec![vec![0.0_f64; largest + 1]; count + 1];
        ways[0][0] = 1.0;
        for rank in &self.doubled {
            for chosen in (1..=count).rev() {
                let (before, now) = ways.split_at_mut(chosen);
                let shifted = before[chosen - 1].iter().zip(&mut now[0][*rank..]);
                shifted.for_each(|(from, to)| *to += from);
            }
        }
        let middle = count * (self.doubled.len() + 1);
        let distance = sum.abs_diff(middle);
        let of_sum = ways[count].iter().enumerate();
        let as_far = of_sum.filter(|(sum, _)| sum.abs_diff(middle) >= distance);
        let all: f64 = ways[count].iter().sum();
        as_far.map(|(_, ways)| ways).sum::<f64>() / all
    }

    fn normal_p(&self) -> f64 {
        let (count, total) = (self.first.0 as f64, self.doubled.len() as f64);
        let pairs = count * (total - count);
        let variance = pairs / 12.0 * (total + 1.0 - self.ties / (total * (total - 1.0)));
        if variance <= 0.0 {
            return 1.0;
        }
        let distance = ((self.u() - pairs / 2.0).abs() - 0.5).max(0.0);
        (2.0 * Normal::standard().sf(distance / variance.sqrt())).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(first: &[f64], second: &[f64]) -> f64 {
        mann_whitney(first, second).unwrap().p
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} not {expected}");
    }

    #[test]
    fn few_values_have_the_probabilities_that_can_be_counted_by_hand() {
        // 3 beside 3: 20 ways, of which two (all low, all high) are as extreme.
        close(p(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 2.0 / 20.0);
        // 6 beside 6: 924 ways.
        let low: Vec<f64> = (0..6).map(f64::from).collect();
        let high: Vec<f64> = (6..12).map(f64::from).collect();
        close(p(&high, &low), 2.0 / 924.0);
        // One value between the others: as far from the middle as any.
        close(p(&[2.5], &[1.0, 2.0, 3.0, 4.0]), 1.0);
    }

    #[test]
    fn the_aspirin_example_of_the_literature_comes_out() {
        // Hollander and Wolfe, "Nonparametric Statistical Methods" (1973), permeability of the chorioamnion; R's example
        // of wilcox.test gives W = 35 and, one-sided, p = 0.1272; two-sided it is twice that.
        let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let early = [1.15, 0.88, 0.90, 0.74, 1.21];
        let test = mann_whitney(&term, &early).unwrap();
        close(test.cliffs_delta, 2.0 * 35.0 / 50.0 - 1.0);
        assert!((test.p - 0.2544).abs() < 1e-4, "{}", test.p);
    }

    #[test]
    fn ties_are_shuffled_like_any_other_values() {
        // 1 1 2 | 2 2 2: of the 20 ways, 4 put both ones into one given group: 4 + 4 of 20 are as extreme.
        close(p(&[1.0, 1.0, 2.0], &[2.0, 2.0, 2.0]), 8.0 / 20.0);
        close(p(&[5.0; 4], &[5.0; 4]), 1.0);
        close(p(&[5.0; 40], &[5.0; 40]), 1.0);
    }

    #[test]
    fn counting_and_the_normal_distribution_agree_where_they_meet() {
        let first: Vec<f64> = (0..12).map(|i| f64::from(i * 7 % 12)).collect();
        let second: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 12) + 2.5).collect();
        let ranks = Ranks::of(&first, &second);
        let (exact, normal) = (ranks.exact_p(), ranks.normal_p());
        assert!((exact - normal).abs() < 0.003, "{exact} {normal}");
    }

    #[test]
    fn cliffs_delta_is_the_share_of_pairs_won_less_the_share_lost() {
        let delta =
            |first: &[f64], second: &[f64]| mann_whitney(first, second).unwrap().cliffs_delta;
        // Pairs of 1, 3 beside 2, 3: lost, lost, won, tied.
        close(delta(&[1.0, 3.0], &[2.0, 3.0]), (1.0 - 2.0) / 4.0);
        close(delta(&[9.0; 3], &[1.0; 50]), 1.0);
        close(delta(&[1.0; 3], &[9.0; 50]), -1.0);
    }

    #[test]
    fn nothing_can_be_said_of_nothing() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
    }
}
