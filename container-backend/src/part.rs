//! The parts that make a process a container, each of which can be left out.
//!
//! A container isn't one thing: the kernel knows namespaces, cgroups, capabilities and filters, each useful on its own.
//! `--without` leaves one out at a time, so that an experiment can say what each of them costs and what breaks without it.
//!
//! Read next: namespaces(7), cgroups(7), capabilities(7), seccomp(2).

use std::fmt;
use std::str::FromStr;

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Part {
    /// Process IDs of its own; the first process is PID 1, and the kernel kills all the others when it ends. Without it,
    /// what the command leaves running is killed through its cgroup, and a killed launcher takes only its init along.
    Pid,
    /// A mount table of its own, and with it a root of its own.
    Mount,
    /// Network interfaces of its own: a loopback, which is brought up.
    Net,
    /// System V and POSIX message queues of its own.
    Ipc,
    /// A host name of its own.
    Uts,
    /// A view of the cgroup tree that starts at its own cgroup.
    CgroupNs,
    /// Limits of memory, CPU time, processes and devices.
    Cgroup,
    /// A mounted /proc.
    Proc,
    /// A mounted, read-only /sys.
    Sys,
    /// A /dev with the harmless devices.
    Dev,
    /// Dangerous files of /proc and /sys covered or made read-only.
    Masks,
    /// A limit of open files.
    Rlimits,
    /// Root without most of root's powers.
    Capabilities,
    /// No program may raise its privileges.
    NoNewPrivs,
    /// A filter of system calls.
    Seccomp,
    /// An init of ours as PID 1, which reaps orphans; without it the command itself is PID 1.
    Init,
}

/// Every part, with its name on the command line.
pub const ALL: [(Part, &str); 16] = [
    (Part::Pid, "pid"),
    (Part::Mount, "mount"),
    (Part::Net, "net"),
    (Part::Ipc, "ipc"),
    (Part::Uts, "uts"),
    (Part::CgroupNs, "cgroup-ns"),
    (Part::Cgroup, "cgroup"),
    (Part::Proc, "proc"),
    (Part::Sys, "sys"),
    (Part::Dev, "dev"),
    (Part::Masks, "masks"),
    (Part::Rlimits, "rlimits"),
    (Part::Capabilities, "capabilities"),
    (Part::NoNewPrivs, "no-new-privs"),
    (Part::Seccomp, "seccomp"),
    (Part::Init, "init"),
];

/// A name that isn't a part's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPart(String);

impl fmt::Display for UnknownPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = ALL.iter().map(|(_, name)| *name).collect();
        write!(
            formatter,
            "there is no part {:?}: the parts are {}",
            self.0,
            names.join(", ")
        )
    }
}

impl std::error::Error for UnknownPart {}

impl FromStr for Part {
    type Err = UnknownPart;

    fn from_str(name: &str) -> Result<Self, UnknownPart> {
        let found = ALL.iter().find(|(_, known)| *known == name);
        found
            .map(|(part, _)| *part)
            .ok_or_else(|| UnknownPart(name.to_owned()))
    }
}

/// The parts that a container is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts(u32);

impl Parts {
    /// The full set: the safe default.
    pub const FULL: Self = Self((1 << ALL.len()) - 1);

    /// Leaves one part out, and what can't exist without it.
    #[must_use]
    pub fn without(self, part: Part) -> Self {
        let removed = match part {
            // These are mounts: in the host's mount table they would change the host.
            Part::Mount => [Part::Mount, Part::Proc, Part::Sys, Part::Dev, Part::Masks]
                .map(|part| 1 << part as u32)
                .into_iter()
                .sum(),
            part => 1u32 << part as u32,
        };
        Self(self.0 & !removed)
    }

    /// Whether a part is among them.
    #[must_use]
    pub fn has(self, part: Part) -> bool {
        self.0 & (1 << part as u32) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_known_by_its_name_and_can_be_left_out() {
        for (part, name) in ALL {
            assert_eq!(name.parse(), Ok(part));
            assert!(Parts::FULL.has(part));
            assert!(!Parts::FULL.without(part).has(part));
        }
    }

    #[test]
    fn without_a_mount_namespace_nothing_is_mounted() {
        let parts = Parts::FULL.without(Part::Mount);
        assert!(
            ![Part::Proc, Part::Sys, Part::Dev, Part::Masks]
                .into_iter()
                .any(|part| parts.has(part))
        );
        assert!(parts.has(Part::Seccomp) && parts.has(Part::Pid));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let message = "network".parse::<Part>().unwrap_err().to_string();
        assert!(
            message.contains("\"network\"") && message.contains("no-new-privs"),
            "{message}"
        );
    }
}
