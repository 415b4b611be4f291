//! QEMU: the machine type `microvm`, with KVM, and with QEMU's own emulation of a processor (TCG).
//!
//! Written for QEMU 7.2 (Debian 12) and tried with it; `microvm` is there since 4.2.
//!
//! - The machine has what `linux-vm` has: virtio over memory-mapped registers, no PCI, no serial port. With KVM also none of the PC's
//!   timer chips; an emulated processor can't do without.
//! - The program's standard streams are ports of the virtio console, one character device each: standard input that ends must
//!   not close the output.
//! - A reset ends QEMU (`-no-reboot`), so a kernel that panics ends, too. The kernel's last words go to standard error.
//! - An emulated processor counts the host's own ticks, and the guest's kernel can't always find out how fast those are while the
//!   host is busy: it is told.
//!
//! It runs without a filter for system calls: QEMU has one (`-sandbox on`), which is off unless asked for.
//!
//! Read next: `other_vmm.rs`; QEMU's docs/system/i386/microvm.rst.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use vm_backend::cli::{Console, OtherMachine};
use vm_backend::clock::TickPair;

use super::linux_vm::KERNEL_HEADROOM_BYTES;
use super::microvm::kvm_opens;
use super::other_vmm::{self, Files, Guest, Kernels, Wants};
use super::{
    Backend, Disk, FLOOR_MEMORY_BYTES, FloorGuest, HEADROOM_BYTES, Installed, Job, Missing,
    Prepared, Program, ReportFds, Vmm,
};
use crate::binaries::Binaries;
use crate::failure::Failure;
use crate::host::cpu::Cpu;

static PROGRAM: Program =
    Program::named("qemu-system-x86_64", "sudo apt-get install qemu-system-x86");

/// QEMU with KVM.
pub static MICROVM: Qemu = Qemu {
    id: "qemu-microvm",
    processor: Processor::Kvm,
};

/// QEMU without.
pub static TCG: Qemu = Qemu {
    id: "qemu-tcg",
    processor: Processor::Emulated,
};

/// QEMU, by what runs the guest's instructions.
#[derive(Debug)]
pub struct Qemu {
    id: &'static str,
    processor: Processor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Processor {
    Kvm,
    Emulated,
}

/// The exit code after the floor guest's byte at isa-debug-exit: twice the byte, and 1, of which an exit code has 8 bits.
const DEBUG_EXIT: i32 = (2 * 0xfe + 1) & 0xff;

impl Backend for Qemu {
    fn id(&self) -> &'static str {
        self.id
    }

    fn is_vm(&self) -> bool {
        true
    }

    fn is_peer(&self) -> bool {
        true
    }

    fn is_emulated(&self) -> bool {
        self.processor == Processor::Emulated
    }

    fn installed(&self) -> Option<Installed> {
        PROGRAM.installed()
    }

    fn shortfall(&self) -> Option<&'static str> {
        match self.processor {
            Processor::Kvm => {
                Some("no filter for system calls, which QEMU has only when asked for")
            }
            Processor::Emulated => {
                Some("emulated: an emulated processor; its times are not representative")
            }
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
        let kernel = Kernels::Any.require()?;
        let wants = Wants {
            machine: OtherMachine {
                console: Console::Ports,
                ..OtherMachine::default()
            },
            words: match self.processor {
                Processor::Kvm => String::new(),
                Processor::Emulated => format!("tsc_early_khz={}", host_ticks_per_ms()),
            },
            elf: false,
        };
        let guest = Guest::write(&kernel, &wants, job, binaries)?;
        let mut command = self.command(guest.memory_bytes, "off")?;
        command.arg("-kernel").arg(&guest.kernel);
        command.arg("-initrd").arg(&guest.initramfs);
        command.arg("-append").arg(&guest.command_line);
        console(&mut command);
        if let Some(disk) = &job.disk {
            command.args(disk_options(disk));
        }
        let prepared = guest.files.given_to(command);
        Ok(prepared
            .with_guest_ram(guest.memory_bytes)
            .saying_its_exit_code())
    }
}

impl Vmm for Qemu {
    fn lacks(&self) -> Result<(), Missing> {
        PROGRAM.path()?;
        match self.processor {
            Processor::Kvm => kvm_opens(),
            Processor::Emulated => Ok(()),
        }
    }

    fn floor(
        &self,
        guest: FloorGuest,
        _binaries: &Binaries,
        _fds: ReportFds,
    ) -> Result<Prepared, Failure> {
        let mut files = Files::default();
        let kernel = files.add("floor", &guest.kernel())?;
        let mut command = self.command(FLOOR_MEMORY_BYTES, "on")?;
        command.arg("-kernel").arg(kernel);
        command.args(["-serial", "stdio"]);
        command.args(["-device", "isa-debug-exit,iobase=0xf4,iosize=1"]);
        Ok(files.given_to(command).with_guest_ram(FLOOR_MEMORY_BYTES))
    }

    fn floor_exit_code(&self) -> i32 {
        DEBUG_EXIT
    }
}

impl Qemu {
    /// A machine with memory, one CPU, and nothing else.
    fn command(&self, memory_bytes: u64, serial: &str) -> Result<Command, Failure> {
        let mut command = other_vmm::command(PROGRAM.path()?)?;
        let (machine, processor): (_, &[&str]) = match self.processor {
            Processor::Kvm => (
                "microvm,accel=kvm,pic=off,pit=off,rtc=off",
                &["-cpu", host_processor()],
            ),
            Processor::Emulated => ("microvm,accel=tcg", &[]),
        };
        command
            .args(["-M", &format!("{machine},isa-serial={serial}")])
            .args(processor)
            .args(["-m", &format!("{}M", memory_bytes >> 20), "-smp", "1"])
            .args(["-no-user-config", "-nodefaults", "-no-reboot"])
            .args(["-display", "none", "-monitor", "none"]);
        Ok(command)
    }
}

/// The host's processor. One without the register in which Intel's say which attacks they withstand gets that from KVM, and a KVM
/// without hardware support may promise it and refuse it then.
fn host_processor() -> &'static str {
    match Cpu::read().has("arch_capabilities") {
        true => "host",
        false => "host,-arch-capabilities",
    }
}

/// The console: the kernel's own terminal, and a port for each stream of the program.
fn console(command: &mut Command) {
    command.args(["-device", "virtio-serial-device"]);
    let devices = [
        (
            "file,id=log,path=/proc/self/fd/2",
            "virtconsole,chardev=log",
        ),
        (
            "stdio,id=stdin,signal=off",
            "virtserialport,chardev=stdin,name=stdin",
        ),
        (
            "file,id=stdout,path=/proc/self/fd/1",
            "virtserialport,chardev=stdout,name=stdout",
        ),
        (
            "file,id=stderr,path=/proc/self/fd/2",
            "virtserialport,chardev=stderr,name=stderr",
        ),
    ];
    for (host, guest) in devices {
        command.args(["-chardev", host, "-device", guest]);
    }
}

/// The disk, with or without the host's page cache, as in every backend.
fn disk_options(disk: &Disk) -> [String; 4] {
    let direct = if disk.direct { "on" } else { "off" };
    // A comma ends an option's value unless it is doubled.
    let file = disk.file.display().to_string().replace(',', ",,");
    [
        "-drive".to_owned(),
        format!("if=none,id=disk,format=raw,file={file},cache.direct={direct}"),
        "-device".to_owned(),
        "virtio-blk-device,drive=disk".to_owned(),
    ]
}

/// Ticks of the host's time stamp counter in a millisecond, measured once.
fn host_ticks_per_ms() -> u64 {
    static TICKS: OnceLock<u64> = OnceLock::new();
    *TICKS.get_or_init(|| {
        let from = TickPair::now(0);
        std::thread::sleep(Duration::from_millis(20));
        let to = TickPair::now(0);
        let ns = to.monotonic_ns.saturating_sub(from.monotonic_ns).max(1);
        to.tsc.saturating_sub(from.tsc).saturating_mul(1_000_000) / ns
    })
}
