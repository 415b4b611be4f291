//! What every backend promises, checked on each one that this machine can run.
//!
//! A backend that can't run is skipped by name, or fails the test if ISOLAB_REQUIRE names what it needs.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bench_harness::backend::{self, Backend, DISK_PATH, Disk, Job};
use bench_harness::bench::Bench;
use bench_harness::binaries::cache_folder;
use bench_harness::clock::{monotonic_ns, thread_cpu_ns};
use bench_harness::failure::Failure;
use bench_harness::host::cgroup::{Mode, mounts, own_path};
use bench_harness::host::kernel::is_lab_machine;
use bench_harness::instance::Finished;
use bench_harness::io_file::{IoFile, SEED};
use bench_harness::lab::{Lab, Parameters};
use bench_harness::require;
use bench_harness::store::RunDir;

fn lab() -> Lab {
    Lab::for_single_instances(Parameters::usual_timeout()).unwrap()
}

/// What ISOLAB_REQUIRE calls the thing that a backend can't do without.
fn need_of(backend: &dyn Backend) -> &'static str {
    match backend.id() {
        "container" => "cgroup",
        "microvm" => "kvm",
        id if id.starts_with("linux-vm") => id,
        _ => "root",
    }
}

/// The backends that work here; the others are skipped aloud.
fn working(lab: &Lab) -> Vec<&'static dyn Backend> {
    let works = |backend: &&dyn Backend| {
        let Err(failure) = lab.first_start(*backend) else {
            return true;
        };
        let reason = format!("{}: {}", backend.id(), failure.reason());
        require::skip(need_of(*backend), &reason);
        false
    };
    backend::visible().filter(works).collect()
}

/// Runs a job on every working backend and expects one checksum.
fn expect_one_checksum(lab: &Lab, job: &Job) {
    let mut checksums = BTreeSet::new();
    for backend in working(lab) {
        let finished = lab
            .run(backend, job)
            .unwrap_or_else(|failure| panic!("{} {:?}: {failure}", backend.id(), job.args));
        checksums.insert(finished.checksum);
        assert_eq!(
            checksums.len(),
            1,
            "{} computed something else in {:?}",
            backend.id(),
            job.args
        );
    }
}

/// How often something is repeated: an emulated machine boots a kernel in seconds, not in a tenth of one.
fn times(count: u32) -> u32 {
    if is_lab_machine() { count / 4 } else { count }
}

#[test]
fn what_is_computed_is_the_same_in_every_backend() {
    let lab = lab();
    for args in [
        &["hello"][..],
        &["cpu", "--kernel", "int", "--iterations", "1000"],
        &["cpu", "--kernel", "float", "--iterations", "1000"],
        &["hold", "--mib", "8"],
        &["emit", "--mib", "1", "--block", "4096"],
    ] {
        expect_one_checksum(&lab, &lab.job(args));
    }
}

#[test]
fn what_is_read_and_written_is_the_same_in_every_backend() {
    let lab = lab();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let file = IoFile::create(folder.path(), 4 << 20).unwrap();
    for (op, block) in [
        ("randread", "4096"),
        ("randwrite", "4096"),
        ("seqread", "131072"),
        ("seqwrite", "1048576"),
    ] {
        for direct in [false, true] {
            let mut args = vec![
                "io", "--file", DISK_PATH, "--op", op, "--block", block, "--size", "4194304",
                "--ops", "300",
            ];
            args.extend(["--seed", "1", "--fsync-every", "32"]);
            args.extend(direct.then_some("--direct"));
            let job = Job {
                disk: Some(Disk {
                    file: file.path().to_path_buf(),
                    direct,
                }),
                ..lab.job(&args)
            };
            expect_one_checksum(&lab, &job);
        }
    }
    assert_eq!(SEED, 1);
    // Whoever wrote: the file still holds the pattern.
    let content = fs::read(file.path()).unwrap();
    workload::pattern::verify(SEED, 0, &content).unwrap();
}

#[test]
fn a_failing_workload_is_a_failure_in_its_own_words() {
    let lab = lab();
    for backend in working(&lab) {
        let failure = lab
            .run(
                backend,
                &lab.job(&["cpu", "--kernel", "imaginary", "--iterations", "1"]),
            )
            .unwrap_err();
        assert!(matches!(failure, Failure::Failed(_)), "{}", backend.id());
        assert!(
            failure.reason().contains("error: "),
            "{}: {failure}",
            backend.id()
        );
        assert!(
            failure.reason().contains("imaginary"),
            "{}: {failure}",
            backend.id()
        );
    }
}

#[test]
fn an_instance_that_takes_too_long_is_a_timeout_and_ends() {
    let lab = lab();
    for backend in working(&lab) {
        // Three times what it takes to get ready, and some: it is to be stopped at work, not at its start.
        let hello = lab.run(backend, &lab.job(&["hello"])).unwrap();
        let ready_ns = hello.said_ns("ready").unwrap() - hello.spawned_ns;
        let job = Job {
            timeout: Duration::from_millis(300) + Duration::from_nanos(3 * ready_ns),
            ..lab.job(&["cpu", "--kernel", "int", "--iterations", "1000000000000"])
        };
        let mut instance = lab.start(backend, &job).unwrap();
        instance.wait_for("ready").unwrap();
        let launcher = instance.id();
        let timeline = instance.timeline_so_far().unwrap();
        let failure = instance.finish().unwrap_err();
        assert!(
            matches!(failure, Failure::TimedOut(_)),
            "{}: {failure}",
            backend.id()
        );
        bench_harness::leftovers::wait_until_gone(launcher, &timeline).unwrap();
    }
}

#[test]
fn an_instance_can_be_held_and_let_go() {
    let lab = lab();
    for backend in working(&lab) {
        let mut instance = lab
            .start(backend, &lab.job(&["hold", "--mib", "1"]))
            .unwrap();
        instance.wait_for("ready").unwrap();
        let finished: Finished = instance.finish().unwrap();
        assert!(finished.gone_ns >= finished.reaped_ns, "{}", backend.id());
    }
}

/// Everything of this machine that an instance could leave something in: mounts, cgroups, temporary files, processes.
///
/// `programs` is the folder of the launched programs: only processes that run one of them are ours.
fn traces(programs: &Path) -> BTreeSet<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut traces: BTreeSet<String> = mounts.lines().map(str::to_owned).collect();
    traces.extend(cgroups());
    traces.extend(names_in(&std::env::temp_dir()));
    traces.extend(processes_of(programs));
    traces
}

/// What was not there before, and stays: a test that runs beside this one takes its own away again.
fn left_behind(programs: &Path, before: &BTreeSet<String>) -> BTreeSet<String> {
    let mut left = &traces(programs) - before;
    for _ in 0..100 {
        if left.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        left = &left & &traces(programs);
    }
    left
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.filter_map(|entry| Some(entry.ok()?.path().display().to_string()));
    names.filter(|name| name.contains("isolab")).collect()
}

/// The children of our own cgroup in every hierarchy.
fn cgroups() -> BTreeSet<String> {
    let mounts = mounts().unwrap();
    let controllers = [
        "cpu", "cpuacct", "memory", "pids", "devices", "freezer", "blkio", "cpuset",
    ];
    let v1 = controllers
        .into_iter()
        .filter_map(|name| Some((mounts.v1(name)?, own_path(Mode::V1(name)).ok()?)));
    let v2 = mounts
        .v2()
        .into_iter()
        .filter_map(|mount| Some((mount, own_path(Mode::V2).ok()?)));
    v1.chain(v2)
        .flat_map(|(mount, own)| names_in(&mount.join(own.trim_start_matches('/'))))
        .collect()
}

fn processes_of(programs: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let links = entries.filter_map(|entry| fs::read_link(entry.path().join("exe")).ok());
    links
        .filter(|program| program.starts_with(programs))
        .map(|program| program.display().to_string())
        .collect()
}

#[test]
fn many_starts_leave_nothing_behind() {
    let lab = lab();
    let names: Vec<&str> = working(&lab).iter().map(|backend| backend.id()).collect();
    let folder = tempfile::Builder::new()
        .prefix("starts-")
        .tempdir()
        .unwrap();
    let programs = folder.path().join("cache");
    // The programs are unpacked to a folder of this test's own; the kernels are where they are.
    fs::create_dir_all(programs.join("isolab")).unwrap();
    let kernels = cache_folder().join("kernels");
    std::os::unix::fs::symlink(kernels, programs.join("isolab/kernels")).unwrap();
    let run = |rounds: &str, out: &str| {
        let out = folder.path().join(out);
        let output = Command::new(env!("CARGO_BIN_EXE_isolab"))
            .args([
                "run",
                "--experiments",
                "startup",
                "--backends",
                &names.join(","),
                "--rounds",
                rounds,
                "--out",
            ])
            .arg(&out)
            .env("XDG_CACHE_HOME", &programs)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        out
    };
    run("1", "first");
    let before = traces(&programs);
    let rounds = times(200);
    let out = run(&rounds.to_string(), "run");
    assert_eq!(left_behind(&programs, &before), BTreeSet::new());
    let rows = RunDir::open(&out).read_samples().unwrap().rows;
    for name in names {
        let of_backend = rows
            .iter()
            .filter(|row| row.backend == name && row.metric == "startup.total_ns");
        assert_eq!(of_backend.count(), rounds as usize, "{name}");
    }
}

#[test]
fn starting_instances_leaks_no_descriptor() {
    let lab = lab();
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    for backend in working(&lab) {
        lab.run(backend, &lab.job(&["hello"])).unwrap();
    }
    // Other tests of this process open and close files meanwhile: what leaks grows with every start, what is theirs doesn't.
    let (before, starts) = (open(), times(60));
    for backend in working(&lab) {
        for _ in 0..starts {
            lab.run(backend, &lab.job(&["hello"])).unwrap();
        }
    }
    assert!(
        open() < before + starts as usize,
        "{} descriptors more",
        open() - before
    );
}

#[test]
fn the_harness_itself_takes_less_than_a_hundredth_of_a_cpu() {
    let lab = lab();
    for backend in working(&lab) {
        let mut iterations = 10_000_u64;
        loop {
            let words = [
                "cpu",
                "--kernel",
                "int",
                "--iterations",
                &iterations.to_string(),
            ];
            let mut instance = lab.start(backend, &lab.job(&words)).unwrap();
            instance.wait_for("ready").unwrap();
            let (wall, cpu) = (monotonic_ns(), thread_cpu_ns());
            instance.wait_for("done").unwrap();
            let (wall, cpu) = (monotonic_ns() - wall, thread_cpu_ns() - cpu);
            instance.finish().unwrap();
            if wall < 500_000_000 {
                // Up to three quarters of a second, by what the last attempt took.
                iterations = iterations * 750_000_000 / wall.max(1_000_000);
                continue;
            }
            let share = cpu as f64 / wall as f64;
            println!(
                "{}: {cpu} ns of {wall} ns, {:.4} %",
                backend.id(),
                share * 100.0
            );
            assert!(
                share < 0.01,
                "{}: {:.2} % of a CPU",
                backend.id(),
                share * 100.0
            );
            break;
        }
    }
}

#[test]
fn single_instances_give_criterion_durations_bytes_and_operations() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut bench = Bench::new().unwrap();
    bench.prepare_io(folder.path(), 4 << 20).unwrap();
    assert!(
        bench
            .available()
            .iter()
            .any(|backend| backend.id() == "native")
    );
    assert!(
        bench
            .skipped()
            .iter()
            .all(|skipped| !skipped.reason.is_empty())
    );
    for backend in bench.available() {
        let times = bench.start_once(*backend, &["hello"]).unwrap();
        assert!(
            times.first_ns <= times.ready_ns && times.ready_ns <= times.total_ns,
            "{}",
            backend.id()
        );
        let memory = bench.memory_once(*backend, 8).unwrap();
        assert!(
            memory.pss_bytes >= 8 << 20 && memory.pss_bytes < (32 << 20) + backend.headroom_bytes(),
            "{} {memory:?}",
            backend.id()
        );
        assert!(
            memory.overhead_bytes.unwrap() < memory.rss_bytes,
            "{} {memory:?}",
            backend.id()
        );
        let io = bench
            .io_once(*backend, "buffered-randread-4k", 300)
            .unwrap();
        assert_eq!((io.ops, io.bytes), (300, 300 * 4096), "{}", backend.id());
        assert!(!io.elapsed.is_zero());
    }
}
