//! Steps as rows on one clock: name at the left, bar where it happened, duration beside it.
//!
//! A single bar with coloured segments would be more compact, but most steps of a container's start would be thinner than
//! a line. A row of its own keeps each of them readable.

use unicode_width::UnicodeWidthStr;

use super::axis::Axis;
use super::canvas::{Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{Tint, colour, tinted};
use crate::language::Messages;
use crate::report::units::human;
use crate::sample::Unit;

const ROW: i32 = 17;
const HEADING: i32 = 28;
const BETWEEN_LANES: i32 = 12;
const LEFT: i32 = 325;
const RIGHT: i32 = WIDTH - MARGIN - 20;
/// Enough for `123 µs` beside a bar.
const LABEL: i32 = 75;
/// What fits left of the axis, in columns of text.
const NAME: usize = 47;

/// All lanes, and the axis that they share.
#[derive(Clone, Debug)]
pub struct Waterfall {
    lanes: Vec<Lane>,
    axis: Axis,
}

/// One backend's steps.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The backend.
    pub backend: String,
    /// In the order of time, without gaps.
    pub phases: Vec<Phase>,
}

/// One step, or several short ones drawn together. Times are nanoseconds since the spawn.
#[derive(Clone, Debug)]
pub struct Phase {
    /// The steps' names.
    pub names: Vec<String>,
    /// When it began.
    pub start: f64,
    /// When it ended.
    pub end: f64,
}

impl Phase {
    /// The name, or as many of several as fit, and how many are left.
    fn label(&self) -> String {
        let mut label = String::new();
        for (index, name) in self.names.iter().enumerate() {
            // The actor is said once: "init mounts, dev, proc".
            let actor = name.split(' ').next().unwrap_or_default();
            let same_actor = index > 0 && self.names[index - 1].starts_with(&format!("{actor} "));
            let name = if same_actor {
                &name[actor.len() + 1..]
            } else {
                name
            };
            let separator = if index == 0 { "" } else { ", " };
            if label.width() + separator.len() + name.width() > NAME - 5 && index > 0 {
                return format!("{label}, +{}", self.names.len() - index);
            }
            label.push_str(separator);
            label.push_str(name);
        }
        label
    }
}

impl Waterfall {
    /// Lanes on an axis that reaches from the spawn to the last end.
    pub fn new(lanes: Vec<Lane>, axis: &str) -> Waterfall {
        let phases = lanes.iter().flat_map(|lane| &lane.phases);
        let last = phases.map(|phase| phase.end).fold(0.0, f64::max);
        // One value: the clock starts at 0, however long the longest lane is.
        let axis = Axis::for_values(axis, Unit::Ns, &[last], (LEFT, RIGHT));
        Waterfall { lanes, axis }
    }

    /// Pixels from top to bottom, axis included.
    pub fn height(&self) -> i32 {
        let rows: i32 = self
            .lanes
            .iter()
            .map(|lane| HEADING + lane.rows() * ROW + BETWEEN_LANES)
            .sum();
        rows + Axis::HEIGHT + BETWEEN_LANES
    }

    /// Draws everything from `top` on.
    pub fn draw(&self, canvas: &Canvas, say: &Messages, top: i32) -> Result<(), DrawError> {
        let bottom = top + self.height() - Axis::HEIGHT - BETWEEN_LANES;
        self.axis.draw(canvas, say, top, bottom)?;
        let mut y = top;
        for lane in &self.lanes {
            let total = lane.phases.last().map_or(0.0, |phase| phase.end);
            let heading = format!("{}: {}", lane.backend, human(total, Unit::Ns));
            canvas.text(
                (MARGIN, y + HEADING / 2),
                &heading,
                Font::Heading,
                Align::Left,
            )?;
            y += HEADING;
            for phase in &lane.phases {
                self.draw_phase(canvas, &lane.backend, phase, y)?;
                y += ROW;
            }
            y += BETWEEN_LANES;
        }
        Ok(())
    }

    fn draw_phase(
        &self,
        canvas: &Canvas,
        backend: &str,
        phase: &Phase,
        y: i32,
    ) -> Result<(), DrawError> {
        let middle = y + ROW / 2;
        canvas.text(
            (LEFT - 8, middle),
            &phase.label(),
            Font::Small,
            Align::Right,
        )?;
        let (x0, x1) = (self.axis.x(phase.start), self.axis.x(phase.end));
        // At least two pixels: a step that happened must be seen.
        let x1 = x1.max(x0 + 2);
        let tint = if phase.names.len() > 1 {
            Tint::Half
        } else {
            Tint::Full
        };
        canvas.rectangle(
            (x0, y + 3),
            (x1, y + ROW - 3),
            tinted(colour(backend), tint),
        )?;
        let duration = human(phase.end - phase.start, Unit::Ns);
        if x1 + LABEL <= RIGHT {
            canvas.text((x1 + 6, middle), &duration, Font::Small, Align::Left)
        } else {
            canvas.text((x0 - 6, middle), &duration, Font::Small, Align::Right)
        }
    }
}

impl Lane {
    fn rows(&self) -> i32 {
        i32::try_from(self.phases.len()).unwrap_or(0)
    }
}
