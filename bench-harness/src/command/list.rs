//! `isolab list`: the registries.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::lab::{Lab, Parameters};
use crate::{backend, boot_trial, experiment};

pub(super) fn list() -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Backends")?;
    let lab = Lab::for_single_instances(Parameters::usual_timeout())?;
    for backend in backend::visible() {
        writeln!(out, "  {:<14} {}", backend.id(), backend.summary())?;
        // Trying whether this KVM boots a kernel may take half a minute: that is for the doctor and the run.
        let tried = boot_trial::known(&lab, backend).unwrap_or(Ok(()));
        if let Err(missing) = backend.availability().and(tried) {
            writeln!(
                out,
                "  {:<14} not here: {} (remedy: {})",
                "", missing.what, missing.remedy
            )?;
        }
    }
    writeln!(out, "\nExperiments")?;
    for experiment in experiment::ALL {
        writeln!(out, "  {:<14} {}", experiment.id(), experiment.summary())?;
        for case in experiment.cases() {
            writeln!(out, "  {:<14}   {case}", "")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
