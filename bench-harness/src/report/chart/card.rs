//! Cards: facts that are no lengths. One line for each, one column for each backend.
//!
//! A fact that is yes or no has a dot (yes) or a ring (no) before the word: a card can be read from the back of a room.

use super::Drawn;
use super::canvas::{self, Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{FAINT, GRID, colour};
use super::view::View;
use crate::report::wording;
use crate::sample::Unit;
use crate::summary::{Series, metrics};

const LINE: i32 = 30;
/// Where the columns begin: the facts' names stand left of it.
const LEFT: i32 = 300;
/// More columns than this stand one block below the other.
const MOST_COLUMNS: usize = 4;

const ISOLATION: [(&str, &str); 12] = [
    ("facts", "isolation.shares_kernel"),
    ("facts", "isolation.host_sees_workload"),
    ("facts", "isolation.visible_processes"),
    ("facts", "isolation.capabilities"),
    ("facts", "isolation.mounts"),
    ("facts", "isolation.interfaces"),
    ("facts", "isolation.reachable_calls"),
    ("facts", "isolation.vmm_calls"),
    ("facts", "isolation.payload_calls"),
    ("facts", "isolation.host_calls"),
    ("facts", "isolation.guest_calls"),
    ("facts", "isolation.exits"),
];

const PORTABILITY: [(&str, &str); 6] = [
    ("artefact", "portability.bytes"),
    ("artefact", "portability.files"),
    ("artefact", "portability.dependencies"),
    ("artefact", "portability.cold_first_ns"),
    ("other-kernel", "portability.runs_other_kernel"),
    ("other-os", "portability.runs_other_os"),
];

/// What host and instance see of each other.
pub fn isolation(view: &View) -> Drawn {
    card(view, &ISOLATION)
}

/// What has to be shipped, and what can run.
pub fn portability(view: &View) -> Drawn {
    card(view, &PORTABILITY)
}

/// The facts of which any backend has a value, in blocks of columns.
fn card(view: &View, facts: &[(&str, &str)]) -> Drawn {
    let frame = view.frame();
    let backends = frame.backends.clone();
    let is_known = |(case, metric): &&(&str, &str)| {
        let mut columns = backends.iter();
        columns.any(|backend| cell(view, case, metric, backend).is_some())
    };
    let lines: Vec<&(&str, &str)> = facts.iter().filter(is_known).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let height = LINE * (i32::try_from(lines.len()).unwrap_or(0) + 2);
    let blocks: Vec<&[String]> = backends.chunks(MOST_COLUMNS).collect();
    let total = height * i32::try_from(blocks.len()).unwrap_or(1);
    let page = canvas::page(&frame, total, |canvas, mut top| {
        for backends in blocks {
            block(canvas, view, &lines, backends, top)?;
            top += height;
        }
        Ok(())
    });
    page.map(Some)
}

fn block(
    canvas: &Canvas,
    view: &View,
    lines: &[&(&str, &str)],
    backends: &[String],
    top: i32,
) -> Result<(), DrawError> {
    let columns = i32::try_from(backends.len().max(3)).unwrap_or(3);
    let width = (WIDTH - MARGIN - LEFT) / columns;
    let x = |index: usize| LEFT + width * i32::try_from(index).unwrap_or(0);
    for (index, backend) in backends.iter().enumerate() {
        canvas.text(
            (x(index), top + LINE / 2),
            backend,
            Font::Normal,
            Align::Left,
        )?;
    }
    for (number, (case, metric)) in (1..).zip(lines) {
        let y = top + LINE * number;
        canvas.line(vec![(MARGIN, y), (WIDTH - MARGIN, y)], GRID, 1)?;
        let middle = y + LINE / 2;
        let name = view.say.metric(metric);
        canvas.text((MARGIN, middle), &name, Font::Normal, Align::Left)?;
        for (index, backend) in backends.iter().enumerate() {
            let at = (x(index), middle);
            match cell(view, case, metric, backend) {
                Some(cell) => cell.draw(canvas, view, at, backend)?,
                None => canvas.text(at, "–", Font::Small, Align::Left)?,
            }
        }
    }
    Ok(())
}

/// What stands in one place.
enum Cell {
    Answer(bool),
    Value(String),
}

impl Cell {
    fn draw(
        &self,
        canvas: &Canvas,
        view: &View,
        (x, y): (i32, i32),
        backend: &str,
    ) -> Result<(), DrawError> {
        let (word, yes) = match self {
            Self::Value(text) => return canvas.text((x, y), text, Font::Normal, Align::Left),
            Self::Answer(true) => (view.say.text("word-yes"), true),
            Self::Answer(false) => (view.say.text("word-no"), false),
        };
        match yes {
            true => canvas.dot((x + 6, y), 6, colour(backend))?,
            false => canvas.ring((x + 6, y), 6, FAINT)?,
        }
        canvas.text((x + 20, y), &word, Font::Normal, Align::Left)
    }
}

fn cell(view: &View, case: &str, metric: &str, backend: &str) -> Option<Cell> {
    let series = view.summary.find(view.experiment, case, metric, backend)?;
    Some(if metrics::is_question(metric) {
        Cell::Answer(series.statistics.median > 0.5)
    } else {
        Cell::Value(value(series))
    })
}

/// Whole numbers are written whole: nothing has 2.00 files.
fn value(series: &Series) -> String {
    let median = series.statistics.median;
    if series.unit == Unit::Count && median.fract() == 0.0 && median.abs() < 1e6 {
        return format!("{median:.0}");
    }
    wording::median(series)
}
