//! Where a run comes from: the last part of REPORT.md, which decides whether two runs may be compared.
//!
//! `run.json` is shown entry by entry and not interpreted: a fingerprint that learns something new needs no change here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::markdown::escaped;
use super::units::human;
use crate::language::Messages;
use crate::sample::Unit;
use crate::store::RunRecord;

/// The key of the group that describes the machine.
pub const MACHINE: &str = "origin-machine";
/// The key of the group that says what happened to it in the course of the run.
pub const WATCHED: &str = "origin-watched";

/// Machine, plan, binaries and versions: the key of each heading with its entries. Empty groups are left out.
pub fn groups(record: &RunRecord) -> Vec<(&'static str, Vec<(String, String)>)> {
    let strings = |entries: &BTreeMap<String, String>| -> Map<String, Value> {
        let entries = entries.iter();
        entries
            .map(|(name, value)| (name.clone(), Value::from(value.clone())))
            .collect()
    };
    let mut plan = record.plan.clone();
    plan.insert("seed".to_owned(), Value::from(record.seed));
    let groups = [
        (MACHINE, flat("", &record.fingerprint)),
        (WATCHED, flat("", &record.watched)),
        ("origin-plan", flat("", &plan)),
        ("origin-hashes", flat("", &strings(&record.hashes))),
        ("origin-versions", flat("", &strings(&record.versions))),
    ];
    let filled = groups.into_iter().filter(|(_, rows)| !rows.is_empty());
    filled.collect()
}

/// The same as the last part of REPORT.md.
pub fn origin(record: &RunRecord, messages: &Messages) -> String {
    let mut text = String::new();
    for (heading, rows) in groups(record) {
        let heading = messages.text(heading);
        text.push_str(&format!("\n## {heading}\n\n| | |\n|---|---|\n"));
        for (name, value) in rows {
            text.push_str(&format!("| {} | {} |\n", escaped(&name), escaped(&value)));
        }
    }
    text
}

/// Nested entries with dotted names, lists in one line.
fn flat(prefix: &str, entries: &Map<String, Value>) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (name, value) in entries {
        let name = format!("{prefix}{name}");
        match value {
            Value::Object(nested) => rows.extend(flat(&format!("{name}."), nested)),
            Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
                let items: Vec<String> = items.iter().map(plain).collect();
                rows.push((name, items.join(", ")));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let nested = Map::from_iter([(format!("{name}[{index}]"), item.clone())]);
                    rows.extend(flat("", &nested));
                }
            }
            other => {
                let value = with_unit(&name, other);
                rows.push((name, value));
            }
        }
    }
    rows
}

/// A number whose name says what it counts is written for people too.
fn with_unit(name: &str, value: &Value) -> String {
    let units = [("_bytes", Unit::Bytes), ("_ns", Unit::Ns)];
    let unit = units.into_iter().find(|(suffix, _)| name.ends_with(suffix));
    match unit.zip(value.as_f64()) {
        Some(((_, unit), number)) => format!("{} ({})", plain(value), human(number, unit)),
        None => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}
