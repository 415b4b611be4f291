//! The charts: SVG files that can be opened in any browser and put on a slide.
//!
//! | file | what it answers |
//! |---|---|
//! | `startup.svg` | how long until it runs, and until it is gone? |
//! | `startup-phases.svg` | where does the time go? All backends on one clock that starts at the spawn |
//! | `startup-cdf.svg` | how often is it slower than that? Every raw sample |
//! | `startup-exits.svg` | how often does the guest leave its CPU? Exact on any machine |
//! | `memory.svg` | what does one instance occupy, and whose pages are these? |
//! | `memory-definitions.svg` | why do tools disagree about "its memory"? |
//! | `memory-guest.svg` | what of a VM's memory is real, and who has it? |
//! | `io-throughput.svg`, `io-latency.svg` | what does each byte, and what does each operation cost? |
//! | `io-exits.svg` | how many exits does an operation take? Exact on any machine |
//!
//! Each chart picks its series from the summary (`startup.rs`, `memory.rs`, `io.rs`, `counts.rs`) and hands them to a way of drawing
//! (`bars.rs`, `waterfall.rs`, `steps.rs`). A chart without data is left out, and the reason is in its place.
//!
//! Read next: `bars.rs`, then `startup.rs`.

mod axis;
mod bars;
mod canvas;
mod counts;
mod io;
mod memory;
pub mod palette;
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

/// Name (of the experiment, then of the chart), title, caption, and who draws it.
type Entry = (
    &'static str,
    &'static str,
    &'static str,
    fn(&Summary, &[Sample]) -> Drawn,
);

/// Every chart, in the order of the report.
#[rustfmt::skip]
static ALL: &[Entry] = &[
    ("startup", startup::TITLE, startup::CAPTION, |summary, _| startup::bars(summary)),
    ("startup-phases", startup::PHASES_TITLE, startup::PHASES_CAPTION, |summary, _| startup::phases(summary)),
    ("startup-cdf", startup::CDF_TITLE, startup::CDF_CAPTION, startup::distribution),
    ("startup-exits", counts::START_TITLE, counts::START_CAPTION, |summary, _| counts::start(summary)),
    ("memory", memory::TITLE, memory::CAPTION, |summary, _| memory::stacked(summary)),
    ("memory-definitions", memory::SIX_TITLE, memory::SIX_CAPTION, |summary, _| memory::definitions(summary)),
    ("memory-guest", counts::MEMORY_TITLE, counts::MEMORY_CAPTION, |summary, _| counts::memory(summary)),
    ("io-throughput", io::THROUGHPUT_TITLE, io::THROUGHPUT_CAPTION, |summary, _| io::throughput(summary)),
    ("io-latency", io::LATENCY_TITLE, io::LATENCY_CAPTION, |summary, _| io::latency(summary)),
    ("io-exits", counts::IO_TITLE, counts::IO_CAPTION, |summary, _| counts::io(summary)),
];

/// Draws everything there are data for.
pub fn draw_all(summary: &Summary, samples: &[Sample]) -> Result<Vec<Chart>, ChartError> {
    let chart = |&(name, title, caption, draw): &Entry| {
        let svg = draw(summary, samples).map_err(|source| ChartError {
            chart: name,
            source,
        })?;
        let experiment = name.split('-').next().unwrap_or(name);
        Ok(Chart {
            file: format!("charts/{name}.svg"),
            experiment: experiment.to_owned(),
            title: title.to_owned(),
            caption: match svg {
                Some(_) => caption.to_owned(),
                None => format!("Left out: this run has no {experiment} data for it."),
            },
            svg,
        })
    };
    ALL.iter().map(chart).collect()
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
