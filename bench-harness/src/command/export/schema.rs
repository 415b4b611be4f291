//! The published JSON Schemas: made from the types, so they can't drift, and held against documents.
//!
//! After a deliberate change: `BLESS=1 cargo test -p bench-harness --lib schema`, then read the difference: it is what programs
//! that read isolab's files will notice.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::*;
use crate::sample::{Outcome, Sample, Unit};

fn results() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../results")
}

/// The schema of a type, which must be the published one.
fn published<T: JsonSchema>(name: &str) -> Validator {
    let schema = serde_json::to_value(schema_for!(T)).unwrap();
    let path = results().join("schema").join(format!("{name}.schema.json"));
    let made = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == made, "{} is not that of the types", path.display());
    jsonschema::validator_for(&schema).unwrap()
}

fn assert_valid(schema: &Validator, document: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path))
        .collect();
    assert_eq!(errors, [""; 0]);
}

/// A run in which everything occurs that has a shape of its own: intervals and none, a claim decided and one not, a failure.
fn eventful() -> Vec<Sample> {
    let sample = |backend: &str, round: u32, value: Option<f64>| Sample {
        run_id: "r".to_owned(),
        experiment: "startup".to_owned(),
        case: "hello".to_owned(),
        backend: backend.to_owned(),
        metric: "startup.ready_ns".to_owned(),
        unit: Unit::Ns,
        round,
        outcome: if value.is_some() {
            Outcome::Ok
        } else {
            Outcome::Timeout
        },
        value,
        note: String::new(),
    };
    let mut samples = Vec::new();
    for round in 0..20 {
        let jitter = f64::from(round % 7) * 1e3;
        samples.push(sample("native", round, Some(5e5 + jitter)));
        samples.push(sample("container", round, Some(3e6 + jitter)));
        samples.push(sample("microvm", round, Some(2e6 + jitter)));
    }
    samples.push(sample("crun", 0, Some(7e6)));
    samples.push(sample("qemu", 0, None));
    samples
}

#[test]
fn what_is_exported_is_as_the_published_schema_says() {
    let samples = eventful();
    let summary = Summary::of(&samples, 1);
    let claims = claim::cards(&Evidence::of(&summary, &samples, 1));
    let document = Document {
        record: RunRecord::default(),
        summary,
        claims,
    };
    let document = serde_json::to_value(document).unwrap();
    assert_valid(&published::<Document>("export"), &document);
    assert_valid(&published::<Summary>("summary"), &document["summary"]);
}

#[test]
fn a_document_that_lacks_what_it_must_have_is_not_valid() {
    let schema = published::<Summary>("summary");
    let mut summary = serde_json::to_value(Summary::of(&eventful(), 1)).unwrap();
    summary["series"][0]
        .as_object_mut()
        .unwrap()
        .remove("median");
    assert!(!schema.is_valid(&summary));
}

#[test]
fn the_records_of_the_reference_runs_and_of_an_older_one_are_as_the_published_schema_says() {
    let schema = published::<RunRecord>("run");
    let older = "../bench-harness/tests/older-run";
    for run in [
        "reference-2core-pvm",
        "reference-lab-machine",
        "reference-lab-counted",
        older,
    ] {
        let path = results().join(run).join("run.json");
        let text = std::fs::read_to_string(path).unwrap();
        assert_valid(&schema, &serde_json::from_str(&text).unwrap());
    }
}
