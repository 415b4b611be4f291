//! A ratio drawn: a dot with its interval on a logarithmic line through 1, and the band round 1 in which nothing differs.
//!
//! All ratios of a card share one scale, so that their lengths can be compared. The picture says nothing that the numbers
//! beside it don't: for a screen reader it isn't there.

use maud::{Markup, html};

use crate::claim::Compared;
use crate::language::Messages;
use crate::report::units::plain;
use crate::stats::verdict::Verdict as Difference;

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 18.0;
/// Free at both ends, for half a dot.
const MARGIN: f64 = 7.0;

/// How far from 1 the line reaches, the same to both sides.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// The largest factor.
    most: f64,
}

impl Scale {
    /// The scale on which all of these fit; never less than a factor of 2.
    pub fn of(numbers: &[&Compared]) -> Self {
        let ends = numbers.iter().flat_map(|one| {
            let (low, high) = ends(one);
            [one.ratio, low, high]
        });
        let factors = ends
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .map(|ratio| ratio.max(1.0 / ratio));
        Self {
            most: factors.fold(2.0, f64::max),
        }
    }

    /// The scale on which these ratios fit.
    pub fn reaching(ratios: impl Iterator<Item = f64>) -> Self {
        let factors = ratios
            .filter(|one| *one > 0.0)
            .map(|one| one.max(1.0 / one));
        Self {
            most: factors.fold(2.0, f64::max),
        }
    }

    /// What was published, as an open square, and what this run has, as a dot with its interval.
    pub fn beside(
        &self,
        published: f64,
        here: f64,
        interval: Option<(f64, f64)>,
        colour: &str,
    ) -> Markup {
        let (low, high) = interval.unwrap_or((here, here));
        let middle = HEIGHT / 2.0;
        let view = format!("0 0 {WIDTH} {HEIGHT}");
        html! {
            svg.ratio viewBox=(view) aria-hidden="true" focusable="false" {
                line.one x1=(WIDTH / 2.0) x2=(WIDTH / 2.0) y1="0" y2=(HEIGHT) {}
                rect.published x=(round(self.x(published) - 4.5)) y=(middle - 4.5) width="9" height="9" {}
                line.interval x1=(round(self.x(low))) x2=(round(self.x(high))) y1=(middle) y2=(middle) {}
                circle cx=(round(self.x(here))) cy=(middle) r="4" style=(format!("fill:{colour};stroke:{colour}")) {}
            }
        }
    }

    fn x(&self, ratio: f64) -> f64 {
        let reach = self.most.ln();
        let share = (ratio.max(f64::MIN_POSITIVE).ln() / reach).clamp(-1.0, 1.0);
        WIDTH / 2.0 + share * (WIDTH / 2.0 - MARGIN)
    }
}

/// What the line means, above the first ratio.
pub fn axis(say: &Messages, scale: &Scale) -> Markup {
    let most = plain(scale.most, scale.most);
    html! {
        p.axis aria-hidden="true" {
            span { "÷ " (most) } span { "1 ×" } span { "× " (most) }
        }
        p.axis-note aria-hidden="true" { (say.text("ratio-axis")) }
    }
}

/// One ratio.
pub fn picture(one: &Compared, scale: &Scale) -> Markup {
    let (low, high) = ends(one);
    let band = 1.0 + one.band;
    let (from, to) = (scale.x(1.0 / band), scale.x(band));
    let (middle, dot) = (HEIGHT / 2.0, scale.x(one.ratio));
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    html! {
        svg.ratio .(kind(one.difference)) viewBox=(view) aria-hidden="true" focusable="false" {
            rect.band x=(round(from)) y="0" width=(round((to - from).max(1.0))) height=(HEIGHT) {}
            line.one x1=(WIDTH / 2.0) x2=(WIDTH / 2.0) y1="0" y2=(HEIGHT) {}
            line.interval x1=(round(scale.x(low))) x2=(round(scale.x(high))) y1=(middle) y2=(middle) {}
            circle cx=(round(dot)) cy=(middle) r="4.5" {}
        }
    }
}

/// The ends of the interval, or the ratio itself.
fn ends(one: &Compared) -> (f64, f64) {
    one.interval.map_or((one.ratio, one.ratio), |interval| {
        (interval.low, interval.high)
    })
}

fn round(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

/// A full dot is decided, an empty one is not.
fn kind(difference: Difference) -> &'static str {
    match difference {
        Difference::Better => "better",
        Difference::Worse => "worse",
        Difference::NoPracticalDifference => "equal",
        Difference::Inconclusive { .. } => "open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_and_half_lie_equally_far_from_one_and_nothing_lies_outside() {
        let scale = Scale { most: 8.0 };
        let distance = |ratio: f64| (scale.x(ratio) - WIDTH / 2.0).abs();
        assert!((distance(2.0) - distance(0.5)).abs() < 1e-9);
        assert!((distance(8.0) - (WIDTH / 2.0 - MARGIN)).abs() < 1e-9);
        assert!((distance(1e9) - distance(8.0)).abs() < 1e-9);
        assert!(distance(0.0) <= WIDTH / 2.0);
    }
}
