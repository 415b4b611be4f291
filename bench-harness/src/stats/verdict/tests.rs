use super::super::bootstrap::{SplitMix64, ratio_interval, ratio_of_medians};
use super::super::holm::holm;
use super::super::random::tests::{lognormal, normal};
use super::super::rank::mann_whitney;
use super::*;

const CERTAIN: Chance = Chance {
    alone: 1e-6,
    in_report: 1e-4,
};

fn observed(low: f64, high: f64) -> Observed {
    Observed {
        ratio: (low * high).sqrt(),
        interval: Some(Interval { low, high }),
        chance: CERTAIN,
        rounds: 20,
    }
}

fn verdict(low: f64, high: f64, direction: Direction) -> Verdict {
    judge(observed(low, high), direction, 0.02)
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
fn a_wider_band_makes_the_same_interval_no_difference_and_equality_hardly_easier() {
    let seen = observed(1.03, 1.08);
    assert_eq!(judge(seen, Direction::LowerIsBetter, 0.02), Verdict::Worse);
    let barely = observed(0.99, 1.035);
    let equal = judge(barely, Direction::LowerIsBetter, 0.04);
    assert_eq!(equal, Verdict::NoPracticalDifference);
    // A run that can't tell a backend from itself by 10 % can claim neither.
    let noisy = judge(seen, Direction::LowerIsBetter, 0.1);
    assert!(matches!(noisy, Verdict::Inconclusive { .. }), "{noisy:?}");
}

#[test]
fn a_run_that_can_tell_nothing_apart_calls_nothing_equal() {
    let halved = judge(observed(0.33, 0.84), Direction::LowerIsBetter, 2.0);
    assert!(matches!(halved, Verdict::Inconclusive { .. }), "{halved:?}");
}

#[test]
fn an_interval_across_an_edge_is_inconclusive_even_if_it_excludes_one() {
    let across = verdict(1.01, 1.08, Direction::LowerIsBetter);
    assert!(matches!(across, Verdict::Inconclusive { .. }));
}

#[test]
fn what_chance_explains_is_no_difference_however_large_and_says_how_many_rounds_would_exclude_it() {
    let by_chance = Observed {
        chance: Chance {
            alone: 0.0022,
            in_report: 0.22,
        },
        rounds: 6,
        ..observed(1.5, 2.5)
    };
    let verdict = judge(by_chance, Direction::LowerIsBetter, 0.02);
    // z must grow from 3.06 to 3.48: 6·(3.48/3.06)² = 7.8 rounds.
    assert_eq!(verdict, Verdict::Inconclusive { more_rounds: 2 });
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
    let seen = observed(ratio * (-0.2_f64).exp(), ratio * 0.2_f64.exp());
    let verdict = judge(seen, Direction::LowerIsBetter, 0.02);
    let Verdict::Inconclusive { more_rounds } = verdict else {
        panic!("{verdict:?}");
    };
    assert!((60..=61).contains(&more_rounds), "{more_rounds}");
}

#[test]
fn at_the_edge_itself_no_number_of_rounds_helps_and_the_answer_is_capped() {
    let more_rounds = MOST_ROUNDS;
    let at_the_edge = Observed {
        ratio: 1.02,
        ..observed(1.0, 1.0404)
    };
    let verdict = judge(at_the_edge, Direction::LowerIsBetter, 0.02);
    assert_eq!(verdict, Verdict::Inconclusive { more_rounds });
}

#[test]
fn without_an_interval_the_rounds_for_one_are_asked_for() {
    for (rounds, more_rounds) in [(1, 5), (2, 4), (5, 1)] {
        let seen = Observed {
            interval: None,
            rounds,
            ..observed(7.0, 7.0)
        };
        let verdict = judge(seen, Direction::LowerIsBetter, 0.02);
        assert_eq!(verdict, Verdict::Inconclusive { more_rounds });
    }
}

/// The verdicts of a simulated report in which nothing differs: so many comparisons of so many rounds, all with a drift that
/// the two sides share.
fn report_of_equals(random: &mut SplitMix64, comparisons: usize, rounds: u32) -> Vec<Verdict> {
    let dealt: Vec<[Vec<(u32, f64)>; 2]> = (0..comparisons)
        .map(|_| {
            let drift: Vec<f64> = (0..rounds).map(|_| (0.2 * normal(random)).exp()).collect();
            [(), ()].map(|()| {
                (0..)
                    .zip(&drift)
                    .map(|(round, drift)| (round, drift * lognormal(random)))
                    .collect()
            })
        })
        .collect();
    let plain = |series: &[(u32, f64)]| -> Vec<f64> { series.iter().map(|(_, v)| *v).collect() };
    let tests = dealt
        .iter()
        .map(|[a, b]| mann_whitney(&plain(a), &plain(b)).unwrap().p);
    let alone: Vec<f64> = tests.collect();
    let judged = dealt.iter().zip(alone.iter().zip(holm(&alone)));
    judged
        .map(|([a, b], (alone, in_report))| {
            let seen = Observed {
                ratio: ratio_of_medians(&plain(a), &plain(b)).unwrap(),
                // Where chance isn't excluded no interval makes it a difference.
                interval: (in_report <= ERROR_RATE)
                    .then(|| ratio_interval(a, b, 1))
                    .flatten(),
                chance: Chance {
                    alone: *alone,
                    in_report,
                },
                rounds: a.len(),
            };
            judge(seen, Direction::LowerIsBetter, DEFAULT_BAND)
        })
        .collect()
}

#[test]
fn in_at_most_5_percent_of_the_reports_about_equals_even_one_difference_is_claimed() {
    let mut random = SplitMix64::new(11);
    for (reports, comparisons, rounds) in [(600, 1, 9), (80, 10, 12)] {
        let with_a_difference = (0..reports).filter(|_| {
            let verdicts = report_of_equals(&mut random, comparisons, rounds);
            let claims = |one: &Verdict| matches!(one, Verdict::Better | Verdict::Worse);
            verdicts.iter().any(claims)
        });
        let share = 100.0 * with_a_difference.count() as f64 / f64::from(reports);
        assert!(share <= 5.0, "{comparisons} of {rounds} rounds: {share} %");
    }
}
