//! The machine, the plan and the binaries: what decides whether two runs may be compared. Then the method and the raw data.

use maud::{Markup, html};

use super::Content;
use crate::report::origin;

/// The result files beside the page, in the order in which they are made.
const FILES: [&str; 4] = ["samples.csv", "run.json", "summary.json", "REPORT.md"];

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    html! {
        section #machine aria-labelledby="machine-title" {
            h2 #machine-title { (say.text("report-machine")) }
            @for (heading, rows) in origin::groups(content.record) {
                details open[heading == origin::MACHINE] {
                    summary { (say.text(heading)) }
                    div.scroll tabindex="0" role="region" aria-label=(say.text(heading)) {
                        table { tbody { @for (name, value) in rows {
                            tr { th scope="row" { (name) } td { (value) } }
                        } } }
                    }
                }
            }
            h3 { (say.text("report-method")) }
            p { (say.text("report-method-text")) }
            h3 { (say.text("report-raw")) }
            ul { @for file in FILES { li { a href=(file) { (file) } } } }
        }
    }
}
