//! Claim cards: the statement, the verdict, what decides it, why, and what it does not show.

use maud::{Markup, html};

use super::Content;
use crate::claim::{Card, Compared, Part, Truth, Verdict};
use crate::language::Messages;
use crate::report::units::{human, plain, times};
use crate::summary::metrics;

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    html! {
        section #claims aria-labelledby="claims-title" {
            h2 #claims-title { (say.text("report-claims")) }
            p { (say.text("report-claims-lead")) }
            div.cards { @for one in content.cards { (card(content, one)) } }
        }
    }
}

fn card(content: Content, card: &Card) -> Markup {
    let say = content.messages;
    let key = format!("claims-{}", card.id);
    html! {
        article.card id=(key) .(kind(card.verdict)) {
            h3 { span.id { (card.id.to_uppercase()) } " " (say.text(&key)) }
            p.verdict { (verdict(say, card.verdict)) }
            ul.parts { @for part in &card.parts { li { (statement(say, part)) } } }
            @if let Some(reason) = &card.reason {
                p.why { strong { (say.text("report-why")) } " " (say.said(reason)) }
            }
            p.not { strong { (say.text("report-not")) } " " (say.text(&format!("{key}.not"))) }
        }
    }
}

/// One statement, whether it holds, and the numbers beside it.
fn statement(say: &Messages, part: &Part) -> Markup {
    let (mark, truth) = match &part.truth {
        Truth::Holds => ("✓", say.text("truth-holds")),
        Truth::Fails => ("✗", say.text("truth-fails")),
        Truth::Unclear { more_rounds } => (
            "?",
            say.with("truth-unclear", &[("rounds", &more_rounds.to_string())]),
        ),
        Truth::Untested { .. } => ("–", say.text("truth-untested")),
    };
    html! {
        span.truth { span aria-hidden="true" { (mark) } " " (truth) } " "
        (say.said(&part.statement))
        @if let Truth::Untested { reason } = &part.truth {
            @if !reason.is_empty() { " " span.absent { "(" (reason) ")" } }
        }
        @if !part.numbers.is_empty() {
            ul.numbers { @for one in &part.numbers { li { (numbers(say, one)) } } }
        }
    }
}

/// `container 3.02 ms, microvm 2.32 ms: 1.30 × [1.29, 1.31]`.
fn numbers(say: &Messages, one: &Compared) -> Markup {
    let (ours, theirs) = one.medians;
    html! {
        code { (one.backend) } " " (human(ours, one.unit)) ", "
        code { (one.reference) } " " (human(theirs, one.unit)) ": "
        span.ratio {
            (times(one.ratio))
            @if let Some(interval) = one.interval {
                " [" (plain(interval.low, one.ratio)) ", " (plain(interval.high, one.ratio)) "]"
            }
        }
        " " span.metric title=(say.find(&format!("{}.definition", metrics::message_key(&one.metric)), &[]).unwrap_or_default()) {
            (one.experiment) "/" (one.case) " " (one.metric)
        }
    }
}

/// The words of a verdict.
pub fn verdict(say: &Messages, verdict: Verdict) -> String {
    match verdict {
        Verdict::Inconclusive { more_rounds } => {
            say.with(verdict.key(), &[("rounds", &more_rounds.to_string())])
        }
        _ => say.text(verdict.key()),
    }
}

/// The class that gives a card its colour; the word says the same.
fn kind(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::Contradicted => "contradicted",
        Verdict::Depends => "depends",
        Verdict::Inconclusive { .. } | Verdict::NotTestable => "open",
    }
}
