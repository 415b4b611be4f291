//! The ladder as a waterfall: each row is a rung, its bar reaches from where the rung below ends to where it ends itself.
//!
//! What a part costs is the length of its bar; a bar that goes backwards is a rung that takes less than the one below it,
//! which happens where the difference is smaller than what a run can tell. The whisker at a bar's end is the increment's
//! interval. Each lane has an axis of its own: they differ a hundredfold.

use super::Drawn;
use super::axis::Axis;
use super::canvas::{self, Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{FAINT, INK, Tint, colour, tinted};
use super::view::View;
use crate::experiment::ablation::ladder::{LADDER, LANES, Lane, Rung};
use crate::report::units::{Scale, human};
use crate::sample::Unit;
use crate::stats::bootstrap::Interval;

const METRIC: &str = "ablation.total_ns";

const ROW: i32 = 19;
const HEADING: i32 = 30;
const BETWEEN_LANES: i32 = 14;
const LEFT: i32 = 270;
/// Increments stand in a column of their own, right of the axis: whiskers may reach anywhere.
const RIGHT: i32 = WIDTH - MARGIN - 190;

/// One row.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    backend: &'static str,
    /// Where the rung below ends; 0 for the first.
    from: f64,
    /// Where it ends itself.
    to: f64,
    /// What it adds; `None` for the first, whose bar is its whole time.
    increment: Option<f64>,
    interval: Option<Interval>,
}

/// All rungs of a lane that were measured.
#[derive(Clone, Debug)]
struct Ladder {
    heading: String,
    rows: Vec<Row>,
    axis: Axis,
}

/// The waterfall of the ablation.
pub fn waterfall(view: &View) -> Drawn {
    let ladders: Vec<Ladder> = LANES
        .iter()
        .filter_map(|(lane, name)| ladder(view, *lane, name))
        .collect();
    if ladders.is_empty() {
        return Ok(None);
    }
    let height = ladders.iter().map(Ladder::height).sum();
    let page = canvas::page(&view.frame(), height, |canvas, mut y| {
        for ladder in &ladders {
            ladder.draw(canvas, y, view)?;
            y += ladder.height();
        }
        Ok(())
    });
    page.map(Some)
}

fn ladder(view: &View, lane: Lane, name: &str) -> Option<Ladder> {
    let in_lane = LADDER.iter().filter(|rung| rung.lane == lane);
    let rows: Vec<Row> = in_lane.filter_map(|rung| row(view, rung)).collect();
    let last = rows.iter().map(Row::end).fold(0.0, f64::max);
    // One value: the axis begins at 0. What lies below it, of an interval, is drawn at its edge.
    let axis = Axis::for_values(&view.text("axis"), Unit::Ns, &[last], (LEFT, RIGHT));
    (!rows.is_empty()).then(|| Ladder {
        heading: view.text(name),
        rows,
        axis,
    })
}

fn row(view: &View, rung: &'static Rung) -> Option<Row> {
    let total = |rung: &Rung| {
        let series = view
            .summary
            .find(view.experiment, rung.case, METRIC, rung.backend());
        series.map(|series| series.statistics.median)
    };
    let to = total(rung)?;
    let increment = view
        .summary
        .increments
        .iter()
        .find(|one| one.case == rung.case && one.metric == METRIC);
    Some(Row {
        name: view.text(rung.case),
        backend: rung.backend(),
        from: increment.map_or(0.0, |increment| to - increment.difference),
        to,
        increment: increment.map(|increment| increment.difference),
        interval: increment.and_then(|increment| increment.interval),
    })
}

impl Row {
    /// `+120 µs [110, 131]`; the whole time of the first.
    fn label(&self) -> String {
        let Some(increment) = self.increment else {
            return human(self.to, Unit::Ns);
        };
        let sign = if increment < 0.0 { "" } else { "+" };
        let scale = Scale::fitting(increment, Unit::Ns);
        let interval = self.interval.map_or(String::new(), |interval| {
            let end = |value: f64| scale.number_like(value, increment);
            format!(" [{}, {}]", end(interval.low), end(interval.high))
        });
        format!("{sign}{}{interval}", scale.text(increment))
    }

    /// How far anything of it reaches.
    fn end(&self) -> f64 {
        let whisker = self.interval.map_or(0.0, |one| self.from + one.high);
        self.from.max(self.to).max(whisker)
    }
}

impl Ladder {
    fn height(&self) -> i32 {
        let rows = i32::try_from(self.rows.len()).unwrap_or(0);
        HEADING + rows * ROW + Axis::HEIGHT + BETWEEN_LANES
    }

    fn draw(&self, canvas: &Canvas, top: i32, view: &View) -> Result<(), DrawError> {
        canvas.text(
            (MARGIN, top + 14),
            &self.heading,
            Font::Heading,
            Align::Left,
        )?;
        let bottom = top + self.height() - Axis::HEIGHT - BETWEEN_LANES;
        self.axis.draw(canvas, view.say, top + HEADING, bottom)?;
        for (y, row) in (top + HEADING..).step_by(ROW as usize).zip(&self.rows) {
            self.draw_row(canvas, row, y)?;
        }
        Ok(())
    }

    fn draw_row(&self, canvas: &Canvas, row: &Row, y: i32) -> Result<(), DrawError> {
        let middle = y + ROW / 2;
        canvas.text((LEFT - 8, middle), &row.name, Font::Small, Align::Right)?;
        let (from, to) = (self.axis.x(row.from), self.axis.x(row.to));
        // At least two pixels: a part that is there must be seen.
        let (start, end) = (from.min(to), from.max(to).max(from.min(to) + 2));
        let tint = match row.increment {
            Some(increment) if increment < 0.0 => Tint::Light,
            Some(_) => Tint::Full,
            None => Tint::Half,
        };
        let fill = tinted(colour(row.backend), tint);
        canvas.rectangle((start, y + 3), (end, y + ROW - 3), fill)?;
        if tint == Tint::Light {
            // Backwards: outlined, so that it isn't taken for a short step forward.
            let corners = [
                (start, 3),
                (end, 3),
                (end, ROW - 3),
                (start, ROW - 3),
                (start, 3),
            ];
            let outline = corners.map(|(x, down)| (x, y + down)).to_vec();
            canvas.line(outline, FAINT, 1)?;
        }
        if let Some(interval) = row.interval {
            let ends = [interval.low, interval.high].map(|end| self.axis.x(row.from + end));
            canvas.line(vec![(ends[0], middle), (ends[1], middle)], INK, 1)?;
            for x in ends {
                canvas.line(vec![(x, middle - 4), (x, middle + 4)], INK, 1)?;
            }
        }
        canvas.text((RIGHT + 12, middle), &row.label(), Font::Small, Align::Left)
    }
}
