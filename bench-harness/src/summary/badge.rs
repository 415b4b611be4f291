//! Validity badges: what must be known of a result before it is believed.
//!
//! Each [`Kind`] is one short rule about data that the run brought with it, and one text in `locale/*/badges.ftl`: its name,
//! what it means, and the command to type next. Rules live beside the data that they look at:
//!
//! 1. `machine`: what `run.json` says of the machine, before and during the run.
//! 2. `io`: what the host's counters say of the disk, and what can't be an honest result.
//! 3. `shape`: what the values themselves give away, such as two modes or a drift.
//! 4. [`failures`](self): how many trials gave nothing.
//!
//! A badge removes no result and changes no number. No chart can be drawn without those that concern it: `chart::Frame` asks
//! for them. Runs of older versions, which recorded less, have fewer badges.
//!
//! To add one: a [`Kind`], its rule, its texts.
//!
//! Read next: `machine.rs`, `locale/en/badges.ftl`.

mod io;
mod machine;
mod shape;

use serde::{Deserialize, Serialize};

pub use io::is_checked;
pub(super) use machine::of_machine;

use super::{Missing, Series};
use crate::language::Said;
use crate::sample::{Outcome, Sample, TRIAL};

/// What is to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The machine is emulated in software.
    Emulated,
    /// The machine is a virtual machine itself.
    Nested,
    /// Other programs used the CPUs.
    Load,
    /// The hypervisor gave the CPUs to others.
    Steal,
    /// A cgroup held the CPUs back.
    Throttled,
    /// Memory was swapped.
    Swap,
    /// The machine ran on battery.
    Battery,
    /// The CPU's frequency follows the load.
    Governor,
    /// Reading the clock is slow, or the clock changed.
    Clock,
    /// A peer does less than the others, and isn't faster for it.
    Shortfall,
    /// A backend differs much from itself.
    Noisy,
    /// Native became faster or slower in the course of the run.
    Drift,
    /// The values lie round two centres.
    Bimodal,
    /// Some trials gave nothing.
    Failed,
    /// The disk waited for the workload.
    QueueDepth,
    /// A cache was measured, or was missing.
    PageCache,
    /// Not every flush reached the host.
    Flush,
    /// Flushes cost next to nothing.
    NoFlush,
    /// It can't be.
    FasterThanNative,
}

impl Kind {
    /// Every kind, what concerns the whole run first.
    pub const ALL: [Kind; 19] = [
        Kind::Emulated,
        Kind::Nested,
        Kind::Load,
        Kind::Steal,
        Kind::Throttled,
        Kind::Swap,
        Kind::Battery,
        Kind::Governor,
        Kind::Clock,
        Kind::Shortfall,
        Kind::Noisy,
        Kind::Drift,
        Kind::Bimodal,
        Kind::Failed,
        Kind::QueueDepth,
        Kind::PageCache,
        Kind::Flush,
        Kind::NoFlush,
        Kind::FasterThanNative,
    ];

    /// The key of its name; `.meaning` and `.next` are attributes of it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Kind::Emulated => "badge-emulated",
            Kind::Nested => "badge-nested",
            Kind::Load => "badge-load",
            Kind::Steal => "badge-steal",
            Kind::Throttled => "badge-throttled",
            Kind::Swap => "badge-swap",
            Kind::Battery => "badge-battery",
            Kind::Governor => "badge-governor",
            Kind::Clock => "badge-clock",
            Kind::Shortfall => "badge-shortfall",
            Kind::Noisy => "badge-noisy",
            Kind::Drift => "badge-drift",
            Kind::Bimodal => "badge-bimodal",
            Kind::Failed => "badge-failed",
            Kind::QueueDepth => "badge-queue-depth",
            Kind::PageCache => "badge-page-cache",
            Kind::Flush => "badge-flush",
            Kind::NoFlush => "badge-no-flush",
            Kind::FasterThanNative => "badge-faster-than-native",
        }
    }
}

/// A badge of a result, or of all results.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Badge {
    /// What is to be known.
    pub kind: Kind,
    /// `startup`, …; empty if it concerns the run as a whole.
    pub experiment: String,
    /// The variant within the experiment; empty if it concerns all.
    pub case: String,
    /// The backend; empty if it concerns all.
    pub backend: String,
    /// What its texts leave open.
    pub values: Vec<(String, String)>,
}

impl Badge {
    /// A badge of the whole run.
    fn of_run(kind: Kind) -> Badge {
        Badge::at(kind, "", "", "")
    }

    fn at(kind: Kind, experiment: &str, case: &str, backend: &str) -> Badge {
        let name = ("backend".to_owned(), backend.to_owned());
        let of = ("experiment".to_owned(), experiment.to_owned());
        Badge {
            kind,
            experiment: experiment.to_owned(),
            case: case.to_owned(),
            backend: backend.to_owned(),
            values: vec![name, of],
        }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Badge {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// Whether the results of an experiment are to be read with it.
    #[must_use]
    pub fn concerns(&self, experiment: &str) -> bool {
        self.experiment.is_empty() || self.experiment == experiment
    }

    /// What it means, in a line.
    #[must_use]
    pub fn meaning(&self) -> Said {
        self.text("meaning")
    }

    /// The next command to type.
    #[must_use]
    pub fn next(&self) -> Said {
        self.text("next")
    }

    fn text(&self, attribute: &str) -> Said {
        Said {
            key: format!("{}.{attribute}", self.kind.key()),
            values: self.values.clone(),
        }
    }
}

/// The badges with which an experiment's results are to be read. There may be none, but whoever holds this has asked.
#[derive(Clone, Debug)]
pub struct Badges<'a>(Vec<&'a Badge>);

impl<'a> Badges<'a> {
    pub(super) fn among(all: &'a [Badge], experiment: &str) -> Badges<'a> {
        Badges(
            all.iter()
                .filter(|badge| badge.concerns(experiment))
                .collect(),
        )
    }

    /// Each kind once, in order.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.0.iter().map(|badge| badge.kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

/// The badges that the numbers of a run give away.
pub(super) fn of_results(
    series: &[Series],
    missing: &[Missing],
    samples: &[Sample],
    floors: &super::Floors,
) -> Vec<Badge> {
    let mut badges = shape::noisy(floors);
    badges.extend(shape::of_values(samples));
    badges.extend(failures(series, missing));
    badges.extend(io::of_io(series));
    badges.sort();
    badges
}

/// Where some trials gave a result and others failed: the result is that of the lucky ones.
fn failures(series: &[Series], missing: &[Missing]) -> Vec<Badge> {
    let of_trials = missing.iter().filter(|one| {
        one.metric == TRIAL && matches!(one.outcome, Outcome::Failed | Outcome::Timeout)
    });
    let badge = |one: &Missing| {
        let measured = series.iter().filter(|series| {
            (&series.experiment, &series.case, &series.backend)
                == (&one.experiment, &one.case, &one.backend)
        });
        let measured = measured.map(|series| series.statistics.n).max()?;
        let badge = Badge::at(Kind::Failed, &one.experiment, &one.case, &one.backend);
        Some(
            badge
                .with("failed", one.rounds.to_string())
                .with("all", (one.rounds + measured).to_string()),
        )
    };
    of_trials.filter_map(badge).collect()
}

#[cfg(test)]
mod tests;
