//! What the inside looks like: a machine of its own, small, and without the host's powers.

mod support;

use support::{has_root_and_cgroups, run, run_on_host};

#[test]
fn the_command_is_pid_2_and_sees_only_the_init_beside_it() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["ids", "ls:/proc"]).expect_code(0);
    assert_eq!(ended.one("ids"), "pid 2 parent 1 uid 0 gid 0");
    let is_number = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    let processes: Vec<&str> = ended.of("ls:/proc").into_iter().filter(is_number).collect();
    assert_eq!(processes, ["1", "2"]);
}

#[test]
fn the_init_reaps_orphans() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["orphan"]).expect_code(0);
    assert_eq!(ended.of("orphan"), ["parent 1", "reaped"]);
}

#[test]
fn the_mount_table_names_nothing_of_the_host_but_the_program() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["cat:/proc/self/mounts", "ls:/"]).expect_code(0);
    let mounts = ended.of("cat:/proc/self/mounts");
    let kinds: Vec<&str> = mounts
        .iter()
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    let program = support::walls().to_str().unwrap();
    for (line, kind) in mounts.iter().zip(kinds) {
        let is_made_here = ["tmpfs", "proc", "sysfs", "devpts", "mqueue"].contains(&kind);
        let is_cover = kind == "devtmpfs" && line.contains(" /proc/");
        let is_program = line.contains(program) && line.contains(" ro,nosuid,nodev");
        assert!(is_made_here || is_cover || is_program, "{line}");
    }
    let of_the_program = program.split('/').nth(1).unwrap();
    for name in ended.of("ls:/") {
        let is_made_here = ["data", "dev", "etc", "proc", "sys", "tmp"].contains(&name);
        assert!(is_made_here || name == of_the_program, "{name}");
    }
}

#[test]
fn the_host_name_is_its_own() {
    if !has_root_and_cgroups() {
        return;
    }
    let before = run_on_host(&["host"]);
    assert_eq!(run(&[], &["host"]).expect_code(0).one("host"), "container");
    let named = run(&["--hostname", "alpha"], &["host"]).expect_code(0);
    assert_eq!(named.one("host"), "alpha");
    assert_eq!(run_on_host(&["host"]).one("host"), before.one("host"));
}

#[test]
fn every_namespace_is_another_than_the_hosts() {
    if !has_root_and_cgroups() {
        return;
    }
    let kinds = ["pid", "mnt", "net", "ipc", "uts", "cgroup"];
    let actions = kinds.map(|kind| format!("readlink:/proc/self/ns/{kind}"));
    let actions = actions.each_ref().map(String::as_str);
    let (inside, outside) = (run(&[], &actions).expect_code(0), run_on_host(&actions));
    for action in actions {
        assert_ne!(inside.one(action), outside.one(action), "{action}");
    }
    let user = ["readlink:/proc/self/ns/user"];
    assert_eq!(
        run(&[], &user).one(user[0]),
        run_on_host(&user).one(user[0])
    );
}

#[test]
fn the_only_interface_is_the_loopback_and_it_works() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["interfaces", "loopback", "ls:/sys/class/net"]).expect_code(0);
    assert!(ended.of("interfaces").contains(&"lo"));
    // Some kernels put idle interfaces into every new namespace. None of the host's that carries traffic is here.
    assert!(
        !ended
            .of("ls:/sys/class/net")
            .iter()
            .any(|name| name.starts_with('e'))
    );
    assert_eq!(ended.one("loopback"), "ok");
}

#[test]
fn the_cgroup_view_starts_at_the_containers_own() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["cat:/proc/self/cgroup"]).expect_code(0);
    for line in ended.of("cat:/proc/self/cgroup") {
        assert!(!line.contains("isolab"), "{line}");
    }
}

#[test]
fn the_command_starts_with_a_small_environment_at_the_root() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["env", "cwd", "fds", "files"]).expect_code(0);
    let mut names: Vec<&str> = ended
        .of("env")
        .iter()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "HOSTNAME", "PATH"]);
    assert_eq!(ended.one("cwd"), "/");
    assert_eq!(ended.of("fds"), ["0", "1", "2"]);
    assert_eq!(ended.one("files"), "1024 1024");
}

#[test]
fn root_inside_has_fourteen_capabilities_and_can_get_no_others() {
    if !has_root_and_cgroups() {
        return;
    }
    let status = "cat:/proc/self/status";
    let ended = run(&[], &[status]).expect_code(0);
    for set in ["CapPrm", "CapEff", "CapBnd"] {
        assert_eq!(ended.field(status, set), "00000000a80425fb", "{set}");
    }
    for set in ["CapInh", "CapAmb"] {
        assert_eq!(ended.field(status, set), "0000000000000000", "{set}");
    }
    assert_eq!(ended.field(status, "NoNewPrivs"), "1");
    assert_eq!(ended.field(status, "Seccomp"), "2");
    // What the launcher blocks for itself is not blocked for the command.
    let blocked = u64::from_str_radix(ended.field(status, "SigBlk"), 16).unwrap();
    let term = 1 << (libc::SIGTERM - 1);
    assert_eq!(blocked & term, 0, "{blocked:x}");
    // Nor what it ignores.
    let ignored = u64::from_str_radix(ended.field(status, "SigIgn"), 16).unwrap();
    assert_eq!(ignored & 1 << (libc::SIGPIPE - 1), 0, "{ignored:x}");
}

#[test]
fn dangerous_files_are_covered() {
    if !has_root_and_cgroups() {
        return;
    }
    let files = [
        "interrupts",
        "kcore",
        "keys",
        "latency_stats",
        "sched_debug",
        "timer_list",
        "timer_stats",
    ];
    let folders = [
        "/proc/acpi",
        "/proc/asound",
        "/proc/scsi",
        "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ];
    let exists = |path: &&String| std::path::Path::new(path).exists();
    let files = files.map(|name| format!("/proc/{name}"));
    for path in files.iter().filter(exists) {
        let (look, cat) = (format!("look:{path}"), format!("cat:{path}"));
        let ended = run(&[], &[&look, &cat]).expect_code(0);
        assert!(ended.one(&look).starts_with("char 1:3 "), "{ended:#?}");
        assert!(ended.of(&cat).is_empty(), "{ended:#?}");
    }
    let folders = folders.map(str::to_owned);
    for path in folders.iter().filter(exists) {
        let (list, write) = (format!("ls:{path}"), format!("write:{path}/x:y"));
        let ended = run(&[], &[&list, &write]).expect_code(0);
        assert!(ended.of(&list).is_empty(), "{ended:#?}");
        assert_eq!(ended.one(&write), "!EROFS");
    }
    let uncovered = run(&["--without", "masks"], &["look:/proc/keys"]).expect_code(0);
    assert!(
        uncovered.one("look:/proc/keys").starts_with("file "),
        "{uncovered:#?}"
    );
}

#[test]
fn what_would_change_the_host_is_read_only() {
    if !has_root_and_cgroups() {
        return;
    }
    let proc = [
        "open:w:/proc/sys/kernel/core_pattern",
        "open:w:/proc/sysrq-trigger",
        "open:w:/proc/sys/vm/drop_caches",
        "open:w:/sys/kernel/mm/transparent_hugepage/enabled",
        "open:w:/sys/kernel/profiling",
        "open:w:/sys/kernel/uevent_helper",
    ];
    let ended = run(&[], &proc).expect_code(0);
    for action in proc {
        let path = action.rsplit(':').next().unwrap();
        if std::path::Path::new(path).exists() {
            assert_eq!(ended.one(action), "!EROFS", "{action}");
        }
    }
    assert_eq!(
        run(&[], &["write:/sys/x:y"]).one("write:/sys/x:y"),
        "!EROFS"
    );
}

#[test]
fn dev_holds_the_harmless_devices_and_no_other() {
    if !has_root_and_cgroups() {
        return;
    }
    let devices = [
        ("null", "1:3"),
        ("zero", "1:5"),
        ("full", "1:7"),
        ("random", "1:8"),
        ("urandom", "1:9"),
        ("tty", "5:0"),
    ];
    let look = devices.map(|(name, _)| format!("look:/dev/{name}"));
    let open = [
        "open:w:/dev/null",
        "open:r:/dev/zero",
        "open:r:/dev/urandom",
        "open:w:/dev/ptmx",
    ];
    let actions: Vec<&str> = look
        .iter()
        .map(String::as_str)
        .chain(open)
        .chain(["ls:/dev"])
        .collect();
    let ended = run(&[], &actions).expect_code(0);
    for ((_, numbers), action) in devices.iter().zip(&look) {
        assert!(
            ended.one(action).starts_with(&format!("char {numbers} ")),
            "{ended:#?}"
        );
    }
    for action in open {
        assert_eq!(ended.one(action), "ok", "{action}");
    }
    let mut names = ended.of("ls:/dev");
    names.sort_unstable();
    let expected = [
        "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin",
        "stdout", "tty", "urandom", "zero",
    ];
    assert_eq!(names, expected);
}
