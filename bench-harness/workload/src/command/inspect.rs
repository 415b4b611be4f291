//! `inspect`: what the world looks like from inside.
//!
//! The same questions are asked everywhere; how they are answered is what tells a process, a container and a VM apart. An
//! answer that isn't to be had is a fact too: `unavailable`, with the reason.

use std::fs;
use std::io;

use workload::checksum::Checksum;
use workload::cpu_flags;
use workload::protocol::Line;

use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::{Failure, sys};

/// Asks one thing; an error is an answer as well.
type Question = fn() -> io::Result<String>;

static QUESTIONS: [(&str, Question); 22] = [
    ("pid", || Ok(std::process::id().to_string())),
    ("uid", || Ok(sys::user_and_group().0.to_string())),
    ("gid", || Ok(sys::user_and_group().1.to_string())),
    ("system", || Ok(sys::uname()?[0].clone())),
    ("hostname", || Ok(sys::uname()?[1].clone())),
    ("kernel_release", || Ok(sys::uname()?[2].clone())),
    ("kernel_version", || Ok(sys::uname()?[3].clone())),
    ("boot_id", || {
        Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
            .trim()
            .to_owned())
    }),
    ("visible_processes", visible_processes),
    ("mounts", mounts),
    ("root_entries", || names_in("/")),
    ("open_fds", || names_in("/proc/self/fd")),
    ("network_interfaces", || names_in("/sys/class/net")),
    ("cgroup", || {
        Ok(fs::read_to_string("/proc/self/cgroup")?
            .lines()
            .collect::<Vec<_>>()
            .join(" "))
    }),
    ("cpus", || Ok(sys::usable_cpus()?.to_string())),
    ("cpu_flags", || Ok(cpu_flags::names(sys::cpuid))),
    (
        "memory_bytes",
        || Ok(sys::total_memory_bytes()?.to_string()),
    ),
    ("capabilities_effective", || status("CapEff")),
    ("capabilities_bounding", || status("CapBnd")),
    ("no_new_privs", || status("NoNewPrivs")),
    ("seccomp_mode", || status("Seccomp")),
    ("working_folder", || {
        Ok(std::env::current_dir()?.display().to_string())
    }),
];

/// The checksum covers the questions: the answers differ, and are meant to.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    arguments.finish()?;
    say(&Line::Ready)?;
    let mut burst = Burst::default();
    let mut checksum = Checksum::default();
    for (key, question) in &QUESTIONS {
        let value = question().unwrap_or_else(|error| format!("unavailable: {error}"));
        burst.add(&Line::Fact {
            key,
            value: &value.replace('\n', " "),
        });
        checksum.add_bytes(key.as_bytes());
    }
    burst.add(&Line::Done {
        checksum: checksum.value(),
    });
    burst.say()
}

fn visible_processes() -> io::Result<String> {
    let names =
        fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .count()
        .to_string())
}

/// Where something is mounted, in the order of mounting.
fn mounts() -> io::Result<String> {
    let table = fs::read_to_string("/proc/self/mounts")?;
    let places: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    Ok(places.join(" "))
}

fn names_in(folder: &str) -> io::Result<String> {
    let mut names: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    Ok(names.join(" "))
}

/// One field of /proc/self/status (proc_pid_status(5)).
fn status(field: &str) -> io::Result<String> {
    let table = fs::read_to_string("/proc/self/status")?;
    let found = table
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    found
        .map(|value| value.trim().to_owned())
        .ok_or_else(|| io::Error::other(format!("no {field} in /proc/self/status")))
}
