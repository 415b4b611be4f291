//! The charts: SVG files that can be opened in any browser and put on a slide.
//!
//! | file | what it answers |
//! |---|---|
//! | `startup.svg` | how long until it runs, and until it is gone? |
//! | `startup-phases.svg` | where does the time go? All backends on one clock that starts at the spawn |
//! | `startup-cdf.svg` | how often is it slower than that? Every raw sample |
//! | `memory.svg` | what does one instance occupy, and whose pages are these? |
//! | `memory-definitions.svg` | why do tools disagree about "its memory"? |
//! | `io-throughput.svg`, `io-latency.svg` | what does each byte, and what does each operation cost? |
//!
//! Each chart picks its series from the summary (`startup.rs`, `memory.rs`, `io.rs`) and hands them to a way of drawing
//! (`bars.rs`, `waterfall.rs`, `steps.rs`). A chart without data is left out, and the reason is in its place.
//!
//! Read next: `bars.rs`, then `startup.rs`.

mod axis;
mod bars;
mod canvas;
mod io;
mod memory;
mod palette;
mod startup;
mod steps;
mod waterfall;

use super::wording;
use crate::sample::Sample;
use crate::summary::Summary;
pub use startup::steps as startup_steps;

use bars::Panel;
use canvas::{DrawError, Frame};

/// One chart, drawn or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The file, relative to the run's folder.
    pub file: String,
    /// The experiment whose data it shows.
    pub experiment: String,
    /// What it shows.
    pub title: String,
    /// The picture; `None` if there was nothing to draw.
    pub svg: Option<String>,
    /// How to read it, or why there is none.
    pub caption: String,
}

/// A chart that plotters could not draw.
#[derive(Debug, thiserror::Error)]
#[error("can't draw {chart}")]
pub struct ChartError {
    chart: &'static str,
    source: DrawError,
}

/// What a chart's own module returns: the picture, or nothing without data.
type Drawn = Result<Option<String>, DrawError>;

/// Draws everything there are data for.
pub fn draw_all(summary: &Summary, samples: &[Sample]) -> Result<Vec<Chart>, ChartError> {
    let mut charts = Vec::new();
    let mut add = |name: &'static str, title: &str, caption: &str, drawn: Drawn| {
        let svg = drawn.map_err(|source| ChartError {
            chart: name,
            source,
        })?;
        let experiment = name.split('-').next().unwrap_or(name);
        charts.push(Chart {
            file: format!("charts/{name}.svg"),
            experiment: experiment.to_owned(),
            title: title.to_owned(),
            caption: match svg {
                Some(_) => caption.to_owned(),
                None => format!("Left out: this run has no {experiment} data for it."),
            },
            svg,
        });
        Ok(())
    };
    add(
        "startup",
        startup::TITLE,
        startup::CAPTION,
        startup::bars(summary),
    )?;
    add(
        "startup-phases",
        startup::PHASES_TITLE,
        startup::PHASES_CAPTION,
        startup::phases(summary),
    )?;
    add(
        "startup-cdf",
        startup::CDF_TITLE,
        startup::CDF_CAPTION,
        startup::distribution(summary, samples),
    )?;
    add(
        "memory",
        memory::TITLE,
        memory::CAPTION,
        memory::stacked(summary),
    )?;
    add(
        "memory-definitions",
        memory::SIX_TITLE,
        memory::SIX_CAPTION,
        memory::definitions(summary),
    )?;
    add(
        "io-throughput",
        io::THROUGHPUT_TITLE,
        io::THROUGHPUT_CAPTION,
        io::throughput(summary),
    )?;
    add(
        "io-latency",
        io::LATENCY_TITLE,
        io::LATENCY_CAPTION,
        io::latency(summary),
    )?;
    Ok(charts)
}

/// A page of bar panels, one below the other; the empty ones are left out.
fn panels(mut frame: Frame, panels: Vec<Panel>) -> Drawn {
    let panels: Vec<Panel> = panels
        .into_iter()
        .filter(|panel| !panel.is_empty())
        .collect();
    if panels.is_empty() {
        return Ok(None);
    }
    if panels.iter().any(Panel::has_ranges) {
        let note = "Whiskers without end marks: smallest and largest of fewer than 6 rounds, which is no interval.";
        frame.notes.push(note.to_owned());
    }
    let height = panels.iter().map(Panel::height).sum();
    let page = canvas::page(&frame, height, |canvas, mut y| {
        for panel in &panels {
            panel.draw(canvas, y)?;
            y += panel.height();
        }
        Ok(())
    });
    page.map(Some)
}

/// The backends with a series that the predicate accepts, in order; those that lack it are named in a note.
fn frame(summary: &Summary, title: &str, subtitle: &str, experiment: &str) -> Frame {
    let has_data = |backend: &&str| {
        let mut series = summary.series.iter();
        series.any(|series| series.experiment == experiment && series.backend == *backend)
    };
    let (with, without): (Vec<&str>, Vec<&str>) =
        summary.backends().into_iter().partition(has_data);
    let notes = match without.as_slice() {
        [] => Vec::new(),
        without => vec![format!(
            "Without data: {} (REPORT.md says why).",
            without.join(", ")
        )],
    };
    Frame {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        mark: summary.emulated.then_some(wording::EMULATED),
        backends: with.into_iter().map(str::to_owned).collect(),
        parts: Vec::new(),
        notes,
    }
}
