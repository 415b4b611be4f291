//! Whether values lie round two centres instead of one: a page cache that is hit or missed, one C-state or another.
//!
//! A median of two modes is a number that hardly any trial gave. So:
//!
//! 1. Take logarithms: skewed times become symmetric, and "apart" means a factor.
//! 2. Split the ordered values where the sum of squares within both parts is smallest (Fisher, "On Grouping for Maximum
//!    Homogeneity", 1958; for two groups, Otsu's method of 1979).
//! 3. Two modes it is if the parts' means lie more than `APART` pooled standard deviations from each other (the D of Ashman,
//!    Bird and Zepf, 1994: √2·|m₁-m₂|/√(s₁²+s₂²)), if either part has a fair share, and if they differ by more than the band.
//!
//! Any series can be split; the halves of a normal one have D = 2.7, of a uniform one 3.5. That is why `APART` is more than
//! the 2 that is usual for modes that are known beforehand.

use super::quantile::sorted;

/// How far apart the parts must lie.
const APART: f64 = 5.0;
/// The share that the smaller part has at least: less is outliers.
const FAIR_SHARE: f64 = 0.2;
/// So many values are needed.
const FEWEST: usize = 30;
/// The factor between the centres that matters.
const FACTOR: f64 = 1.05;

/// Two centres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Modes {
    /// The geometric mean of the lower part.
    pub low: f64,
    /// Of the upper part.
    pub high: f64,
    /// How many of the values are in the upper part.
    pub share_of_high: f64,
}

/// The two modes of the values; `None` if there is one, or if a value isn't above zero.
pub fn two_modes(values: &[f64]) -> Option<Modes> {
    if values.len() < FEWEST || values.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = sorted(values).iter().map(|value| value.ln()).collect();
    let fewest = (FAIR_SHARE * logs.len() as f64).ceil() as usize;
    let (below, above) = (running(logs.iter()), running(logs.iter().rev()));
    let parts = |split: usize| (below[split - 1], above[logs.len() - split - 1]);
    let splits = fewest..=logs.len() - fewest;
    let within = |split: usize| parts(split).0.squares + parts(split).1.squares;
    let split = splits.min_by(|a, b| within(*a).total_cmp(&within(*b)))?;
    let (low, high) = parts(split);
    let distance = high.mean - low.mean;
    let spread = ((low.variance() + high.variance()) / 2.0).sqrt();
    let are_two = distance > FACTOR.ln() && distance > APART * spread;
    are_two.then(|| Modes {
        low: low.mean.exp(),
        high: high.mean.exp(),
        share_of_high: (logs.len() - split) as f64 / logs.len() as f64,
    })
}

/// Count, mean and sum of squared distances from the mean, of the values so far.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Part {
    fn variance(self) -> f64 {
        self.squares / self.count
    }
}

/// The part that ends at each value, by Welford's recurrence (1962).
fn running<'a>(values: impl Iterator<Item = &'a f64>) -> Vec<Part> {
    let mut part = Part::default();
    values
        .map(|value| {
            part.count += 1.0;
            let distance = value - part.mean;
            part.mean += distance / part.count;
            part.squares += distance * (value - part.mean);
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix64;
    use super::super::random::tests::{bimodal, lognormal, normal, uniform};
    use super::*;

    #[test]
    fn two_centres_are_found_where_they_are() {
        let mut random = SplitMix64::new(1);
        let values: Vec<f64> = (0..200).map(|_| bimodal(&mut random)).collect();
        let modes = two_modes(&values).unwrap();
        assert!(
            (9.5..10.5).contains(&modes.low) && (19.5..20.5).contains(&modes.high),
            "{modes:?}"
        );
        assert!((0.3..0.5).contains(&modes.share_of_high), "{modes:?}");
    }

    #[test]
    fn one_centre_is_hardly_ever_taken_for_two_whatever_its_shape() {
        type Draw = fn(&mut SplitMix64) -> f64;
        let shapes: [(&str, Draw); 4] = [
            ("normal", |random| 50.0 + 5.0 * normal(random)),
            ("skewed", lognormal),
            ("uniform", |random| 1.0 + uniform(random)),
            ("exponential", |random| -uniform(random).ln() + 1e-9),
        ];
        let mut random = SplitMix64::new(6);
        for (shape, value) in shapes {
            for count in [30, 60, 300] {
                let found = (0..300).filter(|_| {
                    let values: Vec<f64> = (0..count).map(|_| value(&mut random)).collect();
                    two_modes(&values).is_some()
                });
                let share = found.count() as f64 / 300.0;
                assert!(share <= 0.02, "{shape}, {count} values: {share}");
            }
        }
    }

    #[test]
    fn outliers_a_small_step_and_few_values_are_no_second_mode() {
        let mut random = SplitMix64::new(6);
        let mut values: Vec<f64> = (0..50).map(|_| 100.0 + normal(&mut random)).collect();
        values[7] = 900.0;
        values[9] = 950.0;
        assert_eq!(two_modes(&values), None);
        let step: Vec<f64> = (0..50)
            .map(|i| if i % 2 == 0 { 100.0 } else { 102.0 })
            .collect();
        assert_eq!(two_modes(&step), None);
        assert_eq!(two_modes(&[1.0, 2.0, 2.0, 1.0]), None);
    }
}
