//! `isolab list`: the registries.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::{backend, experiment};

pub(super) fn list() -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Backends")?;
    for backend in backend::visible() {
        writeln!(out, "  {:<12} {}", backend.id(), backend.summary())?;
        if let Err(missing) = backend.availability() {
            writeln!(
                out,
                "  {:<12} not here: {} (remedy: {})",
                "", missing.what, missing.remedy
            )?;
        }
    }
    writeln!(out, "\nExperiments")?;
    for experiment in experiment::ALL {
        writeln!(out, "  {:<12} {}", experiment.id(), experiment.summary())?;
        for case in experiment.cases() {
            writeln!(out, "  {:<12}   {case}", "")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
