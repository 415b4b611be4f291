//! Empirical distribution functions: for each time, the share of samples that took no longer.
//!
//! It shows every sample, so what a median hides is visible: a second mode is a second rise, a long tail a long shelf.

use super::axis::Axis;
use super::canvas::{Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{GRID, colour};
use crate::language::Messages;
use crate::sample::Unit;

const LEFT: i32 = 80;
const RIGHT: i32 = WIDTH - MARGIN - 20;
const HEADING: i32 = 36;
const HEIGHT: i32 = 230;
const BELOW: i32 = 20;

/// One plot.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// What was measured.
    pub heading: String,
    /// What the axis shows.
    pub axis: String,
    /// What the values count.
    pub unit: Unit,
    /// One per backend.
    pub curves: Vec<Curve>,
}

/// One backend's samples.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The backend.
    pub backend: String,
    /// The values in ascending order, and whether each is an outlier.
    pub points: Vec<(f64, bool)>,
}

impl Distribution {
    /// Pixels from top to bottom, axis included.
    pub fn height(&self) -> i32 {
        HEADING + HEIGHT + Axis::HEIGHT + BELOW
    }

    /// Draws the plot from `top` on.
    pub fn draw(&self, canvas: &Canvas, say: &Messages, top: i32) -> Result<(), DrawError> {
        canvas.text(
            (MARGIN, top + 14),
            &self.heading,
            Font::Heading,
            Align::Left,
        )?;
        let all: Vec<f64> = self
            .curves
            .iter()
            .flat_map(|curve| &curve.points)
            .map(|(v, _)| *v)
            .collect();
        let axis = Axis::for_values(&self.axis, self.unit, &all, (LEFT, RIGHT));
        let (ceiling, floor) = (top + HEADING, top + HEADING + HEIGHT);
        axis.draw(canvas, say, ceiling, floor)?;
        let y = |share: f64| floor - (share * f64::from(HEIGHT)).round() as i32;
        for percent in [0, 25, 50, 75, 100] {
            let height = y(f64::from(percent) / 100.0);
            canvas.line(vec![(LEFT, height), (RIGHT, height)], GRID, 1)?;
            canvas.text(
                (LEFT - 8, height),
                &format!("{percent} %"),
                Font::Small,
                Align::Right,
            )?;
        }
        for curve in &self.curves {
            curve.draw(canvas, &axis, y)?;
        }
        Ok(())
    }
}

impl Curve {
    fn draw(&self, canvas: &Canvas, axis: &Axis, y: impl Fn(f64) -> i32) -> Result<(), DrawError> {
        let ink = colour(&self.backend);
        let share = |index: usize| y(index as f64 / self.points.len() as f64);
        let mut line = Vec::new();
        for (index, (value, _)) in self.points.iter().enumerate() {
            let x = axis.x(*value);
            line.push((x, share(index)));
            line.push((x, share(index + 1)));
        }
        canvas.line(line, ink, 2)?;
        for (index, (value, is_outlier)) in self.points.iter().enumerate() {
            if *is_outlier {
                canvas.ring((axis.x(*value), share(index + 1)), 4, ink)?;
            }
        }
        Ok(())
    }
}
