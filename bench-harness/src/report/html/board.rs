//! The first thing on the page: who wins at what, by how much.
//!
//! One line per question, one column per backend, in each cell the median and how many times worse it is than the plain process:
//! the price of isolation. Before them stands who wins among those that isolate, and by how much, if the numbers can tell; a
//! winner by less than that is none. Below the table: the verdicts on all claims in one line.
//!
//! Peers have their place further down: here are the backends whose making can be read in this repository.

use maud::{Markup, html};

use super::{Content, cards};
use crate::claim::{Compared, Difference};
use crate::report::units::times;
use crate::report::wording;
use crate::stats::verdict::Direction;
use crate::summary::{Series, metrics, order};

/// Key of the question, experiment, case, metric.
const QUESTIONS: [(&str, &str, &str, &str); 8] = [
    ("board-start", "startup", "hello", "startup.ready_ns"),
    ("board-life", "startup", "hello", "startup.total_ns"),
    ("board-memory", "memory", "touched-0", "memory.pss_bytes"),
    ("board-density", "density", "fit", "density.pss_slope_bytes"),
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
    ("board-cpu", "cpu", "int", "cpu.unit_ns"),
    ("board-call", "syscall", "null", "syscall.call_ns"),
];

/// One line.
struct Line<'a> {
    question: &'static str,
    cells: Vec<&'a Series>,
    /// The best that isolates beside the second best.
    best: Option<Compared>,
}

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    let lines: Vec<Line> = QUESTIONS
        .iter()
        .filter_map(|question| line(content, *question))
        .collect();
    let has = |backend: &&str| {
        let mut cells = lines.iter().flat_map(|line| &line.cells);
        cells.any(|one| one.backend == *backend)
    };
    let backends: Vec<&str> = columns(content).into_iter().filter(has).collect();
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
                            th scope="col" { (say.text("board-winner")) }
                            @for backend in &backends { th scope="col" { code { (backend) } } }
                        } }
                        tbody {
                            @for line in &lines {
                                tr {
                                    th scope="row" { (say.text(line.question)) }
                                    td.winner { (winner(content, line)) }
                                    @for backend in &backends { (cell(line, backend)) }
                                }
                            }
                        }
                    }
                }
                p.note { (say.text("board-note")) }
            }
            (cards::overview(content))
        }
    }
}

/// Ours, or whatever there is if there are none of ours.
fn columns<'a>(content: Content<'a>) -> Vec<&'a str> {
    let all = content.summary.backends();
    let ours: Vec<&str> = all
        .iter()
        .copied()
        .filter(|one| order::is_ours(one))
        .collect();
    if ours.len() > 1 { ours } else { all }
}

fn line<'a>(
    content: Content<'a>,
    (question, experiment, case, metric): (&'static str, &str, &str, &str),
) -> Option<Line<'a>> {
    let find = |backend| content.summary.find(experiment, case, metric, backend);
    let cells: Vec<&Series> = columns(content).into_iter().filter_map(find).collect();
    let mut isolating: Vec<&Series> = cells
        .iter()
        .copied()
        .filter(|one| one.backend != order::REFERENCE)
        .collect();
    isolating.sort_by(|a, b| a.statistics.median.total_cmp(&b.statistics.median));
    if metrics::direction(metric) == Direction::HigherIsBetter {
        isolating.reverse();
    }
    let best = match isolating.as_slice() {
        [best, second, ..] => {
            let (best, second) = (best.backend.as_str(), second.backend.as_str());
            content
                .evidence
                .compare(experiment, case, metric, best, second)
        }
        _ => None,
    };
    (cells.len() > 1).then_some(Line {
        question,
        cells,
        best,
    })
}

/// Who, and how many times worse the second best is.
fn winner(content: Content, line: &Line) -> Markup {
    let say = content.messages;
    let Some(best) = &line.best else {
        return html! { "–" };
    };
    let ratio = times(best.ratio.max(1.0 / best.ratio));
    let ahead = [("ratio", ratio.as_str()), ("second", &best.reference)];
    match best.difference {
        Difference::Better => html! {
            strong { (best.backend) } " " span.rank { (say.with("board-ahead", &ahead)) }
        },
        Difference::Inconclusive { .. } => html! {
            span.rank { (say.with("board-undecided", &[("backend", &best.backend)])) }
        },
        Difference::NoPracticalDifference | Difference::Worse => {
            html! { span.rank { (say.text("board-level")) } }
        }
    }
}

fn cell(line: &Line, backend: &str) -> Markup {
    let Some(series) = line.cells.iter().find(|series| series.backend == backend) else {
        return html! { td.absent { "–" } };
    };
    let is_best = line
        .best
        .as_ref()
        .is_some_and(|best| best.backend == backend && best.difference == Difference::Better);
    html! {
        td .best[is_best] {
            (wording::median(series))
            @if let Some(comparison) = &series.vs_native {
                " " span.ratio { (times(comparison.ratio)) }
            }
        }
    }
}
