//! `isolab compare RUN RUN…`: ratios of several runs side by side, and what differs between the runs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::language::{Language, Messages};
use crate::report::compare::{Run, text};
use crate::store::RunDir;
use crate::summary::Summary;

/// Each run has a letter.
const MOST_RUNS: usize = 26;

pub(super) fn compare(folders: &[PathBuf], language: Language) -> Result<ExitCode> {
    ensure!(
        (2..=MOST_RUNS).contains(&folders.len()),
        "compare wants 2 to {MOST_RUNS} runs, such as: isolab compare results/reference-2core-pvm results/latest"
    );
    let runs: Vec<Run> = folders
        .iter()
        .map(|folder| read(folder))
        .collect::<Result<_>>()?;
    let mut out = std::io::stdout().lock();
    write!(out, "{}", text(&runs, &Messages::of(language)))?;
    Ok(ExitCode::SUCCESS)
}

fn read(folder: &Path) -> Result<Run> {
    let reading = || format!("reading the run {}", folder.display());
    let run = RunDir::open(folder);
    let record = run.read_record().with_context(reading)?;
    let samples = run.read_samples().with_context(reading)?;
    let mut summary = Summary::of(&samples.rows, record.seed);
    summary.on_machine(&record);
    Ok(Run { record, summary })
}
