//! The line on the terminal while a run goes on, with a provisional estimate, in the reader's language. Nothing is drawn when it is
//! no terminal.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};

use crate::language::{Language, Messages, Said};
use crate::plan::Trial;
use crate::report::units::human;
use crate::sample::Unit;
use crate::stats::quantile::median;

/// Draws between trials; has no thread of its own.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    messages: Messages,
    /// Headline values so far, by experiment, case and backend.
    seen: BTreeMap<(&'static str, &'static str, &'static str), Vec<f64>>,
}

impl Progress {
    /// A line on standard error, hidden if that is no terminal.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let messages = Messages::of(language);
        let bar = ProgressBar::no_length();
        // The template is a constant: should it be malformed, the default look will do.
        if let Ok(style) = ProgressStyle::with_template(
            "{elapsed:>4} [{bar:24}] {pos}/{len} {prefix} {eta} {wide_msg}",
        ) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(messages.text("progress-left"));
        Self {
            bar,
            messages,
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
        let so_far = self.seen.get(&key).and_then(|values| median(values));
        let said = match so_far {
            None => of_trial("progress-trial", trial),
            Some(so_far) => {
                let headline = trial.experiment.headline(trial.case);
                let (_, name) = headline.split_once('.').unwrap_or(("", headline));
                of_trial("progress-so-far", trial)
                    .with("metric", name)
                    .with("value", human(so_far, unit_of(headline)))
            }
        };
        self.bar.set_message(self.messages.said(&said));
        self.bar.inc(1);
    }

    /// A trial gave numbers.
    pub fn measured(&mut self, trial: &Trial, headline: Option<f64>) {
        if let (Some(value), Some(_)) = (headline, trial.round) {
            let key = (trial.experiment.id(), trial.case, trial.backend.id());
            self.seen.entry(key).or_default().push(value);
        }
    }

    /// A trial gave none, which the user must see, terminal or not.
    pub fn failed(&self, trial: &Trial, reason: &str) {
        self.tell(&of_trial("progress-failed", trial).with("reason", reason));
    }

    /// A backend gets no trials.
    pub fn skipped(&self, backend: &str, reason: &str) {
        let said = Said::key("progress-skipped").with("backend", backend);
        self.tell(&said.with("reason", reason));
    }

    fn tell(&self, said: &Said) {
        let text = self.messages.said(said);
        self.bar.suspend(|| eprintln!("isolab: {text}"));
    }

    /// Removes the line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A text about a trial.
fn of_trial(key: &str, trial: &Trial) -> Said {
    Said::key(key)
        .with("experiment", trial.experiment.id())
        .with("case", trial.case)
        .with("backend", trial.backend.id())
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
