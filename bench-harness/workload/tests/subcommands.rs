//! The built program, run natively: what every backend relies on.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use support::{SEED, checksum, error, io_file, lines, metric, workload};
use workload::protocol::Line;

#[test]
fn the_same_arguments_give_the_same_checksum() {
    for args in [
        &["hello"][..],
        &["hold", "--mib", "3"],
        &["cpu", "--kernel", "int", "--iterations", "100"],
        &["cpu", "--kernel", "float", "--iterations", "100"],
        &[
            "cpu",
            "--kernel",
            "memory-bandwidth",
            "--iterations",
            "40",
            "--working-set-mib",
            "2",
        ],
        &[
            "cpu",
            "--kernel",
            "memory-latency",
            "--iterations",
            "40",
            "--working-set-mib",
            "2",
        ],
        &["call", "--what", "null", "--ops", "10"],
        &["call", "--what", "fault", "--ops", "10"],
        &["emit", "--mib", "1", "--block", "65536"],
        &["inspect"],
    ] {
        assert_eq!(checksum(args), checksum(args), "{args:?}");
    }
}

#[test]
fn more_work_gives_another_checksum() {
    let sum =
        |kernel, iterations| checksum(&["cpu", "--kernel", kernel, "--iterations", iterations]);
    assert_ne!(sum("int", "10"), sum("int", "11"));
    assert_ne!(sum("float", "10"), sum("float", "11"));
    assert_ne!(sum("memory-bandwidth", "10"), sum("memory-bandwidth", "11"));
    assert_ne!(sum("memory-latency", "10"), sum("memory-latency", "11"));
}

#[test]
fn the_processor_s_flags_are_those_that_linux_shows() {
    let output = workload(&["inspect"]);
    let lines = lines(&output);
    let found = lines.iter().find_map(|line| match Line::parse(line) {
        Ok(Line::Fact {
            key: "cpu_flags",
            value,
        }) => Some(value),
        _ => None,
    });
    let found: Vec<&str> = found.unwrap().split(' ').collect();
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap();
    let shown = cpuinfo
        .lines()
        .find(|line| line.starts_with("flags"))
        .unwrap();
    // Linux may hide some, and has some of its own; what every 64-bit processor has, both name.
    for flag in ["fpu", "sse2", "cx8", "syscall", "nx", "lm"] {
        assert!(found.contains(&flag), "{flag} in {found:?}");
        assert!(shown.split(' ').any(|one| one == flag), "{flag}");
    }
    let unknown = found
        .iter()
        .filter(|flag| !shown.split(' ').any(|one| one == **flag));
    assert!(unknown.count() < found.len() / 4, "{found:?} {shown}");
}

#[test]
fn an_operation_is_repeated_as_often_or_as_long_as_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let path = path.to_str().unwrap();
    for what in ["null", "read", "open", "fault"] {
        let args = ["call", "--what", what, "--ops", "100", "--file", path];
        assert_eq!(metric(&workload(&args), "syscall.ops"), 100.0, "{what}");
    }
    let args = [
        "call",
        "--what",
        "read",
        "--duration-ms",
        "2",
        "--file",
        path,
    ];
    assert!(metric(&workload(&args), "syscall.ops") > 64.0);
    let sum = |length: [&'static str; 2]| {
        let args = ["call", "--what", "read", "--file", path];
        checksum(&[&args[..], &length].concat())
    };
    assert_eq!(sum(["--ops", "10"]), sum(["--duration-ms", "1"]));
}

#[test]
fn a_border_that_is_not_there_or_not_described_is_an_error() {
    for (args, words) in [
        (&["--what", "moon", "--ops", "1"][..], "\"moon\""),
        (&["--what", "null"], "--ops"),
        (&["--what", "null", "--ops", "0"], "--ops"),
        (&["--what", "read", "--ops", "1"], "--file"),
        (&["--what", "read", "--ops", "1", "--file", "/no"], "/no"),
        (&["--what", "fault", "--duration-ms", "1"], "--ops"),
        (&["--what", "exit-port", "--ops", "1"], "--at"),
    ] {
        let message = error(&[&["call"], args].concat());
        assert!(message.contains(words), "{message}");
    }
    let message = error(&["cpu", "--kernel", "int", "--iterations", "x"]);
    assert!(message.contains("--iterations"), "{message}");
    let args = ["cpu", "--kernel", "memory-latency", "--iterations", "1"];
    let message = error(&[&args[..], &["--working-set-mib", "0"]].concat());
    assert!(message.contains("--working-set-mib"), "{message}");
}

#[test]
fn hold_waits_until_it_is_told_to_stop() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workload"));
    let mut child = command
        .args(["hold", "--mib", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "ready\n" {
        line.clear();
        assert_ne!(
            std::io::BufRead::read_line(&mut output, &mut line).unwrap(),
            0
        );
    }
    assert_eq!(child.try_wait().unwrap(), None);
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn emit_writes_exactly_the_filler_it_was_asked_for() {
    let output = workload(&["emit", "--mib", "2", "--block", "1048576"]);
    let filler: usize = lines(&output)
        .iter()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.len() + 1)
        .sum();
    assert_eq!(filler, 2 << 20);
}

#[test]
fn a_wrong_command_line_names_what_is_wrong_with_it() {
    for (args, named) in [
        (&[][..], "subcommand"),
        (&["dance"], "dance"),
        (&["hello", "--loud"], "--loud"),
        (&["hold"], "--mib"),
        (&["hold", "--mib"], "--mib"),
        (&["hold", "--mib", "many"], "many"),
        (&["hold", "--mib", "18446744073709551615"], "--mib"),
        (&["hold", "--mib", "10000000000"], "allocating"),
        (
            &["cpu", "--kernel", "vector", "--iterations", "1"],
            "vector",
        ),
        (&["emit", "--mib", "1", "--block", "1000"], "--block"),
        (
            &[
                "io", "--file", "/nowhere", "--op", "seqread", "--size", "4096", "--block", "4096",
                "--ops", "1",
            ],
            "/nowhere",
        ),
        (
            &[
                "io", "--file", "/x", "--op", "seqread", "--size", "4096", "--block", "512",
                "--ops", "1",
            ],
            "--block",
        ),
        (
            &[
                "io", "--file", "/x", "--op", "seqread", "--size", "4096", "--block", "4096",
            ],
            "--ops",
        ),
        (
            &[
                "io", "--file", "/x", "--op", "seqread", "--size", "4096", "--block", "4096",
                "--ops", "0",
            ],
            "--ops",
        ),
    ] {
        let message = error(args);
        assert!(message.contains(named), "{args:?}: {message}");
    }
}

#[test]
fn inspect_answers_every_question_or_says_why_not() {
    let output = workload(&["inspect"]);
    let lines = lines(&output);
    let facts: Vec<(&str, &str)> = lines
        .iter()
        .filter_map(|line| match Line::parse(line) {
            Ok(Line::Fact { key, value }) => Some((key, value)),
            _ => None,
        })
        .collect();
    assert_eq!(facts.len(), 22);
    let system = facts.iter().find(|(key, _)| *key == "system").unwrap();
    assert_eq!(system.1, "Linux");
}
