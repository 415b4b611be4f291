//! Groups of horizontal bars, one bar per backend, with the interval and the value beside each.

use super::axis::Axis;
use super::canvas::{Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{FAINT, INK, Tint, colour, tinted};
use crate::language::Messages;
use crate::report::wording;
use crate::sample::Unit;
use crate::summary::Series;

const BAR: i32 = 17;
const BETWEEN_GROUPS: i32 = 12;
const HEADING: i32 = 30;
/// Where the axis begins and ends: names stand left of it, values right of the longest bar.
const LEFT: i32 = 215;
const RIGHT: i32 = WIDTH - MARGIN - 110;

/// Bars that share an axis.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What they have in common.
    pub heading: String,
    /// What the axis shows.
    pub axis: String,
    /// What the values count.
    pub unit: Unit,
    /// Whether the axis is logarithmic even if it needn't be.
    pub always_log: bool,
    /// The bars.
    pub groups: Vec<Group>,
}

/// Bars that are to be compared with each other.
#[derive(Clone, Debug)]
pub struct Group {
    /// Their name, at the left.
    pub label: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
}

/// One backend's value.
#[derive(Clone, Debug)]
pub struct Bar {
    backend: String,
    /// The parts from the left; one part if the value is one number.
    parts: Vec<(f64, Tint)>,
    /// Both ends of the whisker, and whether it is an interval (or the range of too few values).
    whisker: Option<(f64, f64, bool)>,
    label: String,
}

impl Bar {
    /// The median of a series with its interval.
    pub fn of(series: &Series) -> Bar {
        let statistics = &series.statistics;
        let whisker = match statistics.interval {
            Some(interval) => Some((interval.low, interval.high, true)),
            None => (statistics.n > 1).then_some((statistics.min, statistics.max, false)),
        };
        Bar {
            backend: series.backend.clone(),
            parts: vec![(statistics.median, Tint::Full)],
            whisker,
            label: wording::median(series),
        }
    }

    /// The same bar in parts, which add up to its value.
    pub fn split(mut self, parts: Vec<(f64, Tint)>) -> Bar {
        self.parts = parts;
        self
    }

    fn value(&self) -> f64 {
        self.parts.iter().map(|(part, _)| part).sum()
    }
}

impl Group {
    fn height(&self) -> i32 {
        i32::try_from(self.bars.len()).unwrap_or(0) * BAR
    }
}

impl Panel {
    /// Whether any bar's whisker is a range instead of an interval.
    pub fn has_ranges(&self) -> bool {
        let mut bars = self.groups.iter().flat_map(|group| &group.bars);
        bars.any(|bar| matches!(bar.whisker, Some((_, _, false))))
    }

    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.bars.is_empty())
    }

    /// Pixels from top to bottom, axis included.
    pub fn height(&self) -> i32 {
        let groups: i32 = self
            .groups
            .iter()
            .map(|group| group.height() + BETWEEN_GROUPS)
            .sum();
        HEADING + groups + Axis::HEIGHT + BETWEEN_GROUPS
    }

    /// Draws the panel from `top` on.
    pub fn draw(&self, canvas: &Canvas, say: &Messages, top: i32) -> Result<(), DrawError> {
        canvas.text(
            (MARGIN, top + 14),
            &self.heading,
            Font::Heading,
            Align::Left,
        )?;
        let make_axis = if self.always_log {
            Axis::logarithmic
        } else {
            Axis::for_values
        };
        let axis = make_axis(&self.axis, self.unit, &self.extremes(), (LEFT, RIGHT));
        let bottom = top + self.height() - Axis::HEIGHT - BETWEEN_GROUPS;
        axis.draw(canvas, say, top + HEADING, bottom)?;
        let mut y = top + HEADING + BETWEEN_GROUPS / 2;
        for group in &self.groups {
            let middle = y + group.height() / 2;
            canvas.text(
                (LEFT - 10, middle),
                &group.label,
                Font::Normal,
                Align::Right,
            )?;
            for bar in &group.bars {
                draw_bar(canvas, &axis, bar, y)?;
                y += BAR;
            }
            y += BETWEEN_GROUPS;
        }
        Ok(())
    }

    fn extremes(&self) -> Vec<f64> {
        let bars = self.groups.iter().flat_map(|group| &group.bars);
        bars.flat_map(|bar| {
            let (low, high, _) = bar.whisker.unwrap_or((bar.value(), bar.value(), true));
            [bar.value(), low, high]
        })
        .collect()
    }
}

fn draw_bar(canvas: &Canvas, axis: &Axis, bar: &Bar, y: i32) -> Result<(), DrawError> {
    let (top, bottom, middle) = (y + 2, y + BAR - 2, y + BAR / 2);
    let fill = colour(&bar.backend);
    if axis.is_log {
        canvas.dot((axis.x(bar.value()), middle), 5, fill)?;
    } else {
        let mut from = 0.0;
        for (part, tint) in &bar.parts {
            let (x0, x1) = (axis.x(from), axis.x(from + part));
            canvas.rectangle((x0, top), (x1, bottom), tinted(fill, *tint))?;
            from += part;
        }
    }
    let mut end = axis.x(bar.value()).max(axis.origin());
    if let Some((low, high, is_interval)) = bar.whisker {
        let (x0, x1) = (axis.x(low), axis.x(high));
        let ink = if is_interval { INK } else { FAINT };
        canvas.line(vec![(x0, middle), (x1, middle)], ink, 1)?;
        if is_interval {
            for x in [x0, x1] {
                canvas.line(vec![(x, middle - 4), (x, middle + 4)], ink, 1)?;
            }
        }
        end = end.max(x1);
    }
    let space = if axis.is_log { 12 } else { 7 };
    canvas.text((end + space, middle), &bar.label, Font::Small, Align::Left)
}
