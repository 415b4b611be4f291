//! Each attempt is made in a process of its own, this test executable again, since most of them end it.

use std::env;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{self, Command, ExitStatus};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use super::*;

/// Says to this executable what to attempt.
const ATTEMPT: &str = "ISOLAB_TEST_CONFINED_ATTEMPT";
/// What ends a process whose attempt was allowed.
const ALLOWED: i32 = 77;

fn attempt(what: &str) -> ExitStatus {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "confine::tests::the_attempt", "--nocapture"])
        .env(ATTEMPT, what)
        .stdout(process::Stdio::null())
        .status()
        .unwrap()
}

fn map(protection: libc::c_int) -> *mut libc::c_void {
    // SAFETY: a new mapping at an address of the kernel's choice touches nobody's memory.
    unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            protection,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    }
}

fn protect(protection: libc::c_int) {
    let page = map(libc::PROT_READ);
    // SAFETY: the mapping has just been made, and nobody else refers to it.
    unsafe { libc::mprotect(page, 4096, protection) };
}

/// Not a test by itself.
#[test]
fn the_attempt() {
    let Ok(what) = env::var(ATTEMPT) else { return };
    let null = File::open("/dev/null").unwrap();
    let (sender, receiver) = mpsc::sync_channel(1);
    // It has started before the filter is loaded, as the devices' and CPUs' threads have.
    let is_there = Arc::new(Barrier::new(2));
    let thread = {
        let is_there = Arc::clone(&is_there);
        thread::spawn(move || {
            is_there.wait();
            receiver.recv().unwrap();
        })
    };
    is_there.wait();
    if what.starts_with("threads") {
        confine_all_threads().unwrap();
    } else {
        confine().unwrap();
    }
    let executable = libc::PROT_READ | libc::PROT_EXEC;
    match what.rsplit(' ').next().unwrap() {
        "map" => drop(map(libc::PROT_READ | libc::PROT_WRITE)),
        "protect" => protect(libc::PROT_NONE),
        "end-thread" => {
            sender.send(()).unwrap();
            thread.join().unwrap();
        }
        "map-code" => drop(map(executable)),
        "protect-code" => protect(executable),
        "open" => drop(File::open("/dev/null")),
        "spawn" => drop(thread::spawn(|| ())),
        "execute" => drop(Command::new("true").status()),
        // SAFETY: the argument is a number, and the terminal's size goes nowhere.
        "ioctl" => drop(unsafe { libc::ioctl(null.as_raw_fd(), libc::TCGETS, 0) }),
        other => panic!("{other}?"),
    }
    process::exit(ALLOWED);
}

#[test]
fn a_running_machine_can_use_memory_and_end() {
    for what in ["map", "protect", "threads map", "threads end-thread"] {
        assert_eq!(attempt(what).code(), Some(ALLOWED), "{what}");
    }
}

#[test]
fn it_can_bring_no_code_open_nothing_and_start_nothing() {
    for what in [
        "map-code",
        "protect-code",
        "open",
        "spawn",
        "execute",
        "ioctl",
    ] {
        for machine in ["", "threads "] {
            let status = attempt(&format!("{machine}{what}"));
            assert_eq!(status.signal(), Some(libc::SIGSYS), "{machine}{what}");
        }
    }
}

#[test]
fn the_longer_program_is_short_enough_for_its_jumps() {
    let calls = [CALLS, THREADS].concat();
    let ioctls = [&KVM_IOCTLS[..], &[KVM_SET_GSI_ROUTING]].concat();
    assert_eq!(filter::program(&calls, &ioctls).len(), 42);
}
