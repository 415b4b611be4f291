//! Claim cards: the statement, the verdict, what decides it with its numbers drawn, why, and what it does not show.

use maud::{Markup, html};

use super::decisions;
use super::ratio::{self, Scale};
use super::{Content, experiments, noted};
use crate::claim::{Card, Compared, Fact, Part, Truth, Verdict};
use crate::language::Messages;
use crate::language::notes::translated;
use crate::report::claims;
use crate::report::units::{human, plain, times};
use crate::sample::Unit;
use crate::summary::metrics;

/// All verdicts in a line, each with the way to its card.
pub fn overview(content: Content) -> Markup {
    let say = content.messages;
    html! {
        ul.verdicts aria-label=(say.text("report-claims")) {
            @for card in content.cards {
                li .(kind(card.verdict)) {
                    a href=(format!("#claims-{}", card.id)) title=(say.text(&format!("claims-{}", card.id))) {
                        b { (card.id.to_uppercase()) } " " (short_verdict(say, card.verdict))
                    }
                }
            }
        }
    }
}

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
    let title = format!("{key}-title");
    let numbers: Vec<&Compared> = card.parts.iter().flat_map(|part| &part.numbers).collect();
    let scale = Scale::of(&numbers);
    html! {
        article.card id=(key) aria-labelledby=(title) .(kind(card.verdict)) .wide[!card.decisions.is_empty()] {
            h3 id=(title) { span.id { (card.id.to_uppercase()) } " " (say.text(&key)) }
            p.verdict { (claims::verdict(card, say)) }
            @if !numbers.is_empty() { (ratio::axis(say, &scale)) }
            ul.parts { @for part in &card.parts { li { (statement(say, part, &scale)) } } }
            @if !card.decisions.is_empty() { (decisions::table(say, &card.decisions)) }
            @if let Some(reason) = &card.reason {
                p.why { strong { (say.text("report-why")) } " " (say.said(reason)) }
            }
            p.not { strong { (say.text("report-not")) } " " (say.text(&format!("{key}.not"))) }
            (gaps(content, card))
        }
    }
}

/// `BACKEND: note`.
fn absence(reason: &str, say: &Messages) -> Markup {
    let (backend, note) = reason.split_once(": ").unwrap_or(("", reason));
    html! {
        @if !backend.is_empty() { (backend) ": " }
        (noted(&translated(note, say)))
    }
}

/// Why statements are undecided that nothing was measured for, and the command that measures it.
fn gaps(content: Content, card: &Card) -> Markup {
    let say = content.messages;
    let mut reasons: Vec<&str> = Vec::new();
    for part in &card.parts {
        if let Truth::Untested { reason } = &part.truth
            && !reason.is_empty()
            && !reasons.contains(&reason.as_str())
        {
            reasons.push(reason);
        }
    }
    let names: Vec<String> = card
        .lacks
        .iter()
        .map(|id| experiments::heading(content, id))
        .collect();
    let command = say.with(
        "card-lacks-command",
        &[("experiments", &card.lacks.join(","))],
    );
    html! {
        @for reason in reasons { p.absent { (say.text("truth-untested")) ": " (absence(reason, say)) } }
        @if !names.is_empty() {
            p.absent {
                (say.with("card-lacks", &[("experiments", &names.join(", "))])) " " code { (command) }
            }
        }
    }
}

/// One statement, whether it holds, and the numbers beside it.
fn statement(say: &Messages, part: &Part, scale: &Scale) -> Markup {
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
        p { span.truth { span aria-hidden="true" { (mark) } " " (truth) } " " (say.said(&part.statement)) }
        @if !part.numbers.is_empty() {
            ul.numbers { @for one in &part.numbers { li { (number(say, one, scale)) } } }
        }
        @if !part.facts.is_empty() {
            p.facts { @for (index, one) in part.facts.iter().enumerate() {
                @if index > 0 { ", " }
                (fact(say, one))
            } }
        }
    }
}

/// `container 3.02 ms, microvm 2.32 ms: 1.30 × [1.29, 1.31]`, and the same drawn.
fn number(say: &Messages, one: &Compared, scale: &Scale) -> Markup {
    let (ours, theirs) = one.medians;
    let (name, reference) = match one.case == one.reference_case {
        true => (one.backend.clone(), one.reference.clone()),
        false => (
            format!("{} {}", one.backend, one.case),
            one.reference_case.clone(),
        ),
    };
    html! {
        (ratio::picture(one, scale))
        span.values {
            (metric(say, &one.metric)) ": "
            code { (name) } " " (human(ours, one.unit)) ", "
            code { (reference) } " " (human(theirs, one.unit)) ": "
            span.ratio {
                (times(one.ratio))
                @if let Some(interval) = one.interval {
                    " [" (plain(interval.low, one.ratio)) ", " (plain(interval.high, one.ratio)) "]"
                }
            }
        }
    }
}

/// What was found on one backend; 1 and 0 of what is a question are yes and no.
fn fact(say: &Messages, fact: &Fact) -> Markup {
    let is_question = fact.unit == Unit::Count && fact.max <= 1.0 && fact.min >= 0.0;
    let value = match is_question && metrics::is_question(&fact.metric) {
        true if fact.median > 0.5 => say.text("word-yes"),
        true => say.text("word-no"),
        false => human(fact.median, fact.unit),
    };
    html! {
        (metric(say, &fact.metric)) " "
        code { (fact.backend) } @if fact.case != "facts" { " " (fact.case) } " " strong { (value) }
    }
}

/// A metric's words, with its definition on hover, on focus and for screen readers.
pub fn metric(say: &Messages, name: &str) -> Markup {
    let definition = say.find(&format!("{}.definition", metrics::message_key(name)), &[]);
    html! {
        @match definition {
            Some(definition) => abbr.metric title=(definition) { (say.metric(name)) },
            None => span.metric { (say.metric(name)) },
        }
    }
}

/// A verdict in one or two words.
fn short_verdict(say: &Messages, verdict: Verdict) -> String {
    say.text(&format!("{}.short", verdict.key()))
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
