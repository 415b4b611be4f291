//! `--memory-max` with Linux: the balloon keeps from the guest what it shall not have yet, a request lets it out, and what is put in
//! again is the host's.
//!
//! Needs a KVM that can boot Linux: hardware, or `scripts/lab-machine`.

#![allow(
    clippy::unwrap_used,
    reason = "clippy's exemption for tests does not reach the functions that tests share"
)]

#[path = "support/growing.rs"]
mod growing;
#[path = "support/linux.rs"]
mod linux;
mod support;
mod vm;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use growing::Growing;
use guest_abi::balloon::NO_DRIVER;
use linux::{Kernel, one_of_each};
use support::{compile, run};

/// What the guest has first, and at most.
const FIRST: &str = "128M";
const MOST: &str = "256M";
const FIRST_KIB: u32 = 128 << 10;
const MOST_MIB: u64 = 256;
/// Orders of 32 MiB each that are more than all there is at first, and that fit later.
const TOO_MUCH: usize = 4;

fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| compile("cc", &["-O1", "-Wall", "-static"], "balloon.c"))
}

/// A machine that says how many KiB it has, and waits for orders.
fn start(kernel: &Kernel, options: &[&str]) -> Growing {
    let image = kernel.image.to_str().unwrap();
    let all = [&["--guest", "linux", "--kernel", image][..], options].concat();
    Growing::start(&all, FIRST, MOST, program())
}

/// What of the VMM is in the host's memory.
fn resident_kib(machine: &Growing) -> u32 {
    let status = fs::read_to_string(format!("/proc/{}/status", machine.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.unwrap().parse().unwrap()
}

#[test]
fn a_running_machine_gets_memory_and_all_of_it_is_used() {
    for kernel in one_of_each() {
        let mut machine = start(&kernel, &[]);
        let before = machine.number();
        assert!(before < FIRST_KIB, "{}: {before} KiB", kernel.name);
        machine.resize(192);
        assert_eq!(machine.order("+"), before + (64 << 10), "{}", kernel.name);
        machine.resize(MOST_MIB);
        for _ in 1..TOO_MUCH {
            let kib = machine.order("+");
            assert_eq!(kib, before + (128 << 10), "{}", kernel.name);
        }
        println!("{}: {before} KiB of {FIRST}", kernel.name);
        assert_eq!(machine.end(), Some(0), "{}", kernel.name);
    }
}

#[test]
fn what_nobody_has_asked_for_can_t_be_used() {
    for kernel in one_of_each() {
        let mut machine = start(&kernel, &[]);
        machine.number();
        machine.say(&"+".repeat(TOO_MUCH));
        // By the guest's own kernel, which has none left.
        let killed = Some(128 + libc::SIGKILL);
        assert_eq!(machine.end(), killed, "{}", kernel.name);
    }
}

#[test]
fn what_is_put_in_again_is_the_host_s() {
    for kernel in one_of_each() {
        let mut machine = start(&kernel, &[]);
        let before = machine.number();
        machine.resize(MOST_MIB);
        machine.order("+++++");
        let used = resident_kib(&machine);
        assert!(used > 160 << 10, "{}: {used} KiB", kernel.name);
        machine.order("-");
        machine.resize(128);
        let left = resident_kib(&machine);
        println!("{}: {used} KiB, then {left} KiB", kernel.name);
        assert!(left + (64 << 10) < used, "{}: {used} {left}", kernel.name);
        // And the guest's once more.
        machine.resize(MOST_MIB);
        assert_eq!(machine.order("++++"), before + (128 << 10));
        assert_eq!(machine.end(), Some(0), "{}", kernel.name);
    }
}

#[test]
fn more_than_memory_max_and_less_than_memory_are_refused() {
    for kernel in one_of_each().into_iter().take(1) {
        let mut machine = start(&kernel, &[]);
        let before = machine.number();
        for (request, words) in [
            (format!("memory {}", 258 << 20), "error: --memory-max is"),
            (format!("memory {}", 126 << 20), "error: RAM began as"),
            (format!("memory {}", (130 << 20) + 4096), "in steps of"),
            ("balloon 7".to_owned(), "a request is"),
        ] {
            let answer = machine.ask(&request);
            assert!(answer.contains(words), "{answer}");
        }
        assert_eq!(machine.order("+"), before);
        assert_eq!(machine.end(), Some(0));
    }
}

#[test]
fn it_is_found_beside_all_other_devices() {
    let disk = tempfile::NamedTempFile::new().unwrap();
    disk.as_file().set_len(1 << 20).unwrap();
    let disk = disk.path().to_str().unwrap();
    for kernel in one_of_each() {
        let mut machine = start(&kernel, &["--disk", disk]);
        let before = machine.number();
        machine.resize(192);
        assert_eq!(machine.order("+"), before + (64 << 10), "{}", kernel.name);
        machine.let_alone();
        assert_eq!(machine.end(), Some(0), "{}", kernel.name);
    }
}

/// The same kernel, whose modules don't include the balloon's driver.
fn without_driver(kernel: &Kernel, folder: &Path) -> Kernel {
    let modules = kernel.image.with_file_name("lib").join("modules");
    let release = fs::read_dir(&modules).unwrap().next().unwrap().unwrap();
    let own = folder.join("lib/modules").join(release.file_name());
    fs::create_dir_all(&own).unwrap();
    symlink(release.path().join("kernel"), own.join("kernel")).unwrap();
    let all = fs::read_to_string(release.path().join("modules.dep")).unwrap();
    let rest: Vec<&str> = all
        .lines()
        .filter(|line| !line.contains("virtio_balloon"))
        .collect();
    fs::write(own.join("modules.dep"), rest.join("\n")).unwrap();
    let image = folder.join("vmlinuz");
    symlink(&kernel.image, &image).unwrap();
    Kernel {
        image,
        ..kernel.clone()
    }
}

#[test]
fn a_kernel_without_the_driver_says_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for kernel in one_of_each().iter().filter(|kernel| !kernel.has_drivers()) {
        let kernel = without_driver(kernel, folder.path());
        // Nobody asks for anything: any descriptor will do.
        let options = ["--memory", FIRST, "--memory-max", MOST, "--control", "0"];
        let ended = kernel.run(&options, program(), &[]);
        let (code, said) = (ended.code, ended.text());
        assert_eq!((code, said.as_str()), (125, ""), "{ended:?}");
        assert!(ended.stderr.contains(NO_DRIVER), "{ended:?}");
    }
}

#[test]
fn less_at_most_than_at_first_is_refused() {
    let options = ["--guest", "linux", "--kernel", "k", "--control", "0"];
    let sizes = ["--memory", MOST, "--memory-max", FIRST];
    let ended = run(&[&options[..], &sizes].concat(), program(), &[]).expect_code(125);
    for words in ["--memory-max 134217728 is less", "268435456", "help: "] {
        assert!(ended.err.contains(words), "{ended:#?}");
    }
}
