//! What each rung of the ladder adds to the one below it (`experiment/ablation/ladder.rs`).
//!
//! 1. The increment is the difference of the two medians, so that increments add up to the whole.
//! 2. Its interval is bootstrapped by whole rounds, as that of a ratio is: both starts of a round were made close to each other
//!    in time, and a drift of the machine that both share falls out.
//! 3. An interval that reaches below 0 means that the part can't be seen here; a negative increment is shown as it is.
//!
//! Read next: `stats/bootstrap.rs`.

use serde::{Deserialize, Serialize};

use crate::experiment::ablation::ladder::LADDER;
use crate::sample::Sample;
use crate::stats::bootstrap::{Interval, difference_interval};
use crate::stats::quantile::median;

/// The experiment and its metrics.
const EXPERIMENT: &str = "ablation";
const METRICS: [&str; 2] = ["ablation.total_ns", "ablation.ready_ns"];

/// One rung above another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Increment {
    /// The rung.
    pub case: String,
    /// The one below it.
    pub over: String,
    /// Of which metric.
    pub metric: String,
    /// How much more, in the metric's unit; less than 0 if it is less.
    pub difference: f64,
    /// Its 95 % interval, if there are enough values for one.
    #[serde(flatten)]
    pub interval: Option<Interval>,
}

/// Round and value.
type Values = Vec<(u32, f64)>;

/// The increments of all rungs that were measured together with the one below.
pub(super) fn all(samples: &[Sample], seed: u64) -> Vec<Increment> {
    let of = |case: &str, metric: &str| -> Values {
        let here = |sample: &&Sample| {
            (
                sample.experiment.as_str(),
                sample.case.as_str(),
                sample.metric.as_str(),
            ) == (EXPERIMENT, case, metric)
        };
        let here = samples.iter().filter(here);
        here.filter_map(|sample| Some((sample.round, sample.value?)))
            .collect()
    };
    let steps = LADDER
        .iter()
        .filter_map(|rung| Some((rung.case, rung.over?)));
    let of_step = |(case, over): (&'static str, &'static str)| {
        METRICS.into_iter().filter_map(move |metric| {
            let (above, below) = (of(case, metric), of(over, metric));
            let difference = middle(&above)? - middle(&below)?;
            Some(Increment {
                case: case.to_owned(),
                over: over.to_owned(),
                metric: metric.to_owned(),
                difference,
                interval: difference_interval(&above, &below, seed),
            })
        })
    };
    steps.flat_map(of_step).collect()
}

fn middle(values: &[(u32, f64)]) -> Option<f64> {
    let plain: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    median(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Outcome, Unit};

    fn rows(case: &str, values: &[f64]) -> Vec<Sample> {
        let row = |(round, value): (u32, &f64)| Sample {
            run_id: "r".to_owned(),
            experiment: EXPERIMENT.to_owned(),
            case: case.to_owned(),
            backend: "container".to_owned(),
            metric: METRICS[0].to_owned(),
            unit: Unit::Ns,
            round,
            outcome: Outcome::Ok,
            value: Some(*value),
            note: String::new(),
        };
        (0..).zip(values).map(row).collect()
    }

    #[test]
    fn a_drift_that_both_rungs_share_does_not_widen_the_increment() {
        let drift: Vec<f64> = (0..40)
            .map(|round| 1000.0 + 50.0 * f64::from(round))
            .collect();
        let more: Vec<f64> = drift.iter().map(|value| value + 7.0).collect();
        let samples = [
            rows("container-nothing", &drift),
            rows("container-uts", &more),
        ]
        .concat();
        let increments = all(&samples, 1);
        assert_eq!(increments.len(), 1);
        let increment = &increments[0];
        assert_eq!(
            (increment.case.as_str(), increment.difference),
            ("container-uts", 7.0)
        );
        let interval = increment.interval.unwrap();
        assert!((interval.low - 7.0).abs() < 1.0 && (interval.high - 7.0).abs() < 1.0);
    }

    #[test]
    fn a_rung_that_takes_less_is_a_negative_increment_and_one_alone_is_none() {
        let samples = [
            rows("container-nothing", &[20.0; 8]),
            rows("container-uts", &[19.0; 8]),
            rows("container-seccomp", &[50.0; 8]),
        ]
        .concat();
        let increments = all(&samples, 1);
        assert_eq!(increments.len(), 1);
        assert_eq!(increments[0].difference, -1.0);
    }

    #[test]
    fn too_few_rounds_have_no_interval() {
        let samples = [
            rows("vm-memory-4g", &[1.0; 9]),
            rows("vm-prefault-4g", &[9.0; 3]),
        ]
        .concat();
        let increments = all(&samples, 1);
        assert_eq!(
            (increments[0].difference, increments[0].interval),
            (8.0, None)
        );
    }
}
