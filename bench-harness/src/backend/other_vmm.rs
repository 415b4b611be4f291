//! What VMMs of others boot: the same kernel and the same initramfs as `linux-vm`, from files.
//!
//! | what | the same as in `linux-vm` | or why not |
//! |---|---|---|
//! | kernel | the file | Firecracker takes no bzImage: the vmlinux that is packed in it |
//! | initramfs | byte for byte | with Cloud Hypervisor the driver of its PCI bus comes on top |
//! | command line | up to the words about console and end | each VMM has other ones |
//! | memory, CPUs, disk | the same size, one, the same file by virtio-blk | |
//!
//! The kernel is that of `linux-vm-small` if it is there, else that of `linux-vm-cloud`. Which one it was stands in run.json. The files
//! are anonymous (memfd_create(2)) and inherited: a VMM opens them below /proc/self/fd, and nothing can stay behind. A kernel that had
//! to be unpacked is kept in the cache folder.
//!
//! Read next: `qemu.rs`; vm-backend's `linux/export.rs` and guest-init's `vmm.rs`.

use std::ffi::OsStr;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::memfd::{MFdFlags, memfd_create};
use vm_backend::cli::{self, OtherMachine};
use vm_backend::linux::export;

use super::{Backend, DISK_INSIDE, Job, Missing, Prepared, linux_vm};
use crate::binaries::{Binaries, cache_folder};
use crate::failure::Failure;
use crate::guard;

/// RAM unless the job says otherwise: as much as `linux-vm` has then.
const MEMORY_BYTES: u64 = 128 << 20;
/// RAM comes in whole large pages, as with our VMM.
const LARGE_PAGE_BYTES: u64 = 2 << 20;

/// What one instance boots.
#[derive(Debug)]
pub struct Guest {
    /// The files that exist only for this instance.
    pub files: Files,
    /// In the form that was asked for.
    pub kernel: PathBuf,
    /// With guest-init, the workload and its arguments.
    pub initramfs: PathBuf,
    /// For the kernel.
    pub command_line: String,
    /// Size of its RAM.
    pub memory_bytes: u64,
}

/// What a VMM wants of its guest.
#[derive(Debug, Default)]
pub struct Wants {
    /// What guest-init must know.
    pub machine: OtherMachine,
    /// An ELF file instead of a bzImage.
    pub elf: bool,
    /// More words for the kernel.
    pub words: String,
}

/// The kernels that such a VMM boots, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernels {
    /// The small one, else the distribution's.
    Any,
    /// Only the distribution's: the small one has no PCI.
    WithPci,
}

impl Kernels {
    /// The first that is there.
    pub fn find(self) -> Option<PathBuf> {
        let distribution = || linux_vm::CLOUD.kernel();
        match self {
            Self::Any => linux_vm::SMALL.kernel().or_else(distribution),
            Self::WithPci => distribution(),
        }
    }

    /// The same, or how to get one.
    ///
    /// # Errors
    /// When there is none.
    pub fn require(self) -> Result<PathBuf, Missing> {
        self.find().ok_or_else(|| Missing {
            what: "there is no kernel to boot".to_owned(),
            remedy: "scripts/guest-kernel fetch cloud".to_owned(),
        })
    }
}

impl Guest {
    /// Writes the files of one instance.
    ///
    /// # Errors
    /// When one can't be read or written.
    pub fn write(
        kernel: &Path,
        wants: &Wants,
        job: &Job,
        binaries: &Binaries,
    ) -> Result<Self, Failure> {
        let failed = |error: vm_backend::Error| Failure::Failed(with_causes(&error));
        let mut files = Files::default();
        let mut command = vec![binaries.workload.path.clone().into_os_string()];
        command.extend(
            job.args_with_disk_at(DISK_INSIDE)
                .into_iter()
                .map(Into::into),
        );
        let disk = job.disk.as_ref().map(|disk| vm_backend::device::DiskSpec {
            path: disk.file.clone(),
            read_only: false,
            direct: disk.direct,
        });
        let options = cli::Run {
            disk,
            command,
            cmdline_extra: (!wants.words.is_empty()).then(|| wants.words.clone()),
            ..cli::Run::default()
        };
        let initramfs = files.add(export::INITRAMFS, &[])?;
        export::initramfs(&options, &wants.machine, kernel, &initramfs).map_err(failed)?;
        let bytes = job.memory_bytes.unwrap_or(MEMORY_BYTES);
        Ok(Self {
            kernel: match wants.elf {
                true => unpacked(kernel)?,
                false => kernel.to_path_buf(),
            },
            command_line: export::command_line(&options, &wants.machine).map_err(failed)?,
            initramfs,
            files,
            memory_bytes: bytes.next_multiple_of(LARGE_PAGE_BYTES),
        })
    }
}

/// Files without a name, which the instance inherits.
#[derive(Debug, Default)]
pub struct Files(Vec<OwnedFd>);

impl Files {
    /// Makes one with these contents; gives the path under which the instance finds it (and this process, too).
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn add(&mut self, name: &str, contents: &[u8]) -> Result<PathBuf, Failure> {
        let file = memfd_create(name, MFdFlags::MFD_CLOEXEC)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        fs::write(&path, contents)?;
        self.0.push(file);
        Ok(path)
    }

    /// A command that inherits them.
    pub fn given_to(self, command: Command) -> Prepared {
        let mut prepared = Prepared::from(command);
        prepared.inherited = self.0;
        prepared
    }
}

/// A command of a program that doesn't end with its parent by itself.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command, Failure> {
    let mut command = Command::new(program);
    let (name, value) = guard::mark()?;
    command.env(name, value);
    Ok(command)
}

/// The kernel as an ELF file: unpacked once, and kept under a name that says of which file it is.
fn unpacked(kernel: &Path) -> Result<PathBuf, Failure> {
    let about = fs::metadata(kernel)?;
    let folder = cache_folder().join("kernels/unpacked");
    let name = format!("{:x}-{:x}-{:x}", about.ino(), about.mtime(), about.size());
    let kept = folder.join(name);
    if !kept.exists() {
        fs::create_dir_all(&folder)?;
        // Beside its place, and then renamed: nobody sees half of it.
        let part = tempfile::NamedTempFile::new_in(&folder)?;
        export::unpacked_kernel(kernel, part.path())
            .map_err(|error| Failure::Failed(with_causes(&error)))?;
        part.persist(&kept).map_err(|error| error.error)?;
    }
    Ok(kept)
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
