//! What the VMM writes down for the guest kernel: [`BootInfo`] at BOOT_INFO_ADDR. There is no other hand-over.

use guest_abi::{BOOT_INFO_ADDR, BOOT_MAGIC, BootInfo, disk_flags};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::clock::TickPair;
use crate::layout::{GUARD_BYTES, STACK_BYTES};
use crate::sys::Shared;

/// What the kernel is told about the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskInfo {
    /// Size; 0 is no disk.
    pub bytes: u64,
    /// Writes are refused.
    pub read_only: bool,
    /// Opened with O_DIRECT.
    pub direct: bool,
}

/// Everything that only the VMM knows.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Size of RAM.
    pub ram_bytes: u64,
    /// Where the heap starts.
    pub heap_start: u64,
    /// How ticks become time.
    pub ticks: TickPair,
    /// The disk.
    pub disk: DiskInfo,
    /// For getrandom.
    pub random_seed: [u8; 32],
    /// The program's absolute name.
    pub program_name: &'a [u8],
}

/// Writes it.
///
/// # Errors
/// When the layout is wrong.
pub fn write(memory: &GuestMemoryMmap, facts: &Facts<'_>) -> Result<(), Error> {
    let flag = |set: bool, bit: u64| if set { bit } else { 0 };
    let mut program_name = [0; 256];
    // The last byte stays 0.
    let kept = facts.program_name.len().min(program_name.len() - 1);
    program_name[..kept].copy_from_slice(&facts.program_name[..kept]);
    let info = BootInfo {
        magic: BOOT_MAGIC,
        ram_bytes: facts.ram_bytes,
        heap_start: facts.heap_start,
        stack_bottom: facts.ram_bytes - STACK_BYTES - GUARD_BYTES,
        stack_top: facts.ram_bytes,
        tsc_khz: facts.ticks.tsc_khz,
        tsc_base: facts.ticks.tsc,
        monotonic_base_ns: facts.ticks.monotonic_ns,
        realtime_base_ns: facts.ticks.realtime_ns,
        disk_bytes: facts.disk.bytes,
        disk_flags: flag(facts.disk.read_only, disk_flags::READ_ONLY)
            | flag(facts.disk.direct, disk_flags::DIRECT),
        random_seed: facts.random_seed,
        program_name,
    };
    memory
        .write_obj(Shared(info), GuestAddress(BOOT_INFO_ADDR))
        .map_err(Error::memory("the boot information"))
}
