//! What a claim may look at: the numbers of one run, two backends side by side.
//!
//! The summary compares each backend with `native`. Claims are about containers *and* VMs, so here any two backends are
//! compared, by the same rule (`stats/verdict.rs`) and from the same samples. Chance gets the factor of a further question
//! beside all those of the summary (Bonferroni's, which is never smaller than Holm's).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sample::{Sample, TRIAL, Unit};
use crate::stats::bootstrap::{Interval, ratio_interval, ratio_of_medians};
use crate::stats::rank::mann_whitney;
use crate::stats::verdict::{Chance, Observed, Verdict, judge};
use crate::summary::{Series, Summary, metrics};

/// The container that claims are about.
pub const CONTAINER: &str = "container";
/// The plain process.
pub const NATIVE: &str = "native";
/// The VM without an operating system of its own.
pub const WITHOUT_OS: &str = "microvm";
/// The VMs that boot one, the usual one first.
pub const WITH_OS: [&str; 3] = ["linux-vm-cloud", "linux-vm-small", "linux-vm"];

/// The two kinds of VM, which differ in one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Virtualization, and a second operating system.
    WithOs,
    /// Virtualization alone.
    WithoutOs,
}

impl Kind {
    /// As it ends the keys of parts.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::WithOs => "with-os",
            Self::WithoutOs => "without-os",
        }
    }

    /// The backends of this kind.
    #[must_use]
    pub fn backends(self) -> &'static [&'static str] {
        match self {
            Self::WithOs => &WITH_OS,
            Self::WithoutOs => &[WITHOUT_OS],
        }
    }
}

/// Two backends' values of one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// `startup`, …
    pub experiment: String,
    /// The variant within the experiment.
    pub case: String,
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
    /// What that means for the backend that is judged.
    pub difference: Verdict,
}

/// Round and value.
type Values = Vec<(u32, f64)>;

/// One run.
#[derive(Debug)]
pub struct Evidence<'a> {
    summary: &'a Summary,
    values: BTreeMap<(&'a str, &'a str, &'a str, &'a str), Values>,
    seed: u64,
}

impl<'a> Evidence<'a> {
    /// The samples of a run and what was made of them.
    #[must_use]
    pub fn of(summary: &'a Summary, samples: &'a [Sample], seed: u64) -> Self {
        let mut values: BTreeMap<_, Values> = BTreeMap::new();
        for sample in samples {
            if let Some(value) = sample.value {
                let key = (
                    sample.experiment.as_str(),
                    sample.case.as_str(),
                    sample.metric.as_str(),
                    sample.backend.as_str(),
                );
                values.entry(key).or_default().push((sample.round, value));
            }
        }
        Self {
            summary,
            values,
            seed,
        }
    }

    /// A median with its statistics.
    #[must_use]
    pub fn series(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backend: &str,
    ) -> Option<&'a Series> {
        self.summary.find(experiment, case, metric, backend)
    }

    /// A median.
    #[must_use]
    pub fn median(&self, experiment: &str, case: &str, metric: &str, backend: &str) -> Option<f64> {
        let series = self.series(experiment, case, metric, backend)?;
        Some(series.statistics.median)
    }

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
        let of = |backend| self.values.get(&(experiment, case, metric, backend));
        let (ours, theirs) = (of(backend)?, of(reference)?);
        let plain = |values: &Values| -> Vec<f64> { values.iter().map(|(_, v)| *v).collect() };
        let ratio = ratio_of_medians(&plain(ours), &plain(theirs))?;
        let interval = ratio_interval(ours, theirs, self.seed);
        let test = mann_whitney(&plain(ours), &plain(theirs))?;
        let chance = Chance {
            alone: test.p,
            in_report: (test.p * (self.summary.comparisons + 1) as f64).min(1.0),
        };
        let observed = Observed {
            ratio,
            interval,
            chance,
            rounds: ours.len().min(theirs.len()),
        };
        let direction = metrics::direction(metric);
        let band = self.summary.floors.band_between(backend, reference);
        let series = self.series(experiment, case, metric, backend)?;
        Some(Compared {
            experiment: experiment.to_owned(),
            case: case.to_owned(),
            metric: metric.to_owned(),
            unit: series.unit,
            backend: backend.to_owned(),
            reference: reference.to_owned(),
            medians: (
                series.statistics.median,
                self.median(experiment, case, metric, reference)?,
            ),
            ratio,
            interval,
            chance,
            cliffs_delta: test.cliffs_delta,
            difference: judge(observed, direction, band),
        })
    }

    /// Why a backend has no such value, as its rows say; empty if nothing was asked of it.
    #[must_use]
    pub fn absence(&self, experiment: &str, case: &str, metric: &str, backend: &str) -> String {
        let missing = self.summary.missing.iter().find(|missing| {
            missing.experiment == experiment
                && missing.case == case
                && missing.backend == backend
                && (missing.metric == metric || missing.metric == TRIAL)
        });
        missing.map_or(String::new(), |missing| {
            format!("{backend}: {}", missing.reason)
        })
    }

    /// Why none of several backends has such a value: the first reason that there is.
    #[must_use]
    pub fn first_absence(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backends: &[&str],
    ) -> String {
        let reasons = backends
            .iter()
            .map(|backend| self.absence(experiment, case, metric, backend));
        reasons
            .into_iter()
            .find(|reason| !reason.is_empty())
            .unwrap_or_default()
    }

    /// The backends of a kind that have a value of this metric.
    #[must_use]
    pub fn measured(
        &self,
        kind: Kind,
        experiment: &str,
        case: &str,
        metric: &str,
    ) -> Vec<&'static str> {
        let has =
            |backend: &&&'static str| self.median(experiment, case, metric, backend).is_some();
        kind.backends().iter().filter(has).copied().collect()
    }
}
