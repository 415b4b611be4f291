//! The three charts of the startup experiment.

use super::bars::{Bar, Group, Panel};
use super::steps::{Curve, Distribution};
use super::waterfall::{Lane, Phase, Waterfall};
use super::{Drawn, canvas, frame, panels};
use crate::sample::{Sample, Unit};
use crate::summary::{Summary, metrics};

pub const TITLE: &str = "Startup: how long until it runs?";
pub const CAPTION: &str = "All times are taken by the host. *First instruction* and *ready* count from just before the \
    launcher is spawned; *spawn to reaped* is the whole life of the launcher.";
pub const PHASES_TITLE: &str = "Startup: where does the time go?";
pub const PHASES_CAPTION: &str = "Each row is one step, from the end of the step before it. All backends share one clock \
    that starts at the spawn. Bars are distances between the medians of the marks; steps under 1 % of a backend's \
    total are drawn together, the table of phases has them one by one.";
pub const CDF_TITLE: &str = "Startup: how often does it take longer?";
pub const CDF_CAPTION: &str = "Each step is one raw sample: at the height 0.9 stands the time that 90 % of the starts did \
    not exceed. Rings are outliers by Tukey's rule; they are part of every number.";

const EXPERIMENT: &str = "startup";
const MARK: &str = "startup.mark.";

/// Steps shorter than this part of a backend's whole life are drawn together.
const SHORT: f64 = 0.01;

/// Panels of the bar chart: points in time share an axis, and so do the much shorter parts.
const PANELS: [(&str, &[&str]); 2] = [
    (
        "times from the spawn on",
        &["startup.first_ns", "startup.ready_ns", "startup.total_ns"],
    ),
    (
        "parts of it, and CPU time of all processes",
        &[
            "startup.create_ns",
            "startup.exit_ns",
            "startup.teardown_ns",
            "startup.cpu_ns",
        ],
    ),
];

fn cases(summary: &Summary) -> Vec<&str> {
    let cases = summary.cases().into_iter();
    cases
        .filter(|(experiment, _)| *experiment == EXPERIMENT)
        .map(|(_, case)| case)
        .collect()
}

/// Medians with intervals.
pub fn bars(summary: &Summary) -> Drawn {
    let subtitle = "Median; whiskers: 95 % interval of the median. Less is better.";
    let of_case = |case: &'_ str| {
        PANELS.map(|(heading, metrics)| Panel {
            heading: format!("{case}: {heading}"),
            axis: "time",
            unit: Unit::Ns,
            always_log: false,
            groups: groups(summary, case, metrics),
        })
    };
    let all = cases(summary).into_iter().flat_map(of_case).collect();
    panels(frame(summary, TITLE, subtitle, EXPERIMENT), all)
}

fn groups(summary: &Summary, case: &str, metrics: &[&str]) -> Vec<Group> {
    let group = |metric: &&str| {
        let backends = summary.backends().into_iter();
        let series = backends.filter_map(|b| summary.find(EXPERIMENT, case, metric, b));
        Group {
            label: metrics::label(metric).to_owned(),
            bars: series.map(Bar::of).collect(),
        }
    };
    let groups = metrics.iter().map(group);
    groups.filter(|group| !group.bars.is_empty()).collect()
}

/// One lane per backend, on one clock.
pub fn phases(summary: &Summary) -> Drawn {
    let Some(case) = cases(summary).first().copied() else {
        return Ok(None);
    };
    let backends = summary.backends();
    let lanes: Vec<Lane> = backends
        .iter()
        .filter_map(|backend| lane(summary, case, backend))
        .collect();
    if lanes.is_empty() {
        return Ok(None);
    }
    let subtitle = format!(
        "{case}: every step from the spawn to the end, medians, one clock for all backends."
    );
    let page = frame(summary, PHASES_TITLE, &subtitle, EXPERIMENT);
    let waterfall = Waterfall::new(lanes);
    canvas::page(&page, waterfall.height(), |canvas, y| {
        waterfall.draw(canvas, y)
    })
    .map(Some)
}

/// A backend's steps in the order in which they ended: its launcher's marks, and what the harness itself saw.
pub fn steps(summary: &Summary, case: &str, backend: &str) -> Vec<(String, f64)> {
    let of_backend = |metric: &str| summary.find(EXPERIMENT, case, metric, backend);
    let seen = [
        ("startup.first_ns", "workload main"),
        ("startup.ready_ns", "workload ready"),
        ("startup.total_ns", "reaped"),
    ];
    let seen = seen.into_iter().filter_map(|(metric, name)| {
        of_backend(metric).map(|series| (name.to_owned(), series.statistics.median))
    });
    let marks = summary.series.iter().filter_map(|series| {
        let name = series.metric.strip_prefix(MARK)?.strip_suffix("_ns")?;
        let here = (
            series.experiment.as_str(),
            series.case.as_str(),
            series.backend.as_str(),
        );
        (here == (EXPERIMENT, case, backend))
            .then(|| (name.replacen('.', " ", 1), series.statistics.median))
    });
    let mut steps: Vec<(String, f64)> = seen.chain(marks).collect();
    steps.sort_by(|a, b| a.1.total_cmp(&b.1));
    steps
}

fn lane(summary: &Summary, case: &str, backend: &str) -> Option<Lane> {
    let steps = steps(summary, case, backend);
    let total = steps.last()?.1;
    let mut before = 0.0;
    let mut phases: Vec<Phase> = Vec::new();
    for (name, end) in steps {
        let phase = Phase {
            names: vec![name],
            start: before,
            end,
        };
        before = end;
        let short = |phase: &Phase| phase.end - phase.start < SHORT * total;
        // A run of short steps becomes one row; it stays one even when together they are no longer short.
        match phases.last_mut() {
            Some(last) if short(&phase) && (last.names.len() > 1 || short(last)) => {
                last.names.extend(phase.names);
                last.end = phase.end;
            }
            _ => phases.push(phase),
        }
    }
    Some(Lane {
        backend: backend.to_owned(),
        phases,
    })
}

/// Every raw sample as a step.
pub fn distribution(summary: &Summary, samples: &[Sample]) -> Drawn {
    let Some(case) = cases(summary).first().copied() else {
        return Ok(None);
    };
    let plot = |metric: &str| Distribution {
        heading: metrics::label(metric).to_owned(),
        axis: "time since the spawn",
        unit: Unit::Ns,
        curves: summary
            .backends()
            .iter()
            .filter_map(|b| curve(summary, samples, case, metric, b))
            .collect(),
    };
    let plots: Vec<Distribution> = ["startup.first_ns", "startup.total_ns"]
        .map(plot)
        .into_iter()
        .filter(|plot| !plot.curves.is_empty())
        .collect();
    if plots.is_empty() {
        return Ok(None);
    }
    let subtitle = format!(
        "{case}: share of starts that took no longer. Further left is better, steeper is steadier."
    );
    let page = frame(summary, CDF_TITLE, &subtitle, EXPERIMENT);
    let height = plots.iter().map(Distribution::height).sum();
    let drawn = canvas::page(&page, height, |canvas, mut y| {
        for plot in &plots {
            plot.draw(canvas, y)?;
            y += plot.height();
        }
        Ok(())
    });
    drawn.map(Some)
}

fn curve(
    summary: &Summary,
    samples: &[Sample],
    case: &str,
    metric: &str,
    backend: &str,
) -> Option<Curve> {
    let series = summary.find(EXPERIMENT, case, metric, backend)?;
    let outliers = &series.statistics.outlier_rounds;
    let here = |sample: &&Sample| {
        (
            sample.case.as_str(),
            sample.metric.as_str(),
            sample.backend.as_str(),
        ) == (case, metric, backend)
    };
    let mut points: Vec<(f64, bool)> = samples
        .iter()
        .filter(here)
        .filter_map(|sample| Some((sample.value?, outliers.contains(&sample.round))))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    Some(Curve {
        backend: backend.to_owned(),
        points,
    })
}
