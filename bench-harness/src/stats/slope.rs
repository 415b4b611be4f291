//! How much each further one adds: the slope of a line through points, by a method that one bad point can't bend.
//!
//! Theil and Sen: the median of the slopes between all pairs of points. Least squares would follow a single point in which
//! something else on the host took or freed memory; here up to 29 % of the points may be wrong.
//!
//! Read next: H. Theil, "A rank-invariant method of linear and polynomial regression analysis" (1950); P. K. Sen, "Estimates
//! of the regression coefficient based on Kendall's tau" (1968), whose estimate for points with distinct x this is.

use super::quantile::median;

/// The slope of y over x; `None` without two points of different x.
#[must_use]
pub fn theil_sen(points: &[(f64, f64)]) -> Option<f64> {
    let pairs = points.iter().enumerate().flat_map(|(index, from)| {
        let later = points[index + 1..].iter();
        later.map(move |to| (to.0 - from.0, to.1 - from.1))
    });
    let slopes: Vec<f64> = pairs
        .filter(|(run, _)| *run != 0.0)
        .map(|(run, rise)| rise / run)
        .collect();
    median(&slopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_the_median_of_all_pairs_as_computed_by_hand() {
        // Slopes: 2/1, 3/2, 12/4, 1/1, 10/3, 9/2; in order 1, 1.5, 2, 3, 3.33, 4.5.
        let points = [(1.0, 1.0), (2.0, 3.0), (3.0, 4.0), (5.0, 13.0)];
        assert_eq!(theil_sen(&points), Some(2.5));
    }

    #[test]
    fn one_wild_point_of_seven_does_not_bend_the_line() {
        let mut points: Vec<(f64, f64)> = (0..7)
            .map(|power| f64::from(1 << power))
            .map(|count| (count, 100.0 + 3.0 * count))
            .collect();
        for wild in 0..7 {
            let right = points[wild].1;
            points[wild].1 = -50_000.0;
            assert_eq!(theil_sen(&points), Some(3.0), "point {wild}");
            points[wild].1 = right;
        }
    }

    #[test]
    fn less_than_two_different_x_have_no_slope() {
        assert_eq!(theil_sen(&[]), None);
        assert_eq!(theil_sen(&[(1.0, 5.0)]), None);
        assert_eq!(theil_sen(&[(2.0, 5.0), (2.0, 9.0)]), None);
    }

    proptest! {
        #[test]
        fn points_on_a_line_give_its_slope(
            slope in -1e6..1e6_f64,
            xs in proptest::collection::btree_set(0..1000_i32, 2..9),
        ) {
            let points: Vec<(f64, f64)> =
                xs.iter().map(|x| (f64::from(*x), 7.0 + slope * f64::from(*x))).collect();
            let found = theil_sen(&points).unwrap();
            prop_assert!((found - slope).abs() <= 1e-6 * slope.abs().max(1.0));
        }
    }
}
