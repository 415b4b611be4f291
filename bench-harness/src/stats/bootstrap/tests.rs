use super::super::random::tests::{BIMODAL_MEDIAN, bimodal, lognormal, normal};
use super::*;

/// In how many of so many simulated runs the interval covers the truth, in percent.
fn coverage(runs: u64, truth: f64, interval_of_run: impl Fn(&mut SplitMix64) -> Interval) -> f64 {
    let covered = (0..runs).filter(|run| {
        let interval = interval_of_run(&mut SplitMix64::new(run * 7919 + 1));
        (interval.low..=interval.high).contains(&truth)
    });
    100.0 * covered.count() as f64 / runs as f64
}

/// What an interval of 95 % may cover. The simulations are large enough to tell: their standard error is 0.4 to 0.8 %.
const ABOUT_95: std::ops::RangeInclusive<f64> = 93.0..=97.0;

/// From so many values on; of 6 to 8 the stairs are too high for 97 %, and the interval is a little too wide.
const ENOUGH: [usize; 7] = [9, 12, 13, 15, 20, 40, 101];

#[test]
fn the_median_interval_covers_the_truth_in_93_to_97_percent_of_the_runs() {
    for count in ENOUGH {
        let interval = |random: &mut SplitMix64, value: fn(&mut SplitMix64) -> f64| {
            let values: Vec<f64> = (0..count).map(|_| value(random)).collect();
            median_interval(&values).unwrap()
        };
        let skewed = coverage(3000, 1.0, |random| interval(random, lognormal));
        let two_modes = coverage(3000, BIMODAL_MEDIAN, |random| interval(random, bimodal));
        for (shape, covered) in [("skewed", skewed), ("bimodal", two_modes)] {
            assert!(ABOUT_95.contains(&covered), "{count} {shape}: {covered} %");
        }
    }
}

#[test]
fn of_few_values_the_median_interval_covers_rather_more() {
    for count in INTERVAL_FROM..9 {
        let skewed = coverage(3000, 1.0, |random| {
            let values: Vec<f64> = (0..count).map(|_| lognormal(random)).collect();
            median_interval(&values).unwrap()
        });
        assert!((95.0..=98.5).contains(&skewed), "{count}: {skewed} %");
    }
}

#[test]
fn the_ratio_interval_covers_the_truth_in_93_to_97_percent_of_the_runs() {
    // Fewer draws than a report makes, so that there can be more runs.
    let draws = 400;
    for (count, runs) in [(9, 1500), (15, 1500), (40, 600)] {
        for (shape, value) in [
            ("skewed", lognormal as fn(&mut _) -> _),
            ("bimodal", bimodal),
        ] {
            let covered = coverage(runs, 3.0, |random| {
                let (above, below) = drifting(random, count, 0.3, value);
                interval_of_draws(&above, &below, 1, draws, |a, b| a / b).unwrap()
            });
            assert!(ABOUT_95.contains(&covered), "{count} {shape}: {covered} %");
        }
    }
}

#[test]
fn drawing_gives_the_distribution_that_the_formula_has() {
    let mut random = SplitMix64::new(5);
    for count in [9, 12] {
        let draws = 20_000;
        let mut at_most = vec![0.0; count + 1];
        for _ in 0..draws {
            let mut drawn: Vec<f64> = (0..count)
                .map(|_| 1.0 + random.two_below(count)[0] as f64)
                .collect();
            drawn.sort_by(f64::total_cmp);
            let middles = [drawn[(count - 1) / 2], drawn[count / 2]];
            for (k, share) in at_most.iter_mut().enumerate() {
                let below = middles.iter().filter(|middle| **middle <= k as f64);
                *share += below.count() as f64 / 2.0 / f64::from(draws);
            }
        }
        for (k, drawn) in at_most.iter().enumerate() {
            let formula = median_is_at_most(k, count);
            assert!(
                (drawn - formula).abs() < 0.015,
                "{k} of {count}: {drawn} {formula}"
            );
        }
    }
}

#[test]
fn a_drift_that_both_backends_share_does_not_blur_their_ratio() {
    let (above, below) = drifting(&mut SplitMix64::new(3), 20, 1.0, lognormal);
    let unpaired: Vec<(u32, f64)> = below.iter().map(|(round, v)| (round + 100, *v)).collect();
    let width = |interval: Interval| interval.high / interval.low;
    let by_round = width(ratio_interval(&above, &below, 1).unwrap());
    let independent = width(ratio_interval(&above, &unpaired, 1).unwrap());
    assert!(by_round < independent, "{by_round} {independent}");
}

/// The values of a series with their rounds.
type PerRound = Vec<(u32, f64)>;

/// Two series with the ratio 3, both multiplied by the same random drift in each round.
fn drifting(
    random: &mut SplitMix64,
    rounds: u32,
    drift: f64,
    value: fn(&mut SplitMix64) -> f64,
) -> (PerRound, PerRound) {
    (0..rounds)
        .map(|round| {
            let common = (drift * normal(random)).exp();
            let (above, below) = (3.0 * value(random), value(random));
            ((round, common * above), (round, common * below))
        })
        .unzip()
}

#[test]
fn the_difference_interval_covers_the_truth_in_93_to_97_percent_of_the_runs() {
    for (count, runs) in [(9, 1500), (40, 600)] {
        for (shape, value) in [
            ("skewed", lognormal as fn(&mut _) -> _),
            ("bimodal", bimodal),
        ] {
            let covered = coverage(runs, 2.0, |random| {
                let round = |round: u32| {
                    let common = 0.3 * normal(random);
                    let (above, below) = (2.0 + value(random), value(random));
                    ((round, common + above), (round, common + below))
                };
                let (above, below): (PerRound, PerRound) = (0..count).map(round).unzip();
                interval_of_draws(&above, &below, 1, 400, |a, b| a - b).unwrap()
            });
            assert!(ABOUT_95.contains(&covered), "{count} {shape}: {covered} %");
        }
    }
}

#[test]
fn too_few_values_have_no_interval() {
    let values = [5.0, 1.0, 2.0, 3.0, 4.0, 9.0];
    assert!(median_interval(&values).is_some());
    for count in 0..INTERVAL_FROM {
        assert_eq!(median_interval(&values[..count]), None);
    }
}

#[test]
fn an_interval_lies_within_the_values_and_round_their_median() {
    let values: Vec<f64> = (1..=25).map(f64::from).collect();
    let interval = median_interval(&values).unwrap();
    // Of 25 values the formula gives place 8.16, and 17.84 from the other side.
    assert!((interval.low - 8.16).abs() < 0.01, "{interval:?}");
    assert!((interval.high - 17.84).abs() < 0.01, "{interval:?}");
}

#[test]
fn a_ratio_needs_enough_rounds_and_values_above_zero() {
    let series = |low: f64| -> Vec<(u32, f64)> {
        (0..6)
            .map(|round| (round, low + f64::from(round)))
            .collect()
    };
    let interval = ratio_interval(&series(10.0), &series(1.0), 1).unwrap();
    assert!(
        interval.low >= 10.0 / 6.0 && interval.high <= 15.0,
        "{interval:?}"
    );
    assert_eq!(ratio_interval(&series(10.0)[..5], &series(1.0), 1), None);
    assert_eq!(ratio_interval(&series(10.0), &series(0.0), 1), None);
}

#[test]
fn equal_values_have_an_interval_without_width() {
    let equal: Vec<(u32, f64)> = (0..20).map(|round| (round, 4.0)).collect();
    let double: Vec<(u32, f64)> = (0..20).map(|round| (round, 8.0)).collect();
    let interval = ratio_interval(&double, &equal, 1).unwrap();
    assert_eq!((interval.low, interval.high), (2.0, 2.0));
    assert_eq!(
        median_interval(&[4.0; 20]),
        Some(Interval {
            low: 4.0,
            high: 4.0
        })
    );
}

#[test]
fn one_seed_gives_one_interval() {
    let (above, below) = drifting(&mut SplitMix64::new(3), 20, 0.0, lognormal);
    assert_eq!(
        ratio_interval(&above, &below, 7),
        ratio_interval(&above, &below, 7)
    );
}

#[test]
fn rounds_that_one_series_lacks_still_count_for_the_other() {
    let above: Vec<(u32, f64)> = (0..20).map(|round| (round, 30.0)).collect();
    let below: Vec<(u32, f64)> = (10..20).map(|round| (round, 10.0)).collect();
    let interval = ratio_interval(&above, &below, 1).unwrap();
    assert_eq!((interval.low, interval.high), (3.0, 3.0));
}
