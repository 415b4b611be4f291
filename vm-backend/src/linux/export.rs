//! What `vm-backend run --guest linux` would boot, written into files: for another VMM.
//!
//! So the same operating system runs in both, and what differs is the VMM. Three files:
//!
//! 1. `kernel`: as it is, or the vmlinux inside a bzImage ([`super::payload`]), for a VMM that takes no other.
//! 2. `initramfs`: byte for byte what our own VMM writes into guest memory. Only where the devices are on a PCI bus, which ours
//!    doesn't have, that bus' driver comes on top.
//! 3. `command-line`: ours, and the words that tell guest-init what this VMM has instead of our console and doorbell.
//!
//! Read next: guest-init's `vmm.rs`; bench-harness, `backend/qemu.rs`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

pub use guest_abi::other_vmm::EXIT_LINE;
use guest_abi::other_vmm::{CONSOLE, END, PORTS, POWER_OFF};

use super::kernel::{Kernel, KernelError};
use super::{modules, userland};
use crate::cli::{self, Console, OtherMachine};
use crate::{Error, linux};

/// The kernel's file.
pub const KERNEL: &str = "kernel";
/// The initramfs.
pub const INITRAMFS: &str = "initramfs";
/// The command line.
pub const COMMAND_LINE: &str = "command-line";

/// Writes all three.
///
/// # Errors
/// When something can't be read or written, or makes no sense.
pub fn run(options: &cli::Export) -> Result<(), Error> {
    let kernel = options.run.kernel.as_deref().unwrap_or(Path::new(""));
    let out = &options.out;
    fs::create_dir_all(out).map_err(Error::process("making the folder of --out"))?;
    match options.elf {
        true => unpacked_kernel(kernel, &out.join(KERNEL))?,
        false => {
            open(kernel)?;
            fs::copy(kernel, out.join(KERNEL))
                .map(drop)
                .map_err(Error::process("copying the kernel"))?;
        }
    }
    initramfs(&options.run, &options.machine, kernel, &out.join(INITRAMFS))?;
    let line = command_line(&options.run, &options.machine)?;
    fs::write(out.join(COMMAND_LINE), line).map_err(Error::process("writing the command line"))
}

/// The command line for such a machine.
///
/// # Errors
/// When it gets too long for a kernel.
pub fn command_line(options: &cli::Run, machine: &OtherMachine) -> Result<String, Error> {
    let mut words = vec![linux::COMMAND_LINE.to_owned()];
    if !machine.pci {
        words.push(linux::NO_PCI.to_owned());
    }
    match &machine.console {
        Console::Ports => words.push(format!("console=hvc0 {CONSOLE}={PORTS}")),
        Console::Terminal(path) => {
            let name = path.trim_start_matches("/dev/");
            // The program's output has it nearly alone: the kernel's last words may still go there.
            words.push(format!("console={name} loglevel=1 {CONSOLE}={path}"));
        }
    }
    if machine.power_off {
        words.push(format!("{END}={POWER_OFF}"));
    }
    words.extend(options.cmdline_extra.clone());
    linux::checked(words.join(" "))
}

/// Writes the initramfs.
///
/// # Errors
/// When a file can't be read or written.
pub fn initramfs(
    options: &cli::Run,
    machine: &OtherMachine,
    kernel: &Path,
    to: &Path,
) -> Result<(), Error> {
    let buses: &[&str] = match machine.pci {
        true => &[modules::MMIO, modules::PCI],
        false => &[modules::MMIO],
    };
    let release = open(kernel)?.release();
    let archive = userland::plan(options, kernel, release.as_deref(), buses)?;
    let write = || {
        let mut file = BufWriter::new(File::create(to)?);
        archive.write_to(&mut file)?;
        file.flush()
    };
    write().map_err(Error::process("writing the initramfs"))
}

/// Writes the kernel as an ELF file.
///
/// # Errors
/// When it is no kernel, or packed in a way that isn't known here.
pub fn unpacked_kernel(kernel: &Path, to: &Path) -> Result<(), Error> {
    let unpacked = open(kernel)?.unpacked().map_err(failed(kernel))?;
    fs::write(to, unpacked).map_err(Error::process("writing the kernel"))
}

fn open(kernel: &Path) -> Result<Kernel, Error> {
    Kernel::open(kernel).map_err(failed(kernel))
}

fn failed(kernel: &Path) -> impl FnOnce(KernelError) -> Error {
    let path = kernel.to_path_buf();
    move |source| Error::Kernel { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_says_what_guest_init_must_know() {
        let line = |machine: &OtherMachine| command_line(&cli::Run::default(), machine).unwrap();
        let ports = line(&OtherMachine::default());
        assert!(
            ports.ends_with("pci=off console=hvc0 ISOLAB_CONSOLE=ports"),
            "{ports}"
        );
        let terminal = line(&OtherMachine {
            pci: true,
            console: Console::Terminal("/dev/ttyS0".to_owned()),
            power_off: true,
        });
        assert!(!terminal.contains("pci="), "{terminal}");
        assert!(
            terminal.ends_with(
                "console=ttyS0 loglevel=1 ISOLAB_CONSOLE=/dev/ttyS0 ISOLAB_END=poweroff"
            ),
            "{terminal}"
        );
    }
}
