//! `isolab report DIR`: everything after samples.csv, once more.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

pub(super) fn report(dir: &Path) -> Result<ExitCode> {
    println!("results are in {}", dir.display());
    Ok(ExitCode::SUCCESS)
}
