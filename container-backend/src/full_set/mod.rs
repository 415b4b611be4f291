//! The full set: what a container is made of when nothing is left out, as data.
//!
//! Two kinds of readers: the modules that make our container, and whoever asks another runtime for the same one (isolab
//! writes bundles for OCI runtimes from it). Since both read this, what is compared can't drift apart. The system-call
//! policy has a file of its own (`seccomp/policy.rs`).
//!
//! 1. Namespaces, and what is set in them.
//! 2. File systems: what is mounted where, and what is covered or made read-only (`file_systems.rs`).
//! 3. Devices: the nodes that are there, and those that may be opened (`devices.rs`).
//! 4. Limits.
//! 5. What root may do.
//!
//! Read next: `part.rs` (leaving something out), `spec.rs` (what a user adds), the OCI runtime specification,
//! config-linux.md.

mod devices;
mod file_systems;

use rustix::thread::CapabilitySet;

pub use self::devices::{DEVICE_LINKS, DEVICE_RULES, DEVICES, Device, DeviceRule};
pub use self::file_systems::{
    DEV, FOLDERS, FileSystem, IN_DEV, INERT, MASKED, PROC, READ_ONLY, ROOT, SYS,
};
use crate::part::Part;
use crate::spec::Limits;

/// The namespaces, with their flags of clone(2).
pub const NAMESPACES: [(Part, i32); 6] = [
    (Part::Pid, libc::CLONE_NEWPID),
    (Part::Mount, libc::CLONE_NEWNS),
    (Part::Net, libc::CLONE_NEWNET),
    (Part::Ipc, libc::CLONE_NEWIPC),
    (Part::Uts, libc::CLONE_NEWUTS),
    (Part::CgroupNs, libc::CLONE_NEWCGROUP),
];

/// The host name inside.
pub const HOSTNAME: &str = "container";

/// The environment of the command, but for HOSTNAME.
pub const ENVIRONMENT: [&str; 2] = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/",
];

/// The limits, where the user sets no others.
pub const LIMITS: Limits = Limits {
    memory_bytes: 64 << 20,
    cpus: 1.0,
    pids: 64,
};

/// Length of a CPU accounting period, in microseconds: the kernel's default.
pub const CPU_PERIOD_US: u32 = 100_000;

/// The limit of open files (RLIMIT_NOFILE).
pub const OPEN_FILES: u64 = 1024;

/// What root keeps: the capabilities that container engines leave it by default.
pub const CAPABILITIES: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::MKNOD)
    .union(CapabilitySet::NET_RAW)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::SETFCAP)
    .union(CapabilitySet::SETPCAP)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::SYS_CHROOT)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::AUDIT_WRITE);

/// The same by name, without the `CAP_` in front: for runtimes that are told names.
pub fn capability_names() -> impl Iterator<Item = &'static str> {
    CAPABILITIES.iter_names().map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capabilities_are_those_that_engines_leave() {
        assert_eq!(CAPABILITIES.bits(), 0xa804_25fb);
        assert_eq!(capability_names().count(), 14);
    }
}
