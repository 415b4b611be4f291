//! REPORT.md: everything about one run that fits a page, for whoever was not there.
//!
//! The order is that of the questions: what came out, may I believe it, what does it look like, how was it measured, on
//! what machine. Plain GitHub Markdown; the charts are the files beside it.

use super::chart::Chart;
use super::origin::origin;
use super::table::{Block, Detail, TITLES, Table, rounds, tables};
use super::units::{human, times};
use super::wording::{self, Absence, absences};
use crate::language::Messages;
use crate::sample::Unit;
use crate::store::RunRecord;
use crate::summary::Summary;

/// The columns of the first table: title, and where the number is found.
const BRIEF: [(&str, &str, &str, &str); 5] = [
    ("first instruction", "startup", "hello", "startup.first_ns"),
    ("spawn to reaped", "startup", "hello", "startup.total_ns"),
    ("memory (PSS)", "memory", "touched-0", "memory.pss_bytes"),
    (
        "4 KiB direct read",
        "io",
        "direct-randread-4k",
        "io.lat_p50_ns",
    ),
    (
        "1 MiB direct read",
        "io",
        "direct-seqread-1m",
        "io.bandwidth_bytes_per_s",
    ),
];

const HOW_TO_READ: &str = "\
- Every number is a **median** over the rounds; `[a, b]` is its 95 % interval, found by bootstrap. `(a to b)` is the
  smallest and largest value where fewer than 6 rounds give no interval.
- **To native** is the ratio of the medians, with an interval of its own that keeps the values of one round together: all
  backends are measured once per round, in random order, so that a drift of the machine meets all of them.
- **slower**, **faster**, **more**, **less**: the whole interval of the ratio lies beyond 2 %. **no practical difference**: it
  lies wholly within. **inconclusive**: it does neither; about that many more rounds would settle it.
- Outliers are labelled in summary.json and the distribution chart, and are part of every number. Failures and timeouts
  are listed and are no numbers.
- All times are taken by the host on one clock, except the latencies of `io`, which the workload takes inside.
- Times of different runs can be compared only if machine, binaries and plan below are the same.
";

/// The whole file.
pub fn report(
    record: &RunRecord,
    summary: &Summary,
    charts: &[Chart],
    messages: &Messages,
) -> String {
    let mut text = format!("# isolab: {}\n\n", title(record, summary));
    text.push_str(
        "The same program as a process, in a container and in virtual machines, side by side.\n\n",
    );
    if summary.emulated {
        text.push_str("> **Emulated: times are not representative.** This is the lab machine, whose KVM runs in software. Counts (exits, bytes, memory) are exact.\n\n");
    }
    text.push_str(&brief(summary));
    text.push_str(&doubts(summary));
    let (short, full) = (
        tables(summary, Detail::Headline),
        tables(summary, Detail::Full),
    );
    for experiment in experiments(&full, charts) {
        let heading = match experiment {
            "startup" => "Startup",
            "memory" => "Memory",
            "io" => "I/O",
            other => other,
        };
        push(&mut text, &format!("## {heading}\n"));
        for chart in charts.iter().filter(|chart| chart.experiment == experiment) {
            text.push_str(&picture(chart));
        }
        let mark = emulated(summary);
        text.push_str(&mark);
        text.push_str(&blocks(&short, experiment));
        if experiment == "startup" {
            text.push_str(&phases(summary));
        }
        push(&mut text, "<details><summary>All metrics</summary>\n");
        text.push_str(&mark);
        text.push_str(&blocks(&full, experiment));
        push(&mut text, "</details>\n");
    }
    push(&mut text, &format!("## How to read this\n\n{HOW_TO_READ}"));
    text.push_str(&origin(record, messages));
    text
}

/// Stands before every table of such a run.
fn emulated(summary: &Summary) -> String {
    match summary.emulated {
        true => format!("*({})*\n\n", wording::EMULATED),
        false => String::new(),
    }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn title(record: &RunRecord, summary: &Summary) -> String {
    let id = if record.run_id.is_empty() {
        &summary.run_id
    } else {
        &record.run_id
    };
    match record.started_at.as_str() {
        "" => id.clone(),
        started => format!("{id}, started {started}"),
    }
}

/// One line per backend with the few numbers that most people want.
fn brief(summary: &Summary) -> String {
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
        return "Nothing was measured.\n\n".to_owned();
    }
    let titles = BRIEF.map(|(title, ..)| title).join(" | ");
    format!(
        "| backend | {titles} |\n|---|{}\n{}\n\nIn brackets: the ratio to native.\n\n",
        "--:|".repeat(BRIEF.len()),
        rows.join("\n")
    )
}

/// Warnings, and what is missing.
fn doubts(summary: &Summary) -> String {
    let mut text = String::new();
    if !summary.warnings.is_empty() {
        text.push_str("## Warnings\n\n");
    }
    for warning in &summary.warnings {
        let place = wording::place(warning);
        let place = if place.is_empty() {
            place
        } else {
            format!("**{place}**: ")
        };
        push(&mut text, &format!("- {place}{}", escaped(&warning.text)));
    }
    if !summary.warnings.is_empty() {
        text.push('\n');
    }
    let trials = absences(&summary.missing, true);
    let metrics = absences(&summary.missing, false);
    if !trials.is_empty() || !metrics.is_empty() {
        text.push_str("## Not measured\n\n");
    }
    if !trials.is_empty() {
        text.push_str(&list(&trials));
    }
    if !metrics.is_empty() {
        push(
            &mut text,
            "Single metrics that a backend can't have or this host can't read:\n",
        );
        text.push_str(&list(&metrics));
    }
    text
}

fn list(absences: &[Absence]) -> String {
    let lines: Vec<String> = absences
        .iter()
        .map(|one| format!("- {}\n", escaped(&one.text())))
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
            "![{}]({})\n\n{}\n\n",
            chart.title, chart.file, chart.caption
        ),
        None => format!("*{}* {}\n\n", chart.title, chart.caption),
    }
}

fn blocks(tables: &[Table], experiment: &str) -> String {
    let tables = tables.iter().filter(|table| table.experiment == experiment);
    tables
        .flat_map(|table| &table.blocks)
        .map(block_table)
        .collect()
}

fn block_table(block: &Block) -> String {
    let case = escaped(&block.case);
    let mut text = format!("### {case} ({})\n\n", rounds(block.rounds));
    push(
        &mut text,
        &format!("| metric | {} |", TITLES[1..].join(" | ")),
    );
    push(&mut text, "|---|---|--:|---|--:|---|---|");
    for line in &block.lines {
        let cells: Vec<String> = line.iter().map(|cell| escaped(cell)).collect();
        push(&mut text, &format!("| {} |", cells.join(" | ")));
    }
    text.push('\n');
    text
}

/// Every step of a start, however short, folded away.
fn phases(summary: &Summary) -> String {
    let mut text = String::new();
    for (_, case) in summary
        .cases()
        .into_iter()
        .filter(|(experiment, _)| *experiment == "startup")
    {
        for backend in summary.backends() {
            let steps = super::chart::startup_steps(summary, case, backend);
            if steps.is_empty() {
                continue;
            }
            // Within an HTML element Markdown's backslash means nothing.
            let name = format!("{backend}, {case}").replace('<', "&lt;");
            push(
                &mut text,
                &format!("<details><summary>Every step of {name}</summary>\n"),
            );
            push(&mut text, "| step | ended at | took |\n|---|--:|--:|");
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
