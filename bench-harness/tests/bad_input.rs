//! A run's folder that isn't what it should be is refused with file and line, and stays as it was, byte by byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bench_harness::language::Language;
use bench_harness::report::write_all;
use bench_harness::sample::{Outcome, Sample, Unit};
use bench_harness::store::{FORMAT, RunDir, RunRecord};
use sha2::{Digest, Sha256};

/// A small run with its report.
fn good_run(folder: &Path) {
    let run = RunDir::create(folder).expect("a new folder");
    let record = RunRecord {
        format: FORMAT,
        seed: 42,
        ..RunRecord::default()
    };
    run.write_record(&record).expect("run.json is written");
    let mut rows = run.append_samples().expect("samples.csv is made");
    for round in 0..9 {
        let row = Sample {
            run_id: "good".to_owned(),
            experiment: "startup".to_owned(),
            case: "hello".to_owned(),
            backend: "native".to_owned(),
            metric: "startup.total_ns".to_owned(),
            unit: Unit::Ns,
            round,
            outcome: Outcome::Ok,
            value: Some(900_000.0 + f64::from(round)),
            note: String::new(),
        };
        rows.append(&row).expect("a row is written");
    }
    write_all(folder, Language::English).expect("a good run is reported");
}

fn isolab(command: &str, folder: &Path) -> Output {
    let mut isolab = Command::new(env!("CARGO_BIN_EXE_isolab"));
    isolab.args(["--lang", "en", command]).arg(folder);
    if command == "compare" {
        isolab.arg(folder);
    }
    isolab.output().expect("isolab runs")
}

/// Every file below a folder with its SHA-256.
fn hashes(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(hashes(&path));
        } else {
            let content = std::fs::read(&path).expect("readable");
            found.insert(path, Sha256::digest(&content).to_vec());
        }
    }
    found
}

/// Spoils one file of a good run; both commands that read runs must refuse it in these words and leave the folder alone.
fn refused(file: &str, spoil: impl Fn(String) -> String, complaint: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    good_run(&run);
    let path = run.join(file);
    let content = std::fs::read_to_string(&path).expect("readable");
    std::fs::write(&path, spoil(content)).expect("writable");
    let before = hashes(&run);
    for command in ["report", "compare"] {
        let output = isolab(command, &run);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{command}: {said}");
        assert!(
            said.contains(complaint),
            "{command}: {said} instead of {complaint}"
        );
        assert_eq!(hashes(&run), before, "{command} changed the folder");
    }
}

fn without_line(text: &str, number: usize) -> String {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(index, _)| index + 1 != number);
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

#[test]
fn a_line_that_was_cut_in_the_middle_is_named() {
    let spoil = |text: String| {
        let third = text.lines().nth(2).expect("a third line").to_owned();
        text.replacen(&third, &third[..third.len() / 2], 1)
    };
    refused("samples.csv", spoil, "samples.csv:3: ");
}

#[test]
fn the_columns_of_something_else_are_named() {
    let spoil = |text: String| text.replacen("run_id", "time,run_id", 1);
    refused(
        "samples.csv",
        spoil,
        "samples.csv:1: the header is not that of a samples file",
    );
    let headless = |text: String| without_line(&text, 1);
    refused("samples.csv", headless, "samples.csv:1: ");
}

#[test]
fn a_value_that_is_no_number_is_named() {
    let spoil = |text: String| text.replacen(",ok,", ",ok,fast", 1);
    refused("samples.csv", spoil, "samples.csv:2: value \"fast");
}

#[test]
fn a_run_of_a_newer_isolab_is_refused_whatever_else_it_holds() {
    let spoil = |_| "{\n  \"seed\": \"of another kind\",\n  \"format\": 99\n}\n".to_owned();
    refused(
        "run.json",
        spoil,
        "run.json:3: this run has format 99, newer than",
    );
}

#[test]
fn a_record_that_is_no_json_is_named_with_the_line() {
    let spoil = |text: String| text.replacen("\"seed\": 42", "\"seed\": forty-two", 1);
    refused("run.json", spoil, "run.json:");
}

#[test]
fn a_run_without_a_single_row_is_called_empty() {
    let header = |text: String| {
        text.lines()
            .take(1)
            .map(|line| format!("{line}\n"))
            .collect()
    };
    refused("samples.csv", header, "samples.csv:2: there are no rows");
    refused(
        "samples.csv",
        |_| String::new(),
        "samples.csv:1: there are no rows",
    );
    // Stopped in the middle of its first line.
    refused(
        "samples.csv",
        |text| text[..20].to_owned(),
        "samples.csv:1: there are no rows",
    );
}

#[test]
fn a_run_of_an_older_isolab_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    good_run(&run);
    let path = run.join("run.json");
    let text = std::fs::read_to_string(&path).expect("readable");
    let kept = |line: &&str| !line.contains("\"format\"");
    let text: Vec<&str> = text.lines().filter(kept).collect();
    std::fs::write(&path, text.join("\n")).expect("writable");
    let output = isolab("report", &run);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_last_line_that_was_being_written_is_left_out_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = folder.path().join("run");
    good_run(&run);
    let path = run.join("samples.csv");
    let text = std::fs::read_to_string(&path).expect("readable");
    let lines = text.lines().count();
    std::fs::write(&path, &text[..text.len() - 7]).expect("writable");
    let output = isolab("report", &run);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("samples.csv:{lines}: ")), "{said}");
    assert_eq!(
        std::fs::read(&path).expect("readable").len(),
        text.len() - 7
    );
}
