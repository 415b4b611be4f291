//! The backends: what one instance of each is started with.
//!
//! A backend only *builds* a command, and the files that a foreign launcher wants beside it. Spawning, waiting, stopping and
//! measuring are the same code for all of them (`instance.rs`), so that no backend can measure itself in a way that flatters it.
//!
//! Two groups: **ours**, which every run compares, and **peers**, the runtimes and VMMs of others that are installed here. A peer
//! gets the same workload, the same limits and the same rounds; it shows how representative ours are.
//!
//! To add one: write a file with a struct that implements [`Backend`], and add it to [`ALL`].
//!
//! Read next: `native.rs` (the shortest), `microvm.rs`, `experiment/mod.rs`.

mod bubblewrap;
mod cloud_hypervisor;
mod container;
mod engine;
mod fake;
mod firecracker;
mod floor;
mod floor_guest;
mod linux_vm;
mod microvm;
mod native;
mod oci;
mod other_vmm;
mod prepared;
mod program;
mod qemu;

use std::io;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::binaries::Binaries;
use crate::failure::Failure;

pub use floor_guest::{FLOOR_MEMORY_BYTES, FloorGuest};
pub use linux_vm::{WITH_KERNEL, with_kernel};
pub use oci::oci_runtime;
pub use prepared::{Prepared, started_by};
pub use program::Program;

/// Every backend, in the order of tables and charts.
pub static ALL: &[&dyn Backend] = &[
    &native::Native,
    &container::Container,
    &microvm::MicroVm,
    &linux_vm::SMALL,
    &linux_vm::CLOUD,
    &oci::CRUN,
    &oci::RUNC,
    &oci::YOUKI,
    &bubblewrap::Bubblewrap,
    &engine::DOCKER,
    &engine::PODMAN,
    &floor::Floor,
    &qemu::MICROVM,
    &qemu::TCG,
    &firecracker::PLAIN,
    &firecracker::JAILED,
    &cloud_hypervisor::CloudHypervisor,
    &fake::FAKE,
    &fake::FAILING,
    &fake::HANGING,
    &fake::UNAVAILABLE,
];

/// Stands in a job's arguments for the path under which the workload finds the job's disk.
pub const DISK_PATH: &str = "{disk}";

/// Room for the program, its runtime and the tiny guest kernel beside what the program touches.
const HEADROOM_BYTES: u64 = 32 << 20;

/// Where the disk appears in a container and in a VM.
const DISK_INSIDE: &str = "/data/disk";

/// What one instance is to do. Means the same in every backend.
#[derive(Clone, Debug)]
pub struct Job {
    /// Arguments of the workload; [`DISK_PATH`] among them is replaced.
    pub args: Vec<String>,
    /// The limit of the container, or the size of the VM; `None` is the backend's default.
    pub memory_bytes: Option<u64>,
    /// A file of the host to give to the workload.
    pub disk: Option<Disk>,
    /// When the instance is stopped.
    pub timeout: Duration,
    /// Further options of our own launchers, such as `--without seccomp`: for experiments that take isolation apart or look
    /// into it. Means nothing to other backends, which refuse it.
    pub launcher_args: Vec<String>,
}

/// A host file that the workload reads and writes.
#[derive(Clone, Debug)]
pub struct Disk {
    /// Absolute path on the host.
    pub file: PathBuf,
    /// The host's page cache is bypassed. A process asks for that itself; a VM's disk is opened so by the VMM.
    pub direct: bool,
}

/// The numbers of the descriptors that the launcher reports to.
#[derive(Clone, Copy, Debug)]
pub struct ReportFds {
    /// For `--timeline`.
    pub timeline: RawFd,
    /// For `--stats`.
    pub stats: RawFd,
}

/// Something that this host lacks, and how to get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// What is missing.
    pub what: String,
    /// The command or the step that mends it.
    pub remedy: String,
}

/// A peer as it is installed here: what must be known to repeat its numbers elsewhere. Goes to run.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Installed {
    /// The program that is started.
    pub path: PathBuf,
    /// As it says itself.
    pub version: String,
    /// `static`, `dynamic` or `script`: what its start has to load.
    pub linkage: &'static str,
}

impl std::fmt::Display for Installed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (version, linkage, path) = (&self.version, self.linkage, self.path.display());
        write!(formatter, "{version}, {linkage}, {path}")
    }
}

/// A way to run the workload.
pub trait Backend: Sync {
    /// The name in results and on the command line.
    fn id(&self) -> &'static str;

    /// Whether its memory is guest RAM plus a VMM, rather than processes of the host's kernel.
    fn is_vm(&self) -> bool {
        false
    }

    /// Whether an emulated processor runs the guest: its times mean nothing, and it takes part in few rounds.
    fn is_emulated(&self) -> bool {
        false
    }

    /// How its VMM runs a guest of a dozen instructions; `None` if there is no VMM, or one that another backend has as well.
    fn vmm(&self) -> Option<&dyn Vmm> {
        None
    }

    /// The stock kernel that it boots, if it boots one and that kernel can be read.
    fn kernel(&self) -> Option<PathBuf> {
        None
    }

    /// The memory that it must get beside what the program touches.
    fn headroom_bytes(&self) -> u64 {
        HEADROOM_BYTES
    }

    /// Test doubles run only when named.
    fn is_hidden(&self) -> bool {
        false
    }

    /// How many of the host's system calls its launcher's filter lets through: those of a container's payload, or of a VMM. `None`:
    /// there is no filter whose content is known.
    fn filtered_calls(&self) -> Option<usize> {
        None
    }

    /// Files that are read beside those on the command line: the drivers of a stock kernel.
    ///
    /// # Errors
    /// When they can't be found.
    fn further_files(&self) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }

    /// Made by others: runs when named, or with `--backends all` if it is installed.
    fn is_peer(&self) -> bool {
        false
    }

    /// The one experiment in which a yardstick takes part: always, and in no other.
    fn only_for(&self) -> Option<&'static str> {
        None
    }

    /// Which peer this is; `None` if it is ours, or not installed.
    fn installed(&self) -> Option<Installed> {
        None
    }

    /// Whether it works only where no v2 tree lies beside v1 controllers: see [`crate::host::cgroup_view`].
    fn refuses_hybrid_cgroups(&self) -> bool {
        false
    }

    /// What it leaves out of what the others of its kind do, in a sentence: stands in the note of each of its rows.
    fn shortfall(&self) -> Option<&'static str> {
        None
    }

    /// The quick look at what the host must have. Only a start proves that it works: see [`crate::lab::Lab::lacks`].
    ///
    /// # Errors
    /// What is missing.
    fn availability(&self) -> Result<(), Missing>;

    /// Builds the command that becomes one instance, and writes the files that it wants. Not timed.
    ///
    /// # Errors
    /// When a file can't be written, or the job asks for what this backend can't do (`Unsupported`).
    fn prepare(&self, job: &Job, binaries: &Binaries, fds: ReportFds) -> Result<Prepared, Failure>;
}

/// A VMM alone, without the operating system that a backend boots in it.
pub trait Vmm {
    /// What the host must have for it.
    ///
    /// # Errors
    /// What is missing.
    fn lacks(&self) -> Result<(), Missing>;

    /// The command that runs such a guest, with its only byte on standard output.
    ///
    /// # Errors
    /// When a file can't be written.
    fn floor(
        &self,
        guest: FloorGuest,
        binaries: &Binaries,
        fds: ReportFds,
    ) -> Result<Prepared, Failure>;

    /// The exit code of an orderly end.
    fn floor_exit_code(&self) -> i32 {
        0
    }
}

impl std::fmt::Debug for dyn Backend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.id())
    }
}

/// Looks a backend up.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn Backend> {
    ALL.iter().copied().find(|backend| backend.id() == id)
}

/// Ours and the peers, installed or not.
pub fn visible() -> impl Iterator<Item = &'static dyn Backend> {
    let all = ALL.iter().copied();
    all.filter(|backend| !backend.is_hidden() && backend.only_for().is_none())
}

/// The yardsticks of an experiment.
pub fn yardsticks(experiment: &str) -> impl Iterator<Item = &'static dyn Backend> {
    let all = ALL.iter().copied();
    all.filter(move |backend| backend.only_for() == Some(experiment))
}

/// The backends that run when none are named.
pub fn ours() -> impl Iterator<Item = &'static dyn Backend> {
    visible().filter(|backend| !backend.is_peer())
}

/// The runtimes and VMMs of others, installed or not.
pub fn peers() -> impl Iterator<Item = &'static dyn Backend> {
    visible().filter(|backend| backend.is_peer())
}

/// Ours, and the peers that are installed here; an emulated processor only where there is no other for a VM.
pub fn here() -> impl Iterator<Item = &'static dyn Backend> {
    let has_kvm = std::path::Path::new("/dev/kvm").exists();
    let is_here = move |backend: &&dyn Backend| {
        let is_installed = !backend.is_peer() || backend.installed().is_some();
        is_installed && !(backend.is_emulated() && has_kvm)
    };
    visible().filter(is_here)
}

impl Job {
    /// The workload's arguments for a backend in which the disk has this path.
    fn args_with_disk_at(&self, path: &str) -> Vec<String> {
        let place = |arg: &String| {
            if arg == DISK_PATH {
                path.to_owned()
            } else {
                arg.clone()
            }
        };
        self.args.iter().map(place).collect()
    }

    /// For backends without a launcher of ours.
    fn refuse_launcher_args(&self, backend: &str) -> Result<(), Failure> {
        if self.launcher_args.is_empty() {
            return Ok(());
        }
        let options = self.launcher_args.join(" ");
        Err(Failure::Unsupported(format!("{backend} has no {options}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_the_comparison_starts_with_the_floor() {
        let mut ids: Vec<&str> = ALL.iter().map(|backend| backend.id()).collect();
        assert_eq!(ids[0], "native");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        assert!(visible().all(|backend| !backend.id().starts_with("fake")));
    }

    #[test]
    fn the_disk_path_is_put_in_its_place() {
        let job = Job {
            args: ["io", "--file", DISK_PATH].map(str::to_owned).to_vec(),
            memory_bytes: None,
            disk: None,
            timeout: Duration::from_secs(1),
            launcher_args: Vec::new(),
        };
        assert_eq!(
            job.args_with_disk_at("/data/disk"),
            ["io", "--file", "/data/disk"]
        );
    }
}
