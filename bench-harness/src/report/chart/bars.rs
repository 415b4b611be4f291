//! Groups of horizontal bars, one bar per backend, with the interval and the value beside each.
//!
//! Where bars are compared with native's, each has a band: round native's value, as wide as the two count as equal (2 %, or
//! this run's A/A floor). A bar that ends in the band is not different from native, however it looks.

use super::axis::Axis;
use super::canvas::{Align, Canvas, DrawError, Font, MARGIN, WIDTH};
use super::palette::{FAINT, INK, Tint, colour, tinted};
use crate::language::Messages;
use crate::report::units::times;
use crate::report::wording;
use crate::sample::Unit;
use crate::stats::bootstrap::Interval;
use crate::summary::{Floors, Series, is_peer, order};

const BAR: i32 = 17;
const BETWEEN_GROUPS: i32 = 12;
/// Between the bars of ours and those of others in a group.
const BEFORE_PEERS: i32 = 7;
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
    /// Case and metric of the series, if it is one.
    series: Option<(String, String)>,
    /// Every single value, if there are only a few.
    points: Vec<f64>,
}

/// So many values can be seen one by one.
const FEW: usize = 10;

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
            series: (statistics.n <= FEW).then(|| (series.case.clone(), series.metric.clone())),
            points: Vec::new(),
        }
    }

    /// A quotient of two medians with its interval.
    pub fn of_ratio(backend: &str, ratio: f64, interval: Option<Interval>) -> Bar {
        Bar {
            backend: backend.to_owned(),
            parts: vec![(ratio, Tint::Full)],
            whisker: interval.map(|interval| (interval.low, interval.high, true)),
            label: times(ratio),
            series: None,
            points: Vec::new(),
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
        let gaps = (0..self.bars.len()).map(|index| self.gap_above(index));
        i32::try_from(self.bars.len()).unwrap_or(0) * BAR + gaps.sum::<i32>()
    }

    /// The space between our bars and the first of others.
    fn gap_above(&self, index: usize) -> i32 {
        let is_peers = |index: usize| {
            self.bars
                .get(index)
                .is_some_and(|bar| is_peer(&bar.backend))
        };
        let begins = index > 0 && is_peers(index) && !is_peers(index - 1);
        if begins { BEFORE_PEERS } else { 0 }
    }
}

impl Panel {
    /// Whether any bar's whisker is a range instead of an interval.
    pub fn has_ranges(&self) -> bool {
        let mut bars = self.groups.iter().flat_map(|group| &group.bars);
        bars.any(|bar| matches!(bar.whisker, Some((_, _, false))))
    }

    /// Gives each bar of few values these values.
    pub fn add_points(&mut self, values: impl Fn(&str, &str, &str) -> Vec<f64>) {
        for bar in self.groups.iter_mut().flat_map(|group| &mut group.bars) {
            if let Some((case, metric)) = &bar.series {
                bar.points = values(case, metric, &bar.backend);
            }
        }
    }

    /// Whether any bar shows its values one by one.
    pub fn has_points(&self) -> bool {
        let mut bars = self.groups.iter().flat_map(|group| &group.bars);
        bars.any(|bar| bar.points.len() > 1)
    }

    /// Whether any bar is compared with native's.
    pub fn has_bands(&self) -> bool {
        self.groups
            .iter()
            .any(|group| self.reference(group).is_some())
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
    pub fn draw(
        &self,
        canvas: &Canvas,
        say: &Messages,
        floors: &Floors,
        top: i32,
    ) -> Result<(), DrawError> {
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
            for (index, bar) in group.bars.iter().enumerate() {
                y += group.gap_above(index);
                let band = self.reference(group).map(|native| {
                    let band = 1.0 + floors.band_between(&bar.backend, order::REFERENCE, self.unit);
                    (axis.x(native / band), axis.x(native * band))
                });
                draw_bar(canvas, &axis, bar, band, y)?;
                y += BAR;
            }
            y += BETWEEN_GROUPS;
        }
        Ok(())
    }

    /// Native's value, if it is to be compared with the bars of this group: it is one of them, or every group is one bar.
    fn reference(&self, group: &Group) -> Option<f64> {
        let is_native = |bar: &&Bar| bar.backend == order::REFERENCE;
        let alone = self.groups.iter().all(|group| group.bars.len() == 1);
        let bars: Vec<&Bar> = match alone {
            true => self.groups.iter().flat_map(|group| &group.bars).collect(),
            false => group.bars.iter().collect(),
        };
        let (natives, others): (Vec<&Bar>, Vec<&Bar>) = bars.into_iter().partition(is_native);
        let native = natives.first()?.value();
        (!others.is_empty() && native > 0.0).then_some(native)
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

/// The bar with its whisker and value, and the ends of the band in its row.
fn draw_bar(
    canvas: &Canvas,
    axis: &Axis,
    bar: &Bar,
    band: Option<(i32, i32)>,
    y: i32,
) -> Result<(), DrawError> {
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
    if let Some((low, high)) = band {
        canvas.veil((low, y), (high.max(low + 1), y + BAR), INK)?;
        // A label that would begin in the band begins behind it.
        if (low..high).contains(&end) {
            end = high;
        }
    }
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
    if bar.points.len() > 1 {
        for point in &bar.points {
            let x = axis.x(*point);
            canvas.ring((x, middle), 2, FAINT)?;
            end = end.max(x);
        }
    }
    let space = if axis.is_log { 12 } else { 7 };
    canvas.text((end + space, middle), &bar.label, Font::Small, Align::Left)
}
