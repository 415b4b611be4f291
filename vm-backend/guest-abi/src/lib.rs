//! What the VMM and the tiny guest kernel agree on: addresses, ports, and the shape of shared memory.
//!
//! Both sides compile this crate, so they can't drift apart. Everything is `no_std`, `repr(C)` and without pointers.
//! The guest is hostile: the VMM copies what it reads from these structures and checks it before use.
//!
//! Guest-physical and guest-virtual addresses are the same (an identity map), and all RAM is mapped before the guest
//! starts, because on some hosts the guest kernel can't execute `invlpg` or write CR3.
//!
//! ```text
//! 0x0000_0000  64 KiB, never mapped: a null pointer faults
//! 0x0001_0000  CONTROL: BootInfo, Counters, FaultReport, HostCall, Growth (whole pages each)
//! 0x0001_8000  GDT, TSS, IDT and the fault stack                        (written by the VMM)
//! 0x0002_0000  page tables                                              (written by the VMM)
//! 0x0010_0000  guest kernel: text, data, bss, kernel stack              (an ELF file of its own)
//! 0x0020_0000  the program: ELF segments, then its heap (brk) upwards
//!      …       free: mmap takes from the top, brk from the bottom
//! RAM end      the program's initial stack, growing down
//!      …       RAM that is added later (--memory-max): mmap takes from the bottom
//! 0xd000_0000  virtio-mmio register page of the disk                    (not RAM: each access is an exit)
//! 0xd000_f000  a page of the bus that never has a device                 (each access is an exit and nothing else)
//! ```
//!
//! Programs that aren't position independent begin at 0x20_0000 (lld) or 0x40_0000 (GNU ld), so everything of ours lies
//! below: in the first 2 MiB, which are mapped by 4 KiB pages, while all other RAM is mapped by pages of 2 MiB.
#![no_std]
#![forbid(unsafe_code)]

/// Page size in bytes.
pub const PAGE_SIZE: u64 = 4096;
/// Guest address of [`BootInfo`].
pub const BOOT_INFO_ADDR: u64 = 0x1_0000;
/// Guest address of [`Counters`] (three pages).
pub const COUNTERS_ADDR: u64 = 0x1_1000;
/// Guest address of [`FaultReport`].
pub const FAULT_REPORT_ADDR: u64 = 0x1_4000;
/// Guest address of the one [`HostCall`] block.
pub const HOST_CALL_ADDR: u64 = 0x1_5000;
/// Guest address of [`Growth`].
pub const GROWTH_ADDR: u64 = 0x1_6000;
/// Guest address of the descriptor tables (GDT, TSS, IDT) that the VMM writes.
pub const TABLES_ADDR: u64 = 0x1_8000;
/// Guest address of the page tables that the VMM writes.
pub const PAGE_TABLES_ADDR: u64 = 0x2_0000;
/// Where the guest kernel is linked.
pub const KERNEL_ADDR: u64 = 0x10_0000;
/// Lowest address of the program; a position-independent one is placed here.
pub const PROGRAM_ADDR: u64 = 0x20_0000;
/// Guest address of the disk's virtio-mmio registers.
pub const VIRTIO_MMIO_ADDR: u64 = 0xd000_0000;
/// Guest address of a page where no guest of this VMM has a device: reading it costs an exit, and has no other effect.
pub const EMPTY_BUS_ADDR: u64 = VIRTIO_MMIO_ADDR + 15 * PAGE_SIZE;
/// RAM ends below this address, so that every address fits the 32 bits of an `out`.
pub const MAX_RAM_BYTES: u64 = 0xc000_0000;

/// Size of the pages that the VMM maps RAM with, in bytes; only the first 2 MiB have pages of [`PAGE_SIZE`].
pub const LARGE_PAGE_SIZE: u64 = 2 << 20;

/// The VMM allows ring 3 the ports below through the permission bitmap of the TSS; I/O privilege level and flags play no
/// part, so the guest kernel may change flags as it likes.
///
/// I/O port of a host call: `out dx, eax` with any value; the VMM serves the block at [`HOST_CALL_ADDR`].
pub const PORT_HOST_CALL: u16 = 0x600;
/// I/O port by which a fault stub says that [`FaultReport`] is filled; the VM ends.
pub const PORT_FAULT: u16 = 0x604;

/// I/O port behind which there is nothing: an `out` costs an exit, and has no other effect. On a PC it shows a number on a
/// display for repair; Linux writes it where it wants to lose a microsecond.
pub const PORT_NOTHING: u16 = 0x80;

/// [`BootInfo::magic`]: "isolab01" in ASCII, little-endian.
pub const BOOT_MAGIC: u64 = u64::from_le_bytes(*b"isolab01");

/// Selectors as Linux has them: the ones `syscall`, `iretq` and the host's ring-0 emulation agree on.
pub const KERNEL_CS: u16 = 0x10;
/// Kernel stack segment selector.
pub const KERNEL_SS: u16 = 0x18;
/// User 64-bit code segment selector, RPL 3.
pub const USER_CS: u16 = 0x33;
/// User data and stack segment selector, RPL 3.
pub const USER_SS: u16 = 0x2b;
/// Task state segment selector.
pub const TSS_SELECTOR: u16 = 0x40;

/// Written by the VMM before the guest starts, read by the guest kernel.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BootInfo {
    /// [`BOOT_MAGIC`].
    pub magic: u64,
    /// RAM size in bytes.
    pub ram_bytes: u64,
    /// First address above the program's segments, page aligned: where its heap starts.
    pub heap_start: u64,
    /// Lowest address of the region reserved for the program's stack, an unmapped guard included: mmap stays below.
    pub stack_bottom: u64,
    /// Highest address of the stack region.
    pub stack_top: u64,
    /// TSC ticks per millisecond.
    pub tsc_khz: u64,
    /// The TSC value that belongs to the two clocks below.
    pub tsc_base: u64,
    /// CLOCK_MONOTONIC of the host at [`BootInfo::tsc_base`], in nanoseconds.
    pub monotonic_base_ns: u64,
    /// CLOCK_REALTIME of the host at [`BootInfo::tsc_base`], in nanoseconds.
    pub realtime_base_ns: u64,
    /// Disk size in bytes; 0 when there is no disk.
    pub disk_bytes: u64,
    /// Bits of [`disk_flags`].
    pub disk_flags: u64,
    /// 32 bytes of host randomness: seeds getrandom. (AT_RANDOM's 16 bytes are separate.)
    pub random_seed: [u8; 32],
    /// NUL-terminated absolute name of the program (what /proc/self/exe answers).
    pub program_name: [u8; 256],
}

/// Bits of [`BootInfo::disk_flags`].
pub mod disk_flags {
    /// Writes are refused.
    pub const READ_ONLY: u64 = 1;
    /// The host opened the file with O_DIRECT: the guest's transfers should be aligned to 512 bytes or more.
    pub const DIRECT: u64 = 2;
}

/// System calls with numbers below this have a counter each.
pub const COUNTED_SYSCALLS: usize = 512;

/// Written by the guest kernel, read by the VMM when the guest has ended (or timed out).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Counters {
    /// Calls by number.
    pub calls: [u64; COUNTED_SYSCALLS],
    /// Of these, calls answered with ENOSYS because the kernel doesn't have them.
    pub enosys: [u64; COUNTED_SYSCALLS],
    /// Calls with a number of [`COUNTED_SYSCALLS`] or more (all ENOSYS).
    pub out_of_range: u64,
    /// The last such number.
    pub last_out_of_range: u64,
    /// The time stamp counter at the first call of all: what ran before is the start of the program's C library.
    pub first_call_tsc: u64,
}

/// Written by a fault stub just before it writes to [`PORT_FAULT`].
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct FaultReport {
    /// Exception vector, 0-31.
    pub vector: u64,
    /// Error code, 0 where the vector has none.
    pub error_code: u64,
    /// Instruction pointer of the fault.
    pub rip: u64,
    /// Code segment: tells ring 3 from ring 0.
    pub cs: u64,
    /// Flags.
    pub rflags: u64,
    /// Stack pointer.
    pub rsp: u64,
    /// CR2: the faulting address of a page fault.
    pub cr2: u64,
}

/// The one block of shared memory by which the guest kernel asks the VMM for something.
///
/// The guest kernel fills it and executes one `out` to [`PORT_HOST_CALL`]; when the `out` is over, `result` is there.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct HostCall {
    /// One of [`host_call`].
    pub operation: u32,
    /// Guest file descriptor 0, 1 or 2 for reads and writes.
    pub fd: u32,
    /// Guest address of the buffer; the deadline (CLOCK_MONOTONIC, ns) of a sleep.
    pub address: u64,
    /// Buffer length in bytes; the exit code of an exit.
    pub length: u64,
    /// Answer of the VMM: a byte count, or a negated errno.
    pub result: i64,
}

/// RAM that was added while the guest ran. Written by the VMM at any time, read by the guest kernel when it is out of memory.
///
/// There is no interrupt to announce it, and none is needed: nobody misses memory before there is none left.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Growth {
    /// End of RAM; 0 as long as nothing was added. Only ever grows, in whole large pages.
    pub ram_bytes: u64,
}

/// Operations of [`HostCall`].
pub mod host_call {
    /// Write `length` bytes at `address` to the host's fd 1 or 2.
    pub const WRITE: u32 = 1;
    /// Read up to `length` bytes from the host's fd 0 to `address`; waits; 0 is the end of the input.
    pub const READ: u32 = 2;
    /// The program has ended with exit code `length` (0-255). The VMM doesn't return to the guest.
    pub const EXIT: u32 = 3;
    /// Wait until CLOCK_MONOTONIC reaches `address` nanoseconds: the vCPU sleeps in the VMM instead of spinning.
    pub const SLEEP_UNTIL: u32 = 4;
    /// The program was ended by signal number `length` (abort, or an unhandled fatal signal it sent itself).
    pub const KILLED: u32 = 5;
}

// The structures fit the pages that the map above gives them.
const _: () = assert!(size_of::<BootInfo>() as u64 <= PAGE_SIZE);
const _: () = assert!(COUNTERS_ADDR + size_of::<Counters>() as u64 <= FAULT_REPORT_ADDR);
const _: () = assert!(size_of::<FaultReport>() as u64 <= PAGE_SIZE);
const _: () = assert!(HOST_CALL_ADDR + size_of::<HostCall>() as u64 <= GROWTH_ADDR);
const _: () = assert!(GROWTH_ADDR + size_of::<Growth>() as u64 <= TABLES_ADDR);
// What they share lies between the unmapped first 64 KiB and the kernel, and the program begins with a large page.
const _: () = assert!(
    BOOT_INFO_ADDR == 0x1_0000 && PAGE_TABLES_ADDR < KERNEL_ADDR && PROGRAM_ADDR == LARGE_PAGE_SIZE
);

/// How the first process of a Linux guest reaches the VMM: two ports of 32 bits. Each `out` is an exit, and the VMM takes the
/// time.
pub mod doorbell {
    /// A phase begins.
    pub const PORT_PHASE: u16 = 0x608;
    /// The program has ended; the VMM doesn't return to the guest.
    pub const PORT_EXIT: u16 = 0x60c;
    /// Read, in a machine with a [`super::balloon`]: how many pages that still has to take.
    pub const PORT_BALLOON: u16 = PORT_PHASE;

    /// The kernel has booted, and the first process runs.
    pub const PHASE_INIT: u32 = 1;
    /// The drivers are loaded.
    pub const PHASE_MODULES: u32 = 2;
    /// The program is about to be executed.
    pub const PHASE_EXEC: u32 = 3;

    /// At [`PORT_EXIT`], bits 0-7 are the program's exit code; from this bit on, the signal that has ended it.
    pub const SIGNAL_SHIFT: u32 = 8;
    /// At [`PORT_EXIT`]: there was no program; the kernel's log says why.
    pub const INIT_FAILED: u32 = 1 << 16;
}

/// How the first process of a Linux guest learns that a part of its memory isn't for the program: the kernel's driver gives it to
/// a device, the balloon, and until it has done so the program must wait.
pub mod balloon {
    /// On the kernel's command line where there is one, with any value; reaches the first process as an environment variable.
    pub const WORD: &str = "ISOLAB_BALLOON";
    /// What the first process says last on a kernel that can't.
    pub const NO_DRIVER: &str = "the kernel has no driver of a balloon (CONFIG_VIRTIO_BALLOON)";
}

/// How the first process of a Linux guest gets along with a VMM that isn't ours: words on the kernel's command line, which reach
/// it as environment variables, and one line of output.
pub mod other_vmm {
    /// What the program's standard streams are: [`PORTS`], or the path of a terminal. Without it the VMM is ours.
    pub const CONSOLE: &str = "ISOLAB_CONSOLE";
    /// Ports of a virtio console device that are named stdin, stdout and stderr, as with ours.
    pub const PORTS: &str = "ports";
    /// How the machine ends: [`POWER_OFF`]; otherwise by a reset.
    pub const END: &str = "ISOLAB_END";
    /// By ACPI, for a VMM that would boot again after a reset.
    pub const POWER_OFF: &str = "poweroff";
    /// Begins the line that follows the program's last one: this word, a space, the exit code in decimal.
    pub const EXIT_LINE: &str = "exit";
}

/// Names in a Linux guest's initramfs.
pub mod initramfs {
    /// The program.
    pub const PROGRAM: &str = "/program";
    /// Its arguments, each ended by a NUL, without its own name.
    pub const ARGUMENTS: &str = "/arguments";
    /// The folder of kernel modules, to be loaded in the order of their names.
    pub const MODULES: &str = "/modules";
    /// Paths that must exist before the program runs, a line each.
    pub const WAIT_FOR: &str = "/wait-for";
}
