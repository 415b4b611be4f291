//! Runs the built program natively, and reads what it says.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use workload::pattern;
use workload::protocol::Line;

/// Of the bytes in a file.
pub const SEED: u64 = 42;
const FILE_BYTES: usize = 4 << 20;

pub fn workload(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workload"));
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

pub fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The checksum of a run that must have succeeded and kept to the protocol.
pub fn checksum(args: &[&str]) -> u64 {
    let output = workload(args);
    let lines = lines(&output);
    assert!(output.status.success(), "{args:?}: {lines:?}");
    let parsed: Vec<Line<'_>> = lines
        .iter()
        .map(|line| Line::parse(line).unwrap())
        .collect();
    assert_eq!(&parsed[..2], &[Line::Main, Line::Ready], "{args:?}");
    match parsed.last() {
        Some(Line::Done { checksum }) => *checksum,
        last => panic!("{args:?} ended with {last:?}"),
    }
}

pub fn metric(output: &Output, wanted: &str) -> f64 {
    let lines = lines(output);
    let found = lines.iter().find_map(|line| match Line::parse(line) {
        Ok(Line::Metric { name, value, .. }) if name == wanted => Some(value),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted} in {lines:?}"))
}

/// The one `error:` line of a run that must have failed.
pub fn error(args: &[&str]) -> String {
    let output = workload(args);
    let lines = lines(&output);
    assert!(!output.status.success(), "{args:?} succeeded");
    let last = lines.last().unwrap();
    assert!(
        matches!(Line::parse(last), Ok(Line::Error { .. })),
        "{args:?}: {lines:?}"
    );
    last.clone()
}

/// A file with the pattern in it.
pub fn io_file(folder: &tempfile::TempDir, seed: u64) -> PathBuf {
    let path = folder.path().join("file");
    let mut content = vec![0; FILE_BYTES];
    pattern::fill(seed, 0, &mut content);
    std::fs::write(&path, content).unwrap();
    path
}

/// `io` with that file.
pub fn io_args<'a>(
    path: &'a str,
    operation: &'a str,
    block: &'a str,
    more: &[&'a str],
) -> Vec<&'a str> {
    let mut args = vec![
        "io", "--file", path, "--size", "4194304", "--op", operation, "--block", block,
    ];
    args.extend(more);
    args
}
