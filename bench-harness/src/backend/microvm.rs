//! Our microVM: `vm-backend run --guest tiny … -- workload …`. The same ELF file, in a VM without an operating system's boot.

use std::fs::OpenOptions;
use std::io;
use std::process::Command;

use vm_backend::confine;

use super::other_vmm::Files;
use super::{
    Backend, DISK_INSIDE, FLOOR_MEMORY_BYTES, FloorGuest, Job, Missing, Prepared, ReportFds, Vmm,
};
use crate::binaries::Binaries;
use crate::failure::Failure;

/// A VM with our own tiny guest kernel.
#[derive(Debug)]
pub struct MicroVm;

impl Backend for MicroVm {
    fn id(&self) -> &'static str {
        "microvm"
    }

    fn is_vm(&self) -> bool {
        true
    }

    fn filtered_calls(&self) -> Option<usize> {
        Some(confine::allowed_calls(false))
    }

    fn availability(&self) -> Result<(), Missing> {
        kvm_opens()
    }

    fn vmm(&self) -> Option<&dyn Vmm> {
        Some(self)
    }

    fn prepare(&self, job: &Job, binaries: &Binaries, fds: ReportFds) -> Result<Prepared, Failure> {
        let mut command = launcher("tiny", job, binaries, fds);
        command
            .arg("--")
            .arg(&binaries.workload.path)
            .args(job.args_with_disk_at(DISK_INSIDE));
        Ok(command.into())
    }
}

impl Vmm for MicroVm {
    fn lacks(&self) -> Result<(), Missing> {
        kvm_opens()
    }

    /// Its way is to start a program: so the guest is one, with the guest kernel that every microVM has.
    fn floor(
        &self,
        guest: FloorGuest,
        binaries: &Binaries,
        fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let mut files = Files::default();
        let mut command = floor_launcher("tiny", binaries, fds);
        command.arg("--").arg(files.add("floor", &guest.program())?);
        Ok(files.given_to(command))
    }
}

/// The VMM for a guest of a dozen instructions: nothing is asked of it that other VMMs don't do.
pub(super) fn floor_launcher(guest: &str, binaries: &Binaries, fds: ReportFds) -> Command {
    let mut command = Command::new(&binaries.vm_backend.path);
    command
        .args(["run", "--guest", guest, "--die-with-parent"])
        .args(["--timeline", &fds.timeline.to_string()])
        .args(["--memory", &FLOOR_MEMORY_BYTES.to_string()]);
    command
}

/// Whether this user may use KVM.
pub(super) fn kvm_opens() -> Result<(), Missing> {
    let opened = OpenOptions::new().read(true).write(true).open("/dev/kvm");
    opened.map(drop).map_err(|error| Missing {
        what: format!("/dev/kvm can't be opened: {error}"),
        remedy: match error.kind() {
            io::ErrorKind::PermissionDenied => "sudo usermod -aG kvm \"$USER\", then log in again",
            _ => "sudo modprobe kvm_intel || sudo modprobe kvm_amd; inside a VM, switch nested virtualization on in its host",
        }
        .to_owned(),
    })
}

/// The VMM with everything that means the same for each of its guests, up to the `--`.
pub(super) fn launcher(guest: &str, job: &Job, binaries: &Binaries, fds: ReportFds) -> Command {
    let mut command = Command::new(&binaries.vm_backend.path);
    command
        .args(["run", "--guest", guest, "--die-with-parent"])
        .args(["--timeline", &fds.timeline.to_string()])
        .args(["--stats", &fds.stats.to_string()])
        // A safety net: the harness's own deadline comes first and is the same for every backend.
        .args(["--timeout", &(job.timeout.as_secs() + 2).to_string()]);
    if let Some(bytes) = job.memory_bytes {
        command.args(["--memory", &bytes.to_string()]);
    }
    if let Some(disk) = &job.disk {
        let direct = if disk.direct { ":direct" } else { "" };
        command.args(["--disk", &format!("{}{direct}", disk.file.display())]);
    }
    command.args(&job.launcher_args);
    command
}
