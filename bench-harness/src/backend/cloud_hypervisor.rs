//! Cloud Hypervisor.
//!
//! Written for the versions 39 (the first that boots a bzImage) to 51; no package brings it, so the adapter is tested against a
//! recorded command line.
//!
//! - Its virtio devices are on a PCI bus: it boots the distribution's kernel only, and the initramfs brings that bus' driver.
//! - The program's standard streams are the one virtio console, `/dev/hvc0`; the serial port is off.
//! - After a reset it boots again, so the guest switches itself off.
//! - Its seccomp filters are on, as they are unless switched off.
//!
//! Read next: `other_vmm.rs`; `cloud-hypervisor --help`.

use std::path::{Path, PathBuf};

use vm_backend::cli::{Console, OtherMachine};

use super::linux_vm::KERNEL_HEADROOM_BYTES;
use super::microvm::kvm_opens;
use super::other_vmm::{self, Files, Guest, Kernels, Wants};
use super::{
    Backend, Disk, FLOOR_MEMORY_BYTES, FloorGuest, HEADROOM_BYTES, Installed, Job, Missing,
    Prepared, Program, ReportFds, Vmm,
};
use crate::binaries::Binaries;
use crate::failure::Failure;

static PROGRAM: Program = Program::named(
    "cloud-hypervisor",
    "put cloud-hypervisor of a release into PATH: https://github.com/cloud-hypervisor/cloud-hypervisor/releases",
);

/// Cloud Hypervisor.
#[derive(Debug)]
pub struct CloudHypervisor;

impl Backend for CloudHypervisor {
    fn id(&self) -> &'static str {
        "cloud-hypervisor"
    }

    fn is_vm(&self) -> bool {
        true
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn installed(&self) -> Option<Installed> {
        PROGRAM.installed()
    }

    fn kernel(&self) -> Option<PathBuf> {
        Kernels::WithPci.find()
    }

    fn headroom_bytes(&self) -> u64 {
        HEADROOM_BYTES + KERNEL_HEADROOM_BYTES
    }

    fn availability(&self) -> Result<(), Missing> {
        self.lacks()?;
        Kernels::WithPci.require().map(drop)
    }

    fn vmm(&self) -> Option<&dyn Vmm> {
        Some(self)
    }

    fn prepare(
        &self,
        job: &Job,
        binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        job.refuse_launcher_args(self.id())?;
        let kernel = Kernels::WithPci.require()?;
        let wants = Wants {
            machine: OtherMachine {
                pci: true,
                console: Console::Terminal("/dev/hvc0".to_owned()),
                power_off: true,
            },
            ..Wants::default()
        };
        let guest = Guest::write(&kernel, &wants, job, binaries)?;
        let mut command = other_vmm::command(PROGRAM.path()?)?;
        command
            .args(machine(&guest.kernel, guest.memory_bytes))
            .arg("--initramfs")
            .arg(&guest.initramfs)
            .args(["--cmdline", &guest.command_line])
            .args(["--console", "tty", "--serial", "off"]);
        if let Some(disk) = &job.disk {
            command.args(["--disk", &disk_option(disk)]);
        }
        let prepared = guest.files.given_to(command);
        Ok(prepared
            .with_guest_ram(guest.memory_bytes)
            .saying_its_exit_code())
    }
}

impl Vmm for CloudHypervisor {
    fn lacks(&self) -> Result<(), Missing> {
        PROGRAM.path()?;
        kvm_opens()
    }

    fn floor(
        &self,
        guest: FloorGuest,
        _binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let mut files = Files::default();
        let kernel = files.add("floor", &guest.kernel())?;
        let mut command = other_vmm::command(PROGRAM.path()?)?;
        command.args(machine(&kernel, FLOOR_MEMORY_BYTES)).args([
            "--console",
            "off",
            "--serial",
            "tty",
        ]);
        Ok(files.given_to(command).with_guest_ram(FLOOR_MEMORY_BYTES))
    }
}

/// A machine with memory, one CPU, and a kernel.
fn machine(kernel: &Path, memory_bytes: u64) -> Vec<String> {
    let memory = format!("size={}M", memory_bytes >> 20);
    let kernel = kernel.display().to_string();
    let words = ["--kernel", &kernel, "--cpus", "boot=1", "--memory", &memory];
    words.map(str::to_owned).to_vec()
}

/// The disk, with or without the host's page cache.
fn disk_option(disk: &Disk) -> String {
    let direct = if disk.direct { "on" } else { "off" };
    format!("path={},direct={direct}", disk.file.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_the_one_that_was_recorded() {
        assert_eq!(
            machine(Path::new("/cache/vmlinuz"), 160 << 20).join(" "),
            "--kernel /cache/vmlinuz --cpus boot=1 --memory size=160M"
        );
        let disk = Disk {
            file: "/results/io-file".into(),
            direct: true,
        };
        assert_eq!(disk_option(&disk), "path=/results/io-file,direct=on");
    }
}
