use super::*;

/// Uniform in (0, 1].
fn uniform(random: &mut SplitMix64) -> f64 {
    ((random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
}

/// Standard normal, by Box and Muller.
fn normal(random: &mut SplitMix64) -> f64 {
    let radius = (-2.0 * uniform(random).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(random)).cos()
}

/// Skewed to the right, as start-up times are; its median is 1.
fn lognormal(random: &mut SplitMix64) -> f64 {
    (0.8 * normal(random)).exp()
}

/// Two modes, 60 % of the values near 10 and 40 % near 20, as with a cache that sometimes misses. The median is where
/// the first mode has 5/6 of its values below.
fn bimodal(random: &mut SplitMix64) -> f64 {
    let centre = if uniform(random) < 0.6 { 10.0 } else { 20.0 };
    centre + normal(random)
}
const BIMODAL_MEDIAN: f64 = 10.0 + 0.967_421_6;

/// In how many of so many simulated runs the interval covers the truth, in percent.
fn coverage(runs: u64, truth: f64, interval_of_run: impl Fn(&mut SplitMix64) -> Interval) -> f64 {
    let covered = (0..runs).filter(|run| {
        let interval = interval_of_run(&mut SplitMix64::new(run * 7919 + 1));
        (interval.low..=interval.high).contains(&truth)
    });
    100.0 * covered.count() as f64 / runs as f64
}

#[test]
fn the_generator_gives_the_published_sequence() {
    // First outputs of the reference splitmix64.c for seed 1234567.
    let mut random = SplitMix64::new(1_234_567);
    assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
    assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
}

/// Of 400 simulated runs, with a standard error of 1.1 %; an interval of 90 % instead of 95 % would fall below.
const ABOUT_95: std::ops::RangeInclusive<f64> = 91.0..=98.5;

#[test]
fn the_median_interval_covers_the_truth_in_about_95_percent_of_the_runs() {
    for count in [9, 12, 20] {
        let skewed = coverage(400, 1.0, |random| {
            let values: Vec<f64> = (0..count).map(|_| lognormal(random)).collect();
            median_interval(&values, 1).unwrap()
        });
        let two_modes = coverage(400, BIMODAL_MEDIAN, |random| {
            let values: Vec<f64> = (0..count).map(|_| bimodal(random)).collect();
            median_interval(&values, 1).unwrap()
        });
        assert!(ABOUT_95.contains(&skewed), "{count} values: {skewed} %");
        assert!(
            ABOUT_95.contains(&two_modes),
            "{count} values: {two_modes} %"
        );
    }
}

#[test]
fn the_ratio_interval_covers_the_truth_in_about_95_percent_of_the_runs() {
    let covered = coverage(400, 3.0, |random| {
        let (above, below) = drifting(random, 15, 0.0);
        ratio_interval(&above, &below, 1).unwrap()
    });
    assert!(ABOUT_95.contains(&covered), "{covered} %");
}

#[test]
fn a_drift_that_both_backends_share_does_not_blur_their_ratio() {
    let (above, below) = drifting(&mut SplitMix64::new(3), 20, 1.0);
    let unpaired: Vec<(u32, f64)> = below.iter().map(|(round, v)| (round + 100, *v)).collect();
    let width = |interval: Interval| interval.high / interval.low;
    let by_round = width(ratio_interval(&above, &below, 1).unwrap());
    let independent = width(ratio_interval(&above, &unpaired, 1).unwrap());
    assert!(by_round < independent, "{by_round} {independent}");
}

/// The values of a series with their rounds.
type PerRound = Vec<(u32, f64)>;

/// Two series with the ratio 3, both multiplied by the same random drift in each round.
fn drifting(random: &mut SplitMix64, rounds: u32, drift: f64) -> (PerRound, PerRound) {
    (0..rounds)
        .map(|round| {
            let common = (drift * normal(random)).exp();
            let (above, below) = (3.0 * lognormal(random), lognormal(random));
            ((round, common * above), (round, common * below))
        })
        .unzip()
}

#[test]
fn few_values_have_no_interval_and_some_have_their_full_range() {
    let values = [5.0, 1.0, 2.0, 3.0, 4.0, 9.0];
    let full = Some(Interval {
        low: 1.0,
        high: 9.0,
    });
    assert_eq!(median_interval(&values, 1), full);
    for count in 0..INTERVAL_FROM {
        assert_eq!(median_interval(&values[..count], 1), None);
    }
}

#[test]
fn the_ratio_of_few_rounds_is_bounded_by_the_ranges() {
    let series = |low: f64| -> Vec<(u32, f64)> {
        (0..6)
            .map(|round| (round, low + f64::from(round)))
            .collect()
    };
    let interval = ratio_interval(&series(10.0), &series(1.0), 1).unwrap();
    assert_eq!((interval.low, interval.high), (10.0 / 6.0, 15.0));
    assert_eq!(ratio_interval(&series(10.0)[..5], &series(1.0), 1), None);
    assert_eq!(ratio_interval(&series(10.0), &series(0.0), 1), None);
}

#[test]
fn equal_values_have_an_interval_without_width() {
    let equal: Vec<(u32, f64)> = (0..20).map(|round| (round, 4.0)).collect();
    let double: Vec<(u32, f64)> = (0..20).map(|round| (round, 8.0)).collect();
    let interval = ratio_interval(&double, &equal, 1).unwrap();
    assert_eq!((interval.low, interval.high), (2.0, 2.0));
}

#[test]
fn one_seed_gives_one_interval() {
    let values: Vec<f64> = (0..20).map(|value| f64::from(value * value)).collect();
    assert_eq!(median_interval(&values, 7), median_interval(&values, 7));
}

#[test]
fn rounds_that_one_series_lacks_still_count_for_the_other() {
    let above: Vec<(u32, f64)> = (0..20).map(|round| (round, 30.0)).collect();
    let below: Vec<(u32, f64)> = (10..20).map(|round| (round, 10.0)).collect();
    let interval = ratio_interval(&above, &below, 1).unwrap();
    assert_eq!((interval.low, interval.high), (3.0, 3.0));
}
