//! `isolab explain NAME`: what a metric means and how it is measured, what decides a claim, or how a chart is read.
//!
//! The texts are those of the catalogues, so the page, the hover and the terminal say the same.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::claim;
use crate::language::{Language, Messages};
use crate::report::chart;
use crate::summary::metrics;

/// Attributes of a text, in the order in which they are shown. The first is the definition.
const ATTRIBUTES: [&str; 2] = ["definition", "code"];

pub(super) fn explain(name: &str, language: Language) -> Result<ExitCode> {
    let messages = Messages::of(language);
    let text = metric(name, &messages)
        .or_else(|| of_claim(name, &messages))
        .or_else(|| of_chart(name, &messages));
    let Some(text) = text else {
        let claims: Vec<&str> = claim::ALL.iter().map(|claim| claim.id()).collect();
        bail!(
            "there is no metric, claim or chart {name:?}\nhelp: metrics are in the column `metric` of samples.csv, such as {}; claims are {}; charts are {}",
            metrics::all().next().map_or("", |metric| metric.name),
            claims.join(", "),
            chart::names().collect::<Vec<_>>().join(", ")
        );
    };
    write!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

fn metric(name: &str, messages: &Messages) -> Option<String> {
    let key = metrics::message_key(name);
    let label = messages.find(&key, &[])?;
    let mut text = format!("{name}: {label}\n");
    for attribute in ATTRIBUTES {
        if let Some(said) = messages.find(&format!("{key}.{attribute}"), &[]) {
            text.push_str(&format!("  {said}\n"));
        }
    }
    Some(text)
}

/// The chart's title, what to look at, and how it was measured. `startup.svg` and `charts/startup.svg` are `startup` too.
fn of_chart(name: &str, messages: &Messages) -> Option<String> {
    let name = name.trim_start_matches("charts/").trim_end_matches(".svg");
    let name = chart::names().find(|one| *one == name)?;
    let key = chart::message_key(name);
    let [reading, caption] =
        ["reading", "caption"].map(|end| messages.text(&format!("{key}.{end}")));
    let title = messages.text(&key);
    Some(format!("{name}.svg: {title}\n\n  {reading}\n  {caption}\n"))
}

fn of_claim(name: &str, messages: &Messages) -> Option<String> {
    let id = name.to_lowercase();
    let claim = claim::ALL.iter().find(|claim| claim.id() == id)?;
    let key = format!("claims-{id}");
    let mut text = format!("{}: {}\n\n", id.to_uppercase(), messages.text(&key));
    text.push_str(&format!("{}\n", messages.text("explain-parts")));
    // Without a run there are no numbers, but the statements that they would decide.
    let nothing = crate::summary::Summary::of(&[], 0);
    for part in claim.parts(&claim::Evidence::of(&nothing, &[], 0)) {
        text.push_str(&format!("  - {}\n", messages.text(&part.statement.key)));
    }
    let experiments = claim.experiments().join(", ");
    let values = [("experiments", experiments.as_str())];
    text.push_str(&format!(
        "\n{}\n",
        messages.with("explain-experiments", &values)
    ));
    text.push_str(&format!(
        "{} {}\n",
        messages.text("report-not"),
        messages.text(&format!("{key}.not"))
    ));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_metric_is_explained_in_both_languages() {
        for language in [Language::English, Language::Korean] {
            let messages = Messages::of(language);
            for info in metrics::all() {
                let key = metrics::message_key(info.name);
                for wanted in [key.clone(), format!("{key}.definition")] {
                    assert!(
                        messages.find(&wanted, &[]).is_some(),
                        "{language:?} has no {wanted} in locale/*/metrics/"
                    );
                }
            }
        }
    }

    #[test]
    fn the_steps_of_a_start_share_one_explanation() {
        let messages = Messages::of(Language::English);
        let text = metric("startup.phase.init.seccomp_ns", &messages).unwrap();
        assert!(text.contains("the mark before it"), "{text}");
    }

    #[test]
    fn a_chart_is_explained_by_its_name_and_by_its_file() {
        let messages = Messages::of(Language::Korean);
        let text = of_chart("io-latency", &messages).unwrap();
        assert_eq!(of_chart("charts/io-latency.svg", &messages), Some(text));
        assert_eq!(of_chart("pie", &messages), None);
    }

    #[test]
    fn a_claim_tells_its_statements_and_its_limits() {
        let messages = Messages::of(Language::English);
        let text = of_claim("C2", &messages).unwrap();
        assert!(text.contains("boots an operating system"), "{text}");
        assert!(text.contains("startup"), "{text}");
        assert_eq!(of_claim("c99", &messages), None);
    }
}
