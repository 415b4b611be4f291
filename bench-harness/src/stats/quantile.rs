//! Median and percentiles.
//!
//! There are nine common definitions of a sample percentile (Hyndman and Fan, 1996). Used here: **nearest rank** (their
//! type 1), the smallest value that at least p % of the values do not exceed. It is always a value that was measured, and
//! p99 of fewer than 100 values is plainly the maximum, where interpolation would make up a smaller one.
//! The median alone takes the mean of the two middle values if their number is even.

/// The median; `None` of nothing.
pub fn median(values: &[f64]) -> Option<f64> {
    median_of_sorted(&sorted(values))
}

/// The nearest-rank percentile, with `percent` from 0 to 100; `None` of nothing. Percentile 0 is the minimum.
pub fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    percentile_of_sorted(&sorted(values), percent)
}

/// The values in ascending order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Like [`median`], of values that are in ascending order already.
pub fn median_of_sorted(sorted: &[f64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(lower + (upper - lower) / 2.0)
}

/// Like [`percentile`], of values that are in ascending order already.
pub fn percentile_of_sorted(sorted: &[f64], percent: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1).min(last)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value_or_between_the_two_middle_ones() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[9.0, 1.0]), Some(5.0));
        assert_eq!(median(&[3.0, 100.0, 1.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
    }

    #[test]
    fn percentiles_are_those_of_the_published_nearest_rank_example() {
        // The worked example of Wikipedia's "Percentile", section "The nearest-rank method".
        let list = [15.0, 20.0, 35.0, 40.0, 50.0];
        let at = |percent| percentile(&list, percent);
        assert_eq!(at(5.0), Some(15.0));
        assert_eq!(at(30.0), Some(20.0));
        assert_eq!(at(40.0), Some(20.0));
        assert_eq!(at(50.0), Some(35.0));
        assert_eq!(at(100.0), Some(50.0));
    }

    #[test]
    fn percentiles_are_measured_values_even_at_the_ends() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&hundred, 99.0), Some(99.0));
        assert_eq!(percentile(&hundred, 90.0), Some(90.0));
        assert_eq!(percentile(&hundred, 0.0), Some(1.0));
        assert_eq!(percentile(&[1.0, 2.0], 99.0), Some(2.0));
        assert_eq!(percentile(&[], 50.0), None);
    }
}
