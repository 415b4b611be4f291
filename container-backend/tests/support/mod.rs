//! What the tests of the launcher share: the payload, a start with a deadline, and what came of it.
#![allow(dead_code, reason = "each test file uses a part of it")]

mod ended;
mod running;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub use ended::Ended;
pub use running::Running;

/// Whether a privileged test can run here. If not, it says so, or fails where ISOLAB_REQUIRE names what is missing.
pub fn has_root_and_cgroups() -> bool {
    if !rustix::process::geteuid().is_root() {
        skip("root", "not root");
        return false;
    }
    let memberships = container_backend::cgroup::memberships().unwrap_or_default();
    let has_limits = match container_backend::cgroup::version(&memberships) {
        container_backend::cgroup::Version::V1 => true,
        container_backend::cgroup::Version::V2 => {
            std::fs::read_to_string("/sys/fs/cgroup/cgroup.controllers")
                .is_ok_and(|list| list.contains("memory"))
        }
    };
    if !has_limits {
        skip("cgroup", "no cgroup tree has the memory controller");
    }
    has_limits
}

/// Says that a test is skipped, and why.
pub fn skip(what: &str, reason: &str) {
    let required = std::env::var("ISOLAB_REQUIRE").unwrap_or_default();
    let is_required = required.split(',').any(|name| name.trim() == what);
    assert!(!is_required, "ISOLAB_REQUIRE names {what}, but: {reason}");
    println!("SKIP: {reason}");
}

/// The payload, compiled once. It stays in cargo's own folder for such files.
pub fn walls() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/walls.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Test executables may run at the same time: nobody sees a half-written program.
        let built = folder.join(format!("walls.{}", std::process::id()));
        let status = Command::new("cc")
            .args(["-O1", "-Wall", "-static", "-o"])
            .args([built.as_os_str(), source.as_ref()])
            .status()
            .expect("cc can be started");
        assert!(status.success(), "walls.c does not compile: {status}");
        let program = folder.join("walls");
        std::fs::rename(built, &program).expect("the program can be renamed");
        program
    })
}

/// The launcher.
pub fn launcher() -> Command {
    Command::new(env!("CARGO_BIN_EXE_container-backend"))
}

/// `container-backend run OPTIONS -- walls ACTIONS`.
pub fn container(options: &[&str], actions: &[&str]) -> Command {
    let mut command = launcher();
    command.arg("run").args(options).arg("--").arg(walls());
    command.args(actions);
    command
}

/// Runs that to its end, within the deadline.
pub fn run(options: &[&str], actions: &[&str]) -> Ended {
    Running::start(&mut container(options, actions)).wait()
}

/// The payload on the host, for comparison.
pub fn run_on_host(actions: &[&str]) -> Ended {
    Running::start(Command::new(walls()).args(actions)).wait()
}

/// A number by which processes of one test can be told from all others on this machine, by their command lines.
pub fn tag() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("isolab-test-{}-{number}-", std::process::id())
}

/// Processes with a text in their command lines, this one excepted.
pub fn processes_with(tag: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("/proc is mounted") {
        let name = entry.expect("/proc can be listed").file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if pid != std::process::id() && line.windows(tag.len()).any(|part| part == tag.as_bytes()) {
            found.push(pid);
        }
    }
    found
}

/// Waits until a condition holds: what the kernel does after a process has ended takes it some time.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < running::DEADLINE, "in vain: {what}");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// The cgroups that were made by one launcher.
pub fn cgroups_of(launcher: u32) -> Vec<PathBuf> {
    let prefix = format!("isolab-{launcher}-");
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(container_backend::cgroup::MOUNT_POINT)];
    while let Some(folder) = folders.pop() {
        // Folders of other containers disappear while this one looks.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                found.push(entry.path());
            }
            folders.push(entry.path());
        }
    }
    found
}
