//! The limits bite, and what lies below them is left alone.

mod support;

use support::{has_root_and_cgroups, run, skip};

/// The payload was ended by SIGKILL.
const KILLED: i32 = 128 + libc::SIGKILL;

#[test]
fn more_memory_than_allowed_ends_the_command() {
    if !has_root_and_cgroups() {
        return;
    }
    let below = run(&["--memory", "32M"], &["fill:8"]).expect_code(0);
    assert_eq!(below.one("fill:8"), "ok");
    let above = run(&["--memory", "32M"], &["fill:64"]).expect_code(KILLED);
    assert!(above.of("fill:64").is_empty());
    run(&["--memory", "32M", "--without", "cgroup"], &["fill:64"]).expect_code(0);
}

#[test]
fn no_more_processes_than_allowed() {
    if !has_root_and_cgroups() {
        return;
    }
    // The init and the payload count as well.
    let limited = run(&["--pids", "8"], &["spawn:20"]).expect_code(0);
    assert_eq!(limited.one("spawn:20"), "6 EAGAIN");
    let below = run(&["--pids", "8"], &["spawn:6"]).expect_code(0);
    assert_eq!(below.one("spawn:6"), "6 all");
}

#[test]
fn no_more_cpu_time_than_allowed() {
    if !has_root_and_cgroups() {
        return;
    }
    // A busy machine can only lower the share: the bound holds on any. The first period's quota may be used up at once.
    let ended = run(&["--cpus", "0.2"], &["spin:1000000"]).expect_code(0);
    let times: Vec<f64> = ended
        .one("spin:1000000")
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let share = times[0] / times[1];
    assert!(share < 0.35, "{share} of a CPU: {ended:#?}");
}

#[test]
fn other_devices_can_be_made_but_not_opened() {
    if !has_root_and_cgroups() {
        return;
    }
    // In /dev, because the root itself is mounted `nodev`: here only the device filter stands in the way.
    let actions = [
        "mknod:/dev/x-memory:c:1:1",
        "open:r:/dev/x-memory",
        "mknod:/dev/x-kmsg:c:1:11",
        "open:r:/dev/x-kmsg",
        "mknod:/dev/x-disk:b:254:0",
        "open:r:/dev/x-disk",
        "mknod:/dev/x-kvm:c:10:232",
        "open:w:/dev/x-kvm",
        "mknod:/dev/x-null:c:1:3",
        "open:w:/dev/x-null",
    ];
    let ended = run(&[], &actions).expect_code(0);
    for action in actions {
        let is_refused = action.starts_with("open:") && !action.ends_with("null");
        assert_eq!(
            ended.one(action),
            if is_refused { "!EPERM" } else { "ok" },
            "{action}"
        );
    }
    // Without the filter nodes can't be made at all.
    let without = run(
        &["--without", "cgroup"],
        &["mknod:/dev/x:c:1:1", "cat:/proc/self/status"],
    )
    .expect_code(0);
    assert_eq!(without.one("mknod:/dev/x:c:1:1"), "!EPERM");
    assert_eq!(
        without.field("cat:/proc/self/status", "CapEff"),
        "00000000a00425fb"
    );
}

#[test]
fn limits_of_cgroup_v2_bite() {
    let has = std::fs::read_to_string("/sys/fs/cgroup/cgroup.controllers").unwrap_or_default();
    if !["memory", "cpu", "pids"]
        .iter()
        .all(|name| has.split_whitespace().any(|has| has == *name))
    {
        // Not something a machine is required to have: v1 is tested instead.
        skip(
            "cgroup-v2",
            "this host's cgroup v2 tree has no memory, cpu and pids controllers",
        );
        return;
    }
    if !has_root_and_cgroups() {
        return;
    }
    run(&["--memory", "32M"], &["fill:64"]).expect_code(KILLED);
    assert_eq!(
        run(&["--pids", "8"], &["spawn:20"]).one("spawn:20"),
        "6 EAGAIN"
    );
}
