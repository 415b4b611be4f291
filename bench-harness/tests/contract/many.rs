//! Many instances at once: held within a budget, and gone with a harness that is killed.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bench_harness::backend::Backend;
use bench_harness::budget::Budget;
use bench_harness::failure::Failure;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::leftovers::{alone_on_the_host, left_behind, processes_of, programs_folder, traces};
use super::{lab, measure, ours_in_numbers, value};

#[test]
fn each_further_instance_takes_less_than_the_first_one() {
    let mut lab = lab();
    lab.parameters.density_instances = 4;
    for backend in ours_in_numbers(&lab) {
        let id = backend.id();
        let measured = measure("density", "fit", backend, &lab).unwrap();
        assert_eq!(value(&measured, "density.instances"), 4.0, "{id}");
        let slope = value(&measured, "density.pss_slope_bytes");
        let first = value(&measured, "density.pss_bytes.1");
        assert!(slope > 0.0 && slope < first, "{id}: {slope} {first}");
    }
}

#[test]
fn the_memory_budget_ends_the_growth_and_none_is_started_beyond() {
    let mut lab = lab();
    lab.parameters.density_instances = 64;
    for backend in ours_in_numbers(&lab) {
        lab.parameters.memory_budget = Budget::Bytes(1);
        let failure = measure("density", "fit", backend, &lab).unwrap_err();
        assert!(
            matches!(&failure, Failure::Unsupported(reason) if reason.contains("--memory-budget")),
            "{}: {failure}",
            backend.id()
        );
        let failure = measure("scaleout", "parallel-2", backend, &lab).unwrap_err();
        assert!(matches!(failure, Failure::Unsupported(_)), "{failure}");
    }
}

#[test]
fn less_than_the_smallest_memory_is_too_little() {
    let lab = lab();
    for backend in ours_in_numbers(&lab) {
        let id = backend.id();
        let measured = measure("density", "smallest", backend, &lab).unwrap();
        if id == "native" {
            assert!(measured[0].value.is_err());
            continue;
        }
        let smallest = value(&measured, "density.smallest_bytes");
        assert!(smallest < backend.headroom_bytes() as f64, "{id}");
        let mut job = lab.job(&["hello"]);
        job.memory_bytes = Some(smallest as u64 / 4);
        assert!(lab.run(backend, &job).is_err(), "{id} at {smallest} / 4");
    }
}

#[test]
fn a_burst_gives_a_rate_and_latencies_that_little_allows() {
    let mut lab = lab();
    lab.parameters.scaleout_starts = 12;
    for backend in ours_in_numbers(&lab) {
        let measured = measure("scaleout", "parallel-4", backend, &lab).unwrap();
        let rate = value(&measured, "scaleout.starts_per_s");
        let (p50, p99) = (
            value(&measured, "scaleout.ready_p50_ns"),
            value(&measured, "scaleout.ready_p99_ns"),
        );
        assert!(p50 > 0.0 && p50 <= p99, "{}", backend.id());
        // In flight = rate x latency, and there are never more than four.
        let in_flight = rate * p50 / 1e9;
        assert!(in_flight <= 4.5, "{}: {in_flight}", backend.id());
    }
}

/// `isolab run` of the density experiment on one backend, with programs of its own.
fn density(backend: &dyn Backend, programs: &Path, out: &Path) -> Child {
    let args = ["run", "--experiments", "density", "--rounds", "1000"];
    Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(args)
        .args([
            "--density-instances",
            "24",
            "--backends",
            backend.id(),
            "--out",
        ])
        .arg(out)
        .env("XDG_CACHE_HOME", programs)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Until so many processes run one of the programs.
fn wait_for_processes(programs: &Path, count: usize) {
    let begin = Instant::now();
    while processes_of(programs).len() < count {
        assert!(begin.elapsed() < Duration::from_secs(120));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_harness_that_is_killed_or_interrupted_while_it_holds_many_leaves_nothing() {
    let _alone = alone_on_the_host();
    let lab = lab();
    for backend in ours_in_numbers(&lab) {
        let folder = tempfile::Builder::new().prefix("many-").tempdir().unwrap();
        let programs = programs_folder(folder.path());
        let before = traces(&programs);
        for (signal, out) in [(Signal::SIGKILL, "killed"), (Signal::SIGINT, "asked")] {
            let out = folder.path().join(out);
            let mut harness = density(backend, &programs, &out);
            wait_for_processes(&programs, 6);
            kill(Pid::from_raw(harness.id().cast_signed()), signal).unwrap();
            let status = harness.wait().unwrap();
            if signal == Signal::SIGINT {
                assert_eq!(status.code(), Some(130), "{}", backend.id());
            }
            let left = left_behind(&programs, &before);
            assert!(left.is_empty(), "{} {signal}: {left:?}", backend.id());
            assert!(fs::metadata(out.join("run.json")).is_ok());
        }
    }
}
