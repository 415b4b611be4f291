//! The line on the terminal while a run goes on, with a provisional estimate. Nothing is drawn when it is no terminal.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};

use crate::plan::Trial;
use crate::report::units::human;
use crate::sample::Unit;
use crate::stats::quantile::median;

/// Draws between trials; has no thread of its own.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Headline values so far, by experiment, case and backend.
    seen: BTreeMap<(&'static str, &'static str, &'static str), Vec<f64>>,
}

impl Progress {
    /// A line on standard error, hidden if that is no terminal.
    #[must_use]
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        // The template is a constant: should it be malformed, the default look will do.
        if let Ok(style) =
            ProgressStyle::with_template("{elapsed:>4} [{bar:24}] {pos}/{len} eta {eta} {wide_msg}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            bar,
            seen: BTreeMap::new(),
        }
    }

    /// How many trials there will be.
    pub fn expect(&self, trials: usize) {
        self.bar.set_length(trials as u64);
    }

    /// A trial begins.
    pub fn begin(&self, trial: &Trial) {
        let key = (trial.experiment.id(), trial.case, trial.backend.id());
        let (experiment, case, backend) = key;
        let estimate = self.seen.get(&key).map(|values| estimate(trial, values));
        self.bar.set_message(format!(
            "{experiment} {case} on {backend} {}",
            estimate.unwrap_or_default()
        ));
        self.bar.inc(1);
    }

    /// A trial gave numbers.
    pub fn measured(&mut self, trial: &Trial, headline: Option<f64>) {
        if let (Some(value), Some(_)) = (headline, trial.round) {
            let key = (trial.experiment.id(), trial.case, trial.backend.id());
            self.seen.entry(key).or_default().push(value);
        }
    }

    /// Something that the user must see, terminal or not.
    pub fn tell(&self, text: &str) {
        self.bar.suspend(|| eprintln!("isolab: {text}"));
    }

    /// Removes the line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

fn estimate(trial: &Trial, values: &[f64]) -> String {
    let headline = trial.experiment.headline(trial.case);
    let (_, name) = headline.split_once('.').unwrap_or(("", headline));
    let so_far = median(values).map(|value| human(value, unit_of(headline)));
    format!("({name} so far {})", so_far.unwrap_or_default())
}

fn unit_of(metric: &str) -> Unit {
    if metric.ends_with("bytes_per_s") {
        Unit::BytesPerS
    } else if metric.ends_with("_bytes") {
        Unit::Bytes
    } else {
        Unit::Ns
    }
}
