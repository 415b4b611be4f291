//! The built program, run natively: what every backend relies on.
#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use workload::checksum::Checksum;
use workload::http::request::Request;
use workload::http::response::{Response, body_of};
use workload::pattern;
use workload::protocol::Line;
use workload::work::answer;

const SEED: u64 = 42;
const FILE_BYTES: usize = 4 << 20;

fn workload(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workload"));
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The checksum of a run that must have succeeded and kept to the protocol.
fn checksum(args: &[&str]) -> u64 {
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

fn metric(output: &Output, wanted: &str) -> f64 {
    let lines = lines(output);
    let found = lines.iter().find_map(|line| match Line::parse(line) {
        Ok(Line::Metric { name, value, .. }) if name == wanted => Some(value),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted} in {lines:?}"))
}

/// The one `error:` line of a run that must have failed.
fn error(args: &[&str]) -> String {
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

fn io_file(folder: &tempfile::TempDir, seed: u64) -> PathBuf {
    let path = folder.path().join("file");
    let mut content = vec![0; FILE_BYTES];
    pattern::fill(seed, 0, &mut content);
    std::fs::write(&path, content).unwrap();
    path
}

fn io_args<'a>(
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

/// What `serve` says to this input and its end.
fn served(input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_workload"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have ended before it has read everything.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn serve_answers_request_after_request_and_ends_with_the_one_that_closes() {
    let request = |number, closes| Request { number, closes }.to_text();
    let input = request(7, false) + &request(8, true) + &request(9, false);
    let output = served(&input);
    assert!(output.status.success());
    let mut rest = output.stdout.strip_prefix(b"main\nready\n").unwrap();
    let mut sum = Checksum::default();
    for (number, closes) in [(7, false), (8, true)] {
        let (response, length) = Response::parse(rest).unwrap().unwrap();
        assert_eq!((response.status, response.closes), (200, closes));
        assert_eq!(response.body, body_of(answer(number)).as_bytes());
        sum.add(answer(number));
        rest = &rest[length..];
    }
    let done = Line::Done {
        checksum: sum.value(),
    };
    assert_eq!(String::from_utf8_lossy(rest), format!("{done}\n"));
}

#[test]
fn serve_ends_well_between_requests_and_badly_inside_of_one() {
    assert!(served("\n").status.success());
    let request = "GET /units/7 HTTP/1.1\r\nHost: a\r\n\r\n";
    for (input, complaint) in [
        (&request[..30], "the input ends in a request"),
        (
            "POST /units/7 HTTP/1.1\r\nHost: a\r\n\r\n",
            "501 Not Implemented",
        ),
    ] {
        let output = served(&(request.to_owned() + input));
        assert!(!output.status.success(), "{input:?}");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains("HTTP/1.1 200 OK"), "{told}");
        assert!(told.lines().last().unwrap().contains(complaint), "{told}");
    }
}

#[test]
fn io_reads_and_writes_leave_the_file_as_the_pattern_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let name = path.to_str().unwrap();
    for operation in ["randread", "randwrite", "seqread", "seqwrite"] {
        for block in ["4096", "131072", "1048576"] {
            checksum(&io_args(
                name,
                operation,
                block,
                &["--ops", "20", "--fsync-every", "8"],
            ));
        }
    }
    assert_eq!(
        pattern::verify(SEED, 0, &std::fs::read(&path).unwrap()),
        Ok(())
    );
}

#[test]
fn writes_with_another_seed_are_found_by_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    checksum(&io_args(
        path.to_str().unwrap(),
        "seqwrite",
        "1048576",
        &["--ops", "4", "--seed", "7"],
    ));
    let content = std::fs::read(&path).unwrap();
    assert_eq!(pattern::verify(7, 0, &content), Ok(()));
    assert!(pattern::verify(SEED, 0, &content).is_err());
}

#[test]
fn the_checksum_does_not_depend_on_how_much_fits_into_the_duration() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let name = path.to_str().unwrap();
    let fixed = checksum(&io_args(name, "randread", "4096", &["--ops", "256"]));
    assert_eq!(
        checksum(&io_args(name, "randread", "4096", &["--duration-ms", "30"])),
        fixed
    );
    assert_eq!(
        checksum(&io_args(name, "randread", "4096", &["--duration-ms", "1"])),
        fixed
    );
}

#[test]
fn what_io_reports_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let output = workload(&io_args(
        path.to_str().unwrap(),
        "seqwrite",
        "131072",
        &["--ops", "64", "--fsync-every", "32"],
    ));
    assert_eq!(metric(&output, "io.ops"), 64.0);
    assert_eq!(metric(&output, "io.bytes"), 64.0 * 131_072.0);
    assert_eq!(metric(&output, "io.fsync_count"), 2.0);
    let ordered = [
        "io.lat_min_ns",
        "io.lat_p50_ns",
        "io.lat_p99_ns",
        "io.lat_max_ns",
    ]
    .map(|name| metric(&output, name));
    assert!(ordered.is_sorted() && ordered[0] > 0.0, "{ordered:?}");
    let bandwidth = metric(&output, "io.bytes") * 1e9 / metric(&output, "io.elapsed_ns");
    assert!((bandwidth / metric(&output, "io.bandwidth_bytes_per_s") - 1.0).abs() < 1e-9);
}

#[test]
fn a_damaged_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = io_file(&folder, SEED);
    let mut content = std::fs::read(&path).unwrap();
    content[2 << 20] ^= 1;
    std::fs::write(&path, content).unwrap();
    let message = error(&io_args(
        path.to_str().unwrap(),
        "seqread",
        "1048576",
        &["--ops", "4"],
    ));
    assert!(message.contains("2097152"), "{message}");
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
