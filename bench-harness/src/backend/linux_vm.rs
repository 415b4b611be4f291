//! A stock Linux kernel in our VMM: `vm-backend run --guest linux --kernel … -- workload …`.
//!
//! The same VMM and the same ELF file as in `microvm`. What comes on top is a second operating system: a kernel that
//! unpacks itself, looks for its devices, and starts a userland of its own. So the kernel is part of the backend's name:
//!
//! | backend | kernel | where it comes from |
//! |---|---|---|
//! | `linux-vm-small` | of our own configuration | `scripts/guest-kernel build` |
//! | `linux-vm-cloud` | the distribution's for virtual machines; else the one that this host runs | `scripts/guest-kernel fetch cloud` |
//! | `linux-vm` | any other | `--kernel PATH` |
//!
//! Memory: a kernel with its page tables, its caches and an initramfs that is there twice while it is unpacked takes tens
//! of MiB before the program does. 96 MiB more than what the others get are enough for a distribution's kernel; how much of
//! it is really taken is measured (`memory.guest_kernel_bytes`).
//!
//! Read next: `microvm.rs`, `boot_trial.rs` (whether this host's KVM can do it at all), vm-backend's `linux/mod.rs`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use vm_backend::confine;
use vm_backend::linux::kernel::Kernel as GuestKernel;
use vm_backend::linux::modules;

use super::microvm::{floor_launcher, kvm_opens, launcher};
use super::other_vmm::Files;
use super::{
    Backend, DISK_INSIDE, FloorGuest, HEADROOM_BYTES, Job, Missing, Prepared, ReportFds, Vmm,
};
use crate::binaries::{Binaries, cache_folder};
use crate::failure::Failure;
use crate::host::kernel;

/// What the guest's own kernel gets on top of [`HEADROOM_BYTES`].
pub(super) const KERNEL_HEADROOM_BYTES: u64 = 96 << 20;

/// The backend that boots the kernel of `--kernel`.
pub const WITH_KERNEL: &str = "linux-vm";

/// A VM that boots a stock Linux kernel.
#[derive(Debug)]
pub struct LinuxVm {
    id: &'static str,
    kernel: Kernel,
}

#[derive(Debug)]
enum Kernel {
    Cloud,
    Small,
    Given(PathBuf),
}

/// With the kernel that the distribution makes for virtual machines.
pub static CLOUD: LinuxVm = LinuxVm {
    id: "linux-vm-cloud",
    kernel: Kernel::Cloud,
};

/// With a kernel that has nothing but what is needed here.
pub static SMALL: LinuxVm = LinuxVm {
    id: "linux-vm-small",
    kernel: Kernel::Small,
};

/// The backend `linux-vm`, with a kernel that the user names.
///
/// It lives to the end of the process, as all backends do: there is one per command line.
#[must_use]
pub fn with_kernel(path: PathBuf) -> &'static dyn Backend {
    Box::leak(Box::new(LinuxVm {
        id: WITH_KERNEL,
        kernel: Kernel::Given(path),
    }))
}

impl LinuxVm {
    /// The places where its kernel may be, best first.
    fn candidates(&self) -> Vec<PathBuf> {
        let cached = |kind: &str| cache_folder().join("kernels").join(kind).join("vmlinuz");
        match &self.kernel {
            Kernel::Given(path) => vec![path.clone()],
            Kernel::Small => vec![cached("small")],
            Kernel::Cloud => {
                let (release, _) = kernel::release();
                vec![
                    cached("cloud"),
                    // Only this one: to other kernels below /boot the modules may be missing.
                    Path::new("/boot").join(format!("vmlinuz-{release}")),
                ]
            }
        }
    }

    fn remedy(&self) -> &'static str {
        match self.kernel {
            Kernel::Cloud => "scripts/guest-kernel fetch cloud",
            Kernel::Small => "scripts/guest-kernel build",
            Kernel::Given(_) => "--kernel wants a bzImage or a vmlinux that you may read",
        }
    }
}

fn kernel_release(path: &Path) -> io::Result<Option<String>> {
    let kernel = GuestKernel::open(path).map_err(io::Error::other)?;
    Ok(kernel.release())
}

impl Backend for LinuxVm {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_vm(&self) -> bool {
        true
    }

    fn vmm(&self) -> Option<&dyn Vmm> {
        // One VMM, whatever it boots: it stands in one line.
        match self.kernel {
            Kernel::Small => Some(self),
            Kernel::Cloud | Kernel::Given(_) => None,
        }
    }

    fn kernel(&self) -> Option<PathBuf> {
        // Opened, not looked at: distributions keep the kernel from being read by ordinary users.
        let mut candidates = self.candidates().into_iter();
        candidates.find(|path| File::open(path).is_ok())
    }

    fn headroom_bytes(&self) -> u64 {
        HEADROOM_BYTES + KERNEL_HEADROOM_BYTES
    }

    fn filtered_calls(&self) -> Option<usize> {
        Some(confine::allowed_calls(true))
    }

    fn further_files(&self) -> io::Result<Vec<PathBuf>> {
        let Some(path) = self.kernel() else {
            return Ok(Vec::new());
        };
        let release = kernel_release(&path)?;
        let folder = modules::folder(&path, release.as_deref()).map_err(|folder| {
            let text = format!("there is no {}", folder.display());
            io::Error::new(io::ErrorKind::NotFound, text)
        })?;
        let wanted = [&[modules::MMIO, modules::BALLOON], &modules::DEVICES[..]].concat();
        folder.map_or(Ok(Vec::new()), |folder| modules::files(&folder, &wanted))
    }

    fn availability(&self) -> Result<(), Missing> {
        if self.kernel().is_none() {
            let looked: Vec<String> = self
                .candidates()
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            return Err(Missing {
                what: format!("there is no kernel to boot: {}", looked.join(", ")),
                remedy: self.remedy().to_owned(),
            });
        }
        kvm_opens()
    }

    fn prepare(&self, job: &Job, binaries: &Binaries, fds: ReportFds) -> Result<Prepared, Failure> {
        let mut command = launcher("linux", job, binaries, fds);
        // Without one the launcher says what it misses.
        if let Some(kernel) = self.kernel() {
            command.arg("--kernel").arg(kernel);
        }
        command
            .arg("--")
            .arg(&binaries.workload.path)
            .args(job.args_with_disk_at(DISK_INSIDE));
        Ok(command.into())
    }
}

impl Vmm for LinuxVm {
    fn lacks(&self) -> Result<(), Missing> {
        kvm_opens()
    }

    /// The same path as with Linux, up to the first instruction: interrupt controllers, ACPI tables, a serial port.
    fn floor(
        &self,
        guest: FloorGuest,
        binaries: &Binaries,
        fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let mut files = Files::default();
        let mut command = floor_launcher("linux", binaries, fds);
        command
            .args(["--bare", "--kernel"])
            .arg(files.add("floor", &guest.kernel())?);
        Ok(files.given_to(command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_is_not_there_is_named_with_the_way_to_get_it() {
        let missing = with_kernel("/nowhere/vmlinuz".into())
            .availability()
            .unwrap_err();
        assert!(missing.what.contains("/nowhere/vmlinuz"), "{missing:?}");
        assert!(missing.remedy.contains("--kernel"), "{missing:?}");
        assert_eq!(CLOUD.remedy(), "scripts/guest-kernel fetch cloud");
        assert_eq!(SMALL.remedy(), "scripts/guest-kernel build");
    }

    #[test]
    fn the_given_kernel_is_the_one_that_is_used() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let backend = with_kernel(file.path().to_path_buf());
        assert_eq!(backend.kernel().as_deref(), Some(file.path()));
        assert_eq!(backend.headroom_bytes(), 128 << 20);
    }
}
