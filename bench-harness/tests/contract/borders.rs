//! What crosses which border: counts that are exact on any machine, and every rung of the ladder.

use bench_harness::backend::by_id;
use bench_harness::experiment::{self, Measurement, ablation::ladder::LADDER};
use bench_harness::failure::Failure;
use bench_harness::io_file::IoFile;
use bench_harness::lab::Lab;

use super::{lab, working};

/// More than this is not touched at once in a test.
const MOST_TOUCHED_BYTES: u64 = 128 << 20;

fn with_file(folder: &tempfile::TempDir) -> (Lab, IoFile) {
    let file = IoFile::create(folder.path(), 1 << 20).unwrap();
    let mut lab = lab();
    lab.io_file = Some(file.path().to_path_buf());
    (lab, file)
}

/// A value, or nothing where it can't be had here.
fn value(measurements: &[Measurement], metric: &str) -> Option<f64> {
    let found = measurements.iter().find(|one| one.metric == metric);
    match &found.unwrap().value {
        Ok(value) => Some(*value),
        Err(Failure::Unsupported(_)) => None,
        Err(failure) => panic!("{metric}: {failure}"),
    }
}

#[test]
fn each_operation_crosses_as_many_borders_as_it_must() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (lab, _file) = with_file(&folder);
    let syscall = experiment::by_id("syscall").unwrap();
    let working = working(&lab);
    // Case; calls of the host by a process; exits and calls of the host by the tiny guest.
    for (case, calls, exits_inside, calls_inside) in [
        ("null", 1.0, 0.0, 0.0),
        ("read", 1.0, 1.0, 2.0),
        ("open", 2.0, 0.0, 0.0),
        ("fault", 0.0, 0.0, 0.0),
        ("exit-port", f64::NAN, 1.0, 1.0),
        ("exit-mmio", f64::NAN, 1.0, 1.0),
    ] {
        for &backend in &working {
            if backend.is_peer() || !syscall.applies_to(case, backend) {
                continue;
            }
            let measured = match syscall.measure(case, backend, &lab) {
                Err(Failure::Unsupported(reason)) => {
                    println!("SKIP: {case} on {}: {reason}", backend.id());
                    continue;
                }
                other => other.unwrap(),
            };
            let expected = match backend.id() {
                "microvm" => (Some(exits_inside), calls_inside),
                "native" | "container" => (None, calls),
                _ => continue,
            };
            let place = format!("{case} on {}", backend.id());
            let exits = value(&measured, "syscall.exits_per_op");
            assert_eq!(exits, expected.0, "{place}");
            let calls = value(&measured, "syscall.host_calls_per_op");
            // Two lives are subtracted, and outside the loop one may wait once more than the other: a call in a hundred.
            let is_as_expected = calls.is_none_or(|calls| (calls - expected.1).abs() <= 0.02);
            assert!(is_as_expected, "{place}: {calls:?}");
        }
    }
}

#[test]
fn every_rung_of_the_ladder_can_be_climbed() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (lab, _file) = with_file(&folder);
    let ablation = experiment::by_id("ablation").unwrap();
    let working = working(&lab);
    for rung in LADDER {
        let backend = by_id(rung.backend()).unwrap();
        let works = working.iter().any(|one| one.id() == backend.id());
        if !works || rung.touched_bytes() > MOST_TOUCHED_BYTES {
            continue;
        }
        let measured = ablation.measure(rung.case, backend, &lab).unwrap();
        let total = value(&measured, "ablation.total_ns").unwrap();
        assert!(total > 0.0, "{}", rung.case);
        let metrics = if rung.runs_the_workload() { 2 } else { 1 };
        assert_eq!(measured.len(), metrics, "{}", rung.case);
    }
}

#[test]
fn the_same_work_shows_a_guest_no_more_flags_than_a_process() {
    let lab = lab();
    let cpu = experiment::by_id("cpu").unwrap();
    let native = cpu.measure("int", by_id("native").unwrap(), &lab).unwrap();
    let shown = value(&native, "cpu.flags").unwrap();
    for backend in working(&lab) {
        let measured = cpu.measure("int", backend, &lab).unwrap();
        let inside = value(&measured, "cpu.flags").unwrap();
        match backend.is_vm() {
            // What a processor needn't have for KVM to show it: `hypervisor`, and of a timer and its controller `tsc-deadline` and
            // `x2apic`, which the lab machine's doesn't have.
            true => assert!(
                (20.0..=shown + 3.0).contains(&inside),
                "{}: {inside} of {shown}",
                backend.id()
            ),
            false => assert_eq!(inside, shown, "{}", backend.id()),
        }
    }
}
