//! The whole sequence: from a command line to the program's exit code.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use guest_abi::MAX_RAM_BYTES;
use vm_memory::GuestAddress;

use crate::boot_info::{self, DiskInfo, Facts};
use crate::cli;
use crate::clock::{Moment, TickPair};
use crate::control::Grower;
use crate::device::{Block, DiskFile, DiskSpec, Line, VirtioMmio};
use crate::exits::{Ending, Machine};
use crate::initial_stack::{self, Contents};
use crate::kernel_image::Kernel;
use crate::layout::{GUARD_BYTES, STACK_BYTES};
use crate::program::{Loaded, Program};
use crate::ram::Ram;
use crate::stats::{self, ExitCounts};
use crate::step::{self, NoFurther, Step};
use crate::timeline::Timeline;
use crate::vcpu::{Features, Start};
use crate::{
    Error, confine, control, descriptors, irqchip, kernel_image, kvm, paging, sys, timeout, vcpu,
};

/// RAM unless `--memory` says otherwise.
pub const MEMORY_BYTES: u64 = 32 << 20;
/// RAM at most, where nothing will ever run in it.
const MOST_UNUSED_BYTES: u64 = 4 << 30;

/// Runs a program in a VM; `began` is when `main` did.
///
/// # Errors
/// When there can't be a VM. How the guest ended is no error of this function.
pub fn run(options: &cli::Run, began: Moment) -> Result<Ending, Error> {
    let mut reports = Reports::open(options, began)?;
    match make_and_run(options, &mut reports) {
        Ok(ending) => Ok(ending),
        Err(NoFurther::AsAsked) => {
            // All parts have gone with the function that made them.
            reports.timeline.flush();
            Ok(Ending::Stopped)
        }
        Err(NoFurther::Failed(error)) => Err(error),
    }
}

fn make_and_run(options: &cli::Run, reports: &mut Reports) -> Result<Ending, NoFurther> {
    let Reports {
        timeline,
        stats,
        control,
    } = reports;
    let ended = |step, timeline: &mut Timeline| step::ended(step, options.until, timeline);

    // What can be wrong with the files is said before there is a VM.
    let path = Path::new(options.command.first().map_or(OsStr::new(""), |word| word));
    let program = Program::open(path)?;
    let disk = options.disk.as_ref().map(DiskFile::open).transpose();
    let disk = disk.map_err(Error::from)?;
    ended(Step::OpenFiles, timeline)?;

    // 1. An empty machine.
    let kvm = kvm::open()?;
    let vm = kvm::create_vm(&kvm)?;
    ended(Step::CreateVm, timeline)?;

    // 2. Memory. Plugged in before anything else: with other parts present it takes KVM milliseconds.
    let ram = Arc::new(ram(options)?);
    ram.plug_in(&vm)?;
    timeline.fact(
        "guest-ram",
        format_args!("{:#x} {}", ram.host_address(), ram.most_bytes()),
    );
    ended(Step::Memory, timeline)?;
    if let Some(kind) = options.irqchip {
        irqchip::create(&vm, kind)?;
        ended(Step::Irqchip, timeline)?;
    }

    // 8. The CPU comes before what goes into memory: that depends on its features and its clock.
    let cpu = vcpu::create(&vm)?;
    ended(Step::CreateVcpu, timeline)?;
    let features = Features::supported(&kvm)?;
    vcpu::set_features(&cpu, &features)?;
    let ticks = TickPair::now(vcpu::share_clock(&cpu)?);
    ended(Step::Cpuid, timeline)?;

    // 3., 4. Guest kernel and program.
    let kernel = kernel_image::load(ram.memory())?;
    ended(Step::LoadKernel, timeline)?;
    let loaded = program.load(&ram, path)?;
    let free = loaded.heap_start..ram.bytes() - STACK_BYTES - GUARD_BYTES;
    options.backing.advise(&ram, free);
    options.backing.advise(&ram, ram.bytes()..ram.most_bytes());
    ended(Step::LoadProgram, timeline)?;

    // 5., 6., 7. The initial stack, the tables, and what the guest kernel must know.
    let about_disk = disk_info(disk.as_ref(), options.disk.as_ref());
    let start = furnish(&ram, options, about_disk, &kernel, loaded, &features, ticks)?;
    ended(Step::Tables, timeline)?;
    vcpu::set_registers(&cpu, &features, start)?;
    ended(Step::Registers, timeline)?;

    // 9. No way back.
    timeout::start(options.timeout)?;
    match control.take() {
        Some(channel) => {
            control::start(channel, Grower::new(vm, Arc::clone(&ram)))?;
            confine::confine_with_control()?;
        }
        None => confine::confine()?,
    }
    ended(Step::SandboxReady, timeline)?;
    // Who measures memory wants to know where guest RAM is while the guest runs.
    timeline.flush();

    // 10. Run.
    let mut machine = Machine {
        vcpu: cpu,
        memory: ram.memory(),
        disk: disk.map(|file| VirtioMmio::new(Block::new(file), Line::none())),
        program: &program,
        counts: ExitCounts::default(),
    };
    let ending = machine.run(timeline);
    timeline.mark("workload-end");
    report(&machine, ticks, timeline, stats.take());
    Ok(ending)
}

/// RAM, backed as was asked for.
fn ram(options: &cli::Run) -> Result<Ram, Error> {
    let bytes = options.memory_bytes();
    let most = match options.until {
        Some(step) if step <= Step::Memory => MOST_UNUSED_BYTES,
        _ => MAX_RAM_BYTES,
    };
    let ram = match options.memory_max {
        Some(most) => Ram::with_room(bytes, most.0)?,
        None => Ram::up_to(most, bytes)?,
    };
    options.backing.apply(&ram)?;
    Ok(ram)
}

/// Puts everything into guest memory that isn't code; says where the CPU starts.
fn furnish(
    ram: &Ram,
    options: &cli::Run,
    disk: DiskInfo,
    kernel: &Kernel,
    loaded: Loaded,
    features: &Features,
    ticks: TickPair,
) -> Result<Start, Error> {
    let [random_seed, random] = random_bytes()?;
    let program_name = name_inside(&options.command);
    let contents = Contents {
        arguments: &options.command,
        program_name: &program_name,
        loaded,
        random: *random.first_chunk().unwrap_or(&[0; 16]),
        hwcap: features.hwcap(),
        vdso: kernel.vdso,
    };
    let stack = initial_stack::write(ram.memory(), GuestAddress(ram.bytes()), &contents)?;
    paging::write(ram.memory(), ram.bytes(), ram.most_bytes())?;
    descriptors::write(ram.memory(), kernel.fault_stubs)?;
    let facts = Facts {
        ram_bytes: ram.bytes(),
        heap_start: loaded.heap_start,
        ticks,
        disk,
        random_seed,
        program_name: &program_name,
    };
    boot_info::write(ram.memory(), &facts)?;
    Ok(Start {
        entry: loaded.entry,
        stack,
        syscall_entry: kernel.syscall_entry,
    })
}

/// Writes what was measured and counted.
fn report(machine: &Machine<'_>, ticks: TickPair, timeline: &mut Timeline, out: Option<File>) {
    let counters = stats::guest_counters(machine.memory);
    // The guest notes when its kernel was first called: what ran until then was the C library's start. A guest can write
    // any number; a moment that hasn't come yet is left out.
    let first_call = counters.and_then(|counters| ticks.moment_of(counters.first_call_tsc));
    if let Some(moment) = first_call.filter(|moment| *moment <= Moment::now()) {
        timeline.mark_at(moment, "guest", "first-system-call");
    }
    timeline.flush();
    let disk = machine.disk.as_ref().map(VirtioMmio::counts);
    stats::write(
        out,
        &stats::report(&machine.counts, counters.as_ref(), disk),
    );
}

/// Where reports go, and requests come from.
#[derive(Debug)]
pub struct Reports {
    /// Steps and facts.
    pub timeline: Timeline,
    /// Counts.
    pub stats: Option<File>,
    /// Where requests come from, and answers go.
    pub control: Option<File>,
}

impl Reports {
    /// Opens what the options name, and ties this process' life to its parent's if it shall be. The first things that
    /// every run does.
    ///
    /// # Errors
    /// When a descriptor isn't open.
    pub fn open(options: &cli::Run, began: Moment) -> Result<Self, Error> {
        if options.die_with_parent {
            sys::die_with_parent().map_err(Error::process("asking to end with the parent"))?;
        }
        let timeline = Timeline::new(options.timeline).map_err(|source| Error::Descriptor {
            option: "--timeline",
            fd: options.timeline.unwrap_or(-1),
            source,
        })?;
        let mut reports = Self {
            timeline,
            stats: open_report("--stats", options.stats)?,
            control: open_report("--control", options.control)?,
        };
        reports.timeline.mark_at(began, "vmm", "start");
        Ok(reports)
    }
}

fn open_report(option: &'static str, fd: Option<RawFd>) -> Result<Option<File>, Error> {
    let Some(fd) = fd else { return Ok(None) };
    match sys::duplicate_fd(fd) {
        Ok(fd) => Ok(Some(File::from(fd))),
        Err(source) => Err(Error::Descriptor { option, fd, source }),
    }
}

/// The program's name in the guest: it has no folders, so the host's stay the host's.
fn name_inside(command: &[OsString]) -> Vec<u8> {
    let name = command.first().and_then(|path| Path::new(path).file_name());
    let name = name.unwrap_or(OsStr::new("program"));
    [b"/", name.as_bytes()].concat()
}

fn disk_info(disk: Option<&DiskFile>, spec: Option<&DiskSpec>) -> DiskInfo {
    DiskInfo {
        bytes: disk.map_or(0, DiskFile::bytes),
        read_only: disk.is_some_and(DiskFile::is_read_only),
        direct: spec.is_some_and(|spec| spec.direct),
    }
}

/// Two lots of randomness: a seed for getrandom, and AT_RANDOM.
fn random_bytes() -> Result<[[u8; 32]; 2], Error> {
    let mut bytes = [0; 64];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(Error::process("reading /dev/urandom"))?;
    let (lots, _) = bytes.as_chunks::<32>();
    Ok([lots[0], lots[1]])
}
