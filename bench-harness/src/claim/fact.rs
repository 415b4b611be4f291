//! What was found on one backend alone: that it shares the host's kernel, how many files it needs.

use serde::{Deserialize, Serialize};

use crate::sample::Unit;
use crate::summary::Series;

/// One number of one backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fact {
    /// `isolation`, …
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
    /// What was found.
    pub metric: String,
    /// What the value counts.
    pub unit: Unit,
    /// Of which backend.
    pub backend: String,
    /// The middle of all rounds.
    pub median: f64,
    /// The smallest of all rounds.
    pub min: f64,
    /// The largest of all rounds.
    pub max: f64,
    /// How many rounds there were.
    pub rounds: usize,
}

impl Fact {
    /// The fact in a series.
    #[must_use]
    pub fn of(series: &Series) -> Self {
        let statistics = &series.statistics;
        Self {
            experiment: series.experiment.clone(),
            case: series.case.clone(),
            metric: series.metric.clone(),
            unit: series.unit,
            backend: series.backend.clone(),
            median: statistics.median,
            min: statistics.min,
            max: statistics.max,
            rounds: statistics.n,
        }
    }

    /// Whether it was the same in every round.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.min.total_cmp(&self.max).is_eq()
    }
}

/// Of what is 1 or 0.
#[must_use]
pub fn is_yes(value: f64) -> bool {
    value > 0.5
}

/// Of what is 1 or 0.
#[must_use]
pub fn is_no(value: f64) -> bool {
    value < 0.5
}
