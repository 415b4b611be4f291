//! `isolab report DIR`: everything after samples.csv, once more.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::report::{REPORT_FILE, write_all};

pub(super) fn report(dir: &Path) -> Result<ExitCode> {
    let report =
        write_all(dir).with_context(|| format!("making the report of {}", dir.display()))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", report.table.trim_end())?;
    writeln!(
        out,
        "\nCharts and all numbers: {}",
        dir.join(REPORT_FILE).display()
    )?;
    Ok(ExitCode::SUCCESS)
}
