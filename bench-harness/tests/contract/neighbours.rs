//! Neighbours and growth: offenders end alone, noise is noise, limits hold, and what was added was used.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bench_harness::host::kernel::is_lab_machine;
use bench_harness::io_file::IoFile;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::leftovers::{alone_on_the_host, left_behind, processes_of, programs_folder, traces};
use super::{lab, measure, ours, ours_in_numbers, value_if_any};

#[test]
fn whatever_an_instance_does_wrong_ends_it_alone() {
    let lab = lab();
    for backend in ours(&lab) {
        for case in [
            "contain-memory",
            "contain-processes",
            "contain-crash",
            "contain-panic",
        ] {
            let place = format!("{} {case}", backend.id());
            let measured = measure("neighbour", case, backend, &lab).unwrap();
            let contained = value_if_any(&measured, "neighbour.contained");
            // A plain process has no limits; only what has a kernel of its own can lose it.
            let is_tried = match case {
                "contain-crash" => true,
                "contain-panic" => backend.is_vm(),
                _ => backend.id() != "native",
            };
            assert_eq!(contained, is_tried.then_some(1.0), "{place}: {measured:?}");
            if case == "contain-processes" && backend.id() == "container" {
                let started = value_if_any(&measured, "neighbour.processes").unwrap();
                assert!((1.0..200.0).contains(&started), "{place}: {started}");
            }
        }
    }
}

#[test]
fn there_is_noise_and_a_limit_takes_most_of_it_away() {
    let mut lab = lab();
    // Where a cgroup can limit what goes to the disk: the lab machine's other files are on no disk of its own.
    let disk = match is_lab_machine() {
        true => "/run/disk",
        false => env!("CARGO_TARGET_TMPDIR"),
    };
    let folder = tempfile::tempdir_in(disk).unwrap();
    let file = IoFile::create(folder.path(), 8 << 20).unwrap();
    lab.io_file = Some(file.path().to_path_buf());
    lab.parameters.io_size_bytes = 8 << 20;
    // Far below what any machine that runs tests leaves to a burner, and far above what a limit does.
    lab.parameters.neighbours.limit_cpus = 0.02;
    lab.parameters.neighbours.duration = Duration::from_millis(500);
    for backend in ours_in_numbers(&lab) {
        let id = backend.id();
        for case in ["alone", "cpu", "memory", "page-cache", "io"] {
            let measured = measure("neighbour", case, backend, &lab).unwrap();
            let at = |metric| value_if_any(&measured, metric).unwrap();
            let (p50, p99) = (at("neighbour.unit_p50_ns"), at("neighbour.unit_p99_ns"));
            assert!(p50 > 0.0 && p50 <= p99, "{id} {case}");
            if case != "alone" {
                assert!(at("neighbour.burned_cpus") > 0.0, "{id} {case}");
            }
        }
        let burned = |case| {
            let measured = measure("neighbour", case, backend, &lab).unwrap();
            value_if_any(&measured, "neighbour.burned_cpus")
        };
        let (free, limited) = (burned("cpu").unwrap(), burned("cpu-limited"));
        match limited {
            Some(limited) => assert!(limited < free, "{id}: {limited} {free}"),
            None => assert_eq!(id, "native"),
        }
        for case in ["page-cache-limited", "io-limited"] {
            assert_eq!(burned(case).is_some(), id != "native", "{id} {case}");
        }
    }
    // The neighbours' own file lies beside it, and goes with it.
    drop(file);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_running_instance_that_is_given_more_uses_it() {
    let lab = lab();
    for backend in ours(&lab) {
        for case in ["memory", "cpu"] {
            let place = format!("{} {case}", backend.id());
            let measured = measure("elasticity", case, backend, &lab).unwrap();
            let grow = value_if_any(&measured, "elasticity.grow_ns");
            assert_eq!(
                grow.is_some(),
                backend.id() != "native",
                "{place}: {measured:?}"
            );
            if let Some(grow) = grow {
                let request = value_if_any(&measured, "elasticity.request_ns").unwrap();
                assert!(request > 0.0 && request < grow, "{place}");
            }
        }
    }
}

#[test]
fn a_harness_that_is_killed_beside_noisy_neighbours_leaves_none() {
    let _alone = alone_on_the_host();
    let lab = lab();
    for backend in ours_in_numbers(&lab) {
        let folder = tempfile::Builder::new().prefix("noise-").tempdir().unwrap();
        let programs = programs_folder(folder.path());
        let before = traces(&programs);
        let mut harness = Command::new(env!("CARGO_BIN_EXE_isolab"))
            .args(["run", "--experiments", "neighbour", "--rounds", "1000"])
            .args(["--io-size", "8M", "--backends", backend.id(), "--out"])
            .arg(folder.path().join("run"))
            .env("XDG_CACHE_HOME", &programs)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begin = Instant::now();
        // Two at once: neighbours, and not a single instance that is tried first.
        while processes_of(&programs).len() < 2 {
            assert!(begin.elapsed() < Duration::from_secs(120));
            std::thread::sleep(Duration::from_millis(5));
        }
        kill(Pid::from_raw(harness.id().cast_signed()), Signal::SIGKILL).unwrap();
        harness.wait().unwrap();
        let left = left_behind(&programs, &before);
        assert!(left.is_empty(), "{}: {left:?}", backend.id());
    }
}
