//! The glossary, and the definition of every metric of the run: what hovering shows, for paper and for who can't hover.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::Content;
use super::picture::marked;
use crate::summary::metrics;

/// Keys of `locale/*/glossary.ftl`, in the order in which one needs the other.
pub const TERMS: [&str; 19] = [
    "native",
    "container",
    "namespace",
    "cgroup",
    "seccomp",
    "vm",
    "vmm",
    "kvm",
    "exit",
    "microvm",
    "linux-vm",
    "rss",
    "pss",
    "direct",
    "fsync",
    "median",
    "percentile",
    "interval",
    "band",
];

/// The section.
pub fn section(content: Content) -> Markup {
    let say = content.messages;
    html! {
        section #glossary aria-labelledby="glossary-title" {
            h2 #glossary-title { (say.text("glossary-title")) }
            dl.glossary {
                @for term in TERMS {
                    div {
                        dt { (say.text(&format!("glossary-{term}"))) }
                        dd { (marked(&say.text(&format!("glossary-{term}.meaning")))) }
                    }
                }
            }
            h3 { (say.text("glossary-metrics")) }
            dl.glossary { @for (name, key) in defined(content) {
                div {
                    dt { (say.text(&key)) " " code { (name) } }
                    dd { (marked(&say.text(&format!("{key}.definition")))) }
                }
            } }
        }
    }
}

/// Name and key of each metric of the run that has a definition, in order; those that share one once.
fn defined(content: Content) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let series = content.summary.series.iter();
    series
        .map(|one| (one.metric.clone(), metrics::message_key(&one.metric)))
        .filter(|(_, key)| {
            let definition = content.messages.find(&format!("{key}.definition"), &[]);
            definition.is_some() && seen.insert(key.clone())
        })
        .collect()
}
