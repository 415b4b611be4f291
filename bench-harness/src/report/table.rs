//! The comparison as text: one table per experiment, one block per case, one line per metric and backend.
//!
//! 1. [`tables`] picks the lines, for the terminal (headline metrics) and for REPORT.md (all) alike.
//! 2. [`text`] lays them out in columns: numbers to the right, words to the left.
//! 3. Below the tables: what wasn't measured and why, then the warnings. They belong to the numbers.

use unicode_width::UnicodeWidthStr;

use super::units::times;
use super::wording::{self, Marked, absences};
use crate::language::Messages;
use crate::stats::verdict::Direction;
use crate::summary::{Series, Summary, metrics};

/// The keys of the columns' titles.
const TITLES: [&str; 7] = [
    "table-metric",
    "table-backend",
    "table-median",
    "table-interval",
    "table-ratio",
    "table-interval",
    "table-verdict",
];

/// The columns' titles.
pub fn titles(say: &Messages) -> [String; 7] {
    TITLES.map(|key| say.text(key))
}

/// Which columns hold numbers.
const RIGHT: [bool; 7] = [false, false, true, false, true, false, false];

/// The lines of one experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The experiment.
    pub experiment: String,
    /// Its cases.
    pub blocks: Vec<Block>,
}

/// The lines of one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The case.
    pub case: String,
    /// The largest number of values of any line.
    pub rounds: usize,
    /// One line per metric and backend, each as the cells below [`titles`].
    pub lines: Vec<[String; 7]>,
    /// How ours stand beside the best peer, one sentence per metric and backend; empty without peers.
    pub beside_peers: Vec<String>,
}

/// How much to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What fits a terminal.
    Headline,
    /// Every metric except the single phases of a start, which the waterfall chart has.
    Full,
}

/// The tables of a run.
pub fn tables(summary: &Summary, detail: Detail, say: &Messages) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for (experiment, case) in summary.cases() {
        let in_case = |series: &&Series| series.experiment == experiment && series.case == case;
        let shown: Vec<&Series> = summary
            .series
            .iter()
            .filter(in_case)
            .filter(|series| is_shown(series, detail))
            .collect();
        if shown.is_empty() {
            continue;
        }
        let block = Block {
            case: case.to_owned(),
            rounds: shown
                .iter()
                .map(|series| series.statistics.n)
                .max()
                .unwrap_or(0),
            lines: lines(&shown, say),
            beside_peers: beside_peers(&shown, say),
        };
        match tables.last_mut() {
            Some(table) if table.experiment == experiment => table.blocks.push(block),
            _ => tables.push(Table {
                experiment: experiment.to_owned(),
                blocks: vec![block],
            }),
        }
    }
    tables
}

fn is_shown(series: &Series, detail: Detail) -> bool {
    if series.metric.starts_with("startup.mark.") || series.metric.starts_with("startup.phase.") {
        return false;
    }
    let Some(info) = metrics::info(&series.metric) else {
        // A family has its sum, its slope or its chart for the short table.
        return detail == Detail::Full || metrics::family(&series.metric).is_none();
    };
    match detail {
        Detail::Full => true,
        // What a sequential transfer is for is its throughput, a random one its latency.
        Detail::Headline if series.case.contains("-seq") && info.name.starts_with("io.lat") => {
            false
        }
        Detail::Headline if series.case.contains("-rand") && info.name.starts_with("io.band") => {
            false
        }
        Detail::Headline => info.headline,
    }
}

fn lines(shown: &[&Series], say: &Messages) -> Vec<[String; 7]> {
    let mut before = "";
    let mut lines = Vec::new();
    for series in shown {
        let repeated = before == series.metric;
        before = &series.metric;
        let label = if repeated {
            String::new()
        } else {
            say.metric(&series.metric)
        };
        let comparison = series.vs_native.as_ref();
        lines.push([
            label,
            wording::backend(&series.backend, say),
            wording::median(series),
            wording::interval(&series.statistics, series.unit, say),
            comparison.map_or(String::new(), |comparison| times(comparison.ratio)),
            comparison.map_or(String::new(), wording::ratio_interval),
            wording::verdict(series, say),
        ]);
    }
    lines
}

fn beside_peers(shown: &[&Series], say: &Messages) -> Vec<String> {
    let sentence = |series: &&Series| {
        let beside = series.beside_peer.as_ref()?;
        let is_good = metrics::direction(&series.metric) != Direction::Neutral;
        let words = [
            ("metric", say.metric(&series.metric)),
            ("backend", series.backend.clone()),
            ("ratio", times(beside.ratio)),
            (
                "interval",
                wording::interval_of(beside.interval, beside.ratio),
            ),
            ("peer", beside.peer.clone()),
        ];
        let words = words.each_ref().map(|(name, word)| (*name, word.as_str()));
        is_good.then(|| say.with("table-beside-peer", &words))
    };
    shown.iter().filter_map(sentence).collect()
}

/// Everything for the terminal.
pub fn text(summary: &Summary, say: &Messages) -> String {
    let mut text = String::new();
    let mut titles = titles(say);
    // Metric and backend share their column's place with the case.
    titles[0].clear();
    for table in tables(summary, Detail::Headline, say) {
        let all: Vec<&[String; 7]> = table.blocks.iter().flat_map(|block| &block.lines).collect();
        let widths = widths(&titles, &all);
        let mark = if summary.emulated {
            format!(" ({})", say.text("emulated-mark"))
        } else {
            String::new()
        };
        text.push_str(&format!("{}{mark}\n", table.experiment.to_uppercase()));
        text.push_str(&layout(&titles, &widths));
        text.push_str(&format!(
            "{}\n",
            "─".repeat(widths.iter().sum::<usize>() + 2 * 7)
        ));
        for block in &table.blocks {
            text.push_str(&format!("{} ({})\n", block.case, rounds(block.rounds, say)));
            for line in &block.lines {
                text.push_str(&layout(line, &widths));
            }
            for sentence in &block.beside_peers {
                text.push_str(&format!("  {sentence}\n"));
            }
        }
        text.push('\n');
    }
    text.push_str(&footer(summary, say));
    text
}

/// `60 rounds`.
pub fn rounds(count: usize, say: &Messages) -> String {
    say.with("table-rounds", &[("count", &count.to_string())])
}

fn footer(summary: &Summary, say: &Messages) -> String {
    let mut lines = Vec::new();
    let any = |predicate: fn(&Series) -> bool| summary.series.iter().any(predicate);
    if summary.series.is_empty() {
        lines.push(say.text("terminal-nothing"));
    }
    if any(|series| series.vs_native.is_some()) {
        let band = wording::bands(summary);
        lines.push(say.with("table-verdicts", &[("band", &band)]));
    }
    if any(|series| series.statistics.interval.is_none()) {
        lines.push(say.text("table-ranges"));
    }
    let missing = absences(&summary.missing, true);
    if !missing.is_empty() {
        lines.push(say.text("terminal-missing"));
    }
    let missing = missing.iter();
    lines.extend(missing.map(|absence| format!("  {}", absence.text(say))));
    lines.extend(badges(summary, say));
    if !summary.warnings.is_empty() {
        lines.push(say.text("terminal-warnings"));
    }
    for warning in &summary.warnings {
        let place = wording::place(warning);
        let separator = if place.is_empty() { "" } else { ": " };
        let text = wording::warning(warning, say);
        lines.push(format!("  {place}{separator}{text}"));
    }
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

fn badges(summary: &Summary, say: &Messages) -> Vec<String> {
    let badges = wording::marked(&summary.badges, say);
    let heading = (!badges.is_empty()).then(|| format!("{}:", say.text("badges-heading")));
    let next = say.text("badges-next");
    let of_badge = |badge: Marked| {
        let (places, meaning) = (badge.places(), badge.meaning);
        [
            format!("  {} ({places}): {meaning}", badge.name),
            format!("    {next} {}", badge.next),
        ]
    };
    heading
        .into_iter()
        .chain(badges.into_iter().flat_map(of_badge))
        .collect()
}

/// The widest cell of each column, in the terminal's columns: a syllable of Hangul takes two.
fn widths(titles: &[String; 7], lines: &[&[String; 7]]) -> [usize; 7] {
    let mut widths = titles.each_ref().map(|title| title.width());
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line.iter()) {
            *width = (*width).max(cell.width());
        }
    }
    widths
}

/// One line, indented by two, two spaces between columns. The last column is never padded.
fn layout(cells: &[String; 7], widths: &[usize; 7]) -> String {
    let mut line = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(RIGHT) {
        let padding = " ".repeat(width - cell.width());
        line.push_str("  ");
        line.push_str(&match right {
            true => format!("{padding}{cell}"),
            false => format!("{cell}{padding}"),
        });
    }
    format!("{}\n", line.trim_end())
}
