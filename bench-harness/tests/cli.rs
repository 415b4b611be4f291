//! What the command line says when it is used wrongly.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

use std::process::{Command, Output};

fn isolab(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(args)
        .output()
        .unwrap()
}

fn complaint(args: &[&str]) -> String {
    let output = isolab(args);
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[test]
fn an_unknown_backend_is_one_line_that_lists_the_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let complaint = complaint(&[
        "run",
        "--backends",
        "native,chroot",
        "--out",
        out.to_str().unwrap(),
    ]);
    let known: Vec<&str> = bench_harness::backend::visible()
        .map(|one| one.id())
        .collect();
    let known = known.join(", ");
    assert_eq!(
        complaint,
        format!("isolab: there is no backend \"chroot\"; there are: {known}")
    );
    assert!(!out.exists(), "a refused run makes no folder");
}

#[test]
fn an_unknown_experiment_is_one_line_that_lists_the_known_ones() {
    let complaint = complaint(&["run", "--experiments", "speed"]);
    let known = bench_harness::experiment::ALL.iter().map(|one| one.id());
    let known: Vec<&str> = known.collect();
    assert_eq!(
        complaint,
        format!(
            "isolab: there is no experiment \"speed\"; there are: {}",
            known.join(", ")
        )
    );
}

#[test]
fn peers_join_only_experiments_that_the_run_has() {
    let among = ["run", "--experiments", "memory,io", "--peers"];
    assert_eq!(
        complaint(&[&among[..], &["vmm-floor"]].concat()),
        "isolab: --peers vmm-floor: this run has no vmm-floor; it has memory, io"
    );
    let unknown = complaint(&[&among[..], &["speed"]].concat());
    assert!(unknown.contains("no experiment \"speed\""), "{unknown}");
}

#[test]
fn a_folder_with_content_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let complaint = complaint(&[
        "run",
        "--backends",
        "fake",
        "--out",
        folder.path().to_str().unwrap(),
    ]);
    assert!(complaint.contains("is not empty"), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_for_io_that_holds_no_whole_blocks_is_refused() {
    assert!(complaint(&["run", "--io-size", "1000"]).contains("multiple of 1 MiB"));
    assert!(complaint(&["run", "--io-size", "big"]).contains("such as 64M"));
    assert!(complaint(&["run", "--rounds", "0"]).contains("rounds"));
}

#[test]
fn files_that_the_disk_has_no_room_for_are_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let words = ["run", "--backends", "fake", "--experiments", "io"];
    let bounds = ["--disk-budget", "1M", "--io-size", "64M", "--out"];
    let complaint = complaint(&[&words[..], &bounds, &[out.to_str().unwrap()]].concat());
    assert!(complaint.contains("take 128 MiB"), "{complaint}");
    assert!(complaint.contains("--disk-budget"), "{complaint}");
    assert!(!out.exists());
}

#[test]
fn exec_tells_the_steps_of_an_instance_with_their_durations() {
    let output = isolab(&["exec", "fake", "--", "hello"]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let parsed = text
        .lines()
        .find(|line| line.ends_with("launcher  parsed"))
        .unwrap();
    assert!(parsed.contains("100 µs"), "{parsed}");
    assert!(text.contains("the launcher was reaped"));
}

#[test]
fn exec_of_a_failing_workload_fails_with_its_words() {
    let complaint = complaint(&["exec", "fake-failing", "--", "hello"]);
    assert_eq!(complaint, "isolab: exit code 7: error: made to fail");
}

#[test]
fn list_shows_backends_and_experiments_but_no_test_doubles() {
    let output = isolab(&["list"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    for name in [
        "native",
        "container",
        "microvm",
        "linux-vm-small",
        "linux-vm-cloud",
        "startup",
        "memory",
        "io",
        "direct-randread-4k",
    ] {
        assert!(text.contains(name), "{name} is missing");
    }
    assert!(!text.contains("fake"));
}

#[test]
fn a_reader_that_goes_early_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .arg("list")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
}
