//! The comparison as text: one table per experiment, one block per case, one line per metric and backend.
//!
//! 1. [`tables`] picks the lines, for the terminal (headline metrics) and for REPORT.md (all) alike.
//! 2. [`text`] lays them out in columns: numbers to the right, words to the left.
//! 3. Below the tables: what wasn't measured and why, then the warnings. They belong to the numbers.

use super::units::times;
use super::wording::{self, absences};
use crate::summary::{Series, Summary, metrics};

/// The columns' titles; the first one stands above metric and backend.
pub const TITLES: [&str; 7] = [
    "",
    "backend",
    "median",
    "95 % interval",
    "to native",
    "95 % interval",
    "verdict",
];

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
    /// One line per metric and backend, each as the cells of [`TITLES`].
    pub lines: Vec<[String; 7]>,
}

const VERDICTS: &str = "\
slower, faster, more, less: the ratio's whole interval lies beyond 2 %; no practical difference: it lies within.
";

/// How much to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What fits a terminal.
    Headline,
    /// Every metric except the single phases of a start, which the waterfall chart has.
    Full,
}

/// The tables of a run.
pub fn tables(summary: &Summary, detail: Detail) -> Vec<Table> {
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
            lines: lines(&shown),
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
        return true;
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

fn lines(shown: &[&Series]) -> Vec<[String; 7]> {
    let mut before = "";
    let mut lines = Vec::new();
    for series in shown {
        let repeated = before == series.metric;
        before = &series.metric;
        let label = if repeated {
            ""
        } else {
            metrics::label(&series.metric)
        };
        let comparison = series.vs_native.as_ref();
        lines.push([
            label.to_owned(),
            series.backend.clone(),
            wording::median(series),
            wording::interval(&series.statistics, series.unit),
            comparison.map_or(String::new(), |comparison| times(comparison.ratio)),
            comparison.map_or(String::new(), wording::ratio_interval),
            wording::verdict(series),
        ]);
    }
    lines
}

/// Everything for the terminal.
pub fn text(summary: &Summary) -> String {
    let mut text = String::new();
    for table in tables(summary, Detail::Headline) {
        let all: Vec<&[String; 7]> = table.blocks.iter().flat_map(|block| &block.lines).collect();
        let widths = widths(&all);
        let titles = TITLES.map(str::to_owned);
        let mark = if summary.emulated {
            format!(" ({})", wording::EMULATED)
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
            text.push_str(&format!("{} ({})\n", block.case, rounds(block.rounds)));
            for line in &block.lines {
                text.push_str(&layout(line, &widths));
            }
        }
        text.push('\n');
    }
    text.push_str(&footer(summary));
    text
}

/// `60 rounds`.
pub fn rounds(count: usize) -> String {
    match count {
        1 => "1 round".to_owned(),
        _ => format!("{count} rounds"),
    }
}

fn footer(summary: &Summary) -> String {
    let mut text = String::new();
    if summary.series.is_empty() {
        text.push_str("Nothing was measured.\n");
    }
    let compared = summary
        .series
        .iter()
        .any(|series| series.vs_native.is_some());
    if compared {
        text.push_str(VERDICTS);
    }
    let without_interval = summary
        .series
        .iter()
        .any(|series| series.statistics.interval.is_none());
    if without_interval {
        text.push_str(
            "(a to b): smallest and largest value; fewer than 6 rounds give no 95 % interval.\n",
        );
    }
    let missing = absences(&summary.missing, true);
    if !missing.is_empty() {
        text.push_str("Not measured:\n");
    }
    for absence in missing {
        text.push_str(&format!("  {}\n", absence.text()));
    }
    if !summary.warnings.is_empty() {
        text.push_str("Warnings:\n");
    }
    for warning in &summary.warnings {
        let place = wording::place(warning);
        let separator = if place.is_empty() { "" } else { ": " };
        text.push_str(&format!("  {place}{separator}{}\n", warning.text));
    }
    text
}

/// The widest cell of each column. The last one is never padded.
fn widths(lines: &[&[String; 7]]) -> [usize; 7] {
    let mut widths = TITLES.map(|title| title.chars().count());
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line.iter()) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

/// One line, indented by two, two spaces between columns.
fn layout(cells: &[String; 7], widths: &[usize; 7]) -> String {
    let mut line = String::new();
    for ((cell, width), right) in cells.iter().zip(widths).zip(RIGHT) {
        line.push_str("  ");
        line.push_str(&match right {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
    }
    format!("{}\n", line.trim_end())
}
