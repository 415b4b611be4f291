//! The A/A floor: how different a backend may seem from itself.
//!
//! Two instances of *one* backend are measured side by side in every round, in random order, like any two backends
//! (`experiment/noise.rs`). Their ratio ought to be 1. How far its 95 % interval reaches from 1, on the farther side, is what
//! this machine made of nothing today: order effects, caches, neighbours, too few rounds. No difference smaller than that is
//! believed.
//!
//! Each backend has a floor of its own, and between two backends the larger one counts: a VM that boots an operating system
//! wobbles more than a process, and shouldn't blur the comparison of two others.
//!
//! It is measured in times, so it holds for times and rates. Bytes and counts have no part in it: a busy machine blurs the
//! clock, not the number of pages.
//!
//! Simplified: measured on start-up, applied to every time and every rate.

use super::bootstrap::ratio_interval;

/// The floor of a backend, from two series of it by round, as half the width of a band (0.03: ±3 %). `None` if there are too
/// few rounds to tell.
pub fn floor(first: &[(u32, f64)], second: &[(u32, f64)], seed: u64) -> Option<f64> {
    let interval = ratio_interval(first, second, seed)?;
    Some(interval.high.max(1.0 / interval.low) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix64;
    use super::super::random::tests::lognormal;
    use super::*;

    fn series(random: &mut SplitMix64, rounds: u32, factor: f64) -> Vec<(u32, f64)> {
        (0..rounds)
            .map(|round| (round, factor * lognormal(random)))
            .collect()
    }

    #[test]
    fn the_floor_is_the_farther_end_of_the_interval_whichever_side_it_is_on() {
        let mut random = SplitMix64::new(2);
        let (one, other) = (series(&mut random, 40, 1.0), series(&mut random, 40, 1.3));
        let (forth, back) = (
            floor(&one, &other, 1).unwrap(),
            floor(&other, &one, 1).unwrap(),
        );
        assert!(forth > 0.3, "{forth}");
        assert!((forth - back).abs() < 0.05, "{forth} {back}");
    }

    #[test]
    fn more_rounds_lower_the_floor() {
        let mut random = SplitMix64::new(2);
        let [few, many] = [12, 1200].map(|rounds| {
            let (one, other) = (
                series(&mut random, rounds, 1.0),
                series(&mut random, rounds, 1.0),
            );
            floor(&one, &other, 1).unwrap()
        });
        assert!(many < few / 3.0, "{many} {few}");
    }

    #[test]
    fn too_few_rounds_have_no_floor() {
        assert_eq!(floor(&[(0, 1.0)], &[(0, 1.0)], 1), None);
    }
}
