//! From the command line to the rows on disk, on backends that need neither root nor KVM.
//!
//! `tests/golden/` holds the rows of a run as the schema has them. Times that the harness takes itself differ from run to
//! run and are written as `*` there; what the test double reports is compared exactly. After a deliberate change:
//! `ISOLAB_BLESS=1 cargo test -p bench-harness --test pipeline`.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use bench_harness::backend;
use bench_harness::sample::{Outcome, Sample};
use bench_harness::store::RunDir;

fn isolab(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_isolab"));
    command.args(args);
    command
}

fn run(out: &Path, args: &[&str]) -> Output {
    let mut all = vec![
        "run",
        "--seed",
        "1",
        "--io-size",
        "1M",
        "--out",
        out.to_str().unwrap(),
    ];
    all.extend(args);
    isolab(&all).output().unwrap()
}

fn rows(out: &Path) -> Vec<Sample> {
    RunDir::open(out).read_samples().unwrap().rows
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The value as the golden file has it: only what the double itself says is always the same.
fn masked(row: &Sample) -> String {
    let is_fixed = row.experiment == "io" && !row.metric.contains("host_")
        || row.metric.starts_with("startup.phase.") && !row.metric.contains(".start_")
        || row.metric == "density.instances"
        || ["memory.configured_bytes", "memory.guest_visible_bytes"].contains(&row.metric.as_str());
    let value = match row.value {
        None => String::new(),
        Some(value) if is_fixed => value.to_string(),
        Some(_) => "*".to_owned(),
    };
    // Whether the host's memory moved meanwhile, or others kept its CPUs busy, is not ours to say.
    let note = if row.note.starts_with("warning: ")
        || row.metric == "memory.available_delta_bytes"
        || row.metric.starts_with("density.available_")
        || row.metric == "portability.cold_first_ns"
        || ["neighbour.burned_cpus", "service.requests_per_s"].contains(&row.metric.as_str())
    {
        "*"
    } else {
        &row.note
    };
    // Nor whether strace is installed here.
    let is_traced =
        ["isolation.host_calls", "isolation.payload_calls"].contains(&row.metric.as_str());
    let outcome = row.outcome.to_string();
    let (outcome, value, note) = match is_traced {
        true => ("*", "*".to_owned(), "*"),
        false => (outcome.as_str(), value, note),
    };
    [
        &row.experiment,
        &row.case,
        &row.backend,
        &row.metric,
        &row.unit.to_string(),
        &row.round.to_string(),
        outcome,
        &value,
        note,
    ]
    .join(",")
}

#[test]
fn a_run_writes_the_rows_that_the_golden_file_has() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("golden-run");
    let args = [
        "--backends",
        "fake,fake-failing,fake-unavailable",
        "--rounds",
        "1",
    ];
    let output = run(&out, &args);
    assert!(output.status.success(), "{}", stderr(&output));

    let mut lines: Vec<String> = rows(&out).iter().map(masked).collect();
    lines.sort_unstable();
    let text = lines.join("\n") + "\n";
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pipeline.csv");
    if std::env::var_os("ISOLAB_BLESS").is_some() {
        std::fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&golden).unwrap());
    assert!(rows(&out).iter().all(|row| row.run_id == "golden-run"));
    // The file for I/O is gone.
    let left: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("isolab-io"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_failing_backend_gives_outcomes_and_never_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let args = [
        "--backends",
        "fake,fake-failing",
        "--experiments",
        "startup",
        "--rounds",
        "9",
    ];
    let output = run(&out, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = rows(&out);
    let failing: Vec<&Sample> = rows
        .iter()
        .filter(|row| row.backend == "fake-failing")
        .collect();
    assert!(!failing.is_empty());
    assert!(
        failing
            .iter()
            .all(|row| row.outcome == Outcome::Failed && row.value.is_none())
    );
    assert!(
        failing
            .iter()
            .all(|row| row.note.contains("exit code 7: error: made to fail"))
    );
    assert!(failing.last().unwrap().note.contains("given up"));
    assert!(stderr(&output).contains("made to fail"));
}

#[test]
fn a_hanging_backend_is_a_timeout() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let args = [
        "--backends",
        "fake-hanging",
        "--experiments",
        "startup",
        "--rounds",
        "1",
        "--timeout",
        "1",
    ];
    let output = run(&out, &args);
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("nothing could be measured"),
        "{}",
        stderr(&output)
    );
    let rows = rows(&out);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].outcome, rows[0].value), (Outcome::Timeout, None));
}

#[test]
fn an_unavailable_backend_is_named_with_reason_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let args = [
        "--backends",
        "fake,fake-unavailable",
        "--experiments",
        "startup",
        "--rounds",
        "1",
    ];
    let output = run(&out, &args);
    assert!(stderr(&output).contains(
        "fake-unavailable is skipped: a test double's excuse (remedy: name another backend)"
    ));
    let korean = run(
        &folder.path().join("ko"),
        &[&["--lang", "ko"][..], &args].concat(),
    );
    let told = stderr(&korean);
    for words in ["fake-unavailable 건너뜀: ", "(해결: "] {
        assert!(told.contains(words), "{told}");
    }
    let row = rows(&out)
        .into_iter()
        .find(|row| row.backend == "fake-unavailable")
        .unwrap();
    assert_eq!(row.outcome, Outcome::Unsupported);
    assert!(row.note.contains("a test double's excuse"));
}

#[test]
fn ctrl_c_keeps_what_was_measured_and_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let child = isolab(&[
        "run",
        "--backends",
        "fake",
        "--rounds",
        "100000",
        "--io-size",
        "1M",
        "--out",
    ])
    .arg(&out)
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let started = Instant::now();
    while std::fs::read_to_string(out.join("samples.csv"))
        .unwrap_or_default()
        .lines()
        .count()
        < 50
    {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "no rows appear"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(rows(&out).len() >= 49);
    let entries: Vec<String> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        entries.iter().all(|name| !name.starts_with("isolab-io")),
        "{entries:?}"
    );
    // A partial run can be reported.
    assert!(
        isolab(&["report"])
            .arg(&out)
            .output()
            .unwrap()
            .status
            .success()
    );
}

#[test]
fn a_budget_buys_whole_rounds_behind_the_minimum_and_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let args = [
        "--backends",
        "native,fake",
        "--experiments",
        "startup",
        "--budget",
        "3s",
    ];
    let output = run(&out, &args);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(
        RunDir::open(&out).read_record().unwrap().plan["budget_s"],
        3
    );
    let rounds_of = |backend: &str| -> Vec<u32> {
        let rows = rows(&out).into_iter();
        let of_backend =
            rows.filter(|row| row.backend == backend && row.metric == "startup.total_ns");
        of_backend.map(|row| row.round).collect()
    };
    let (native, fake) = (rounds_of("native"), rounds_of("fake"));
    assert_eq!(native, fake, "whole rounds");
    let numbered: Vec<u32> = (0..).take(native.len()).collect();
    assert_eq!(native, numbered);
    // The minimum is 6; a start takes milliseconds.
    assert!(native.len() > 6, "{}", native.len());
}

#[test]
fn peers_take_part_where_they_are_asked_to_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let args = [
        ["--backends", "fake"],
        ["--experiments", "startup,container-floor"],
        ["--peers", "container-floor"],
        ["--rounds", "1"],
    ];
    let output = run(&out, args.as_flattened());
    assert!(output.status.success(), "{}", stderr(&output));
    let plan = RunDir::open(&out).read_record().unwrap().plan;
    assert_eq!(plan["peers_in"][0], "container-floor");
    let backends_in = |experiment: &str| -> BTreeSet<String> {
        let rows = rows(&out).into_iter();
        let of_experiment = rows.filter(|row| row.experiment == experiment);
        of_experiment.map(|row| row.backend).collect()
    };
    assert_eq!(backends_in("startup"), BTreeSet::from(["fake".to_owned()]));
    // Whoever is here has a row, be it one that says why it can't run.
    let containers = backend::here().filter(|one| one.is_peer() && !one.is_vm());
    let mut expected: BTreeSet<String> = containers.map(|one| one.id().to_owned()).collect();
    expected.insert("fake".to_owned());
    assert_eq!(backends_in("container-floor"), expected);
}

#[test]
fn the_plan_and_the_machine_are_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let output = run(
        &out,
        &[
            "--backends",
            "fake",
            "--experiments",
            "startup",
            "--rounds",
            "2",
        ],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let record = RunDir::open(&out).read_record().unwrap();
    assert_eq!((record.run_id.as_str(), record.seed), ("run", 1));
    assert_eq!(record.plan["rounds"]["startup"]["measured"], 2);
    assert_eq!(record.hashes["workload"].len(), 64);
    assert!(record.fingerprint.contains_key("kernel"));
    assert!(!record.is_emulated());
}
