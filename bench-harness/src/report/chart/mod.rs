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
//! | `cpu.svg` | does the same work take longer inside? |
//! | `ablation.svg` | what does each single part of the isolation cost? |
//! | `syscall.svg` | what does one crossing of each border cost, and what follows from it? |
//! | `density.svg` | what does each further instance take? |
//! | `scaleout.svg` | how many starts per second, and how slow is each under that load? |
//! | `service.svg` | what do more instances of a web service add, and what does a request cost? |
//! | `noise.svg` | how much does the same differ from itself? The other charts have that as a band round native |
//! | `isolation.svg` | what do host and instance see of each other? A card, no lengths |
//! | `portability.svg` | what has to be shipped, and what can run? A card |
//! | `neighbour.svg` | how much longer does a unit of work take beside busy neighbours, with and without limits? |
//! | `elasticity.svg` | how soon can a running instance use more? |
//! | `vmm-floor.svg` | what does each VMM add to a guest of a dozen instructions? |
//!
//! Every word of a chart comes from the catalogues (`view.rs`), so it is drawn in the reader's language.
//!
//! Each chart picks its series from the summary (`startup.rs`, `memory.rs`, `io.rs`, `price.rs`, `density.rs`, `card.rs`, `counts.rs` …) and hands them to a way of drawing
//! (`bars.rs`, `waterfall.rs`, `ladder.rs`, `steps.rs`). A chart without data is left out, and the reason is in its place.
//!
//! To add one: a function from a `View` to a picture, a line in `ALL`, and the texts of `chart-NAME` in
//! `locale/*/charts/EXPERIMENT.ftl`, which is a line in `language.rs` if it is new.
//!
//! Read next: `view.rs`, then `startup.rs` and `bars.rs`.

mod axis;
mod bars;
mod canvas;
mod card;
mod container_floor;
mod counts;
mod density;
mod elasticity;
mod io;
mod ladder;
mod memory;
mod neighbour;
mod noise;
pub mod palette;
mod price;
mod service;
mod startup;
mod steps;
mod view;
mod vmm_floor;
mod waterfall;

use crate::language::Messages;
use crate::sample::Sample;
use crate::summary::Summary;
pub use startup::steps as startup_steps;

pub use view::message_key;

use bars::Panel;
use canvas::DrawError;
use view::View;

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
    /// One sentence: what to look at; empty if there is no picture.
    pub reading: String,
    /// How it was measured, or why there is no picture.
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

/// Experiment, name, and who draws it. Title, subtitle, reading and caption are the texts of `chart-NAME` ([`view`]).
type Entry = (&'static str, &'static str, fn(&View) -> Drawn);

/// Every chart, in the order of the report.
#[rustfmt::skip]
static ALL: &[Entry] = &[
    ("startup", "startup", startup::bars),
    ("startup", "startup-phases", startup::phases),
    ("startup", "startup-cdf", startup::distribution),
    ("startup", "startup-exits", counts::start),
    ("memory", "memory", memory::stacked),
    ("memory", "memory-definitions", memory::definitions),
    ("memory", "memory-guest", counts::memory),
    ("io", "io-throughput", io::throughput),
    ("io", "io-latency", io::latency),
    ("io", "io-exits", counts::io),
    ("cpu", "cpu", price::cpu),
    ("syscall", "syscall", price::syscall),
    ("ablation", "ablation", ladder::waterfall),
    ("container-floor", "container-floor", container_floor::ladder),
    ("density", "density", density::slopes),
    ("scaleout", "scaleout", density::scaleout),
    ("service", "service", service::scaling),
    ("noise", "noise", noise::pairs),
    ("isolation", "isolation", card::isolation),
    ("portability", "portability", card::portability),
    ("vmm-floor", "vmm-floor", vmm_floor::ladders),
    ("neighbour", "neighbour", neighbour::noise),
    ("elasticity", "elasticity", elasticity::growth),
];

/// The names of all charts.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(_, name, _)| *name)
}

/// Draws everything there are data for.
pub fn draw_all(
    summary: &Summary,
    samples: &[Sample],
    say: &Messages,
) -> Result<Vec<Chart>, ChartError> {
    let values = view::values(samples);
    let chart = |&(experiment, name, draw): &Entry| {
        let view = View {
            name,
            experiment,
            summary,
            samples,
            values: &values,
            say,
        };
        let svg = draw(&view).map_err(|source| ChartError {
            chart: name,
            source,
        })?;
        let (reading, caption) = match svg {
            Some(_) => (view.text("reading"), view.text("caption")),
            None => (
                String::new(),
                say.with("chart-left-out", &[("experiment", experiment)]),
            ),
        };
        Ok(Chart {
            file: format!("charts/{name}.svg"),
            experiment: experiment.to_owned(),
            title: view.title(),
            svg,
            reading,
            caption,
        })
    };
    ALL.iter().map(chart).collect()
}

/// A page of bar panels, one below the other; the empty ones are left out.
fn panels(view: &View, panels: Vec<Panel>) -> Drawn {
    panels_on(view.frame(), view, panels)
}

/// The same on a page that says more.
fn panels_on(mut frame: canvas::Frame, view: &View, panels: Vec<Panel>) -> Drawn {
    let mut panels: Vec<Panel> = panels
        .into_iter()
        .filter(|panel| !panel.is_empty())
        .collect();
    for panel in &mut panels {
        panel.add_points(|case, metric, backend| view.values(case, metric, backend));
    }
    if panels.is_empty() {
        return Ok(None);
    }
    if panels.iter().any(Panel::has_ranges) {
        frame.notes.push(view.say.text("chart-note-ranges"));
    }
    if panels.iter().any(Panel::has_points) {
        frame.notes.push(view.say.text("chart-note-points"));
    }
    if panels.iter().any(Panel::has_bands) {
        frame.notes.push(view.say.text("chart-note-band"));
    }
    let height = panels.iter().map(Panel::height).sum();
    let page = canvas::page(&frame, height, |canvas, mut y| {
        for panel in &panels {
            panel.draw(canvas, view.say, &view.summary.floors, y)?;
            y += panel.height();
        }
        Ok(())
    });
    page.map(Some)
}
