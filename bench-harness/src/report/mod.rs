//! What people see of a run: the table on the terminal, the charts, REPORT.md.
//!
//! 1. Read `samples.csv` and `run.json`. Nothing else goes in: `isolab report DIR` needs no root, no KVM, not even the
//!    machine that measured.
//! 2. Summarize ([`crate::summary`]) and write `summary.json`.
//! 3. Draw the charts that there are data for, and say which were left out.
//! 4. Hold the claims of textbooks against the numbers ([`crate::claim`]).
//! 5. Write REPORT.md and report.html, and return the table for the terminal.
//!
//! Read next: `table.rs`, then `chart/mod.rs`.

pub mod chart;
mod claims;
pub mod compare;
mod history;
mod html;
mod markdown;
mod origin;
pub mod table;
pub mod units;
pub mod wording;

use std::path::{Path, PathBuf};

use crate::claim::{self, Evidence};
use crate::language::{Language, Messages};
use crate::store::{RunDir, StoreError};
use crate::summary::{Summary, Warning};

pub use chart::{Chart, ChartError};
pub use html::PAGE_FILE;

/// The summary's file name.
pub const SUMMARY_FILE: &str = "summary.json";
/// The report's file name.
pub const REPORT_FILE: &str = "REPORT.md";

/// Why a report can't be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The run can't be read or the report can't be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A chart can't be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// What was made of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The comparison for the terminal, with what is missing and the warnings.
    pub table: String,
    /// One line for the verdict on each claim.
    pub claims: String,
    /// Everything that was computed.
    pub summary: Summary,
    /// The files that were written.
    pub files: Vec<PathBuf>,
}

/// Redoes everything after `samples.csv` in the run's folder.
///
/// # Errors
/// When `samples.csv` or `run.json` is missing or malformed, or something can't be written.
pub fn write_all(dir: &Path, language: Language) -> Result<Report, ReportError> {
    let messages = Messages::of(language);
    let run = RunDir::open(dir);
    let record = run.read_record()?;
    let samples = run.read_samples()?;
    let mut summary = Summary::of(&samples.rows, record.seed);
    summary.on_machine(&record);
    let cut_off = samples.warnings.into_iter().map(Warning::of_run);
    summary.warnings.splice(0..0, cut_off);

    // Everything is made before anything is written: what can't be reported stays as it was.
    let charts = chart::draw_all(&summary, &samples.rows, &messages)?;
    let evidence = Evidence::of(&summary, &samples.rows, record.seed);
    let cards = claim::cards(&evidence);
    let text = markdown::report(&record, &summary, &charts, &cards, &messages);
    let page = html::page(html::Content {
        record: &record,
        summary: &summary,
        charts: &charts,
        evidence: &evidence,
        cards: &cards,
        messages: &messages,
    });

    run.write_json(SUMMARY_FILE, &summary)?;
    let pictures = charts.iter();
    let pictures = pictures.filter_map(|chart| Some((chart.file.as_str(), chart.svg.as_ref()?)));
    let pages = [(REPORT_FILE, &text), (PAGE_FILE, &page)];
    let mut files = vec![dir.join(SUMMARY_FILE)];
    for (name, content) in pictures.chain(pages) {
        run.write_text(name, content)?;
        files.push(dir.join(name));
    }
    Ok(Report {
        table: table::text(&summary, &messages),
        claims: claims::terminal(&cards, &messages),
        summary,
        files,
    })
}
