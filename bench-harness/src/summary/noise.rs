//! This run's A/A floors: for each backend how different it seems from itself.
//!
//! Read next: `stats/floor.rs` (what a floor is), `experiment/noise.rs` (how it is measured).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sample::{Sample, Unit};
use crate::stats::floor::floor;
use crate::stats::verdict::DEFAULT_BAND;

/// The experiment that measures a backend beside itself, and its two metrics.
pub const EXPERIMENT: &str = "noise";
/// The instance that the draw put first in the row; which of the two ran first in time is random.
pub const FIRST: &str = "noise.a_ns";
/// The other one.
pub const SECOND: &str = "noise.b_ns";

/// Half the width of the band within which each backend seems different from itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Floors(BTreeMap<String, f64>);

impl Floors {
    /// The floors of every backend that was measured beside itself often enough.
    pub fn of(samples: &[Sample], seed: u64) -> Floors {
        let mut pairs: BTreeMap<&str, [Vec<(u32, f64)>; 2]> = BTreeMap::new();
        let of_noise = |sample: &&Sample| sample.experiment == EXPERIMENT;
        for sample in samples.iter().filter(of_noise) {
            let side = [FIRST, SECOND]
                .iter()
                .position(|name| *name == sample.metric);
            if let (Some(side), Some(value)) = (side, sample.value) {
                let pair = pairs.entry(&sample.backend).or_default();
                pair[side].push((sample.round, value));
            }
        }
        let floors = pairs.into_iter().filter_map(|(backend, [first, second])| {
            Some((backend.to_owned(), floor(&first, &second, seed)?))
        });
        Floors(floors.collect())
    }

    /// How different a backend seems from itself, if that was measured.
    #[must_use]
    pub fn of_backend(&self, backend: &str) -> Option<f64> {
        self.0.get(backend).copied()
    }

    /// The backends with their floors.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        let floors = self.0.iter();
        floors.map(|(backend, floor)| (backend.as_str(), *floor))
    }

    /// Half the width of the band within which two backends count as equal: of what depends on a clock, never below the floor
    /// of either.
    #[must_use]
    pub fn band_between(&self, one: &str, other: &str, unit: Unit) -> f64 {
        if !is_timed(unit) {
            return DEFAULT_BAND;
        }
        let floors = [one, other]
            .into_iter()
            .filter_map(|backend| self.of_backend(backend));
        floors.fold(DEFAULT_BAND, f64::max)
    }
}

/// Whether a value would be another on a busier machine: times and rates are. The floor is measured in times, and says nothing
/// of how well pages and exits can be counted.
fn is_timed(unit: Unit) -> bool {
    match unit {
        Unit::Ns | Unit::PerS | Unit::BytesPerS => true,
        Unit::Bytes | Unit::Count | Unit::Ratio => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Outcome;

    /// Twelve rounds in which the second instance of this backend takes so many times as long as the first.
    fn rounds(backend: &str, factor: f64) -> Vec<Sample> {
        let row = |(round, metric, value): (u32, &str, f64)| Sample {
            run_id: "r".to_owned(),
            experiment: EXPERIMENT.to_owned(),
            case: "hello".to_owned(),
            backend: backend.to_owned(),
            metric: metric.to_owned(),
            unit: Unit::Ns,
            round,
            outcome: Outcome::Ok,
            value: Some(value),
            note: String::new(),
        };
        let rounds = (0..12).flat_map(|round| [(round, FIRST, 1e6), (round, SECOND, 1e6 * factor)]);
        rounds.map(row).collect()
    }

    #[test]
    fn the_noisier_of_two_backends_decides_their_band_and_no_band_is_below_the_usual_one() {
        let mut rows = rounds("native", 1.001);
        rows.extend(rounds("microvm", 1.1));
        let floors = Floors::of(&rows, 1);
        assert!((floors.band_between("native", "microvm", Unit::Ns) - 0.1).abs() < 1e-9);
        assert_eq!(
            floors.band_between("native", "container", Unit::Ns),
            DEFAULT_BAND
        );
        let of_bytes = floors.band_between("native", "microvm", Unit::Bytes);
        assert_eq!(of_bytes, DEFAULT_BAND, "a noisy clock blurs no count");
        assert_eq!(floors.of_backend("container"), None);
    }
}
