//! How a machine boots Linux: the same VMM, and a whole operating system in it.
//!
//! Where the tiny guest starts at its program's first instruction, this one starts where a boot loader would hand over to a
//! kernel. What it takes in addition, in the order of [`run`]:
//!
//! 1. [`initramfs`]: the userland: guest-init, the program, and the drivers ([`modules`]) that the kernel doesn't have built in.
//! 2. [`kernel`]: a bzImage or a vmlinux, as a distribution ships it.
//! 3. [`boot_parameters`], [`acpi`]: what the kernel can't find out by looking.
//! 4. [`parts`]: [`ioapic`] and KVM's local APICs: interrupts. [`devices`]: console and disk. [`board`]: who answers where.
//! 5. [`cpu`]: CPUs in the state that the boot protocol demands.
//! 6. [`growth`]: with `--memory-max`, a part of memory that comes later.
//! 7. [`exits`]: run, until guest-init says that the program has ended.
//!
//! What comes before the program's first instruction is now a kernel that unpacks itself, finds its devices, starts its
//! own services and its first process. **That is the price of a second operating system**; hypervisor and devices are as before.
//!
//! Simplified: no firmware, no boot loader, no network, no hot plugging, no suspend, and a machine that ends without a shutdown.
//!
//! Read next: [`run`]; Documentation/arch/x86/boot.rst.

pub mod acpi;
pub mod board;
pub mod boot_parameters;
pub mod cpu;
pub mod devices;
pub mod exits;
pub mod export;
pub mod growth;
pub mod image_headers;
pub mod initramfs;
pub mod ioapic;
pub mod kernel;
pub mod layout;
pub mod lz4;
pub mod modules;
pub mod packed;
pub mod parts;
pub mod payload;
pub mod serial;
pub mod userland;

use std::sync::Arc;

use guest_abi::{LARGE_PAGE_SIZE, PAGE_SIZE, balloon};
use kvm_ioctls::{VcpuFd, VmFd};
use vm_memory::GuestAddress;

use crate::clock::Moment;
use crate::device::DiskFile;
use crate::exits::Ending;
use crate::ram::Ram;
use crate::run::Reports;
use crate::stats::ExitCounts;
use crate::timeline::Timeline;
use crate::{Error, cli, confine, control, kvm, stats};
use board::Board;
use boot_parameters::Contents;
use exits::{Machine, Stop};
use growth::Ballooned;
use initramfs::Initramfs;
use kernel::Kernel;

/// RAM unless `--memory` says otherwise.
pub const MEMORY_BYTES: u64 = 128 << 20;
/// What a kernel takes beside itself and the initramfs, at the least.
const HEADROOM_BYTES: u64 = 16 << 20;
/// Always on the command line:
/// - a panic or a reboot becomes a triple fault, which ends the VM at once;
/// - no messages but errors: each is an exit or more;
/// - the CPU's random numbers are good enough to start with, so that nothing waits for entropy.
const COMMAND_LINE: &str = "reboot=t panic=-1 quiet random.trust_cpu=on";
/// There is no PCI bus to look for.
const NO_PCI: &str = "pci=off";
/// What is said goes to the console device, once there is a driver.
const CONSOLE: &str = "console=hvc0";

/// Boots Linux and runs a program in it; `began` is when `main` did.
///
/// # Errors
/// When there can't be a VM. How the guest ended is no error of this function.
pub fn run(options: &cli::Run, began: Moment) -> Result<Ending, Error> {
    let Reports {
        mut timeline,
        stats: stats_out,
        control,
    } = Reports::open(options, began)?;

    let path = options.kernel.as_deref().ok_or_else(|| Error::Usage {
        message: "--guest linux boots a kernel: --kernel PATH".to_owned(),
    })?;
    let failed = |source| Error::Kernel {
        path: path.to_path_buf(),
        source,
    };
    let mut kernel = Kernel::open(path).map_err(failed)?;
    let command_line = command_line(options)?;
    let disk = options.disk.as_ref().map(DiskFile::open).transpose()?;
    timeline.mark("open-files");

    let kvm = kvm::open()?;
    cpu::check(&kvm)?;
    let vm = kvm::create_vm(&kvm)?;
    timeline.mark("create-vm");
    let ram = ram(options, &vm, &mut timeline)?;
    let ballooned = options.memory_max.map(|_| Ballooned::new(&ram));
    let gauge = ballooned.as_ref().map(Ballooned::gauge).cloned();
    timeline.mark("memory");

    let (kernel_end, release) = (kernel.end(), kernel.release());
    let (loaded, initramfs, parts) = std::thread::scope(|scope| {
        // 2. Beside everything else, if it takes time. (But not beside the making of the VM, which would wait for each page
        // fault of this process.)
        let loading = kernel.start_loading(scope, &ram);
        // 1.
        let archive = match options.bare {
            true => Initramfs::default(),
            false => userland::plan(options, path, release.as_deref(), &[modules::MMIO])?,
        };
        let initramfs = place(&ram, kernel_end, archive.bytes())?;
        timeline.mark("plan-initramfs");
        // 4., 5.
        let memory = ram.memory();
        let gauge = gauge.as_ref();
        let parts = parts::assemble(&kvm, &vm, memory, disk, gauge, options, &mut timeline)?;
        archive
            .write(memory, initramfs.address)
            .map_err(Error::process("reading what goes into the initramfs"))?;
        timeline.mark("load-initramfs");
        let loaded = loading.finish().map_err(failed)?;
        Ok::<_, Error>((loaded, initramfs, parts))
    })?;
    timeline.mark("load-kernel");

    // 3. What the kernel is told, and where it starts.
    let whole = ram.most_bytes();
    boot_parameters::write(ram.memory(), whole, &loaded, &command_line, initramfs)?;
    if let Some(first) = parts.cpus.first() {
        cpu::set_entry(first, ram.memory(), loaded.entry)?;
    }
    timeline.mark("boot-parameters");

    // 6., 7. Run.
    if let (Some(channel), Some(ballooned)) = (control, ballooned) {
        control::start(channel, ballooned)?;
    }
    let machine = Arc::new(Machine {
        board: Board::new(parts.devices, serial_port(options), gauge),
        vm,
        memory: ram.memory().clone(),
        counts: ExitCounts::default(),
    });
    let stop = start(&machine, parts.cpus, options, &mut timeline)?;
    timeline.flush();
    let disk = parts.disk.map(|disk| disk.counts());
    stats::write(stats_out, &stats::report(&machine.counts, None, disk));
    // The CPUs' threads still have the memory: it goes with the process.
    std::mem::forget(ram);
    if options.bare && stop == Stop::Reset {
        return Ok(Ending::Exited(0));
    }
    let log = parts.kernel_log.map(|log| log.last_lines());
    let words = machine.board.last_words() + &log.unwrap_or_default();
    Ok(ending(stop, &words))
}

/// RAM, backed as was asked for, and in its place: with room for more, where the guest boots with all of that.
fn ram(options: &cli::Run, vm: &VmFd, timeline: &mut Timeline) -> Result<Ram, Error> {
    let bytes = options.memory_bytes();
    let ram = Ram::with_room(bytes, options.memory_max.map_or(bytes, |most| most.0))?;
    options.backing.apply(&ram)?;
    // Of the first 2 MiB hardly anything is used, now or by a kernel: they would be one huge page, all of it made zero.
    let whole = ram.most_bytes();
    options.backing.advise(&ram, LARGE_PAGE_SIZE..whole);
    // Before the irqchip: the other way round takes KVM milliseconds.
    ram.plug_in_all(vm)?;
    timeline.fact(
        "guest-ram",
        format_args!("{:#x} {whole}", ram.host_address()),
    );
    Ok(ram)
}

/// The port of `--serial`, or of `--bare`, where it is all that the kernel has to say something.
fn serial_port(options: &cli::Run) -> Option<serial::Port> {
    let place = match options.bare {
        true => serial::Place::Stdout,
        false => serial::Place::Stderr,
    };
    (options.serial || options.bare).then(|| serial::Port::new(place))
}

/// Lets the machine go, and waits for its end. From here on this process can't do much more than serve it.
fn start(
    machine: &Arc<Machine>,
    cpus: Vec<VcpuFd>,
    options: &cli::Run,
    timeline: &mut Timeline,
) -> Result<Stop, Error> {
    let ready = exits::prepare(machine, cpus)?;
    confine::confine_all_threads()?;
    timeline.mark("sandbox-ready");
    // Who measures memory wants to know where guest RAM is while the guest runs.
    timeline.flush();
    Ok(ready.run(timeline, options.timeout))
}

/// The command line: ours, that of `--serial`, that of the user.
fn command_line(options: &cli::Run) -> Result<String, Error> {
    let mut line = [COMMAND_LINE, NO_PCI, CONSOLE].join(" ");
    if options.serial {
        line.push_str(" console=ttyS0");
    }
    if options.memory_max.is_some() {
        line.push_str(&format!(" {}=1", balloon::WORD));
    }
    if let Some(extra) = &options.cmdline_extra {
        line.push(' ');
        line.push_str(extra);
    }
    checked(line)
}

/// A command line that every kernel takes.
fn checked(line: String) -> Result<String, Error> {
    if line.len() < layout::COMMAND_LINE_BYTES && !line.contains('\0') {
        Ok(line)
    } else {
        Err(Error::Usage {
            message: format!(
                "--cmdline-extra is longer than {} bytes",
                layout::COMMAND_LINE_BYTES
            ),
        })
    }
}

/// Where the initramfs goes: it ends where RAM does, that of the balloon included, which is still empty when a kernel unpacks.
fn place(ram: &Ram, kernel_end: u64, bytes: u64) -> Result<Contents, Error> {
    let needed = bytes
        .saturating_mul(2) // The archive, and the files that the kernel makes of it.
        .saturating_add(kernel_end)
        .saturating_add(HEADROOM_BYTES);
    if needed > ram.most_bytes() {
        return Err(Error::TooLittleMemory {
            needed,
            given: ram.most_bytes(),
        });
    }
    let address = GuestAddress((ram.most_bytes() - bytes) / PAGE_SIZE * PAGE_SIZE);
    Ok(Contents { address, bytes })
}

/// What the user is told about a machine that stopped.
fn ending(stop: Stop, last_words: &str) -> Ending {
    let with_log = |what: &str| match last_words.trim_end() {
        "" => format!("{what}; --serial shows its console"),
        log => format!("{what}; its last words:\n{log}"),
    };
    match stop {
        Stop::Ending(ending) => ending,
        Stop::Reset => Ending::Broken(with_log(
            "the guest's kernel stopped or rebooted before the program had ended",
        )),
        Stop::InitFailed => Ending::Broken(with_log("guest-init could not run the program")),
        Stop::NeverBooted(reached) => Ending::NeverBooted(with_log(&format!(
            "the guest was still booting at the end of --timeout: {reached}"
        ))),
    }
}
