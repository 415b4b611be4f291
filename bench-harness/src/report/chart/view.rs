//! What a chart is drawn from: the numbers of one run, and the words for them in the reader's language.
//!
//! The texts of the chart `io-latency` are those of the key `chart-io-latency` in `locale/*/charts/io.ftl`: its title, and
//! the attributes `.subtitle`, `.reading` and `.caption`. Whatever else stands inside the picture is an attribute too, or
//! one of the words in `locale/*/charts.ftl` that charts share.

use std::collections::BTreeMap;

use super::bars::Bar;
use super::canvas::Frame;
use crate::backend;
use crate::language::Messages;
use crate::sample::Sample;
use crate::stats::bootstrap::{ratio_interval, ratio_of_medians};
use crate::summary::Summary;

/// Of the intervals; any constant gives the same picture each time.
const SEED: u64 = 1;

/// Experiment, case, metric and backend.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Every value of every series.
pub type Values<'a> = BTreeMap<Key<'a>, Vec<f64>>;

/// Sorts the samples of a run once for all charts.
pub fn values(samples: &[Sample]) -> Values<'_> {
    let mut values = Values::new();
    for sample in samples {
        let key: Key = (
            &sample.experiment,
            &sample.case,
            &sample.metric,
            &sample.backend,
        );
        if let Some(value) = sample.value {
            values.entry(key).or_default().push(value);
        }
    }
    values
}

/// One chart's view of a run.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The chart's name, such as `io-latency`.
    pub name: &'static str,
    /// The experiment whose data it shows.
    pub experiment: &'static str,
    /// The medians.
    pub summary: &'a Summary,
    /// The raw values with their rounds.
    pub samples: &'a [Sample],
    /// The values alone, by series.
    pub values: &'a Values<'a>,
    /// The words.
    pub say: &'a Messages,
}

impl<'a> View<'a> {
    /// The chart's title.
    pub fn title(&self) -> String {
        self.say.text(&self.key())
    }

    /// An attribute of the chart's text, such as `caption`.
    pub fn text(&self, attribute: &str) -> String {
        self.with(attribute, &[])
    }

    /// The same with values.
    pub fn with(&self, attribute: &str, values: &[(&str, &str)]) -> String {
        self.say
            .with(&format!("{}.{attribute}", self.key()), values)
    }

    /// The cases of the chart's experiment, in order.
    pub fn cases(&self) -> Vec<&'a str> {
        let cases = self.summary.cases().into_iter();
        cases
            .filter(|(experiment, _)| *experiment == self.experiment)
            .map(|(_, case)| case)
            .collect()
    }

    /// Every value of one series.
    pub fn values(&self, case: &str, metric: &str, backend: &str) -> Vec<f64> {
        let key = (self.experiment, case, metric, backend);
        self.values.get(&key).cloned().unwrap_or_default()
    }

    /// The same with their rounds.
    fn rounds(&self, case: &str, metric: &str, backend: &str) -> Vec<(u32, f64)> {
        let samples = self.samples.iter().filter(|sample| {
            sample.experiment == self.experiment
                && sample.case == case
                && sample.metric == metric
                && sample.backend == backend
        });
        samples
            .filter_map(|sample| Some((sample.round, sample.value?)))
            .collect()
    }

    /// A case of a backend as a multiple of another case of the same backend, in the same rounds.
    pub fn multiple(
        &self,
        (case, reference): (&str, &str),
        metric: &str,
        backend: &str,
    ) -> Option<Bar> {
        let (ours, theirs) = (
            self.values(case, metric, backend),
            self.values(reference, metric, backend),
        );
        let ratio = ratio_of_medians(&ours, &theirs)?;
        let interval = ratio_interval(
            &self.rounds(case, metric, backend),
            &self.rounds(reference, metric, backend),
            SEED,
        );
        Some(Bar::of_ratio(backend, ratio, interval))
    }

    /// Title, subtitle and legend; the backends without data of this experiment are named in a note.
    pub fn frame(&self) -> Frame {
        self.frame_with(&[])
    }

    /// The same with values in the subtitle.
    pub fn frame_with(&self, values: &[(&str, &str)]) -> Frame {
        let has_data = |backend: &&str| {
            let mut series = self.summary.series.iter();
            series.any(|one| one.experiment == self.experiment && one.backend == *backend)
        };
        // A yardstick of another experiment isn't missing.
        let takes_part = |backend: &&str| {
            let known = backend::by_id(backend);
            known
                .and_then(|one| one.only_for())
                .is_none_or(|id| id == self.experiment)
        };
        let (with, without): (Vec<&str>, Vec<&str>) = self
            .summary
            .backends()
            .into_iter()
            .filter(takes_part)
            .partition(has_data);
        let notes = match without.as_slice() {
            [] => Vec::new(),
            without => vec![self.say.with(
                "chart-note-without-data",
                &[("backends", &without.join(", "))],
            )],
        };
        let mut notes = notes;
        let emulated: Vec<&str> = with
            .iter()
            .copied()
            .filter(|id| backend::by_id(id).is_some_and(|one| one.is_emulated()))
            .collect();
        if !emulated.is_empty() {
            let backends = emulated.join(", ");
            let values = [("backends", backends.as_str())];
            notes.push(self.say.with("chart-note-emulated", &values));
        }
        let badges = self.summary.badges_of(self.experiment);
        let mut frame = Frame::new(self.title(), &badges, self.say);
        frame.subtitle = self.with("subtitle", values);
        frame.mark = self
            .summary
            .emulated
            .then(|| self.say.text("emulated-mark"));
        frame.backends = with.into_iter().map(str::to_owned).collect();
        frame.notes = notes;
        frame
    }

    fn key(&self) -> String {
        message_key(self.name)
    }
}

/// The key of a chart's texts in the catalogues.
pub fn message_key(name: &str) -> String {
    format!("chart-{name}")
}
