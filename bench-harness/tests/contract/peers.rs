//! The containers of others are the same as ours: what a program sees and may do inside is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bench_harness::backend::{self, Backend, Job, yardsticks};
use bench_harness::failure::Failure;
use bench_harness::host::kernel::is_lab_machine;
use bench_harness::lab::Lab;
use bench_harness::process_tree::ProcessTree;
use container_backend::full_set;

use super::{HANGS_NOW_AND_THEN, lab, working_of};

/// Facts of `inspect` that the same container can't answer in two ways.
const SAME: [&str; 13] = [
    "uid",
    "gid",
    "hostname",
    "kernel_release",
    "boot_id",
    "root_entries",
    "network_interfaces",
    "cgroup",
    "capabilities_effective",
    "capabilities_bounding",
    "no_new_privs",
    "seccomp_mode",
    "working_folder",
];

/// Ours and the OCI runtimes that Debian has; in the lab machine, where nothing is new but its KVM, none but ours.
fn containers() -> impl Iterator<Item = &'static dyn Backend> {
    let ids: &[&str] = if is_lab_machine() {
        &["container"]
    } else {
        &["container", "crun", "runc"]
    };
    ids.iter().filter_map(|id| backend::by_id(id))
}

/// What is seen inside: the facts, and the mount points in the order of the alphabet.
fn view_from_inside(lab: &Lab, backend: &dyn Backend) -> BTreeMap<&'static str, String> {
    let mut finished = lab.run(backend, &lab.job(&["inspect"]));
    for _ in 0..5 {
        if matches!(finished, Err(Failure::TimedOut(_))) && backend.id() == HANGS_NOW_AND_THEN {
            finished = lab.run(backend, &lab.job(&["inspect"]));
        }
    }
    let finished = finished.unwrap();
    let fact = |name| finished.fact(name).unwrap_or("not said").to_owned();
    let mut view: BTreeMap<&str, String> =
        SAME.into_iter().map(|name| (name, fact(name))).collect();
    let mounts = fact("mounts");
    let mut mounts: Vec<&str> = mounts.split(' ').collect();
    mounts.sort_unstable();
    view.insert("mounts", mounts.join(" "));
    view
}

#[test]
fn every_oci_runtime_makes_the_container_that_ours_is() {
    let lab = lab();
    let working = working_of(&lab, containers());
    let Some(ours) = working.iter().find(|backend| backend.id() == "container") else {
        return;
    };
    let expected = view_from_inside(&lab, *ours);
    assert_eq!(expected["no_new_privs"], "1");
    let reliable = working.iter().copied();
    let others = backend::by_id(HANGS_NOW_AND_THEN)
        .filter(|other| !is_lab_machine() && other.availability().is_ok());
    let oci = reliable.chain(others);
    for backend in oci.filter(|backend| backend.is_peer()) {
        assert_eq!(
            view_from_inside(&lab, backend),
            expected,
            "{}",
            backend.id()
        );
    }
}

/// What the kernel says of the workload's process, from outside: its credentials, limits, and mounts with their options.
fn view_from_outside(lab: &Lab, backend: &dyn Backend) -> BTreeSet<String> {
    let mut instance = lab
        .start(backend, &lab.job(&["hold", "--mib", "1"]))
        .unwrap();
    instance.wait_for("ready").unwrap();
    let tree = ProcessTree::read(instance.id(), None).unwrap();
    let workload = tree.members.iter().rfind(|member| member.is_leaf).unwrap();
    let read =
        |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", workload.pid)).unwrap();
    let (status, limits, mounts) = (read("status"), read("limits"), read("mountinfo"));
    instance.finish().unwrap();
    let wanted = [
        "Uid:",
        "Gid:",
        "Cap",
        "NoNewPrivs:",
        "Seccomp:",
        "Max open files",
    ];
    let lines = status.lines().chain(limits.lines());
    let lines = lines.filter(|line| wanted.iter().any(|start| line.starts_with(start)));
    let mut view: BTreeSet<String> = lines.map(str::to_owned).collect();
    view.extend(mounts.lines().filter_map(mount));
    view
}

/// Place, options and type of a line of mountinfo (proc_pid_mountinfo(5)), of what runtimes may not choose.
///
/// A bundle's root is a folder of the host's where ours is a tmpfs, and what covers a masked path is each runtime's affair. Of
/// a read-only path it counts that it is: crun 1.8 drops the other options there, nosuid among them.
fn mount(line: &str) -> Option<String> {
    let (left, right) = line.split_once(" - ")?;
    let left: Vec<&str> = left.split(' ').collect();
    let (place, mut options) = (*left.get(4)?, left.get(5)?.split(',').collect::<Vec<_>>());
    options.sort_unstable();
    if full_set::READ_ONLY.contains(&place) {
        options.retain(|option| *option == "ro");
    }
    let is_free = place == "/" || full_set::MASKED.contains(&place);
    let kind = right.split(' ').next()?;
    let told = format!("{place} {} {kind}", options.join(","));
    Some(if is_free { place.to_owned() } else { told })
}

#[test]
fn every_oci_runtime_gives_its_process_the_credentials_limits_and_mounts_that_ours_has() {
    let lab = lab();
    let working = working_of(&lab, containers());
    let Some(ours) = working.iter().find(|backend| backend.id() == "container") else {
        return;
    };
    let expected = view_from_outside(&lab, *ours);
    assert!(expected.contains("/proc/sys ro proc"), "{expected:#?}");
    for backend in working.iter().filter(|backend| backend.is_peer()) {
        assert_eq!(
            view_from_outside(&lab, *backend),
            expected,
            "{}",
            backend.id()
        );
    }
}

/// A runtime that starts nothing, complains, and doesn't come back.
const HANGING: &str = r#"#!/bin/sh
case "$*" in
--version) echo hanging 1 ;;
*" run "*) echo "something is odd" >&2; sleep 600 ;;
*" delete --force "*) echo "$2" >"$0.deleted" ;;
esac
"#;

#[test]
fn a_runtime_that_hangs_costs_its_own_row_and_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("hanging");
    std::fs::write(&program, HANGING).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let lab = lab();
    let job = Job {
        timeout: Duration::from_millis(500),
        ..lab.job(&["hello"])
    };
    let runtime = backend::oci_runtime("hanging", program.clone());
    let failure = lab.run(runtime, &job).unwrap_err();
    assert!(matches!(failure, Failure::TimedOut(_)), "{failure}");
    assert!(failure.reason().contains("something is odd"), "{failure}");
    // It was asked to delete what it might have left, and its bundle is gone with its state.
    let state = std::fs::read_to_string(program.with_extension("deleted")).unwrap();
    let bundle = std::path::Path::new(state.trim()).parent().unwrap();
    assert!(bundle.is_absolute() && !bundle.exists(), "{state}");
}

#[test]
fn the_floor_makes_the_container_that_ours_is() {
    let lab = lab();
    let ours = backend::by_id("container").unwrap();
    let mut yardsticks: Vec<_> = yardsticks("container-floor").collect();
    let floor = yardsticks.remove(0);
    for backend in [ours, floor] {
        if let Err(failure) = lab.first_start(backend) {
            return bench_harness::require::skip(backend.id(), &failure.reason());
        }
    }
    let workload = lab.binaries.workload.path.display().to_string();
    let first = workload.split('/').nth(1).unwrap_or_default().to_owned();
    let mut expected = view_from_inside(&lab, ours);
    let mut found = view_from_inside(&lab, floor);
    // It shows the program as /program, whatever its path.
    for (name, word) in [
        ("mounts", workload.as_str()),
        ("root_entries", first.as_str()),
    ] {
        for view in [&mut expected, &mut found] {
            let text = view.get_mut(name).unwrap();
            let mut words: Vec<&str> = text.split(' ').collect();
            words.retain(|found| *found != word && found.trim_start_matches('/') != "program");
            *text = words.join(" ");
        }
    }
    assert_eq!(found, expected);
}
