//! The reader's machine against history, drawn: an open square is what was published, a dot is this run.

use maud::{Markup, html};

use super::Content;
use super::ratio::Scale;
use crate::language::Messages;
use crate::report::chart::palette;
use crate::report::history::{Here, Row, rows};
use crate::report::units::{plain, times};

/// The section; nothing if there is nothing to lay beside it.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    let rows = rows(content.summary);
    let scale = Scale::reaching(rows.iter().flat_map(|row| {
        let here = row.here.iter().map(|one| one.ratio);
        here.chain([row.published])
    }));
    html! {
        @if !rows.is_empty() {
            section #history aria-labelledby="history-title" {
                h2 #history-title { (say.text("history-title")) }
                p.lead { (say.text("history-lead")) }
                div.scroll tabindex="0" role="region" aria-labelledby="history-title" {
                    table.history {
                        thead { tr {
                            @for key in ["history-what", "history-published", "table-backend", "history-here", "history-picture"] {
                                th scope="col" { (say.text(key)) }
                            }
                        } }
                        tbody { @for row in &rows { (lines(say, row, &scale)) } }
                    }
                }
                p.note { (say.text("history-note")) }
            }
        }
    }
}

fn lines(say: &Messages, row: &Row, scale: &Scale) -> Markup {
    let (source, address) = row.source;
    html! {
        @for (index, Here { backend, ratio, interval }) in row.here.iter().enumerate() {
            tr {
                @if index == 0 {
                    th scope="rowgroup" rowspan=(row.here.len()) { (say.text(row.about)) }
                    td rowspan=(row.here.len()) { (times(row.published)) br; a href=(address) { (source) } }
                }
                td { code { (backend) } }
                td.number {
                    (times(*ratio))
                    @if let Some((low, high)) = interval { " [" (plain(*low, *ratio)) ", " (plain(*high, *ratio)) "]" }
                }
                td { (scale.beside(row.published, *ratio, *interval, &palette::hex(backend))) }
            }
        }
    }
}
