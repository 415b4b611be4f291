//! The same words for the same thing in tables, charts and Markdown: the keys of `locale/*/terminal.ftl`.

use super::units::{Scale, human, plain};
use crate::language::{Messages, notes};
use crate::sample::{Outcome, TRIAL, Unit};
use crate::stats::bootstrap::Interval;
use crate::stats::verdict::{Direction, MOST_ROUNDS, Verdict};
use crate::summary::is_peer;
use crate::summary::{
    Badge, Comparison, Missing, Series, Statistics, Summary, Warning, badge, metrics,
};

/// The median with its unit.
pub fn median(series: &Series) -> String {
    human(series.statistics.median, series.unit)
}

/// `[low, high]` in the unit of the median; `(min to max)` where there are too few values for an interval.
pub fn interval(statistics: &Statistics, unit: Unit, say: &Messages) -> String {
    let like = statistics.median;
    let scale = Scale::fitting(like, unit);
    match statistics.interval {
        Some(interval) => format!(
            "[{}, {}]",
            scale.number_like(interval.low, like),
            scale.number_like(interval.high, like)
        ),
        None if statistics.n < 2 => String::new(),
        None => {
            let low = scale.number_like(statistics.min, like);
            let high = scale.number_like(statistics.max, like);
            say.with("table-range", &[("low", &low), ("high", &high)])
        }
    }
}

/// `[low, high]` of a ratio, or nothing.
pub fn ratio_interval(comparison: &Comparison) -> String {
    interval_of(comparison.interval, comparison.ratio)
}

/// `[low, high]` written as the ratio is.
pub fn interval_of(interval: Option<Interval>, like: f64) -> String {
    interval.map_or(String::new(), |interval| {
        format!(
            "[{}, {}]",
            plain(interval.low, like),
            plain(interval.high, like)
        )
    })
}

/// The bands of equality of a run: `±2 %`, or `±2–4.5 %` if some backends differ that much from themselves.
pub fn bands(summary: &Summary) -> String {
    let percent = |band: f64| {
        let text = format!("{:.1}", 100.0 * band);
        text.trim_end_matches(".0").to_owned()
    };
    let compared = summary.series.iter();
    let compared = compared.filter_map(|series| Some(series.vs_native.as_ref()?.band));
    let widest = compared.fold(summary.band, f64::max);
    match (percent(summary.band), percent(widest)) {
        (narrow, wide) if narrow == wide => format!("±{narrow} %"),
        (narrow, wide) => format!("±{narrow}–{wide} %"),
    }
}

/// A backend's name in a table, in which those of others are told apart.
pub fn backend(id: &str, say: &Messages) -> String {
    match is_peer(id) {
        true => say.with("table-peer", &[("backend", id)]),
        false => id.to_owned(),
    }
}

/// The verdict in the words that fit the metric; nothing where no direction is good.
pub fn verdict(series: &Series, say: &Messages) -> String {
    let Some(comparison) = &series.vs_native else {
        return String::new();
    };
    if metrics::direction(&series.metric) == Direction::Neutral {
        return String::new();
    }
    let is_number = matches!(series.unit, Unit::Bytes | Unit::Count);
    let amount = is_number || series.metric.contains("cpu");
    let key = match comparison.verdict {
        Verdict::Better if amount => "word-less",
        Verdict::Worse if amount => "word-more",
        Verdict::Better if badge::is_checked(&series.metric) => "word-faster-doubtful",
        Verdict::Better => "word-faster",
        Verdict::Worse => "word-slower",
        Verdict::NoPracticalDifference => "word-equal",
        Verdict::Inconclusive { more_rounds } => return inconclusive(more_rounds, say),
    };
    say.text(key)
}

fn inconclusive(more_rounds: u32, say: &Messages) -> String {
    let (key, rounds) = match more_rounds {
        MOST_ROUNDS.. => ("word-inconclusive-most", MOST_ROUNDS),
        // Two digits: it is an estimate from an estimate.
        100.. => ("word-inconclusive", more_rounds.div_ceil(10) * 10),
        _ => ("word-inconclusive", more_rounds),
    };
    say.with(key, &[("rounds", &rounds.to_string())])
}

/// A warning's text.
pub fn warning(warning: &Warning, say: &Messages) -> String {
    notes::plain(&notes::translated(&warning.text, say))
}

/// Where a warning belongs.
pub fn place(warning: &Warning) -> String {
    place_of(&warning.experiment, &warning.case, &warning.backend)
}

/// `startup/hello, microvm` with the parts that are there.
fn place_of(experiment: &str, case: &str, backend: &str) -> String {
    let filled = |parts: Vec<&str>, between: &str| {
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<&str>>().join(between)
    };
    filled(vec![&filled(vec![experiment, case], "/"), backend], ", ")
}

/// All badges of one kind that say the same, with their places.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// The badge's name.
    pub name: String,
    /// Where, as `io/direct-randread-4k, microvm`.
    pub places: Vec<String>,
    /// What it means, of the first of them.
    pub meaning: String,
    /// The command to type next, of the first of them.
    pub next: String,
}

/// The badges of a run, one entry per kind.
pub fn marked(badges: &[Badge], say: &Messages) -> Vec<Marked> {
    let mut kinds: Vec<Marked> = Vec::new();
    let ordered = badges.chunk_by(|one, other| one.kind == other.kind);
    for alike in ordered {
        let first = &alike[0];
        let place = |badge: &Badge| match place_of(&badge.experiment, &badge.case, &badge.backend) {
            whole if whole.is_empty() => say.text("badges-where-run"),
            place => place,
        };
        kinds.push(Marked {
            name: say.text(first.kind.key()),
            places: alike.iter().map(place).collect(),
            meaning: say.said(&first.meaning()),
            next: say.said(&first.next()),
        });
    }
    kinds
}

impl Marked {
    /// Where, in a line: the first places, and how many more there are.
    pub fn places(&self) -> String {
        let shown = self.places.iter().take(MOST_CASES).cloned();
        let shown = shown.collect::<Vec<String>>().join("; ");
        match self.places.len().saturating_sub(MOST_CASES) {
            0 => shown,
            more => format!("{shown}; +{more}"),
        }
    }
}

/// What became of trials without a value.
pub fn outcome(outcome: Outcome, say: &Messages) -> String {
    say.text(&format!("outcome-{outcome}"))
}

/// So many cases of one experiment are named one by one.
const MOST_CASES: usize = 3;

/// One line about everything that one backend lacks for one reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    /// The backend.
    pub backend: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Where, as `startup/hello` or, for single metrics, `memory/touched-0 memory.rss_bytes`.
    pub places: Vec<String>,
    /// In how many rounds, all places together.
    pub rounds: usize,
    /// Why.
    pub reason: String,
}

/// What is missing, by backend and reason; either whole trials or single metrics.
pub fn absences(missing: &[Missing], whole_trials: bool) -> Vec<Absence> {
    let mut found: Vec<Absence> = Vec::new();
    for one in missing
        .iter()
        .filter(|one| (one.metric == TRIAL) == whole_trials)
    {
        let place = if whole_trials {
            format!("{}/{}", one.experiment, one.case)
        } else {
            one.metric.clone()
        };
        let known = found.iter_mut().find(|known| {
            (&known.backend, known.outcome, &known.reason)
                == (&one.backend, one.outcome, &one.reason)
        });
        match known {
            Some(known) => {
                known.rounds += one.rounds;
                if !known.places.contains(&place) {
                    known.places.push(place);
                }
            }
            None => found.push(Absence {
                backend: one.backend.clone(),
                outcome: one.outcome,
                places: vec![place],
                rounds: one.rounds,
                reason: one.reason.clone(),
            }),
        }
    }
    found
}

impl Absence {
    /// The line.
    pub fn text(&self, say: &Messages) -> String {
        notes::plain(&self.marked(say))
    }

    /// The line, with marks round what stays English in it.
    pub fn marked(&self, say: &Messages) -> String {
        let rounds = self.rounds.to_string();
        let trials = say.with("absence-trials", &[("count", &rounds)]);
        let reason = match self.reason.as_str() {
            "" => say.text("absence-no-reason"),
            reason => notes::translated(reason, say),
        };
        let values = [
            ("backend", self.backend.as_str()),
            ("outcome", &outcome(self.outcome, say)),
            ("places", &self.named_places(say).join(", ")),
            ("trials", &trials),
            ("reason", &reason),
        ];
        say.with("absence-line", &values)
    }

    /// The places; many cases of one experiment as their number.
    fn named_places(&self, say: &Messages) -> Vec<String> {
        let mut shown: Vec<String> = Vec::new();
        let mut done: Vec<&str> = Vec::new();
        for place in &self.places {
            let Some((experiment, _)) = place.split_once('/') else {
                shown.push(place.clone());
                continue;
            };
            if done.contains(&experiment) {
                continue;
            }
            let prefix = format!("{experiment}/");
            let alike: Vec<&String> = self
                .places
                .iter()
                .filter(|p| p.starts_with(&prefix))
                .collect();
            if alike.len() > MOST_CASES {
                let count = alike.len().to_string();
                let values = [("count", count.as_str()), ("experiment", experiment)];
                shown.push(say.with("absence-cases", &values));
            } else {
                shown.extend(alike.into_iter().cloned());
            }
            done.push(experiment);
        }
        shown
    }
}
