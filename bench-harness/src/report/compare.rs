//! Runs side by side: `isolab compare RUN RUN…`.
//!
//! Absolute numbers of two machines say which machine is faster, and nothing about containers and VMs. So only ratios to
//! the same run's plain process are laid side by side, and what differs between the runs stands before them: machine, plan,
//! binaries.
//!
//! 1. Each run gets a letter.
//! 2. What `run.json` says differently is listed; what it says alike isn't.
//! 3. One line per metric and backend that at least two runs have. Where the intervals of two runs' ratios have nothing in
//!    common, the line is marked: there something is different, and the list above is where to look for the reason.
//!
//! Read next: `origin.rs`.

use std::collections::BTreeMap;

use super::origin;
use super::units::times;
use super::wording::ratio_interval;
use crate::language::Messages;
use crate::store::RunRecord;
use crate::summary::{Comparison, Series, Summary, metrics, order};

/// One of the runs.
#[derive(Clone, Debug)]
pub struct Run {
    /// Where it comes from.
    pub record: RunRecord,
    /// Its numbers.
    pub summary: Summary,
}

/// Says nothing about a machine, or is another one each time.
const INCIDENTAL: [&str; 3] = ["plan.command_line", "plan.seed", "machine.load_at_start"];

/// The entries by which a reader knows a machine.
const FINGERPRINT: [&str; 6] = [
    "cpu",
    "cpu_count",
    "distribution",
    "kernel",
    "kvm",
    "hypervisor",
];

/// The whole comparison.
#[must_use]
pub fn text(runs: &[Run], messages: &Messages) -> String {
    let mut text = String::new();
    for (letter, run) in letters().zip(runs) {
        let emulated = match run.summary.emulated {
            true => format!("  ({})", messages.text("compare-emulated")),
            false => String::new(),
        };
        text.push_str(&format!(
            "{letter}  {}  {}{emulated}\n   {}\n",
            run.record.run_id,
            run.record.started_at,
            machine(&run.record)
        ));
    }
    text.push_str(&differences(runs, messages));
    text.push_str(&ratios(runs, messages));
    text
}

/// What there is of the fingerprint that names a machine, in a line.
fn machine(record: &RunRecord) -> String {
    let words = FINGERPRINT.iter().filter_map(|name| {
        let value = record.fingerprint.get(*name)?;
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Some(match *name {
            "cpu_count" => format!("{value} CPU"),
            _ => value,
        })
    });
    words.collect::<Vec<_>>().join(", ")
}

fn letters() -> impl Iterator<Item = char> {
    'A'..='Z'
}

/// What the runs' records say differently, entry by entry.
fn differences(runs: &[Run], messages: &Messages) -> String {
    let entries: Vec<BTreeMap<String, String>> = runs.iter().map(|run| flat(&run.record)).collect();
    let mut names: Vec<&String> = entries.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    let absent = "–".to_owned();
    let mut text = String::new();
    for name in names {
        let values: Vec<&String> = entries
            .iter()
            .map(|entries| entries.get(name).unwrap_or(&absent))
            .collect();
        let alike = values.windows(2).all(|pair| pair[0] == pair[1]);
        if alike || INCIDENTAL.contains(&name.as_str()) {
            continue;
        }
        text.push_str(&format!("  {name}\n"));
        for (letter, value) in letters().zip(values) {
            text.push_str(&format!("    {letter}  {value}\n"));
        }
    }
    let heading = match text.is_empty() {
        true => messages.text("compare-alike"),
        false => messages.text("compare-differences"),
    };
    format!("\n{heading}\n{text}")
}

/// `machine.cpu` → text, of everything that a record says.
fn flat(record: &RunRecord) -> BTreeMap<String, String> {
    let group = |key: &str| key.trim_start_matches("origin-").to_owned();
    // What happened while it ran is never the same.
    let groups = origin::groups(record).into_iter();
    groups
        .filter(|(key, _)| *key != origin::WATCHED)
        .flat_map(|(key, rows)| {
            let group = group(key);
            rows.into_iter()
                .map(move |(name, value)| (format!("{group}.{name}"), value))
        })
        .collect()
}

/// One line per metric and backend that at least two runs compare with native.
fn ratios(runs: &[Run], messages: &Messages) -> String {
    let mut keys: Vec<(&str, &str, &str, &str)> = runs
        .iter()
        .flat_map(|run| &run.summary.series)
        .filter(|series| metrics::info(&series.metric).is_some_and(|info| info.headline))
        .map(|series| {
            (
                series.experiment.as_str(),
                series.case.as_str(),
                series.metric.as_str(),
                series.backend.as_str(),
            )
        })
        .collect();
    keys.sort_by(|a, b| order::compare(*a, *b));
    keys.dedup();

    let mut lines = String::new();
    let mut before = ("", "");
    for (experiment, case, metric, backend) in keys {
        let of = |run: &Run| -> Option<Comparison> {
            let found: Option<&Series> = run.summary.find(experiment, case, metric, backend);
            found?.vs_native.clone()
        };
        let compared: Vec<Option<Comparison>> = runs.iter().map(of).collect();
        if compared.iter().flatten().count() < 2 {
            continue;
        }
        if before != (experiment, case) {
            lines.push_str(&format!("\n{experiment} {case}\n"));
            before = (experiment, case);
        }
        let cells: Vec<String> = letters()
            .zip(&compared)
            .map(|(letter, one)| format!("{letter} {:<24}", cell(one.as_ref())))
            .collect();
        let mark = match differ(&compared) {
            true => messages.text("compare-differs"),
            false => String::new(),
        };
        let label = messages.metric(metric);
        let line = format!("  {label:<22} {backend:<16} {} {mark}", cells.join(" "));
        lines.push_str(&format!("{}\n", line.trim_end()));
    }
    match lines.is_empty() {
        true => format!("\n{}\n", messages.text("compare-nothing")),
        false => format!("\n{}\n{lines}", messages.text("compare-ratios")),
    }
}

fn cell(comparison: Option<&Comparison>) -> String {
    let written = |one: &Comparison| {
        format!("{} {}", times(one.ratio), ratio_interval(one))
            .trim_end()
            .to_owned()
    };
    comparison.map_or("–".to_owned(), written)
}

/// Whether two of the intervals have nothing in common.
fn differ(compared: &[Option<Comparison>]) -> bool {
    let intervals = || compared.iter().flatten().filter_map(|one| one.interval);
    let highest_low = intervals().map(|one| one.low).fold(f64::MIN, f64::max);
    let lowest_high = intervals().map(|one| one.high).fold(f64::MAX, f64::min);
    highest_low > lowest_high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::sample::{Outcome, Sample, Unit};

    /// A run on a CPU of this name in which the container takes `factor` times as long as native.
    fn run(cpu: &str, factor: f64) -> Run {
        let mut samples = Vec::new();
        for round in 0..20 {
            let jitter = 1.0 + f64::from(round % 5) / 1000.0;
            for (backend, value) in [("native", 1e6), ("container", 1e6 * factor)] {
                samples.push(Sample {
                    run_id: cpu.to_owned(),
                    experiment: "startup".to_owned(),
                    case: "hello".to_owned(),
                    backend: backend.to_owned(),
                    metric: "startup.total_ns".to_owned(),
                    unit: Unit::Ns,
                    round,
                    outcome: Outcome::Ok,
                    value: Some(value * jitter),
                    note: String::new(),
                });
            }
        }
        let mut record = RunRecord {
            run_id: cpu.to_owned(),
            ..RunRecord::default()
        };
        record.fingerprint.insert("cpu".to_owned(), cpu.into());
        record.fingerprint.insert("kernel".to_owned(), "6.1".into());
        Run {
            record,
            summary: Summary::of(&samples, 1),
        }
    }

    fn compared(runs: &[Run]) -> String {
        text(runs, &Messages::of(Language::English))
    }

    #[test]
    fn only_what_differs_between_the_machines_is_listed() {
        let text = compared(&[run("fast", 6.0), run("slow", 6.0)]);
        assert!(
            text.contains("machine.cpu\n    A  fast\n    B  slow\n"),
            "{text}"
        );
        assert!(!text.contains("machine.kernel"), "{text}");
    }

    #[test]
    fn ratios_stand_side_by_side_and_absolute_times_nowhere() {
        let text = compared(&[run("fast", 6.0), run("slow", 6.0)]);
        assert!(
            text.contains("A 6.00 × [") && text.contains("B 6.00 × ["),
            "{text}"
        );
        assert!(!text.contains("ms") && !text.contains("µs"), "{text}");
        assert!(!text.contains("differs\n"), "{text}");
    }

    #[test]
    fn ratios_that_can_not_be_the_same_are_marked() {
        let text = compared(&[run("fast", 6.0), run("slow", 9.0)]);
        assert!(text.contains("differs\n"), "{text}");
    }

    #[test]
    fn runs_without_a_common_number_say_so() {
        let mut other = run("slow", 6.0);
        other.summary.series.clear();
        let text = compared(&[run("fast", 6.0), other]);
        assert!(text.contains("nothing in common"), "{text}");
    }
}
