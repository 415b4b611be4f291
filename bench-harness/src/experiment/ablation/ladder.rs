//! The rungs: what each start has, and which rung it stands on.
//!
//! The ladder of the container is one line of parts. That of the VM has branches: sizes of memory stand beside each other,
//! each on the rung without memory.
//!
//! Read next: `container-backend/src/part.rs` (the parts), `vm-backend/src/step.rs` (the steps).

use container_backend::part;

/// Which ladder, or branch of one: each has a picture of its own, because they differ a hundredfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A container, part by part.
    Container,
    /// A virtual machine, step by step.
    Machine,
    /// How much memory it gets, and how.
    Memory,
    /// What runs in it.
    System,
}

/// Every lane with its name in the catalogues, in the order of the chart.
pub const LANES: [(Lane, &str); 4] = [
    (Lane::Container, "container"),
    (Lane::Machine, "machine"),
    (Lane::Memory, "memory"),
    (Lane::System, "system"),
];

/// How a rung's start is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// A container with the parts of all rungs below, and these.
    Container(&'static [&'static str]),
    /// A complete container with these options.
    WholeContainer(&'static [&'static str]),
    /// Our VMM with the tiny guest and these options.
    Vm(&'static [&'static str]),
    /// Our VMM with a stock kernel: the backend.
    Linux(&'static str),
}

/// One start.
#[derive(Clone, Copy, Debug)]
pub struct Rung {
    /// The case.
    pub case: &'static str,
    /// The rung that it is compared with: it differs in one part.
    pub over: Option<&'static str>,
    /// Where it is shown.
    pub lane: Lane,
    /// The VM's memory, where it isn't the default.
    pub memory_bytes: Option<u64>,
    /// With the disk that the I/O experiment has.
    pub has_disk: bool,
    start: Start,
}

const fn rung(case: &'static str, over: &'static str, lane: Lane, start: Start) -> Rung {
    Rung {
        case,
        over: Some(over),
        lane,
        memory_bytes: None,
        has_disk: false,
        start,
    }
}

impl Rung {
    const fn first(mut self) -> Self {
        self.over = None;
        self
    }

    const fn with_memory(mut self, mib: u64) -> Self {
        self.memory_bytes = Some(mib << 20);
        self
    }

    const fn with_disk(mut self) -> Self {
        self.has_disk = true;
        self
    }
}

use Lane::{Container as C, Machine, Memory, System};
use Start::{Container, Linux, Vm, WholeContainer};

/// Every rung, from bottom to top.
#[rustfmt::skip]
pub static LADDER: &[Rung] = &[
    rung("container-nothing", "", C, Container(&[])).first(),
    rung("container-uts", "container-nothing", C, Container(&["uts"])),
    rung("container-ipc", "container-uts", C, Container(&["ipc"])),
    rung("container-pid", "container-ipc", C, Container(&["pid"])),
    rung("container-init", "container-pid", C, Container(&["init"])),
    rung("container-net", "container-init", C, Container(&["net"])),
    rung("container-cgroup-ns", "container-net", C, Container(&["cgroup-ns"])),
    rung("container-mount", "container-cgroup-ns", C, Container(&["mount"])),
    rung("container-rootfs", "container-mount", C, Container(&["proc", "sys", "dev", "masks"])),
    rung("container-cgroup", "container-rootfs", C, Container(&["cgroup"])),
    rung("container-capabilities", "container-cgroup", C, Container(&["rlimits", "capabilities", "no-new-privs"])),
    rung("container-seccomp", "container-capabilities", C, Container(&["seccomp"])),
    rung("container-user", "container-seccomp", C, WholeContainer(&["--userns"])),

    rung("vm-launcher", "", Machine, Vm(&["--until", "open-files"])).first(),
    rung("vm-fd", "vm-launcher", Machine, Vm(&["--until", "create-vm"])),
    rung("vm-memory-32m", "vm-fd", Machine, Vm(&["--until", "memory"])).with_memory(32),
    rung("vm-vcpu", "vm-memory-32m", Machine, Vm(&["--until", "create-vcpu"])).with_memory(32),
    rung("vm-cpuid", "vm-vcpu", Machine, Vm(&["--until", "cpuid"])).with_memory(32),
    rung("vm-irqchip-split", "vm-cpuid", Machine, Vm(&["--irqchip", "split", "--until", "cpuid"])).with_memory(32),
    rung("vm-irqchip-full", "vm-cpuid", Machine, Vm(&["--irqchip", "full", "--until", "cpuid"])).with_memory(32),
    rung("vm-disk", "vm-cpuid", Machine, Vm(&["--until", "cpuid"])).with_memory(32).with_disk(),
    rung("vm-loaded", "vm-disk", Machine, Vm(&["--until", "registers"])).with_memory(32).with_disk(),
    rung("vm-confined", "vm-loaded", Machine, Vm(&["--until", "sandbox-ready"])).with_memory(32).with_disk(),
    rung("vm-guest-kernel", "vm-confined", Machine, Vm(&[])).with_memory(32).with_disk(),

    rung("vm-memory-128m", "vm-fd", Memory, Vm(&["--until", "memory"])).with_memory(128),
    rung("vm-memory-512m", "vm-fd", Memory, Vm(&["--until", "memory"])).with_memory(512),
    rung("vm-memory-4g", "vm-fd", Memory, Vm(&["--until", "memory"])).with_memory(4096),
    rung("vm-prefault-32m", "vm-memory-32m", Memory, Vm(&[PREFAULT, "--until", "memory"])).with_memory(32),
    rung("vm-prefault-32m-small", "vm-memory-32m", Memory, Vm(&[PREFAULT, SMALL, "--until", "memory"])).with_memory(32),
    rung("vm-prefault-128m", "vm-memory-128m", Memory, Vm(&[PREFAULT, "--until", "memory"])).with_memory(128),
    rung("vm-prefault-128m-small", "vm-memory-128m", Memory, Vm(&[PREFAULT, SMALL, "--until", "memory"])).with_memory(128),
    rung("vm-prefault-512m", "vm-memory-512m", Memory, Vm(&[PREFAULT, "--until", "memory"])).with_memory(512),
    rung("vm-prefault-512m-small", "vm-memory-512m", Memory, Vm(&[PREFAULT, SMALL, "--until", "memory"])).with_memory(512),
    rung("vm-prefault-4g", "vm-memory-4g", Memory, Vm(&[PREFAULT, "--until", "memory"])).with_memory(4096),
    rung("vm-prefault-4g-small", "vm-memory-4g", Memory, Vm(&[PREFAULT, SMALL, "--until", "memory"])).with_memory(4096),

    rung("vm-linux-small", "vm-guest-kernel", System, Linux("linux-vm-small")).with_disk(),
    rung("vm-linux-cloud", "vm-linux-small", System, Linux("linux-vm-cloud")).with_disk(),
];

const PREFAULT: &str = "--prefault";
const SMALL: &str = "--no-huge-pages";

/// Looks a rung up.
#[must_use]
pub fn rung_of(case: &str) -> Option<&'static Rung> {
    LADDER.iter().find(|rung| rung.case == case)
}

impl Rung {
    /// The one backend that it is a start of.
    #[must_use]
    pub fn backend(&self) -> &'static str {
        match self.start {
            Start::Container(_) | Start::WholeContainer(_) => "container",
            Start::Vm(_) => "microvm",
            Start::Linux(backend) => backend,
        }
    }

    /// The options of its launcher.
    #[must_use]
    pub fn launcher_args(&self) -> Vec<String> {
        match self.start {
            Start::Container(_) => {
                let with = self.parts();
                let all = part::ALL.iter().map(|(_, name)| *name);
                let without: Vec<&str> = all.filter(|name| !with.contains(name)).collect();
                match without.as_slice() {
                    [] => Vec::new(),
                    without => vec!["--without".to_owned(), without.join(",")],
                }
            }
            Start::WholeContainer(options) | Start::Vm(options) => {
                options.iter().map(|&word| word.to_owned()).collect()
            }
            Start::Linux(_) => Vec::new(),
        }
    }

    /// The parts of a container on this rung: its own, and those of all below.
    fn parts(&self) -> Vec<&'static str> {
        let mut below = self
            .over
            .and_then(rung_of)
            .map_or_else(Vec::new, Rung::parts);
        if let Start::Container(added) = self.start {
            below.extend(added);
        }
        below
    }

    /// Whether the workload runs, or the launcher stops before.
    #[must_use]
    pub fn runs_the_workload(&self) -> bool {
        !matches!(self.start, Start::Vm(options) if options.contains(&"--until"))
    }

    /// Bytes of the host's memory that it takes at once.
    #[must_use]
    pub fn touched_bytes(&self) -> u64 {
        match self.start {
            Start::Vm(options) if options.contains(&PREFAULT) => self.memory_bytes.unwrap_or(0),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_rung_stands_on_one_below_it() {
        let mut below = BTreeSet::new();
        for rung in LADDER {
            if let Some(over) = rung.over {
                assert!(below.contains(over), "{} on {over}", rung.case);
            }
            assert!(below.insert(rung.case), "{} twice", rung.case);
            assert!(LANES.iter().any(|(lane, _)| *lane == rung.lane));
        }
    }

    #[test]
    fn the_container_begins_with_nothing_and_ends_with_everything() {
        let args = |case| rung_of(case).unwrap().launcher_args();
        let nothing = args("container-nothing");
        for (_, name) in part::ALL {
            assert!(nothing[1].split(',').any(|one| one == name), "{name}");
        }
        let user = rung_of("container-user").unwrap().launcher_args();
        assert_eq!(user, ["--userns"]);
        assert_eq!(args("container-seccomp"), [] as [String; 0]);
        assert_eq!(args("container-capabilities"), ["--without", "seccomp"]);
    }

    #[test]
    fn only_a_start_that_is_not_stopped_runs_the_workload() {
        let runs = |case| rung_of(case).unwrap().runs_the_workload();
        assert!(runs("container-nothing") && runs("vm-guest-kernel") && runs("vm-linux-cloud"));
        assert!(!runs("vm-fd") && !runs("vm-confined") && !runs("vm-prefault-4g"));
    }
}
