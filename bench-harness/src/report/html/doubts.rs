//! What this run cannot tell: badges with what they mean, warnings, and what was not measured with the reason.

use maud::{Markup, html};

use super::{Content, noted};
use crate::language::notes::translated;
use crate::report::wording::{absences, marked, place};

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    let summary = content.summary;
    let (trials, metrics) = (
        absences(&summary.missing, true),
        absences(&summary.missing, false),
    );
    html! {
        section #doubts aria-labelledby="doubts-title" {
            h2 #doubts-title { (say.text("report-doubts")) }
            @if summary.badges.is_empty() && summary.warnings.is_empty() && trials.is_empty() && metrics.is_empty() {
                p { (say.text("report-no-doubts")) }
            }
            @if !summary.badges.is_empty() {
                h3 { (say.text("badges-heading")) }
                ul { @for badge in marked(&summary.badges, say) {
                    li {
                        strong { (badge.name) } " (" (badge.places()) "): " (badge.meaning)
                        " " (say.text("badges-next")) " " code { (badge.next) }
                    }
                } }
            }
            @if !summary.warnings.is_empty() {
                h3 { (say.text("report-warnings")) }
                ul { @for warning in &summary.warnings {
                    li { @if !place(warning).is_empty() { strong { (place(warning)) } ": " } (noted(&translated(&warning.text, say))) }
                } }
            }
            @if !trials.is_empty() {
                h3 { (say.text("report-not-measured")) }
                ul { @for one in &trials { li { (noted(&one.marked(say))) } } }
            }
            @if !metrics.is_empty() {
                details {
                    summary { (say.text("report-single-metrics")) }
                    ul { @for one in &metrics { li { (noted(&one.marked(say))) } } }
                }
            }
        }
    }
}
