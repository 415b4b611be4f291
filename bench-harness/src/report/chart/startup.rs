//! The three charts of the startup experiment.

use super::bars::{Bar, Group, Panel};
use super::steps::{Curve, Distribution};
use super::view::View;
use super::waterfall::{Lane, Phase, Waterfall};
use super::{Drawn, canvas, panels};
use crate::language::Messages;
use crate::sample::{Sample, Unit};
use crate::summary::Summary;

const EXPERIMENT: &str = "startup";
const MARK: &str = "startup.mark.";

/// Steps shorter than this part of a backend's whole life are drawn together.
const SHORT: f64 = 0.01;

/// Panels of the bar chart, each with the name of its heading: points in time share an axis, and so do the much shorter parts.
const PANELS: [(&str, &[&str]); 2] = [
    (
        "times",
        &["startup.first_ns", "startup.ready_ns", "startup.total_ns"],
    ),
    (
        "parts",
        &[
            "startup.create_ns",
            "startup.exit_ns",
            "startup.teardown_ns",
            "startup.cpu_ns",
        ],
    ),
];

/// Medians with intervals.
pub fn bars(view: &View) -> Drawn {
    let of_case = |case: &'_ str| {
        PANELS.map(|(heading, metrics)| Panel {
            heading: view.with(heading, &[("case", case)]),
            axis: view.say.text("axis-time"),
            unit: Unit::Ns,
            always_log: false,
            groups: groups(view, case, metrics),
        })
    };
    panels(view, view.cases().into_iter().flat_map(of_case).collect())
}

fn groups(view: &View, case: &str, metrics: &[&str]) -> Vec<Group> {
    let summary = view.summary;
    let group = |metric: &&str| {
        let backends = summary.backends().into_iter();
        let series = backends.filter_map(|b| summary.find(EXPERIMENT, case, metric, b));
        Group {
            label: view.say.metric(metric),
            bars: series.map(Bar::of).collect(),
        }
    };
    let groups = metrics.iter().map(group);
    groups.filter(|group| !group.bars.is_empty()).collect()
}

/// One lane per backend, on one clock.
pub fn phases(view: &View) -> Drawn {
    let Some(case) = view.cases().first().copied() else {
        return Ok(None);
    };
    let backends = view.summary.backends();
    let lanes: Vec<Lane> = backends
        .iter()
        .filter_map(|backend| lane(view, case, backend))
        .collect();
    if lanes.is_empty() {
        return Ok(None);
    }
    let page = view.frame_with(&[("case", case)]);
    let waterfall = Waterfall::new(lanes, &view.say.text("axis-since-spawn"));
    canvas::page(&page, waterfall.height(), |canvas, y| {
        waterfall.draw(canvas, view.say, y)
    })
    .map(Some)
}

/// A backend's steps in the order in which they ended: its launcher's marks, and what the harness itself saw.
pub fn steps(summary: &Summary, say: &Messages, case: &str, backend: &str) -> Vec<(String, f64)> {
    let of_backend = |metric: &str| summary.find(EXPERIMENT, case, metric, backend);
    let seen = [
        ("startup.first_ns", "chart-startup-phases.main"),
        ("startup.ready_ns", "chart-startup-phases.ready"),
        ("startup.total_ns", "chart-startup-phases.reaped"),
    ];
    let seen = seen.into_iter().filter_map(|(metric, name)| {
        of_backend(metric).map(|series| (say.text(name), series.statistics.median))
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

fn lane(view: &View, case: &str, backend: &str) -> Option<Lane> {
    let steps = steps(view.summary, view.say, case, backend);
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
pub fn distribution(view: &View) -> Drawn {
    let Some(case) = view.cases().first().copied() else {
        return Ok(None);
    };
    let plot = |metric: &str| Distribution {
        heading: view.say.metric(metric),
        axis: view.say.text("axis-since-spawn"),
        unit: Unit::Ns,
        curves: view
            .summary
            .backends()
            .iter()
            .filter_map(|b| curve(view, case, metric, b))
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
    let page = view.frame_with(&[("case", case)]);
    let height = plots.iter().map(Distribution::height).sum();
    let drawn = canvas::page(&page, height, |canvas, mut y| {
        for plot in &plots {
            plot.draw(canvas, view.say, y)?;
            y += plot.height();
        }
        Ok(())
    });
    drawn.map(Some)
}

fn curve(view: &View, case: &str, metric: &str, backend: &str) -> Option<Curve> {
    let series = view.summary.find(EXPERIMENT, case, metric, backend)?;
    let outliers = &series.statistics.outlier_rounds;
    let here = |sample: &&Sample| {
        (
            sample.case.as_str(),
            sample.metric.as_str(),
            sample.backend.as_str(),
        ) == (case, metric, backend)
    };
    let mut points: Vec<(f64, bool)> = view
        .samples
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
