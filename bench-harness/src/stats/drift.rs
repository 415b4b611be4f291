//! Whether a series moves in the course of a run: its last third beside its first.
//!
//! A machine warms up, a cloud's neighbour comes home. Interleaving keeps comparisons fair under drift, since all backends
//! drift together; the absolute numbers are then those of a machine that wasn't the same throughout, and the interval of the
//! median is too narrow for them.
//!
//! Simplified: what goes up and comes down again within the run is not seen.

use super::bootstrap::ratio_of_medians;
use super::rank::mann_whitney;

/// So many values are needed before a third of them says anything.
const FEWEST: usize = 12;

/// How a series moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// The median of the last third by that of the first.
    pub ratio: f64,
    /// The probability of such a difference by chance.
    pub p: f64,
}

/// Compares the ends of a series, whose values are in the order of time.
pub fn drift(values: &[f64]) -> Option<Drift> {
    if values.len() < FEWEST {
        return None;
    }
    let third = values.len() / 3;
    let (first, last) = (&values[..third], &values[values.len() - third..]);
    Some(Drift {
        ratio: ratio_of_medians(last, first)?,
        p: mann_whitney(last, first)?.p,
    })
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix64;
    use super::super::random::tests::lognormal;
    use super::*;

    #[test]
    fn a_machine_that_slows_down_is_seen_and_a_steady_one_is_not() {
        let mut random = SplitMix64::new(4);
        let steady: Vec<f64> = (0..90).map(|_| 100.0 + lognormal(&mut random)).collect();
        let slowing: Vec<f64> = (0..)
            .zip(&steady)
            .map(|(i, v)| v * (1.0 + 0.001 * f64::from(i)))
            .collect();
        let (none, some) = (drift(&steady).unwrap(), drift(&slowing).unwrap());
        assert!(none.p > 0.05, "{none:?}");
        assert!(
            some.p < 1e-6 && (1.05..1.07).contains(&some.ratio),
            "{some:?}"
        );
    }

    #[test]
    fn a_false_alarm_is_as_rare_as_its_probability_says() {
        let mut random = SplitMix64::new(8);
        let alarms = (0..1000).filter(|_| {
            let values: Vec<f64> = (0..40).map(|_| lognormal(&mut random)).collect();
            drift(&values).unwrap().p <= 0.05
        });
        let share = alarms.count() as f64 / 1000.0;
        assert!((0.02..=0.06).contains(&share), "{share}");
    }

    #[test]
    fn a_short_series_does_not_drift() {
        assert_eq!(drift(&[1.0; 11]), None);
    }
}
