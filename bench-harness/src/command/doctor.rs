//! `isolab doctor`: prints what `host/doctor.rs` found.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use unicode_width::UnicodeWidthStr;

use crate::host::doctor::{State, examine};
use crate::lab::Lab;
use crate::language::{Language, Messages};
use crate::parameters::Parameters;

pub(super) fn doctor(json: bool, language: Language) -> Result<ExitCode> {
    let diagnosis = examine(&Lab::for_single_instances(Parameters::usual_timeout())?);
    let mut out = std::io::stdout().lock();
    if json {
        // For programs, which speak English.
        let diagnosis = diagnosis.said(&Messages::of(Language::English));
        writeln!(out, "{}", serde_json::to_string_pretty(&diagnosis)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let say = Messages::of(language);
    let diagnosis = diagnosis.said(&say);
    let states = [State::Ok, State::Advice, State::Missing].map(|state| word(state, &say));
    let widest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.width()).max();
    let first = widest(&mut states.iter()).unwrap_or(0);
    let second = widest(&mut diagnosis.findings.iter().map(|one| &one.subject)).unwrap_or(0);
    for finding in &diagnosis.findings {
        let state = padded(&word(finding.state, &say), first);
        let subject = padded(&finding.subject, second);
        writeln!(out, "{state}  {subject}  {}", finding.found)?;
        if let Some(remedy) = &finding.remedy {
            let remedy = say.with("doctor-remedy", &[("remedy", remedy)]);
            writeln!(out, "{}  {remedy}", " ".repeat(first + 2 + second))?;
        }
    }
    let tier = [
        ("tier", diagnosis.tier.as_str()),
        ("meaning", &diagnosis.meaning),
    ];
    writeln!(out, "\n{}", say.with("doctor-tier", &tier))?;
    Ok(ExitCode::SUCCESS)
}

fn word(state: State, say: &Messages) -> String {
    say.text(match state {
        State::Ok => "doctor-ok",
        State::Advice => "doctor-advice",
        State::Missing => "doctor-missing",
    })
}

/// A syllable of Hangul takes two columns of a terminal.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
