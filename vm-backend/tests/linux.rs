//! Linux boots in the VM and runs a program, on every kernel that is there; and when it doesn't, that is told.
//!
//! Needs a KVM that can boot Linux: hardware, or `scripts/lab-machine`.

#[path = "support/linux.rs"]
mod linux;
mod support;
mod vm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use linux::{kernels, one_of_each};
use support::compile;
use vm::finish;

/// So many boots in a row; of a kernel that takes long as many as there is time for.
const BOOTS: u32 = 50;
const BOOTS_AT_LEAST: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(20);

fn built(source: &'static str, once: &'static OnceLock<PathBuf>) -> &'static Path {
    once.get_or_init(|| compile("cc", &["-O1", "-static"], source))
}

fn guest() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    built("guest.c", &BUILT)
}

fn endings() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    built("endings.c", &BUILT)
}

#[test]
fn a_program_reads_and_writes_as_on_the_host() {
    let program = compile("cc", &["-O1", "-static"], "stdio.c");
    let input = format!("one\ntwo\n{}\nwithout end", "x".repeat(300)).into_bytes();
    let arguments = ["plain", "", "with space", "quote\"'$\\"];
    let mut host = Command::new(&program);
    host.args(arguments).env_clear();
    let host = finish(host, &input);
    for kernel in kernels() {
        let ended = kernel.run_with(&[], &program, &arguments, &input);
        assert_eq!(ended.text(), host.text(), "{}", kernel.name);
        assert_eq!(ended.stderr, host.stderr, "{}", kernel.name);
        assert_eq!(ended.code, host.code, "{}", kernel.name);
    }
}

#[test]
fn exit_codes_and_signals_pass_through() {
    for kernel in one_of_each() {
        for (how, code) in [
            (&["exit", "0"][..], 0),
            (&["exit", "125"], 125),
            (&["abort"], 128 + libc::SIGABRT),
            (&["null"], 128 + libc::SIGSEGV),
        ] {
            let ended = kernel.run(&[], endings(), how);
            assert_eq!(ended.code, code, "{} {how:?}: {ended:?}", kernel.name);
        }
    }
}

#[test]
fn two_cpus_are_two() {
    for kernel in kernels() {
        let options = ["--cpus", "2"];
        let ended = kernel.run(&options, guest(), &["cpus"]);
        assert_eq!(ended.text(), "2\n", "{}: {ended:?}", kernel.name);
    }
}

#[test]
fn files_can_be_added_to_the_initramfs() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("etc")).unwrap();
    fs::write(folder.path().join("etc/greeting"), "hello\n").unwrap();
    let extra = folder.path().to_str().unwrap();
    for kernel in one_of_each() {
        let options = ["--initrd-extra", extra];
        let ended = kernel.run(&options, guest(), &["show", "/etc/greeting"]);
        assert_eq!(ended.text(), "hello\n", "{}: {ended:?}", kernel.name);
    }
}

#[test]
fn a_panic_ends_the_vm_with_its_words() {
    for kernel in kernels() {
        let options = ["--serial", "--cmdline-extra", "rdinit=/nope"];
        let ended = kernel.run(&options, guest(), &["cpus"]);
        assert_eq!(ended.code, 125, "{}: {ended:?}", kernel.name);
        let report = ended.stderr.split("vm-backend: ").nth(1);
        let report = report.unwrap_or_else(|| panic!("no report: {ended:?}"));
        assert!(report.contains("stopped or rebooted"), "{report}");
        assert!(report.contains("Kernel panic - not syncing"), "{report}");
    }
}

#[test]
fn a_panic_shows_its_last_words_also_without_a_serial_port() {
    // With the console's driver built in the kernel has somebody to tell; else it has none without guest-init.
    for kernel in kernels().iter().filter(|kernel| kernel.has_drivers()) {
        // The program is the first process, and ends: "Attempted to kill init".
        let options = ["--cmdline-extra", "rdinit=/program -- end"];
        let ended = kernel.run(&options, guest(), &[]);
        assert_eq!(ended.code, 125, "{}: {ended:?}", kernel.name);
        for words in ["stopped or rebooted", "its last words", "Kernel panic"] {
            assert!(ended.stderr.contains(words), "{}: {ended:?}", kernel.name);
        }
    }
}

#[test]
fn a_reboot_ends_the_vm() {
    for kernel in kernels() {
        let ended = kernel.run(&[], guest(), &["reboot"]);
        assert_eq!(ended.code, 125, "{}: {ended:?}", kernel.name);
        let report = "stopped or rebooted before the program had ended";
        assert!(ended.stderr.contains(report), "{}: {ended:?}", kernel.name);
    }
}

#[test]
fn a_guest_that_never_reaches_its_init_is_ended() {
    for kernel in one_of_each() {
        // The kernel starts the program itself, which does nothing then.
        let options = ["--timeout", "15", "--cmdline-extra", "rdinit=/program"];
        let ended = kernel.run(&options, guest(), &["cpus"]);
        assert_eq!(ended.code, 124, "{}: {ended:?}", kernel.name);
        for words in [
            "still booting",
            "guest-init had not been started",
            "--serial",
        ] {
            assert!(ended.stderr.contains(words), "{}: {ended:?}", kernel.name);
        }
    }
}

#[test]
fn a_damaged_kernel_ends_in_a_report() {
    let Some(kernel) = one_of_each().into_iter().next() else {
        return;
    };
    let damaged = tempfile::NamedTempFile::new().unwrap();
    let mut image = fs::read(&kernel.image).unwrap();
    let middle = image.len() / 2;
    image[middle..middle + 4096].fill(0x55);
    fs::write(damaged.path(), image).unwrap();
    let kernel = linux::Kernel {
        image: damaged.path().to_path_buf(),
        ..kernel
    };
    let ended = kernel.run(&["--timeout", "10"], guest(), &["cpus"]);
    assert!(matches!(ended.code, 124 | 125), "{ended:?}");
    assert!(
        ended.stderr.starts_with("vm-backend: the guest"),
        "{ended:?}"
    );
}

/// Processes that run this program in a VM.
fn left(program: &Path) -> usize {
    let name = program.as_os_str().as_encoded_bytes();
    let entries = fs::read_dir("/proc").expect("/proc is mounted").flatten();
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines
        .filter(|line| line.windows(name.len()).any(|part| part == name))
        .count()
}

#[test]
fn fifty_boots_in_a_row_leave_nothing_behind() {
    // Of its own, so that no other test's VM has it in its command line.
    let program = compile("cc", &["-O1", "-static"], "exit_code.c");
    for kernel in one_of_each() {
        let began = Instant::now();
        let mut boots = 0;
        while boots < BOOTS_AT_LEAST || (boots < BOOTS && began.elapsed() < PATIENCE) {
            let ended = kernel.run(&[], &program, &["7"]);
            assert_eq!(ended.code, 7, "{} boot {boots}: {ended:?}", kernel.name);
            assert_eq!(left(&program), 0, "{} boot {boots}", kernel.name);
            boots += 1;
        }
        println!("{}: {boots} boots in {:?}", kernel.name, began.elapsed());
    }
}
