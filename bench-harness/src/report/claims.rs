//! The claims as text, for the terminal and for REPORT.md: the verdicts in a table, and the reasons.

use unicode_width::UnicodeWidthStr;

use super::markdown::escaped;
use super::units::{plain, times};
use crate::claim::{Card, Part, Truth, Verdict};
use crate::language::Messages;

/// One line per claim, below a heading.
pub fn terminal(cards: &[Card], say: &Messages) -> String {
    let verdicts: Vec<String> = cards.iter().map(|card| verdict(card, say)).collect();
    let widest = verdicts.iter().map(|one| one.width()).max().unwrap_or(0);
    let mut text = format!("{}\n", say.text("report-claims"));
    for (card, verdict) in cards.iter().zip(verdicts) {
        let padding = " ".repeat(widest - verdict.width());
        let claim = say.text(&format!("claims-{}", card.id));
        let id = card.id.to_uppercase();
        text.push_str(&format!("  {id:<3}  {verdict}{padding}  {claim}\n"));
    }
    text
}

/// A section of REPORT.md.
pub fn markdown(cards: &[Card], say: &Messages) -> String {
    let mut text = format!("## {}\n\n", say.text("report-claims"));
    text.push_str(&format!("{}\n\n", say.text("report-claims-lead")));
    for card in cards {
        let key = format!("claims-{}", card.id);
        let (id, claim) = (card.id.to_uppercase(), say.text(&key));
        text.push_str(&format!("**{id}. {claim}** {}\n\n", verdict(card, say)));
        for part in card.parts.iter().filter(|part| !is_untested(part)) {
            text.push_str(&line(part, say));
        }
        if let Some(reason) = &card.reason {
            let why = say.text("report-why");
            text.push_str(&format!("\n{why} {}\n", escaped(&say.said(reason))));
        }
        if !card.lacks.is_empty() {
            let experiments = card.lacks.join(",");
            let command = say.with("card-lacks-command", &[("experiments", &experiments)]);
            let lacks = say.with("card-lacks", &[("experiments", &experiments)]);
            text.push_str(&format!("\n{lacks} `{command}`\n"));
        }
        text.push('\n');
    }
    text
}

fn is_untested(part: &Part) -> bool {
    matches!(part.truth, Truth::Untested { .. })
}

/// `- holds: …: container to microvm 0.72 × [0.70, 0.74]`.
fn line(part: &Part, say: &Messages) -> String {
    let truth = match part.truth {
        Truth::Holds => say.text("truth-holds"),
        Truth::Fails => say.text("truth-fails"),
        Truth::Unclear { more_rounds } => {
            say.with("truth-unclear", &[("rounds", &more_rounds.to_string())])
        }
        Truth::Untested { .. } => say.text("truth-untested"),
    };
    let ratios = part.numbers.iter().map(|one| {
        let interval = one.interval.map_or(String::new(), |interval| {
            let (low, high) = (
                plain(interval.low, one.ratio),
                plain(interval.high, one.ratio),
            );
            format!(" [{low}, {high}]")
        });
        let sides = match one.case == one.reference_case {
            true => format!("{} / {}", one.backend, one.reference),
            false => format!("{} {} / {}", one.backend, one.case, one.reference_case),
        };
        format!("{sides} {}{interval}", times(one.ratio))
    });
    let ratios: Vec<String> = ratios.collect();
    let numbers = match ratios.is_empty() {
        true => String::new(),
        false => format!(" ({})", ratios.join("; ")),
    };
    let statement = say.said(&part.statement);
    format!(
        "- *{truth}*: {}{}\n",
        escaped(&statement),
        escaped(&numbers)
    )
}

/// The words of a verdict.
pub fn verdict(card: &Card, say: &Messages) -> String {
    match card.verdict {
        Verdict::Inconclusive { more_rounds } => {
            let rounds = more_rounds.to_string();
            say.with(card.verdict.key(), &[("rounds", &rounds)])
        }
        _ => say.text(card.verdict.key()),
    }
}
