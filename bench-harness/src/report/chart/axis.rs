//! Horizontal axes: from values to pixels, with ticks at round numbers.
//!
//! A linear axis begins at 0, because the length of a bar is read as its value. When the values span more than two powers
//! of ten, the small ones would vanish: then the axis is logarithmic, its title says so, and there are dots, not bars.

use super::canvas::{Align, Canvas, DrawError, Font};
use super::palette::{GRID, INK};
use crate::language::Messages;
use crate::report::units::{Scale, human};
use crate::sample::Unit;

/// The largest quotient of values that a linear axis shows.
const LINEAR_SPAN: f64 = 100.0;

/// A horizontal axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What is on it.
    pub title: String,
    /// Whether equal distances are equal factors.
    pub is_log: bool,
    unit: Unit,
    low: f64,
    high: f64,
    left: i32,
    right: i32,
}

impl Axis {
    /// The same axis, logarithmic whatever the values span.
    pub fn logarithmic(title: &str, unit: Unit, values: &[f64], pixels: (i32, i32)) -> Axis {
        let positive: Vec<f64> = values
            .iter()
            .copied()
            .filter(|value| *value > 0.0)
            .collect();
        let smallest = positive.iter().copied().fold(f64::INFINITY, f64::min);
        let axis = Axis::for_values(title, unit, &positive, pixels);
        let is_log = !positive.is_empty();
        let low = if is_log { smallest / 1.5 } else { axis.low };
        Axis {
            is_log,
            low,
            ..axis
        }
    }

    /// An axis between two x positions for these values. It is linear unless they span too much.
    pub fn for_values(title: &str, unit: Unit, values: &[f64], pixels: (i32, i32)) -> Axis {
        let positive = values.iter().copied().filter(|value| *value > 0.0);
        let smallest = positive.clone().fold(f64::INFINITY, f64::min);
        let largest = positive.fold(0.0, f64::max);
        let has_negative = values.iter().any(|value| *value < 0.0);
        let is_log = !has_negative && largest > 0.0 && largest / smallest > LINEAR_SPAN;
        let lowest = values.iter().copied().fold(0.0, f64::min);
        let (low, high) = match is_log {
            true => (smallest / 1.5, largest * 1.1),
            false if largest > lowest => (lowest * 1.02, largest * 1.02),
            false => (0.0, 1.0),
        };
        Axis {
            title: title.to_owned(),
            is_log,
            unit,
            low,
            high,
            left: pixels.0,
            right: pixels.1,
        }
    }

    /// The x position of a value; values off the axis lie at its ends.
    pub fn x(&self, value: f64) -> i32 {
        let fraction = if self.is_log {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        let width = f64::from(self.right - self.left);
        self.left + (fraction.clamp(0.0, 1.0) * width).round() as i32
    }

    /// The x position of 0, or of the left end of a logarithmic axis.
    pub fn origin(&self) -> i32 {
        if self.is_log { self.left } else { self.x(0.0) }
    }

    /// Draws grid lines from `top` to `bottom`, with labels and title below.
    pub fn draw(
        &self,
        canvas: &Canvas,
        say: &Messages,
        top: i32,
        bottom: i32,
    ) -> Result<(), DrawError> {
        for (value, label) in self.ticks() {
            let x = self.x(value);
            canvas.line(vec![(x, top), (x, bottom)], GRID, 1)?;
            canvas.text((x, bottom + 12), &label, Font::Small, Align::Centre)?;
        }
        canvas.line(vec![(self.left, bottom), (self.right, bottom)], INK, 1)?;
        canvas.line(vec![(self.origin(), top), (self.origin(), bottom)], INK, 1)?;
        let scale = if self.is_log {
            say.text("axis-logarithmic")
        } else {
            self.scale().sign.to_owned()
        };
        let title = if scale.is_empty() {
            self.title.clone()
        } else {
            format!("{} ({scale})", self.title)
        };
        let middle = i32::midpoint(self.left, self.right);
        canvas.text((middle, bottom + 32), &title, Font::Small, Align::Centre)
    }

    /// How many pixels [`Axis::draw`] needs below `bottom`.
    pub const HEIGHT: i32 = 46;

    fn scale(&self) -> Scale {
        Scale::fitting(self.high.max(-self.low), self.unit)
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        if self.is_log {
            self.log_ticks()
        } else {
            self.linear_ticks()
        }
    }

    /// 4 to 9 ticks at multiples of 1, 2 or 5 times a power of ten, in the unit that is written.
    fn linear_ticks(&self) -> Vec<(f64, String)> {
        let divisor = self.scale().divisor;
        let (low, high) = (self.low / divisor, self.high / divisor);
        let step = round_step((high - low) / 5.0);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        let tick = |index: i64| {
            let value = index as f64 * step;
            (value * divisor, format!("{value:.decimals$}"))
        };
        (first..=last).map(tick).collect()
    }

    /// Powers of ten, and 2 and 5 times them if there are few; of bytes powers of two.
    fn log_ticks(&self) -> Vec<(f64, String)> {
        let values: Vec<f64> = if self.unit == Unit::Bytes {
            let powers = (self.low.log2().ceil() as i32)..=(self.high.log2().floor() as i32);
            let steps = [1, 2, 5, 10].into_iter();
            let fits = |step: &i32| powers.clone().count() as i32 / step < 9;
            let step = steps.into_iter().find(fits).unwrap_or(10);
            powers
                .filter(|power| power % step == 0)
                .map(|power| 2_f64.powi(power))
                .collect()
        } else {
            let decades = (self.low.log10().floor() as i32)..=(self.high.log10().ceil() as i32);
            let few = decades.clone().count() <= 5;
            let factors: &[f64] = if few { &[1.0, 2.0, 5.0] } else { &[1.0] };
            decades
                .flat_map(|decade| factors.iter().map(move |f| f * 10_f64.powi(decade)))
                .collect()
        };
        let on_axis = values
            .into_iter()
            .filter(|value| (self.low..=self.high).contains(value));
        on_axis
            .map(|value| (value, short(&human(value, self.unit))))
            .collect()
    }
}

/// `2.00 ms` is `2 ms` beside a tick.
fn short(label: &str) -> String {
    label.replacen(".00", "", 1).replacen(".0", "", 1)
}

/// The smallest of 1, 2, 5 times a power of ten that isn't below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= least * 0.999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], unit: Unit) -> Vec<String> {
        let axis = Axis::for_values("t", unit, values, (100, 500));
        axis.ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_in_the_unit_that_is_written() {
        let times = labels(&[1e6, 7.3e6], Unit::Ns);
        assert_eq!(times, ["0", "2", "4", "6"]);
        let memory = labels(&[40.0 * 1_048_576.0, 67.0 * 1_048_576.0], Unit::Bytes);
        assert_eq!(memory, ["0", "20", "40", "60"]);
        assert_eq!(labels(&[1.0], Unit::Ratio), ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn a_wide_span_makes_the_axis_logarithmic_with_units_at_each_tick() {
        let ticks = labels(&[150.0, 90e6], Unit::Ns);
        assert_eq!(
            ticks,
            ["100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms"]
        );
    }

    #[test]
    fn memory_on_a_logarithmic_axis_has_powers_of_two() {
        let ticks = labels(&[800_000.0, 3e9], Unit::Bytes);
        assert_eq!(
            ticks,
            ["1 MiB", "4 MiB", "16 MiB", "64 MiB", "256 MiB", "1 GiB"]
        );
    }

    #[test]
    fn bars_begin_at_zero_and_negative_values_lie_left_of_it() {
        let axis = Axis::for_values("t", Unit::Bytes, &[-50.0, 100.0], (0, 300));
        assert!(!axis.is_log);
        assert!(axis.x(-50.0) < axis.origin() && axis.origin() < axis.x(100.0));
        let empty = Axis::for_values("t", Unit::Ns, &[0.0], (0, 300));
        assert_eq!(empty.x(0.0), 0);
    }
}
