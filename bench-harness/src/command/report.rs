//! `isolab report DIR`: everything after samples.csv, once more.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::language::{Language, Messages};
use crate::report::{PAGE_FILE, write_all};

pub(super) fn report(dir: &Path, language: Language) -> Result<ExitCode> {
    let report = write_all(dir, language)
        .with_context(|| format!("making the report of {}", dir.display()))?;
    let page = dir.join(PAGE_FILE);
    let page = page.display();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", report.table.trim_end())?;
    writeln!(out, "\n{}", report.claims.trim_end())?;
    writeln!(
        out,
        "\n{}",
        Messages::of(language).with("terminal-page", &[("path", &page.to_string())])
    )?;
    Ok(ExitCode::SUCCESS)
}
