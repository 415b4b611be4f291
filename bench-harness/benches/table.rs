//! The comparison itself: an `isolab run`, whose table is printed and whose data and charts stay in `results/`. It has the
//! experiments of the other targets, with peers in those that are about them; `isolab run` without arguments has all.
//!
//! Not a benchmark of criterion's, but it obeys the same command line: `cargo bench -- --quick` is `isolab run --quick`,
//! a filter that doesn't match `table` skips it, `--test` (and `cargo test --benches`) makes one short round and keeps
//! nothing.
//!
//! Read next: `command/run.rs`.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};
use bench_harness::bench::{Arguments, hangs_after, workspace};
use bench_harness::cli::LowArgs;
use bench_harness::command::dispatch;
use clap::Parser;
use criterion::Criterion;
use regex::Regex;

const NAME: &str = "table";

/// What is compared within the minutes that `cargo bench` may take.
const EXPERIMENTS: &str = "startup,memory,io,cpu,syscall,container-floor,vmm-floor";

/// Where the runtimes and VMMs of others that are found are compared with ours.
const WITH_PEERS: &str = "container-floor,vmm-floor";

/// I/O takes longest. With half as long per case, on the file of criterion's target `io`, all targets together stay within four
/// minutes.
const SHORT: [&str; 4] = ["--io-size", "64M", "--io-duration", "50"];

/// And within one, with what takes long besides. The rounds stay as many as they are, since intervals come from those.
const SHORTER: [[&str; 2]; 4] = [
    ["--io-size", "16M"],
    ["--io-duration", "20"],
    ["--syscall-duration", "10"],
    ["--memory-copies", "2"],
];

/// One round of everything, into a folder that follows.
const SHORTEST: [&str; 7] = [
    "--rounds",
    "1",
    "--io-size",
    "16M",
    "--io-duration",
    "1",
    "--out",
];

fn main() -> Result<ExitCode> {
    // Refuses what criterion doesn't know, and answers --help.
    drop(Criterion::default().configure_from_args());
    let asked = Arguments::of(std::env::args().skip(1));
    if !is_wanted(&asked)? {
        return Ok(ExitCode::SUCCESS);
    }
    if asked.list {
        println!("{NAME}: benchmark");
        return Ok(ExitCode::SUCCESS);
    }
    // A run's folder goes to `results/` below the current one.
    std::env::set_current_dir(workspace()).context("going to the workspace's folder")?;
    let kept_nowhere = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let timeout = hangs_after().as_secs().to_string();
    let words = [
        ["isolab", "run"],
        ["--experiments", EXPERIMENTS],
        ["--peers", WITH_PEERS],
        ["--timeout", &timeout],
    ];
    let words = words.as_flattened().iter();
    let mut words: Vec<OsString> = words.map(OsString::from).collect();
    if asked.quick || asked.test {
        words.push("--quick".into());
    }
    if asked.test {
        words.extend(SHORTEST.map(OsString::from));
        words.push(kept_nowhere.path().into());
    } else if asked.quick {
        words.extend(SHORTER.as_flattened().iter().map(OsString::from));
    } else {
        words.extend(SHORT.map(OsString::from));
    }
    dispatch(LowArgs::parse_from(words))
}

fn is_wanted(asked: &Arguments) -> Result<bool> {
    let Some(filter) = &asked.filter else {
        return Ok(!asked.ignored);
    };
    let matches = if asked.exact {
        filter == NAME
    } else {
        Regex::new(filter)?.is_match(NAME)
    };
    Ok(matches && !asked.ignored)
}
