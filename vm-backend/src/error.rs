//! What can go wrong before the program runs, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::device::DiskError;
use crate::linux::kernel::KernelError;
use crate::program::ProgramError;

/// Why there is no VM.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options can't be used.
    #[error("{message}")]
    Usage {
        /// What is wrong with them.
        message: String,
    },
    /// A descriptor of the command line isn't open.
    #[error("descriptor {fd} of {option}")]
    Descriptor {
        /// The option.
        option: &'static str,
        /// Its value.
        fd: i32,
        /// Why.
        source: io::Error,
    },
    /// No /dev/kvm.
    #[error("opening /dev/kvm")]
    OpenKvm {
        /// Why.
        source: io::Error,
    },
    /// A KVM from before 2007, or something else.
    #[error("/dev/kvm speaks version {version}, not 12")]
    KvmVersion {
        /// Its version.
        version: i32,
    },
    /// An ioctl of KVM.
    #[error("{doing}")]
    Kvm {
        /// What it was for.
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The CPU lacks something that the guest kernel needs.
    #[error("the CPU, as KVM offers it to guests, has no {feature}")]
    Cpu {
        /// What.
        feature: &'static str,
    },
    /// RAM that can't hold kernel, program and stack.
    #[error("{} MiB of memory are too little: {} MiB are needed", given >> 20, needed.div_ceil(1 << 20))]
    TooLittleMemory {
        /// Bytes needed.
        needed: u64,
        /// Bytes asked for.
        given: u64,
    },
    /// More RAM than fits below the devices.
    #[error("{} MiB of memory are too much: a VM has room for {} MiB", given >> 20, most >> 20)]
    TooMuchMemory {
        /// Bytes asked for.
        given: u64,
        /// The limit.
        most: u64,
    },
    /// More RAM than the host could give at once without running short.
    #[error("{} MiB are not to be had at once: the host has {} MiB available, and keeps half of them", bytes >> 20, available >> 20)]
    MemoryInUse {
        /// Bytes asked for.
        bytes: u64,
        /// What the host has.
        available: u64,
    },
    /// The host has no room for RAM.
    #[error("mapping {} MiB of guest memory", bytes >> 20)]
    MapRam {
        /// How much.
        bytes: u64,
        /// Why.
        source: io::Error,
    },
    /// Guest RAM has no such address: the layout is wrong.
    #[error("writing {what} into guest memory")]
    GuestMemory {
        /// What.
        what: &'static str,
        /// Why.
        source: vm_memory::GuestMemoryError,
    },
    /// The embedded guest kernel can't be used.
    #[error("loading the guest kernel: {reason}")]
    KernelImage {
        /// Why.
        reason: String,
    },
    /// A Linux kernel can't be used.
    #[error("the kernel {}", path.display())]
    Kernel {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: KernelError,
    },
    /// The drivers of a Linux kernel can't be read.
    #[error("the modules in {}", folder.display())]
    Modules {
        /// Their folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What `--initrd-extra` names can't be read.
    #[error("the folder {} of --initrd-extra", path.display())]
    Extra {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What the kernel is told doesn't fit.
    #[error("describing the machine to the kernel: {reason}")]
    BootParameters {
        /// Why.
        reason: String,
    },
    /// The program can't be used.
    #[error("{}", path.display())]
    Program {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: ProgramError,
    },
    /// The disk can't be used.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A step of the VMM's own process.
    #[error("{doing}")]
    Process {
        /// What it was for.
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// Makes an error of a refused ioctl.
    pub fn kvm(doing: &'static str) -> impl FnOnce(kvm_ioctls::Error) -> Self {
        move |error| Self::Kvm {
            doing,
            source: io::Error::from(error),
        }
    }

    /// Makes an error of a write into guest memory.
    pub fn memory(what: &'static str) -> impl FnOnce(vm_memory::GuestMemoryError) -> Self {
        move |source| Self::GuestMemory { what, source }
    }

    /// Makes an error of a step in the VMM's own process.
    pub fn process(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Process { doing, source }
    }

    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::OpenKvm { source } => match source.kind() {
                io::ErrorKind::PermissionDenied => {
                    "join the group that owns it: sudo usermod -aG kvm \"$USER\", then log in again"
                }
                _ => {
                    "load the module: sudo modprobe kvm_intel || sudo modprobe kvm_amd; switch virtualization on in the \
                     firmware; inside a VM, switch nested virtualization on in its host"
                }
            },
            Self::TooLittleMemory { needed, .. } => {
                return format!("give the VM more: --memory {}M", needed.div_ceil(1 << 20));
            }
            Self::TooMuchMemory { .. } => "give the VM less: --memory 1G",
            Self::MemoryInUse { .. } => "give the VM less, or leave --prefault out: pages are then found when they are touched",
            Self::MapRam { .. } => "give the VM less memory, or raise the limit: ulimit -v",
            Self::Program { source, .. } => source.help(),
            Self::Disk(error) => return error.help().to_owned(),
            Self::Cpu { .. } => "a CPU from 2013 or later is needed; inside a VM, pass the host's CPU through",
            Self::Descriptor { .. } => "open it before the start: 3>timeline.txt",
            Self::Usage { .. } => "vm-backend run --help lists the options",
            Self::Kvm { .. } | Self::KvmVersion { .. } => {
                "isolab doctor shows what this host's KVM can do; dmesg may say more"
            }
            Self::Kernel { .. } => "give a Linux kernel for x86-64: scripts/guest-kernel fetch gets one",
            Self::Modules { .. } => "unpack the kernel's package again: scripts/guest-kernel fetch",
            Self::Extra { .. } => "check the path; it is looked up on the host",
            Self::GuestMemory { .. } | Self::KernelImage { .. } | Self::BootParameters { .. } => {
                "this is a bug of vm-backend: its executable doesn't fit together"
            }
            Self::Process { .. } => "strace -f shows the system call that failed",
        }
        .to_owned()
    }
}
