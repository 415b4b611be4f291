//! The same words for the same thing in tables, charts and Markdown.

use super::units::{Scale, human, plain};
use crate::sample::{Outcome, TRIAL, Unit};
use crate::stats::verdict::{Direction, MOST_ROUNDS, Verdict};
use crate::summary::{Comparison, Missing, Series, Statistics, Warning, metrics, validity};

/// Stands at every table and chart of a run on the emulated lab machine.
pub const EMULATED: &str = "emulated: times are not representative";

/// The median with its unit.
pub fn median(series: &Series) -> String {
    human(series.statistics.median, series.unit)
}

/// `[low, high]` in the unit of the median; `(min to max)` where there are too few values for an interval.
pub fn interval(statistics: &Statistics, unit: Unit) -> String {
    let like = statistics.median;
    let scale = Scale::fitting(like, unit);
    match statistics.interval {
        Some(interval) => format!(
            "[{}, {}]",
            scale.number_like(interval.low, like),
            scale.number_like(interval.high, like)
        ),
        None if statistics.n < 2 => String::new(),
        None => format!(
            "({} to {})",
            scale.number_like(statistics.min, like),
            scale.number_like(statistics.max, like)
        ),
    }
}

/// `[low, high]` of a ratio, or nothing.
pub fn ratio_interval(comparison: &Comparison) -> String {
    let like = comparison.ratio;
    comparison.interval.map_or(String::new(), |interval| {
        format!(
            "[{}, {}]",
            plain(interval.low, like),
            plain(interval.high, like)
        )
    })
}

/// The verdict in the words that fit the metric; nothing where no direction is good.
pub fn verdict(series: &Series) -> String {
    let Some(comparison) = &series.vs_native else {
        return String::new();
    };
    if metrics::direction(&series.metric) == Direction::Neutral {
        return String::new();
    }
    let amount = series.unit == Unit::Bytes || series.metric.contains("cpu");
    let word = match comparison.verdict {
        Verdict::Better if amount => "less",
        Verdict::Worse if amount => "more",
        Verdict::Better if validity::is_checked(&series.metric) => "faster: see the warnings",
        Verdict::Better => "faster",
        Verdict::Worse => "slower",
        Verdict::NoPracticalDifference => "no practical difference",
        Verdict::Inconclusive { more_rounds: 1 } => "inconclusive: about 1 more round",
        Verdict::Inconclusive { more_rounds } if more_rounds >= MOST_ROUNDS => {
            return format!("inconclusive: {MOST_ROUNDS} or more rounds");
        }
        Verdict::Inconclusive { more_rounds } => {
            // Two digits: it is an estimate from an estimate.
            let round_number = if more_rounds < 100 {
                more_rounds
            } else {
                more_rounds.div_ceil(10) * 10
            };
            return format!("inconclusive: about {round_number} more rounds");
        }
    };
    word.to_owned()
}

/// `startup/hello, microvm` with the parts that are there.
pub fn place(warning: &Warning) -> String {
    let case = [warning.experiment.as_str(), warning.case.as_str()];
    let case: Vec<&str> = case.into_iter().filter(|part| !part.is_empty()).collect();
    let parts = [case.join("/"), warning.backend.clone()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// What became of trials without a value.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "measured",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
        Outcome::Timeout => "timed out",
    }
}

/// So many cases of one experiment are named one by one.
const MOST_CASES: usize = 3;

/// One line about everything that one backend lacks for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    /// The backend.
    pub backend: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Where, as `startup/hello` or, for single metrics, `memory/touched-0 memory.rss_bytes`.
    pub places: Vec<String>,
    /// In how many rounds, all places together.
    pub rounds: usize,
    /// Why.
    pub reason: String,
}

/// What is missing, by backend and reason; either whole trials or single metrics.
pub fn absences(missing: &[Missing], whole_trials: bool) -> Vec<Absence> {
    let mut found: Vec<Absence> = Vec::new();
    for one in missing
        .iter()
        .filter(|one| (one.metric == TRIAL) == whole_trials)
    {
        let place = if whole_trials {
            format!("{}/{}", one.experiment, one.case)
        } else {
            one.metric.clone()
        };
        let known = found.iter_mut().find(|known| {
            (&known.backend, known.outcome, &known.reason)
                == (&one.backend, one.outcome, &one.reason)
        });
        match known {
            Some(known) => {
                known.rounds += one.rounds;
                if !known.places.contains(&place) {
                    known.places.push(place);
                }
            }
            None => found.push(Absence {
                backend: one.backend.clone(),
                outcome: one.outcome,
                places: vec![place],
                rounds: one.rounds,
                reason: one.reason.clone(),
            }),
        }
    }
    found
}

impl Absence {
    /// The line.
    pub fn text(&self) -> String {
        let trials = match self.rounds {
            1 => "1 trial".to_owned(),
            rounds => format!("{rounds} trials"),
        };
        let reason = match self.reason.as_str() {
            "" => "no reason given",
            reason => reason,
        };
        format!(
            "{} {} ({}; {trials}): {reason}",
            self.backend,
            outcome(self.outcome),
            self.named_places().join(", ")
        )
    }

    /// The places; many cases of one experiment as their number.
    fn named_places(&self) -> Vec<String> {
        let mut shown: Vec<String> = Vec::new();
        let mut done: Vec<&str> = Vec::new();
        for place in &self.places {
            let Some((experiment, _)) = place.split_once('/') else {
                shown.push(place.clone());
                continue;
            };
            if done.contains(&experiment) {
                continue;
            }
            let prefix = format!("{experiment}/");
            let alike: Vec<&String> = self
                .places
                .iter()
                .filter(|p| p.starts_with(&prefix))
                .collect();
            if alike.len() > MOST_CASES {
                shown.push(format!("{} cases of {experiment}", alike.len()));
            } else {
                shown.extend(alike.into_iter().cloned());
            }
            done.push(experiment);
        }
        shown
    }
}
