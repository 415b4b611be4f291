//! crun on an OCI bundle that asks for what our container has by default.
//!
//! Debian's crun 1.8 refuses a host with v1 controllers and a v2 tree beside them ("drop all controllers from cgroupv2"). So
//! the benchmark runs in a mount namespace of its own, in which that tree isn't mounted: all rivals see the same host.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};
use container_backend::seccomp::policy;
use serde_json::{Value, json};

use super::{floor_c, rounds::Rival};

const HYBRID_TREE: &str = "/sys/fs/cgroup/unified";
/// Set in the second life of this process.
const ENTERED: &str = "ISOLAB_FLOOR_ENTERED";

/// Starts this program again where the v2 tree of a hybrid host isn't mounted. Returns when there is nothing to do.
pub fn enter_hybrid_free_view() -> Result<()> {
    if std::env::var_os(ENTERED).is_some() || !Path::new(HYBRID_TREE).exists() {
        return Ok(());
    }
    let script = format!("umount {HYBRID_TREE} && exec \"$0\" \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", &script]);
    command
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1));
    bail!("unshare: {}", command.env(ENTERED, "1").exec())
}

/// With a bundle below `folder`.
pub fn rival(folder: &Path) -> Result<Rival> {
    let version = Command::new("crun").arg("--version").output();
    let is_there = version.is_ok_and(|output| output.status.success());
    ensure!(
        is_there,
        "crun is not installed (remedy: apt-get install crun)"
    );
    let bundle = folder.join("bundle");
    let root = bundle.join("rootfs");
    fs::create_dir_all(&root)?;
    fs::copy(floor_c::payload(folder)?, root.join("payload"))?;
    fs::write(bundle.join("config.json"), configuration().to_string())?;
    let state = folder.join("crun-state");
    Ok(Rival::new("crun", move |number| {
        let mut command = Command::new("crun");
        command
            .arg("--root")
            .arg(&state)
            .args(["run", "--bundle"])
            .arg(&bundle);
        command.arg(format!("isolab-{}-{number}", std::process::id()));
        command
    }))
}

/// config.json of the OCI runtime specification.
fn configuration() -> Value {
    let capabilities = [
        "CHOWN",
        "DAC_OVERRIDE",
        "FSETID",
        "FOWNER",
        "MKNOD",
        "NET_RAW",
        "SETGID",
        "SETUID",
        "SETFCAP",
        "SETPCAP",
        "NET_BIND_SERVICE",
        "SYS_CHROOT",
        "KILL",
        "AUDIT_WRITE",
    ]
    .map(|name| format!("CAP_{name}"));
    let namespaces =
        ["pid", "network", "ipc", "uts", "mount", "cgroup"].map(|kind| json!({ "type": kind }));
    json!({
        "ociVersion": "1.0.0",
        "hostname": "container",
        "root": { "path": "rootfs" },
        "process": {
            "args": ["/payload"],
            "cwd": "/",
            "user": { "uid": 0, "gid": 0 },
            "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            "noNewPrivileges": true,
            "rlimits": [{ "type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024 }],
            "capabilities": { "bounding": capabilities, "effective": capabilities, "permitted": capabilities },
        },
        "mounts": mounts(),
        "linux": {
            "namespaces": namespaces,
            "resources": resources(),
            "seccomp": filter(),
            "maskedPaths": [
                "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/firmware",
                "/sys/devices/virtual/powercap",
            ],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    })
}

fn mounts() -> Value {
    let mount = |destination: &str, kind: &str, options: &[&str]| json!({ "destination": destination, "type": kind, "source": kind, "options": options });
    let inert = ["nosuid", "noexec", "nodev"];
    let pts = [
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5",
    ];
    json!([
        mount("/proc", "proc", &inert),
        mount(
            "/dev",
            "tmpfs",
            &["nosuid", "strictatime", "mode=755", "size=64k"]
        ),
        mount("/dev/pts", "devpts", &pts),
        mount(
            "/dev/shm",
            "tmpfs",
            &["nosuid", "noexec", "nodev", "mode=1777", "size=64m"]
        ),
        mount("/dev/mqueue", "mqueue", &inert),
        mount("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"]),
    ])
}

/// The same limits; crun adds the harmless devices to the list on its own.
fn resources() -> Value {
    json!({
        "memory": { "limit": 64 << 20, "swap": 64 << 20 },
        "cpu": { "quota": 100_000, "period": 100_000 },
        "pids": { "limit": 64 },
        "devices": [{ "allow": false, "access": "rwm" }],
    })
}

/// Our policy in the specification's words.
fn filter() -> Value {
    let names: Vec<&str> = policy::allowed_names().collect();
    let argument = |value: u32, op: &str| json!([{ "index": 0, "value": value, "op": op }]);
    let mut calls = vec![json!({ "names": names, "action": "SCMP_ACT_ALLOW" })];
    let no_namespaces = json!([{ "index": 0, "value": policy::NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }]);
    calls.push(json!({ "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": no_namespaces }));
    calls.push(json!({ "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 }));
    for value in policy::ALLOWED_PERSONALITIES {
        calls.push(json!({ "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": argument(value, "SCMP_CMP_EQ") }));
    }
    // Below, between and above the two denied families.
    let [low, high] = policy::DENIED_FAMILIES;
    for (value, op) in [
        (low, "SCMP_CMP_LT"),
        (low + 1, "SCMP_CMP_EQ"),
        (high, "SCMP_CMP_GT"),
    ] {
        calls.push(
            json!({ "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": argument(value, op) }),
        );
    }
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": 1,
        "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": calls,
    })
}
