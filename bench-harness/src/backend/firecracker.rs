//! Firecracker, alone and in its jailer.
//!
//! Written for the versions 1.8 to 1.16, whose configuration file has the fields used here; no package brings it, so the adapter is
//! tested against recorded commands and configurations.
//!
//! - No API: everything is in one file (`--no-api --config-file`), the fastest way in that it has.
//! - Its seccomp filters are those that are built in: nothing is switched off.
//! - It boots ELF files only, so it gets the vmlinux that is packed in the bzImage, without the decompressor's time.
//! - Its only console is the serial port: an exit for each byte of the program's output, two dozen in a start.
//! - Its disk is as durable as the others' (`Writeback`: a flush is a flush; the default, `Unsafe`, drops it). It can't bypass the
//!   host's page cache.
//! - The kernel is told not to look for mice: without that, a tenth of a second goes by.
//!
//! **In its jailer** ([`JAILED`]), as it is meant for production: a chroot with a copy of Firecracker, namespaces, an ordinary user.
//! What it reads must lie in the chroot, under a name that no other instance has.
//!
//! Read next: `other_vmm.rs`, `firecracker/jail.rs`; Firecracker's docs/getting-started.md.

mod jail;

use std::path::PathBuf;

use serde_json::{Value, json};
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

const REMEDY: &str = "put firecracker and jailer of a release into PATH: \
    https://github.com/firecracker-microvm/firecracker/releases";

static FIRECRACKER: Program = Program::named("firecracker", REMEDY);
static JAILER: Program = Program::named("jailer", REMEDY);

/// Firecracker as a process like any other.
pub static PLAIN: Firecracker = Firecracker {
    id: "firecracker",
    is_jailed: false,
};

/// Firecracker in a chroot and namespaces of its own.
pub static JAILED: Firecracker = Firecracker {
    id: "firecracker-jailer",
    is_jailed: true,
};

/// What makes the keyboard controller's driver fast, and the reset its end: as Firecracker's own default command line.
const KERNEL_WORDS: &str = "reboot=k i8042.noaux i8042.nomux i8042.dumbkbd";

/// Firecracker, with or without its jailer.
#[derive(Debug)]
pub struct Firecracker {
    id: &'static str,
    is_jailed: bool,
}

impl Backend for Firecracker {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_vm(&self) -> bool {
        true
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn installed(&self) -> Option<Installed> {
        let firecracker = FIRECRACKER.installed()?;
        match self.is_jailed {
            true => JAILER.installed(),
            false => Some(firecracker),
        }
    }

    fn kernel(&self) -> Option<PathBuf> {
        Kernels::Any.find()
    }

    fn headroom_bytes(&self) -> u64 {
        HEADROOM_BYTES + KERNEL_HEADROOM_BYTES
    }

    fn availability(&self) -> Result<(), Missing> {
        self.lacks()?;
        Kernels::Any.require().map(drop)
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
        job.refuse_launcher_args(self.id)?;
        if job.disk.as_ref().is_some_and(|disk| disk.direct) {
            let why = "Firecracker reaches its disk through the host's page cache only";
            return Err(Failure::Unsupported(why.to_owned()));
        }
        let kernel = Kernels::Any.require()?;
        let wants = Wants {
            machine: OtherMachine {
                console: Console::Terminal("/dev/ttyS0".to_owned()),
                ..OtherMachine::default()
            },
            elf: true,
            words: KERNEL_WORDS.to_owned(),
        };
        let guest = Guest::write(&kernel, &wants, job, binaries)?;
        let boot = Boot {
            kernel: guest.kernel,
            initramfs: Some(guest.initramfs),
            command_line: guest.command_line,
            disk: job.disk.as_ref(),
            memory_bytes: guest.memory_bytes,
        };
        let prepared = self.prepared(boot, guest.files)?;
        Ok(prepared.saying_its_exit_code())
    }
}

impl Vmm for Firecracker {
    fn lacks(&self) -> Result<(), Missing> {
        FIRECRACKER.path()?;
        if self.is_jailed {
            JAILER.path()?;
            if !nix::unistd::geteuid().is_root() {
                return Err(Missing {
                    what: "the jailer needs root".to_owned(),
                    remedy: "sudo isolab …".to_owned(),
                });
            }
        }
        kvm_opens()
    }

    fn floor(
        &self,
        guest: FloorGuest,
        _binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let mut files = Files::default();
        let boot = Boot {
            kernel: files.add("floor", &guest.kernel())?,
            initramfs: None,
            command_line: String::new(),
            disk: None,
            memory_bytes: FLOOR_MEMORY_BYTES,
        };
        self.prepared(boot, files)
    }
}

/// What its configuration says.
#[derive(Clone, Debug)]
struct Boot<'a> {
    kernel: PathBuf,
    initramfs: Option<PathBuf>,
    command_line: String,
    disk: Option<&'a Disk>,
    memory_bytes: u64,
}

impl Boot<'_> {
    /// The configuration file.
    fn configuration(&self) -> Value {
        let mut source = json!({
            "kernel_image_path": self.kernel,
            "boot_args": self.command_line,
        });
        if let Some(initramfs) = &self.initramfs {
            source["initrd_path"] = json!(initramfs);
        }
        let drives: Vec<Value> = self
            .disk
            .map(|disk| {
                json!({
                    "drive_id": "disk",
                    "path_on_host": disk.file,
                    "is_root_device": false,
                    "is_read_only": false,
                    "cache_type": "Writeback",
                })
            })
            .into_iter()
            .collect();
        json!({
            "boot-source": source,
            "drives": drives,
            "machine-config": {"vcpu_count": 1, "mem_size_mib": self.memory_bytes >> 20},
        })
    }
}

impl Firecracker {
    fn prepared(&self, boot: Boot<'_>, mut files: Files) -> Result<Prepared, Failure> {
        let memory_bytes = boot.memory_bytes;
        let prepared = match self.is_jailed {
            true => jail::jailed(boot)?,
            false => {
                let text = boot.configuration().to_string();
                let configuration = files.add("configuration", text.as_bytes())?;
                let program = FIRECRACKER.path()?;
                let mut command = other_vmm::command(program)?;
                command
                    .args(["--no-api", "--config-file"])
                    .arg(configuration);
                files.given_to(command)
            }
        };
        Ok(prepared.with_guest_ram(memory_bytes))
    }
}

#[cfg(test)]
mod tests;
