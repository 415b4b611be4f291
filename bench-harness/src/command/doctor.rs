//! `isolab doctor`: prints what `host/doctor.rs` found.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::host::doctor::{State, examine};
use crate::lab::{Lab, Parameters};

pub(super) fn doctor(json: bool) -> Result<ExitCode> {
    let diagnosis = examine(&Lab::for_single_instances(Parameters::usual_timeout())?);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&diagnosis)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for finding in &diagnosis.findings {
        let word = match finding.state {
            State::Ok => "ok",
            State::Advice => "advice",
            State::Missing => "missing",
        };
        writeln!(out, "{word:<8} {:<20} {}", finding.subject, finding.found)?;
        if let Some(remedy) = &finding.remedy {
            writeln!(out, "{:<8} {:<20} remedy: {remedy}", "", "")?;
        }
    }
    writeln!(out, "\nTier {}: {}.", diagnosis.tier, diagnosis.meaning)?;
    Ok(ExitCode::SUCCESS)
}
