//! The decision table: for each kind of work, who wins here, by how much, and from where on it no longer matters.

use maud::{Markup, html};

use super::cards::metric;
use crate::claim::Decision;
use crate::language::Messages;
use crate::report::units::{human, times};

/// The table.
pub fn table(say: &Messages, decisions: &[Decision]) -> Markup {
    let mut backends: Vec<&str> = Vec::new();
    for cell in decisions.iter().flat_map(|one| &one.cells) {
        if !backends.contains(&cell.backend.as_str()) {
            backends.push(&cell.backend);
        }
    }
    let title = say.text("decision-title");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.decisions {
                caption { (title) }
                thead { tr {
                    th scope="col" { (say.text("decision-pattern")) }
                    th scope="col" { (say.text("decision-winner")) }
                    @for backend in &backends { th scope="col" { code { (backend) } } }
                    th scope="col" { (say.text("decision-break-even")) }
                } }
                tbody { @for one in decisions { (line(say, one, &backends)) } }
            }
        }
        p.note { (say.text("decision-note")) }
    }
}

fn line(say: &Messages, one: &Decision, backends: &[&str]) -> Markup {
    let cell = |backend: &str| one.cells.iter().find(|cell| cell.backend == backend);
    let break_even = match &one.break_even {
        Some(said) => say.said(said),
        None => say.text("decision-even-never"),
    };
    html! {
        tr {
            th scope="row" { (say.said(&one.pattern)) " (" (metric(say, &one.metric)) ")" }
            td { strong { (winner(say, one)) } }
            @for backend in backends {
                @match cell(backend) {
                    Some(cell) => td.number .best[one.winner.as_ref() == Some(&cell.backend)] { (human(cell.median, one.unit)) },
                    None => td.absent { "–" },
                }
            }
            td { (break_even) }
        }
    }
}

fn winner(say: &Messages, one: &Decision) -> String {
    match &one.winner {
        Some(winner) => say.with(
            "decision-margin",
            &[("winner", winner), ("margin", &times(one.margin))],
        ),
        None => say.text("decision-level"),
    }
}
