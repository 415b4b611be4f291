//! How noisy a series is, and which of its values stand apart.
//!
//! 1. Noise is the median absolute deviation (MAD) from the median, times 1.4826: for normally distributed values that
//!    is the standard deviation, but a few wild values hardly move it.
//! 2. An outlier lies outside Tukey's fences: more than 1.5 interquartile ranges below the first or above the third
//!    quartile. In a benchmark it is a finding (a timer tick, a page fault, a neighbour): it gets a label, and stays in
//!    every median, interval and percentile.
//!
//! Read next: Tukey, "Exploratory Data Analysis" (1977), chapter 2; Hampel, "The influence curve" (1974).

use super::quantile::{median, percentile_of_sorted, sorted};

/// Makes the MAD of normally distributed values their standard deviation: 1 / Φ⁻¹(3/4).
const MAD_TO_STANDARD_DEVIATION: f64 = 1.482_602_218_505_602;

/// How many interquartile ranges a value may lie outside the quartiles.
const FENCE: f64 = 1.5;

/// The noise of a series, in the unit of its values; `None` for fewer than two.
pub fn noise(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let middle = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    Some(MAD_TO_STANDARD_DEVIATION * median(&deviations)?)
}

/// The indices of the values outside Tukey's fences, in the order of the values. Quartiles are nearest-rank percentiles.
pub fn outliers(values: &[f64]) -> Vec<usize> {
    let ordered = sorted(values);
    let quartile = |percent| percentile_of_sorted(&ordered, percent);
    let (Some(first), Some(third)) = (quartile(25.0), quartile(75.0)) else {
        return Vec::new();
    };
    let reach = FENCE * (third - first);
    let inside = first - reach..=third + reach;
    let indexed = values.iter().enumerate();
    indexed
        .filter(|(_, value)| !inside.contains(value))
        .map(|(index, _)| index)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_the_median_distance_from_the_median() {
        // Median 2, distances 1 1 0 0 2 4 7, their median 1.
        let noise_of = noise(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]).unwrap();
        assert!((noise_of - 1.4826).abs() < 1e-4);
        assert_eq!(noise(&[5.0]), None);
        assert_eq!(noise(&[5.0, 5.0, 5.0]), Some(0.0));
    }

    #[test]
    fn one_wild_value_is_an_outlier_and_leaves_the_noise_alone() {
        let calm = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0];
        let mut wild = calm;
        wild[3] = 1000.0;
        assert_eq!(outliers(&calm), Vec::<usize>::new());
        assert_eq!(outliers(&wild), vec![3]);
        assert!(noise(&wild).unwrap() < 2.0 * noise(&calm).unwrap());
    }

    #[test]
    fn the_fences_themselves_are_inside() {
        // Quartiles 2 and 4: the fences are at -1 and 7.
        assert_eq!(outliers(&[1.0, 2.0, 3.0, 4.0, 7.0]), Vec::<usize>::new());
        assert_eq!(outliers(&[1.0, 2.0, 3.0, 4.0, 7.1]), vec![4]);
        assert_eq!(outliers(&[-1.1, 2.0, 3.0, 4.0, 5.0]), vec![0]);
    }
}
