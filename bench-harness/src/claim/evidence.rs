//! What a claim may look at: the numbers of one run, two backends side by side.
//!
//! The summary compares each backend with `native`. Claims are about containers *and* VMs, so here any two backends are
//! compared, by the same rule (`stats/verdict.rs`) and from the same samples. Chance gets the factor of a further question
//! beside all those of the summary (Bonferroni's, which is never smaller than Holm's).

use std::collections::BTreeMap;

mod compared;

pub use compared::Compared;

use super::Fact;
use crate::sample::{Sample, TRIAL};
use crate::summary::{Series, Summary};

/// The container that claims are about.
pub const CONTAINER: &str = "container";
/// The plain process.
pub const NATIVE: &str = "native";
/// The VM without an operating system of its own.
pub const WITHOUT_OS: &str = "microvm";
/// Every VM of ours.
pub const VMS: [&str; 4] = ["microvm", "linux-vm-cloud", "linux-vm-small", "linux-vm"];
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

/// Experiment, case, metric and backend.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Round and value.
type Values = Vec<(u32, f64)>;

/// One run.
#[derive(Debug)]
pub struct Evidence<'a> {
    summary: &'a Summary,
    values: BTreeMap<Key<'a>, Values>,
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

    /// What was found on one backend alone.
    #[must_use]
    pub fn fact(&self, experiment: &str, case: &str, metric: &str, backend: &str) -> Option<Fact> {
        let series = self.series(experiment, case, metric, backend)?;
        Some(Fact::of(series))
    }

    /// The same of each of several backends that have it.
    #[must_use]
    pub fn facts(
        &self,
        experiment: &str,
        case: &str,
        metric: &str,
        backends: &[&str],
    ) -> Vec<Fact> {
        let backends = backends.iter();
        backends
            .filter_map(|backend| self.fact(experiment, case, metric, backend))
            .collect()
    }

    /// The cases of an experiment, in order.
    #[must_use]
    pub fn cases(&self, experiment: &str) -> Vec<&'a str> {
        let cases = self.summary.cases().into_iter();
        cases
            .filter(|(one, _)| *one == experiment)
            .map(|(_, case)| case)
            .collect()
    }

    /// Whether the run has anything of it, measured or missing.
    #[must_use]
    pub fn has_experiment(&self, experiment: &str) -> bool {
        !self.cases(experiment).is_empty()
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
