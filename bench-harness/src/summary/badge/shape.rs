//! What the values themselves give away: noise, drift, two modes.
//!
//! Drift and modes are looked for in each case's headline metric: what stands for the case in the progress line stands for it
//! here, and a shape that only shows in a minor metric doesn't endanger the result.

use std::collections::BTreeMap;

use super::{Badge, Kind};
use crate::experiment;
use crate::report::units::human;
use crate::sample::{Sample, Unit};
use crate::stats::drift::{Drift, drift};
use crate::stats::holm::holm;
use crate::stats::modes::two_modes;
use crate::stats::verdict::{DEFAULT_BAND, ERROR_RATE};
use crate::summary::{Floors, order};

/// A backend that differs from itself by more than this, 5 %, makes results that are hard to use.
const MUCH_NOISE: f64 = 0.05;

/// The backends that differ much from themselves.
pub fn noisy(floors: &Floors) -> Vec<Badge> {
    let noisy = floors.iter().filter(|(_, floor)| *floor > MUCH_NOISE);
    let badge = |(backend, floor): (&str, f64)| {
        Badge::at(Kind::Noisy, "", "", backend).with("floor", format!("{:.1} %", 100.0 * floor))
    };
    noisy.map(badge).collect()
}

/// Experiment, case, backend.
type Place<'a> = (&'a str, &'a str, &'a str);

/// The values of a case's headline metric on a backend.
struct Headline<'a> {
    place: Place<'a>,
    unit: Unit,
    /// In the order of the rounds.
    values: Vec<f64>,
}

/// Drift and modes, wherever there are any.
pub fn of_values(samples: &[Sample]) -> Vec<Badge> {
    let headlines = headlines(samples);
    let mut badges: Vec<Badge> = headlines.iter().filter_map(modes).collect();
    badges.extend(drifts(&headlines));
    badges
}

fn headlines(samples: &[Sample]) -> Vec<Headline<'_>> {
    let mut found: BTreeMap<Place, (Unit, Vec<(u32, f64)>)> = BTreeMap::new();
    for sample in samples {
        let Some(experiment) = experiment::by_id(&sample.experiment) else {
            continue;
        };
        if let Some(value) = sample.value
            && experiment.headline(&sample.case) == sample.metric
        {
            let place = (
                sample.experiment.as_str(),
                sample.case.as_str(),
                sample.backend.as_str(),
            );
            let (_, values) = found.entry(place).or_insert((sample.unit, Vec::new()));
            values.push((sample.round, value));
        }
    }
    let headline = |(place, (unit, mut values)): (_, (Unit, Vec<(u32, f64)>))| {
        values.sort_by_key(|(round, _)| *round);
        Headline {
            place,
            unit,
            values: values.into_iter().map(|(_, value)| value).collect(),
        }
    };
    found.into_iter().map(headline).collect()
}

fn modes(headline: &Headline) -> Option<Badge> {
    let modes = two_modes(&headline.values)?;
    let (experiment, case, backend) = headline.place;
    let badge = Badge::at(Kind::Bimodal, experiment, case, backend);
    Some(
        badge
            .with("low", human(modes.low, headline.unit))
            .with("high", human(modes.high, headline.unit))
            .with("share", format!("{:.0} %", 100.0 * modes.share_of_high)),
    )
}

/// Native's drift in each case; many cases are asked, so chance gets its correction.
fn drifts(headlines: &[Headline]) -> Vec<Badge> {
    let of_native = headlines
        .iter()
        .filter(|one| one.place.2 == order::REFERENCE);
    let found: Vec<(&Headline, Drift)> = of_native
        .filter_map(|headline| Some((headline, drift(&headline.values)?)))
        .collect();
    let chances: Vec<f64> = found.iter().map(|(_, drift)| drift.p).collect();
    let certain = found
        .iter()
        .zip(holm(&chances))
        .filter(|((_, drift), chance)| {
            *chance <= ERROR_RATE && drift.ratio.ln().abs() > (1.0 + DEFAULT_BAND).ln()
        });
    let badge = |((headline, drift), _): (&(&Headline, Drift), f64)| {
        let (experiment, case, backend) = headline.place;
        let change = format!("{:+.1} %", 100.0 * (drift.ratio - 1.0));
        Badge::at(Kind::Drift, experiment, case, backend).with("change", change)
    };
    certain.map(badge).collect()
}
