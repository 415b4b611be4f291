//! Each experiment: its charts, the numbers that matter, and all numbers folded away.

use maud::{Markup, html};

use super::{Content, picture};
use crate::report::table::{Block, Detail, Table, rounds, tables, titles};

/// The experiments that have a table, in order.
pub fn names<'a>(content: Content<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = content
        .summary
        .cases()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    names.dedup();
    names
}

/// An experiment's name for people; its id, if the catalogue has none.
pub fn heading(content: Content, experiment: &str) -> String {
    let key = format!("experiment-{experiment}");
    content
        .messages
        .find(&key, &[])
        .unwrap_or_else(|| experiment.to_owned())
}

/// One section per experiment.
pub fn sections(content: Content) -> Markup {
    let (short, full) = (
        tables(content.summary, Detail::Headline, content.messages),
        tables(content.summary, Detail::Full, content.messages),
    );
    html! { @for name in names(content) { (section(content, name, &short, &full)) } }
}

fn section(content: Content, name: &str, short: &[Table], full: &[Table]) -> Markup {
    let say = content.messages;
    let question = say.find(&format!("experiment-{name}.question"), &[]);
    html! {
        section id=(name) {
            h2 { (heading(content, name)) }
            @if let Some(question) = question { p.lead { (question) } }
            @for chart in content.charts.iter().filter(|chart| chart.experiment == name) {
                (picture::figure(chart))
            }
            (blocks(content, short, name))
            details {
                summary { (say.text("report-all-metrics")) }
                (blocks(content, full, name))
            }
        }
    }
}

fn blocks(content: Content, tables: &[Table], name: &str) -> Markup {
    let tables = tables.iter().filter(|table| table.experiment == name);
    html! { @for block in tables.flat_map(|table| &table.blocks) { (block_table(content, block)) } }
}

fn block_table(content: Content, block: &Block) -> Markup {
    let say = content.messages;
    // In the file a label stands once for the lines below it; sorted, each line must bring its own.
    let mut label = "";
    let lines = block.lines.iter().map(|line| {
        if !line[0].is_empty() {
            label = &line[0];
        }
        (label, line)
    });
    html! {
        div.scroll tabindex="0" role="region" aria-label=(block.case) {
            table.sortable {
                caption { (block.case) " (" (rounds(block.rounds, say)) ")" }
                thead { tr {
                    @for title in titles(say) {
                        th scope="col" aria-sort="none" { button type="button" { (title) } }
                    }
                } }
                tbody {
                    @for (label, line) in lines {
                        tr {
                            th scope="row" { (label) }
                            @for (index, cell) in line.iter().enumerate().skip(1) {
                                td .number[matches!(index, 2 | 4)] { (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}
