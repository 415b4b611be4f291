//! Two backends side by side, or one of them in two cases, judged by the rule of `stats/verdict.rs`.

use serde::{Deserialize, Serialize};

use super::{Evidence, Key, Values};
use crate::sample::Unit;
use crate::stats::bootstrap::{Interval, ratio_interval, ratio_of_medians};
use crate::stats::rank::mann_whitney;
use crate::stats::verdict::{Chance, Observed, Verdict, beyond, judge};
use crate::summary::metrics;

/// Two backends' values of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Compared {
    /// `startup`, …
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
    /// The variant of the other side, nearly always the same.
    pub reference_case: String,
    /// What was measured.
    pub metric: String,
    /// What the values count.
    pub unit: Unit,
    /// Which backend is judged.
    pub backend: String,
    /// Beside which.
    pub reference: String,
    /// The medians of both.
    pub medians: (f64, f64),
    /// The ratio of the medians.
    pub ratio: f64,
    /// Its 95 % interval.
    #[serde(flatten)]
    pub interval: Option<Interval>,
    /// The probability of such a difference by chance.
    #[serde(flatten)]
    pub chance: Chance,
    /// From -1, all values lie below the reference's, to 1, all lie above.
    pub cliffs_delta: f64,
    /// Half the width of the band within which both count as equal.
    pub band: f64,
    /// What that means for the backend that is judged.
    pub difference: Verdict,
}

impl Evidence<'_> {
    /// `backend` beside `reference`; `None` if one of them has no value.
    #[must_use]
    pub fn compare(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backend: &str,
        reference: &str,
    ) -> Option<Compared> {
        let key = |backend| (experiment, case, metric, backend);
        self.compare_at(key(backend), key(reference))
    }

    /// One backend in one case beside itself in another.
    #[must_use]
    pub fn compare_cases(
        &self,
        experiment: &str,
        metric: &str,
        backend: &str,
        case: &str,
        reference: &str,
    ) -> Option<Compared> {
        let key = |case| (experiment, case, metric, backend);
        self.compare_at(key(case), key(reference))
    }

    /// The same of one that is wanted to be `times` as much as the reference: judged is how it compares with so many times
    /// the reference's values.
    #[must_use]
    pub fn compare_cases_to(
        &self,
        experiment: &str,
        metric: &str,
        backend: &str,
        (case, reference): (&str, &str),
        times: f64,
    ) -> Option<Compared> {
        let mut compared = self.compare_cases(experiment, metric, backend, case, reference)?;
        let values_at = |case| self.values.get(&(experiment, case, metric, backend));
        let (ours, theirs) = (values_at(case)?, values_at(reference)?);
        let wanted: Values = theirs
            .iter()
            .map(|(round, v)| (*round, v * times))
            .collect();
        let (observed, _) = self.observe(ours, &wanted)?;
        compared.difference = judge(observed, metrics::direction(metric), compared.band);
        Some(compared)
    }

    /// The same as [`Evidence::compare`] of something that is counted and not sampled: where it is the same in all rounds, its
    /// value is certain however few they are.
    #[must_use]
    pub fn compare_counts(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backend: &str,
        reference: &str,
    ) -> Option<Compared> {
        let mut compared = self.compare(experiment, case, metric, backend, reference)?;
        let is_constant = |backend| {
            let fact = self.fact(experiment, case, metric, backend);
            fact.is_some_and(|fact| fact.is_constant())
        };
        if is_constant(backend) && is_constant(reference) {
            let ratio = compared.ratio;
            let certain = Interval {
                low: ratio,
                high: ratio,
            };
            let (direction, band) = (metrics::direction(metric), self.summary.band);
            compared.difference =
                beyond(certain, direction, band).unwrap_or(Verdict::NoPracticalDifference);
        }
        Some(compared)
    }

    fn compare_at(&self, at: Key, beside: Key) -> Option<Compared> {
        let (ours, theirs) = (self.values.get(&at)?, self.values.get(&beside)?);
        let (experiment, case, metric, backend) = at;
        let (observed, cliffs_delta) = self.observe(ours, theirs)?;
        let unit = self.series(experiment, case, metric, backend)?.unit;
        let band = self.summary.floors.band_between(backend, beside.3, unit);
        Some(Compared {
            experiment: experiment.to_owned(),
            case: case.to_owned(),
            reference_case: beside.1.to_owned(),
            metric: metric.to_owned(),
            unit,
            backend: backend.to_owned(),
            reference: beside.3.to_owned(),
            medians: (
                self.median(experiment, case, metric, backend)?,
                self.median(beside.0, beside.1, beside.2, beside.3)?,
            ),
            ratio: observed.ratio,
            interval: observed.interval,
            chance: observed.chance,
            cliffs_delta,
            band,
            difference: judge(observed, metrics::direction(metric), band),
        })
    }

    /// What there is to judge, and Cliff's delta.
    fn observe(&self, ours: &Values, theirs: &Values) -> Option<(Observed, f64)> {
        let plain = |values: &Values| -> Vec<f64> { values.iter().map(|(_, v)| *v).collect() };
        let test = mann_whitney(&plain(ours), &plain(theirs))?;
        let chance = Chance {
            alone: test.p,
            in_report: (test.p * (self.summary.comparisons + 1) as f64).min(1.0),
        };
        let observed = Observed {
            ratio: ratio_of_medians(&plain(ours), &plain(theirs))?,
            interval: ratio_interval(ours, theirs, self.seed),
            chance,
            rounds: ours.len().min(theirs.len()),
        };
        Some((observed, test.cliffs_delta))
    }
}
