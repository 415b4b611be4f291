//! The first thing on the page: who wins at what, by how much.
//!
//! One line per question, one column per backend, in each cell the median and its ratio to the best of the line. The best is
//! marked, and so is what can't be told apart from it: a winner by less than the numbers can tell is none.

use maud::{Markup, html};

use super::Content;
use crate::report::units::times;
use crate::report::wording;
use crate::stats::verdict::Direction;
use crate::summary::{Series, metrics};

/// Key of the question, experiment, case, metric.
const QUESTIONS: [(&str, &str, &str, &str); 8] = [
    ("board-start", "startup", "hello", "startup.ready_ns"),
    ("board-life", "startup", "hello", "startup.total_ns"),
    ("board-memory", "memory", "touched-0", "memory.pss_bytes"),
    (
        "board-operation",
        "io",
        "direct-randread-4k",
        "io.lat_p50_ns",
    ),
    (
        "board-byte",
        "io",
        "direct-seqread-1m",
        "io.bandwidth_bytes_per_s",
    ),
    ("board-cpu", "cpu", "int", "cpu.elapsed_ns"),
    ("board-call", "syscall", "null", "syscall.call_ns"),
    ("board-density", "density", "fit", "density.pss_slope_bytes"),
];

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    let summary = content.summary;
    let lines: Vec<(&str, Vec<&Series>)> = QUESTIONS
        .iter()
        .map(|(key, experiment, case, metric)| {
            let find = |backend| summary.find(experiment, case, metric, backend);
            (
                *key,
                summary
                    .backends()
                    .into_iter()
                    .filter_map(find)
                    .collect::<Vec<_>>(),
            )
        })
        .filter(|(_, cells)| cells.len() > 1)
        .collect();
    let backends: Vec<&str> = summary
        .backends()
        .into_iter()
        .filter(|backend| {
            lines
                .iter()
                .any(|(_, cells)| cells.iter().any(|one| one.backend == *backend))
        })
        .collect();
    html! {
        section #board aria-labelledby="board-title" {
            h2 #board-title { (say.text("report-board")) }
            @if lines.is_empty() {
                p.absent { (say.text("report-nothing")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-labelledby="board-title" {
                    table.board {
                        thead { tr {
                            th scope="col" { (say.text("board-question")) }
                            @for backend in &backends { th scope="col" { code { (backend) } } }
                        } }
                        tbody {
                            @for (key, cells) in &lines {
                                tr {
                                    th scope="row" { (say.text(key)) }
                                    @for backend in &backends { (cell(content, cells, backend)) }
                                }
                            }
                        }
                    }
                }
                p.note { (say.text("board-note")) }
            }
        }
    }
}

fn cell(content: Content, cells: &[&Series], backend: &str) -> Markup {
    let Some(series) = cells.iter().find(|series| series.backend == backend) else {
        return html! { td.absent { "–" } };
    };
    let Some(best) = best(cells) else {
        return html! { td { (wording::median(series)) } };
    };
    let ratio = worse_by(series, best);
    let is_best = std::ptr::eq(*series, best);
    let is_level = !is_best && overlaps(series, best, content.summary.band);
    html! {
        td .best[is_best] .level[is_level] {
            (wording::median(series))
            @if is_best {
                " " span.rank { (content.messages.text("board-best")) }
            } @else if is_level {
                " " span.rank { (content.messages.text("board-level")) }
            } @else {
                " " span.ratio { (times(ratio)) }
            }
        }
    }
}

/// The series with the best median.
fn best<'a>(cells: &[&'a Series]) -> Option<&'a Series> {
    let higher = |series: &&Series| metrics::direction(&series.metric) == Direction::HigherIsBetter;
    let by_median =
        |a: &&&Series, b: &&&Series| a.statistics.median.total_cmp(&b.statistics.median);
    let all = cells.iter();
    match cells.first().is_some_and(higher) {
        true => all.max_by(by_median).copied(),
        false => all.min_by(by_median).copied(),
    }
}

/// How many times worse: 2 × the time, or half the throughput.
fn worse_by(series: &Series, best: &Series) -> f64 {
    let ratio = series.statistics.median / best.statistics.median;
    match metrics::direction(&series.metric) {
        Direction::HigherIsBetter => 1.0 / ratio,
        Direction::LowerIsBetter | Direction::Neutral => ratio,
    }
}

/// Whether the numbers can't tell the two apart: their intervals meet, or lie within the band of equality.
fn overlaps(series: &Series, best: &Series, band: f64) -> bool {
    let ends = |one: &Series| {
        let statistics = &one.statistics;
        statistics
            .interval
            .map_or((statistics.min, statistics.max), |interval| {
                (interval.low, interval.high)
            })
    };
    let ((low, high), (best_low, best_high)) = (ends(series), ends(best));
    worse_by(series, best) <= 1.0 + band || (low <= best_high && best_low <= high)
}
