//! Nothing is left behind: mounts, cgroups, temporary files, processes, descriptors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bench_harness::binaries::cache_folder;
use bench_harness::host::cgroup::{Mode, mounts, own_path};
use bench_harness::store::RunDir;

use super::{lab, quick, times, vmms_of_others};

/// Two tests that look at the whole host would take each other's instances for leftovers.
static HOST: Mutex<()> = Mutex::new(());

/// Waits until no other test looks at the whole host.
pub fn alone_on_the_host() -> MutexGuard<'static, ()> {
    // A test that failed has poisoned it, and is no reason for another one to fail.
    HOST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything of this machine that an instance could leave something in: mounts, cgroups, temporary files, processes.
///
/// `programs` is the folder of the launched programs: only processes that run one of them are ours.
pub fn traces(programs: &Path) -> BTreeSet<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut traces: BTreeSet<String> = mounts.lines().map(str::to_owned).collect();
    traces.extend(cgroups());
    traces.extend(names_in(&std::env::temp_dir()));
    traces.extend(processes_of(programs));
    traces
}

/// What was not there before, and stays: a test that runs beside this one takes its own away again, after seconds at the most.
pub fn left_behind(programs: &Path, before: &BTreeSet<String>) -> BTreeSet<String> {
    let mut left = &traces(programs) - before;
    for _ in 0..600 {
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

/// Of the programs that are run, each with its process: two of one program are two.
pub fn processes_of(programs: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let links = entries.filter_map(|entry| {
        let program = fs::read_link(entry.path().join("exe")).ok()?;
        Some((entry.file_name(), program))
    });
    links
        .filter(|(_, program)| program.starts_with(programs))
        .map(|(pid, program)| format!("{} as {}", program.display(), pid.display()))
        .collect()
}

/// A folder of a test's own, to which the programs will be unpacked; the kernels are where they are.
pub fn programs_folder(parent: &Path) -> PathBuf {
    let programs = parent.join("cache");
    fs::create_dir_all(programs.join("isolab")).unwrap();
    let kernels = cache_folder().join("kernels");
    std::os::unix::fs::symlink(kernels, programs.join("isolab/kernels")).unwrap();
    programs
}

#[test]
fn many_starts_leave_nothing_behind() {
    let _alone = alone_on_the_host();
    let lab = lab();
    let names: Vec<&str> = quick(&lab).iter().map(|backend| backend.id()).collect();
    let folder = tempfile::Builder::new()
        .prefix("starts-")
        .tempdir()
        .unwrap();
    let programs = programs_folder(folder.path());
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
    for backend in quick(&lab) {
        lab.run(backend, &lab.job(&["hello"])).unwrap();
    }
    // Other tests of this process open and close files meanwhile: what leaks grows with every start, what is theirs doesn't.
    let (before, starts) = (open(), times(60));
    for backend in quick(&lab) {
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

/// The processes that bear the mark of a harness, which programs of others inherit from it.
fn marked_by(harness: u32) -> Vec<String> {
    let mark = format!("ISOLAB_INSTANCE_OF={harness}-");
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let marked = entries.filter(|entry| {
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|word| word.starts_with(mark.as_bytes()))
    });
    marked
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn a_vmm_of_others_ends_with_the_harness_also_if_that_is_killed() {
    let lab = lab();
    for backend in vmms_of_others(&lab) {
        let endless = ["cpu", "--kernel", "int", "--iterations", "1000000000000"];
        let mut harness = Command::new(env!("CARGO_BIN_EXE_isolab"))
            .args(["exec", backend.id(), "--"])
            .args(endless)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let id = harness.id();
        let until = |is_there: bool| {
            // In the lab machine a VMM that takes a kernel apart before its start needs half a minute.
            (0..2400).any(|_| {
                std::thread::sleep(Duration::from_millis(50));
                marked_by(id).is_empty() != is_there
            })
        };
        assert!(until(true), "{} never started", backend.id());
        harness.kill().unwrap();
        harness.wait().unwrap();
        assert!(until(false), "{} has stayed", backend.id());
    }
}
