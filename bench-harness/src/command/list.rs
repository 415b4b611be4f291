//! `isolab list`: the registries.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::backend::Backend;
use crate::failure::Failure;
use crate::lab::Lab;
use crate::language::{Language, Messages, notes};
use crate::parameters::Parameters;
use crate::{backend, boot_trial, experiment};

pub(super) fn list(language: Language) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let lab = Lab::for_single_instances(Parameters::usual_timeout())?;
    let say = Messages::of(language);
    writeln!(out, "{}", say.text("list-backends"))?;
    for backend in backend::ours() {
        tell(&mut out, &lab, backend, &say)?;
    }
    writeln!(out, "\n{}", say.text("list-peers"))?;
    for backend in backend::peers() {
        tell(&mut out, &lab, backend, &say)?;
    }
    writeln!(out, "\n{}", say.text("list-experiments"))?;
    for experiment in experiment::ALL {
        let summary = say.text(&format!("list-experiment-{}", experiment.id()));
        writeln!(out, "  {:<17} {summary}", experiment.id())?;
        for case in experiment.cases() {
            writeln!(out, "  {:<17}   {case}", "")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(out: &mut impl Write, lab: &Lab, backend: &dyn Backend, say: &Messages) -> Result<()> {
    let summary = say.text(&format!("list-backend-{}", backend.id()));
    writeln!(out, "  {:<17} {summary}", backend.id())?;
    if let Some(installed) = backend.installed() {
        let here = say.with("list-here", &[("installed", &installed.to_string())]);
        writeln!(out, "  {:<17} {here}", "")?;
    }
    // Trying whether this KVM boots a kernel may take half a minute: that is for the doctor and the run.
    let tried = boot_trial::known(lab, backend).unwrap_or(Ok(()));
    if let Err(missing) = backend.availability().and(tried) {
        let reason = notes::translated(&Failure::from(missing).reason(), say);
        let not_here = say.with("list-not-here", &[("reason", &notes::plain(&reason))]);
        writeln!(out, "  {:<17} {not_here}", "")?;
    }
    Ok(())
}
