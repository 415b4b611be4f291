//! Nothing is left behind: after an orderly end, and after the launcher was killed at any moment.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use support::{Running, compile, has_kvm, vm};

const STARTS: usize = 200;
const KILLS: u64 = 50;
/// The kills are spread over so much time, which is longer than a start takes.
const KILL_WITHIN: Duration = Duration::from_millis(10);

/// One test at a time: each compares the machine before and after.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-static"], "endings.c"))
}

/// Open descriptors of this process, and files in a folder.
fn count(folder: &Path) -> usize {
    fs::read_dir(folder)
        .expect("the folder can be listed")
        .count()
}

/// Processes that run our program's file name in their command line, and VMs that KVM knows of.
fn processes() -> Vec<String> {
    let name = program()
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let lines = fs::read_dir("/proc")
        .expect("/proc is mounted")
        .flatten()
        .filter_map(|entry| {
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            Some(String::from_utf8_lossy(&line).into_owned())
        });
    lines
        .filter(|line| line.contains(name) && line.contains("vm-backend"))
        .collect()
}

#[test]
fn two_hundred_starts_leave_nothing_behind() {
    if !has_kvm() {
        return;
    }
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let open = count(Path::new("/proc/self/fd"));
    for number in 0..STARTS {
        let mut command = vm(&["--timeout", "10"], program(), &["exit", "7"]);
        command
            .current_dir(folder.path())
            .env("TMPDIR", folder.path());
        Running::start(&mut command).wait().expect_code(7);
        assert_eq!(processes(), [] as [String; 0], "after start {number}");
    }
    assert_eq!(count(Path::new("/proc/self/fd")), open);
    assert_eq!(count(folder.path()), 0);
}

#[test]
fn a_killed_launcher_takes_its_vm_along() {
    if !has_kvm() {
        return;
    }
    let _alone = alone();
    let disk = tempfile::NamedTempFile::new().unwrap();
    disk.as_file().set_len(1 << 20).unwrap();
    let disk = disk.path().to_str().unwrap();
    // SplitMix64 of the kill's number: the same moments every time.
    let moment = |number: u64| {
        let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Duration::from_nanos(mixed % KILL_WITHIN.as_nanos() as u64)
    };
    for number in 0..KILLS {
        let running = Running::start(&mut vm(&["--disk", disk], program(), &["loop"]));
        std::thread::sleep(moment(number));
        running.signal(Signal::KILL);
        let ended = running.wait();
        assert_eq!(ended.signal, Some(libc::SIGKILL), "{ended:#?}");
        assert_eq!(processes(), [] as [String; 0], "after kill {number}");
    }
    // Its lock on the disk has gone with it.
    support::run(&["--disk", disk], program(), &["exit", "7"]).expect_code(7);
}

#[test]
fn a_vmm_that_shall_die_with_its_parent_does() {
    if !has_kvm() {
        return;
    }
    let _alone = alone();
    let vmm = vm(&["--die-with-parent"], program(), &["loop"]);
    let mut shell = std::process::Command::new("/bin/sh");
    shell
        .args(["-c", "\"$@\" & wait", "sh"])
        .arg(vmm.get_program())
        .args(vmm.get_args());
    let mut running = Running::start(&mut shell);
    running.wait_for_output("loop");
    assert_eq!(processes().len(), 2, "the shell and the VMM");
    running.signal(Signal::KILL);
    running.wait();
    let began = std::time::Instant::now();
    while !processes().is_empty() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            processes()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}
