//! Many tests in one report: Holm's correction.
//!
//! A test at 5 % sees a difference where there is none once in twenty times. A report of two hundred comparisons would tell
//! ten stories about nothing. Holm ("A Simple Sequentially Rejective Multiple Test Procedure", 1979) keeps the probability of
//! *even one* such story in the report below 5 %:
//!
//! 1. Order the m probabilities. Multiply the smallest by m, the next by m - 1, and so on to the largest by 1.
//! 2. None may be smaller than the one before it, and none is larger than 1.
//!
//! The tests may depend on each other in any way, as those of one run do: they share a machine, and often a native series.

/// The adjusted probabilities, in the order of the given ones.
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]));
    let mut adjusted = vec![1.0; probabilities.len()];
    let mut largest = 0.0_f64;
    for (rank, index) in order.into_iter().enumerate() {
        let left = (probabilities.len() - rank) as f64;
        largest = largest.max(probabilities[index] * left).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        // Four hypotheses, as in Wikipedia's "Holm-Bonferroni method": at 5 % the first and the last are rejected.
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        let expected = [0.03, 0.06, 0.06, 0.02];
        for (found, expected) in adjusted.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{adjusted:?}");
        }
    }

    #[test]
    fn one_test_is_left_alone_and_nothing_exceeds_certainty() {
        assert_eq!(holm(&[0.2]), [0.2]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert_eq!(holm(&[]), [0.0; 0]);
    }
}
