//! Nothing is left behind: after an orderly end, and after the launcher was killed at any moment.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use support::{
    Running, cgroups_of, container, eventually, has_root_and_cgroups, launcher, processes_with, tag,
};

const STARTS: usize = 200;
const KILLS: usize = 50;
/// Any number will do; it makes the moments the same every time.
const SEED: u64 = 0x15_01AB;

/// One test at a time: each compares the machine before and after.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn mounts() -> BTreeSet<String> {
    let table = fs::read_to_string("/proc/self/mountinfo").expect("/proc is mounted");
    table.lines().map(str::to_owned).collect()
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd")
        .expect("/proc is mounted")
        .count()
}

/// The namespaces, by name (`mnt:[4026532]`), of a process that may have ended.
fn namespaces_of(pid: &str) -> BTreeSet<String> {
    let links = fs::read_dir(format!("/proc/{pid}/ns"))
        .into_iter()
        .flatten()
        .flatten();
    links
        .filter_map(|link| {
            Some(
                fs::read_link(link.path())
                    .ok()?
                    .to_string_lossy()
                    .into_owned(),
            )
        })
        .collect()
}

/// Those that some process of this machine is in.
fn namespaces_in_use() -> BTreeSet<String> {
    let processes = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    processes
        .flat_map(|entry| namespaces_of(&entry.file_name().to_string_lossy()))
        .collect()
}

#[test]
fn two_hundred_starts_leave_nothing_behind() {
    if !has_root_and_cgroups() {
        return;
    }
    let _alone = alone();
    let (tag, folder) = (tag(), tempfile::tempdir().unwrap());
    let (mounts_before, open_before) = (mounts(), open_descriptors());
    let own = namespaces_of("self");
    let (mut launchers, mut namespaces) = (Vec::new(), BTreeSet::new());
    for number in 0..STARTS {
        let action = ["mnt", "pid", "net", "ipc", "uts", "cgroup"]
            .map(|kind| format!("readlink:/proc/self/ns/{kind}"));
        let mut actions: Vec<&str> = action.iter().map(String::as_str).collect();
        // Every other one leaves a process running.
        actions.extend((number % 2 == 0).then_some("fork"));
        let mut command = container(&["--hostname", "short"], &actions);
        command
            .arg(format!("tag:{tag}"))
            .current_dir(folder.path())
            .env("TMPDIR", folder.path());
        let running = Running::start(&mut command);
        launchers.push(running.pid());
        let ended = running.wait().expect_code(0);
        namespaces.extend(action.iter().map(|action| ended.one(action).to_owned()));
        // By the time the launcher has ended they are gone, without any waiting.
        assert_eq!(processes_with(&tag), [], "after start {number}");
        assert_eq!(
            cgroups_of(launchers[number]),
            [] as [std::path::PathBuf; 0],
            "after start {number}"
        );
    }
    assert!(namespaces.is_disjoint(&own), "{namespaces:?}");
    // Their names are used again, perhaps by somebody else's container at this moment; those end.
    eventually("the namespaces are gone", || {
        namespaces.is_disjoint(&namespaces_in_use())
    });
    assert_eq!(mounts(), mounts_before);
    assert_eq!(open_descriptors(), open_before);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a file was left in {folder:?}"
    );
}

/// SplitMix64: enough to choose moments.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[test]
fn a_killed_launcher_takes_its_container_along() {
    if !has_root_and_cgroups() {
        return;
    }
    let _alone = alone();
    // The moments reach from before the start to a while after it.
    support::walls();
    let began = Instant::now();
    Running::start(&mut container(&[], &["exit:0"]))
        .wait()
        .expect_code(0);
    let span_us = u64::try_from(began.elapsed().as_micros()).unwrap() * 2;
    let (tag, mounts_before) = (tag(), mounts());
    let (mut state, mut launchers, mut had_begun) = (SEED, Vec::new(), 0);
    for _ in 0..KILLS {
        let mut command = container(&[], &[&format!("tag:{tag}"), "fork", "fork", "pause"]);
        let running = Running::start(&mut command);
        launchers.push(running.pid());
        std::thread::sleep(Duration::from_micros(next(&mut state) % span_us));
        running.signal(Signal::KILL);
        had_begun += u32::from(running.has_written());
        assert_eq!(running.wait().signal, Some(libc::SIGKILL));
        eventually("its processes are gone", || processes_with(&tag).is_empty());
    }
    println!("{had_begun} of {KILLS} commands had begun, within {span_us} us");
    assert_eq!(mounts(), mounts_before);
    let left = || launchers.iter().flat_map(|&pid| cgroups_of(pid)).count();
    eventually("sweeping removes the cgroups", || {
        Running::start(launcher().arg("sweep"))
            .wait()
            .expect_code(0);
        left() == 0
    });
}

#[test]
fn the_next_start_removes_what_a_killed_launcher_left() {
    if !has_root_and_cgroups() {
        return;
    }
    let _alone = alone();
    let tag = tag();
    let mut running = Running::start(&mut container(&[], &[&format!("tag:{tag}"), "pause"]));
    running.wait_for_output("== pause");
    let killed = running.pid();
    running.signal(Signal::KILL);
    running.wait();
    eventually("its processes are gone", || processes_with(&tag).is_empty());
    assert!(
        !cgroups_of(killed).is_empty(),
        "a killed launcher can't remove its cgroups"
    );
    eventually("the next start removes them", || {
        Running::start(&mut container(&[], &["exit:0"]))
            .wait()
            .expect_code(0);
        cgroups_of(killed).is_empty()
    });
}

#[test]
fn sweeping_leaves_running_containers_alone() {
    if !has_root_and_cgroups() {
        return;
    }
    let _alone = alone();
    let mut running = Running::start(&mut container(&[], &["trap:15:9", "pause"]));
    running.wait_for_output("== pause");
    let before = cgroups_of(running.pid());
    Running::start(launcher().arg("sweep"))
        .wait()
        .expect_code(0);
    assert_eq!(cgroups_of(running.pid()), before);
    assert!(!before.is_empty());
    running.signal(Signal::TERM);
    running.wait().expect_code(9);
}

#[test]
fn with_the_option_a_container_ends_with_whoever_started_its_launcher() {
    if !has_root_and_cgroups() {
        return;
    }
    let _alone = alone();
    let tag = tag();
    let mut shell = Command::new("sh");
    // The shell has two things to do, so that it doesn't become the launcher.
    shell.args([
        "-c",
        "\"$@\"; true",
        "sh",
        env!("CARGO_BIN_EXE_container-backend"),
    ]);
    shell
        .args(["run", "--die-with-parent", "--"])
        .arg(support::walls());
    shell.args([&format!("tag:{tag}"), "pause"]);
    let mut running = Running::start(&mut shell);
    running.wait_for_output("== pause");
    let processes = processes_with(&tag);
    running.signal(Signal::KILL);
    running.wait();
    eventually("its processes are gone", || processes_with(&tag).is_empty());
    eventually("its cgroups are swept", || {
        Running::start(launcher().arg("sweep"))
            .wait()
            .expect_code(0);
        !processes.iter().any(|&pid| !cgroups_of(pid).is_empty())
    });
}
