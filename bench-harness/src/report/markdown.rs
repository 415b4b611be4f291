//! REPORT.md: everything about one run that fits a page, for whoever was not there.
//!
//! The order is that of the questions: what came out, may I believe it, what does it look like, how was it measured, on
//! what machine. Plain GitHub Markdown; the charts are the files beside it.

use super::chart::Chart;
use super::claims;
use super::origin::origin;
use super::table::{Block, Detail, Table, rounds, tables, titles};
use super::units::{human, times};
use super::wording::{self, Absence, absences};
use crate::claim::Card;
use crate::language::Messages;
use crate::sample::Unit;
use crate::store::RunRecord;
use crate::summary::Summary;

/// The columns of the first table: key of the title, and where the number is found.
const BRIEF: [(&str, &str, &str, &str); 5] = [
    ("brief-first", "startup", "hello", "startup.first_ns"),
    ("brief-total", "startup", "hello", "startup.total_ns"),
    ("brief-memory", "memory", "touched-0", "memory.pss_bytes"),
    (
        "brief-operation",
        "io",
        "direct-randread-4k",
        "io.lat_p50_ns",
    ),
    (
        "brief-byte",
        "io",
        "direct-seqread-1m",
        "io.bandwidth_bytes_per_s",
    ),
];

/// Ends of the keys of what a reader of the tables must know.
const HOW_TO_READ: [&str; 6] = ["median", "ratio", "verdict", "outliers", "clock", "compare"];

/// The whole file.
pub fn report(
    record: &RunRecord,
    summary: &Summary,
    charts: &[Chart],
    cards: &[Card],
    messages: &Messages,
) -> String {
    let mut text = format!("# {}\n\n", title(record, summary, messages));
    push(&mut text, &format!("{}\n", messages.text("report-lead")));
    if summary.emulated {
        let warning = messages.text("report-emulated");
        push(&mut text, &format!("> **{warning}**\n"));
    }
    text.push_str(&brief(summary, messages));
    text.push_str(&doubts(summary, messages));
    text.push_str(&claims::markdown(cards, messages));
    let (short, full) = (
        tables(summary, Detail::Headline, messages),
        tables(summary, Detail::Full, messages),
    );
    for experiment in experiments(&full, charts) {
        let heading = messages.find(&format!("experiment-{experiment}"), &[]);
        let heading = heading.unwrap_or_else(|| experiment.to_owned());
        push(&mut text, &format!("## {heading}\n"));
        for chart in charts.iter().filter(|chart| chart.experiment == experiment) {
            text.push_str(&picture(chart));
        }
        let mark = emulated(summary, messages);
        text.push_str(&mark);
        text.push_str(&blocks(&short, experiment, messages));
        if experiment == "startup" {
            text.push_str(&phases(summary, messages));
        }
        let all = messages.text("report-all-metrics");
        push(&mut text, &format!("<details><summary>{all}</summary>\n"));
        text.push_str(&mark);
        text.push_str(&blocks(&full, experiment, messages));
        push(&mut text, "</details>\n");
    }
    text.push_str(&how_to_read(summary, messages));
    text.push_str(&origin(record, messages));
    text
}

fn how_to_read(summary: &Summary, messages: &Messages) -> String {
    let mut text = format!("## {}\n\n", messages.text("markdown-how"));
    for end in HOW_TO_READ {
        let key = format!("markdown-how-{end}");
        let line = messages.with(&key, &[("band", &wording::bands(summary))]);
        push(&mut text, &format!("- {line}"));
    }
    text
}

/// Stands before every table of such a run.
fn emulated(summary: &Summary, messages: &Messages) -> String {
    match summary.emulated {
        true => format!("*({})*\n\n", messages.text("emulated-mark")),
        false => String::new(),
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn title(record: &RunRecord, summary: &Summary, messages: &Messages) -> String {
    let id = if record.run_id.is_empty() {
        &summary.run_id
    } else {
        &record.run_id
    };
    match record.started_at.as_str() {
        "" => messages.with("report-title", &[("run", id)]),
        started => messages.with("markdown-title", &[("run", id), ("started", started)]),
    }
}

/// One line per backend with the few numbers that most people want.
fn brief(summary: &Summary, messages: &Messages) -> String {
    let mut rows = Vec::new();
    for backend in summary.backends() {
        let cells = BRIEF.map(|(_, experiment, case, metric)| {
            let series = summary.find(experiment, case, metric, backend);
            series.map_or("–".to_owned(), |series| {
                let ratio = series
                    .vs_native
                    .as_ref()
                    .map(|c| format!(" ({})", times(c.ratio)));
                format!("{}{}", wording::median(series), ratio.unwrap_or_default())
            })
        });
        if cells.iter().any(|cell| cell != "–") {
            rows.push(format!("| {} | {} |", code(backend), cells.join(" | ")));
        }
    }
    if rows.is_empty() {
        return format!("{}\n\n", messages.text("report-nothing"));
    }
    let titles = BRIEF.map(|(key, ..)| messages.text(key)).join(" | ");
    let (backend, note) = (messages.text("table-backend"), messages.text("brief-note"));
    format!(
        "| {backend} | {titles} |\n|---|{}\n{}\n\n{note}\n\n",
        "--:|".repeat(BRIEF.len()),
        rows.join("\n")
    )
}

/// Warnings, and what is missing.
fn doubts(summary: &Summary, messages: &Messages) -> String {
    let mut text = badges(summary, messages);
    if !summary.warnings.is_empty() {
        push(
            &mut text,
            &format!("## {}\n", messages.text("markdown-warnings")),
        );
    }
    for warning in &summary.warnings {
        let place = wording::place(warning);
        let place = if place.is_empty() {
            place
        } else {
            format!("**{place}**: ")
        };
        push(
            &mut text,
            &format!("- {place}{}", escaped(&wording::warning(warning, messages))),
        );
    }
    if !summary.warnings.is_empty() {
        text.push('\n');
    }
    let trials = absences(&summary.missing, true);
    let metrics = absences(&summary.missing, false);
    if !trials.is_empty() || !metrics.is_empty() {
        push(
            &mut text,
            &format!("## {}\n", messages.text("markdown-missing")),
        );
    }
    if !trials.is_empty() {
        text.push_str(&list(&trials, messages));
    }
    if !metrics.is_empty() {
        let heading = messages.text("markdown-single-metrics");
        push(&mut text, &format!("{heading}\n"));
        text.push_str(&list(&metrics, messages));
    }
    text
}

/// Each kind of badge with where it is, what it means, and what to type next.
fn badges(summary: &Summary, messages: &Messages) -> String {
    let mut text = format!("## {}\n\n", messages.text("badges-heading"));
    if summary.badges.is_empty() {
        push(&mut text, &messages.text("badges-none"));
    }
    for badge in wording::marked(&summary.badges, messages) {
        let (place, meaning) = (escaped(&badge.places()), escaped(&badge.meaning));
        let (next, command) = (messages.text("badges-next"), badge.next.replace('`', "'"));
        let line = format!(
            "- **{}** ({place}): {meaning} {next} `{command}`",
            badge.name
        );
        push(&mut text, &line);
    }
    text + "\n"
}

fn list(absences: &[Absence], messages: &Messages) -> String {
    let lines: Vec<String> = absences
        .iter()
        .map(|one| format!("- {}\n", escaped(&one.text(messages))))
        .collect();
    lines.concat() + "\n"
}

/// Every experiment that has a table or a chart, in order.
fn experiments<'a>(tables: &'a [Table], charts: &'a [Chart]) -> Vec<&'a str> {
    let mut experiments: Vec<&str> = charts
        .iter()
        .map(|chart| chart.experiment.as_str())
        .collect();
    experiments.extend(tables.iter().map(|table| table.experiment.as_str()));
    let mut seen = Vec::new();
    experiments.retain(|experiment| {
        let is_new = !seen.contains(experiment);
        seen.push(*experiment);
        is_new
    });
    experiments
}

fn picture(chart: &Chart) -> String {
    match chart.svg {
        Some(_) => format!(
            "![{}]({})\n\n**{}** {}\n\n",
            chart.title, chart.file, chart.reading, chart.caption
        ),
        None => format!("*{}* {}\n\n", chart.title, chart.caption),
    }
}

fn blocks(tables: &[Table], experiment: &str, messages: &Messages) -> String {
    let tables = tables.iter().filter(|table| table.experiment == experiment);
    tables
        .flat_map(|table| &table.blocks)
        .map(|block| block_table(block, messages))
        .collect()
}

fn block_table(block: &Block, messages: &Messages) -> String {
    let case = escaped(&block.case);
    let mut text = format!("### {case} ({})\n\n", rounds(block.rounds, messages));
    push(&mut text, &format!("| {} |", titles(messages).join(" | ")));
    push(&mut text, "|---|---|--:|---|--:|---|---|");
    for line in &block.lines {
        let cells: Vec<String> = line.iter().map(|cell| escaped(cell)).collect();
        push(&mut text, &format!("| {} |", cells.join(" | ")));
    }
    text.push('\n');
    for sentence in &block.beside_peers {
        push(&mut text, &format!("- {}", escaped(sentence)));
    }
    if !block.beside_peers.is_empty() {
        text.push('\n');
    }
    text
}

/// Every step of a start, however short, folded away.
fn phases(summary: &Summary, messages: &Messages) -> String {
    let mut text = String::new();
    for (_, case) in summary
        .cases()
        .into_iter()
        .filter(|(experiment, _)| *experiment == "startup")
    {
        for backend in summary.backends() {
            let steps = super::chart::startup_steps(summary, messages, case, backend);
            if steps.is_empty() {
                continue;
            }
            // Within an HTML element Markdown's backslash means nothing.
            let name = format!("{backend}, {case}").replace('<', "&lt;");
            let heading = messages.with("markdown-steps", &[("what", &name)]);
            push(
                &mut text,
                &format!("<details><summary>{heading}</summary>\n"),
            );
            let titles =
                ["step", "ended", "took"].map(|end| messages.text(&format!("markdown-{end}")));
            push(
                &mut text,
                &format!("| {} |\n|---|--:|--:|", titles.join(" | ")),
            );
            let mut before = 0.0;
            for (name, end) in steps {
                let (at, took) = (human(end, Unit::Ns), human(end - before, Unit::Ns));
                push(
                    &mut text,
                    &format!("| {} | {at} | {took} |", escaped(&name)),
                );
                before = end;
            }
            push(&mut text, "\n</details>\n");
        }
    }
    text
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "/"))
}

/// Text that means itself in a Markdown table or list: an error message may hold any character.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '>' | '#' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
