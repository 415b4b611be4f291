//! `report.html`: the run on one page, in one file that needs no network.
//!
//! In the order in which somebody reads who has two minutes, then ten, then an hour:
//!
//! 1. [`board`]: who wins at what, by how much, in one table.
//! 2. [`cards`]: what textbooks say, and what this run says of it.
//! 3. [`experiments`]: every chart with how to read it, every number in a table that can be sorted.
//! 4. [`history`]: what others have published, as ratios.
//! 5. [`doubts`]: what this run cannot tell.
//! 6. [`origin`]: the machine, the plan, the binaries; the raw data. Then the [`glossary`].
//!
//! All of it comes from the result files. Charts are the same SVG as in `charts/`, put into the page ([`picture`]); its
//! colours follow the page's, light or dark. The only script sorts tables; without it the page is complete.
//!
//! Read next: `board.rs`; `style.css` for small screens, paper and the dark.

mod board;
mod cards;
mod decisions;
mod doubts;
mod experiments;
mod glossary;
mod history;
mod origin;
mod picture;
mod ratio;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::Chart;
use crate::claim::{Card, Evidence};
use crate::language::{Language, Messages, notes};
use crate::store::RunRecord;
use crate::summary::Summary;

/// The page's file name.
pub const PAGE_FILE: &str = "report.html";

const STYLE: &str = include_str!("style.css");
const SORT: &str = include_str!("sort.js");

/// What the page is made of.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The machine and the plan.
    pub record: &'a RunRecord,
    /// The numbers.
    pub summary: &'a Summary,
    /// Drawn or not.
    pub charts: &'a [Chart],
    /// What claims may look at.
    pub evidence: &'a Evidence<'a>,
    /// The claims.
    pub cards: &'a [Card],
    /// The words.
    pub messages: &'a Messages,
}

/// The whole file.
#[must_use]
pub fn page(content: Content) -> String {
    let say = content.messages;
    let title = say.with("report-title", &[("run", &content.record.run_id)]);
    html! {
        (DOCTYPE)
        html lang=(say.language().tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#claims" { (say.text("report-skip")) }
                header {
                    h1 { (title) }
                    p { (say.text("report-lead")) }
                    (emulated(content))
                    (navigation(content))
                }
                main {
                    (board::section(content))
                    (cards::section(content))
                    (experiments::sections(content))
                    (history::section(content))
                    (doubts::section(content))
                    (origin::section(content))
                    (glossary::section(content))
                }
                script { (PreEscaped(SORT)) }
            }
        }
    }
    .into_string()
}

/// A translated note: what stayed English in it is marked as such.
fn noted(text: &str) -> Markup {
    html! {
        @for (piece, is_english) in notes::pieces(text) {
            @if is_english { span lang=(Language::English.tag()) { (piece) } } @else { (piece) }
        }
    }
}

/// Before any number of such a run.
fn emulated(content: Content) -> Markup {
    html! {
        @if content.summary.emulated {
            p.alarm role="note" { strong { (content.messages.text("report-emulated")) } }
        }
    }
}

fn navigation(content: Content) -> Markup {
    let say = content.messages;
    let has_history = !super::history::rows(content.summary).is_empty();
    html! {
        nav aria-label=(say.text("report-contents")) {
            ul {
                li { a href="#claims" { (say.text("report-claims")) } }
                @for experiment in experiments::names(content) {
                    li { a href=(format!("#{experiment}")) { (experiments::heading(content, experiment)) } }
                }
                @if has_history { li { a href="#history" { (say.text("history-title")) } } }
                li { a href="#doubts" { (say.text("report-doubts")) } }
                li { a href="#machine" { (say.text("report-machine")) } }
                li { a href="#glossary" { (say.text("glossary-title")) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_english_on_a_korean_page_is_marked_and_escaped() {
        let say = Messages::of(Language::Korean);
        let text = notes::translated("killed by signal 9: no <luck>", &say);
        assert_eq!(
            noted(&text).into_string(),
            "시그널 9로 강제 종료됨: <span lang=\"en\">no &lt;luck&gt;</span>"
        );
        assert_eq!(noted("it is no VM").into_string(), "it is no VM");
    }
}
