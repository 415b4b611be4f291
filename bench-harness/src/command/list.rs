//! `isolab list`: the registries.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::backend::{Backend, Missing};
use crate::lab::Lab;
use crate::parameters::Parameters;
use crate::{backend, boot_trial, experiment};

pub(super) fn list() -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let lab = Lab::for_single_instances(Parameters::usual_timeout())?;
    writeln!(out, "Backends")?;
    for backend in backend::ours() {
        tell(&mut out, &lab, backend)?;
    }
    writeln!(
        out,
        "\nPeers: runtimes and VMMs of others; `--backends all` runs those that are installed"
    )?;
    for backend in backend::peers() {
        tell(&mut out, &lab, backend)?;
    }
    writeln!(out, "\nExperiments")?;
    for experiment in experiment::ALL {
        writeln!(out, "  {:<17} {}", experiment.id(), experiment.summary())?;
        for case in experiment.cases() {
            writeln!(out, "  {:<17}   {case}", "")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(out: &mut impl Write, lab: &Lab, backend: &dyn Backend) -> Result<()> {
    writeln!(out, "  {:<17} {}", backend.id(), backend.summary())?;
    if let Some(installed) = backend.installed() {
        writeln!(out, "  {:<17} here: {installed}", "")?;
    }
    // Trying whether this KVM boots a kernel may take half a minute: that is for the doctor and the run.
    let tried = boot_trial::known(lab, backend).unwrap_or(Ok(()));
    if let Err(Missing { what, remedy }) = backend.availability().and(tried) {
        writeln!(out, "  {:<17} not here: {what} (remedy: {remedy})", "")?;
    }
    Ok(())
}
