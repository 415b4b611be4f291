//! What was typed.

use std::ffi::OsString;
use std::os::fd::RawFd;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::device::DiskSpec;
use crate::spec::Size;

/// Runs a program in a virtual machine of its own.
#[derive(Debug, Parser)]
#[command(name = "vm-backend", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Run a static Linux program in a new VM
    Run(Run),
}

/// What runs below the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Guest {
    /// Our own kernel: system calls of one static program, no boot
    Tiny,
    /// A stock Linux kernel, which boots
    Linux,
}

/// How to run it.
#[derive(Args, Debug)]
pub struct Run {
    /// What runs below the program
    #[arg(long, value_enum, default_value_t = Guest::Tiny)]
    pub guest: Guest,
    /// RAM of the VM, rounded up to 2 MiB (default: 32M tiny, 128M linux)
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Size>,
    /// File of the host that is the disk (inside: /data/disk), writable unless :ro; :direct bypasses the page cache
    #[arg(long, value_name = "FILE[:ro][:direct]")]
    pub disk: Option<DiskSpec>,
    /// Linux: the kernel, a bzImage or a vmlinux; modules are taken from lib/modules beside it or from the host
    #[arg(long, value_name = "PATH")]
    pub kernel: Option<PathBuf>,
    /// Linux: folder of the host whose contents are added to the initramfs
    #[arg(long, value_name = "DIR")]
    pub initrd_extra: Option<PathBuf>,
    /// Linux: words added to the kernel's command line
    #[arg(long, value_name = "WORDS")]
    pub cmdline_extra: Option<String>,
    /// Linux: CPUs of the VM
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub cpus: u8,
    /// Linux: add a serial port, and show the kernel's messages on stderr (slow)
    #[arg(long)]
    pub serial: bool,
    /// Seconds after which the VM is ended
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub timeout: Option<u32>,
    /// End with SIGKILL when the process that started this one ends
    #[arg(long)]
    pub die_with_parent: bool,
    /// Descriptor to which the finished steps are written
    #[arg(long, value_name = "FD")]
    pub timeline: Option<RawFd>,
    /// Descriptor to which exits and system calls are written, counted, at the end
    #[arg(long, value_name = "FD")]
    pub stats: Option<RawFd>,
    /// The program, a static ELF file of the host, and its arguments
    #[arg(last = true, required = true, value_name = "ELF")]
    pub command: Vec<OsString>,
}
