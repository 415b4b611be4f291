//! The machine: everything outside of the kernel and the program, in a dozen functions.
//!
//! 1. Memory that VMM and kernel share, at fixed addresses: [`BootInfo`], [`Counters`], [`HostCall`], [`Growth`].
//! 2. The port by which the kernel asks the VMM for something; the device registers of the disk.
//! 3. A few instructions that Rust has no words for.
//!
//! Each access of a port or a register (`exits`) stops the guest and wakes the VMM: 1-2 µs with hardware support, 30-80
//! µs without. That, and not the work itself, is what virtual I/O costs.
//!
//! Read next: `guest-abi`; vm-backend's `host_call.rs` and `device/virtio_mmio.rs` for the other end.

use core::arch::asm;
use core::arch::x86_64::_rdtsc;
use core::fmt;
use core::ops::Range;

use guest_abi::{
    BOOT_INFO_ADDR, BootInfo, COUNTED_SYSCALLS, COUNTERS_ADDR, Counters, GROWTH_ADDR, Growth,
    HOST_CALL_ADDR, HostCall, host_call,
};

#[cfg_attr(test, path = "machine/exits_for_test.rs")]
mod exits;

#[cfg(test)]
pub use exits::take_output;
pub use exits::{read_register, write_register};

use crate::errno::{Result, from_answer};
use crate::user::UserMemory;

/// What the VMM has written down before it started the guest.
pub fn boot_info() -> &'static BootInfo {
    // SAFETY: the VMM writes a BootInfo there before the guest starts and nobody changes it afterwards (all RAM is mapped). A
    // program that does so anyway harms only itself: every bit pattern is a valid BootInfo.
    unsafe { &*(BOOT_INFO_ADDR as *const BootInfo) }
}

/// The end of RAM now: the VMM may have added some.
pub fn end_of_ram() -> u64 {
    let growth = GROWTH_ADDR as *const Growth;
    // SAFETY: this page is set aside for it, all zeros at first. The VMM may write it at any time, one aligned word at once.
    let grown = unsafe { (&raw const (*growth).ram_bytes).read_volatile() };
    grown.max(boot_info().ram_bytes)
}

/// The program's part of RAM. Called at boot, and again when RAM has grown: the new value replaces the old one.
pub fn user_memory(range: Range<u64>) -> UserMemory {
    // SAFETY: the VMM maps all RAM, readable and writable, for good. The kernel's own memory lies below PROGRAM_ADDR, where the
    // range starts, and the one kernel has the one `UserMemory`.
    unsafe { UserMemory::new(range) }
}

/// Counts a system call. Before it is carried out: not all return.
pub fn count_call(number: u64) {
    let counters = COUNTERS_ADDR as *mut Counters;
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    // SAFETY: these pages are set aside for the counters. The VMM reads them only while the guest stands still. Fields are
    // reached one by one, without a reference to the whole.
    unsafe {
        if index < COUNTED_SYSCALLS {
            (*counters).calls[index] = (*counters).calls[index].wrapping_add(1);
        } else {
            (*counters).out_of_range = (*counters).out_of_range.wrapping_add(1);
            (*counters).last_out_of_range = number;
        }
    }
}

/// Notes when the kernel was called first.
pub fn note_first_call() {
    let counters = COUNTERS_ADDR as *mut Counters;
    // SAFETY: as in `count_call`.
    unsafe { (*counters).first_call_tsc = tsc() };
}

/// Counts a system call that the kernel doesn't have.
pub fn count_unknown(number: u64) {
    let counters = COUNTERS_ADDR as *mut Counters;
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    if index < COUNTED_SYSCALLS {
        // SAFETY: as in `count_call`.
        unsafe { (*counters).enosys[index] = (*counters).enosys[index].wrapping_add(1) };
    }
}

/// Asks the VMM for something: one exit.
pub fn ask_host(operation: u32, fd: u32, address: u64, length: u64) -> Result {
    let block = HOST_CALL_ADDR as *mut HostCall;
    let call = HostCall {
        operation,
        fd,
        address,
        length,
        result: 0,
    };
    // SAFETY: this page is set aside for the block, and the VMM uses it only while it serves the call.
    unsafe { block.write_volatile(call) };
    exits::ring_host();
    // SAFETY: as above.
    let answer = unsafe { (&raw const (*block).result).read_volatile() };
    from_answer(answer)
}

/// Ends the program, and with it the VM.
pub fn end(operation: u32, code: u64) -> ! {
    loop {
        // The VMM doesn't return to the guest; if it did, asking again is all that is left.
        ask_host(operation, 0, 0, code).unwrap_or_default();
    }
}

/// The kernel's own voice: the program's stderr.
#[derive(Debug)]
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        ask_host(
            host_call::WRITE,
            2,
            text.as_ptr().expose_provenance() as u64,
            text.len() as u64,
        )
        .map(|_| ())
        .map_err(|_| fmt::Error)
    }
}

/// Ends the VM with a fault report that shows where the kernel was.
pub fn invalid_instruction() -> ! {
    // SAFETY: raises exception 6, whose stub never returns.
    unsafe { asm!("ud2", options(noreturn, nostack)) }
}

/// The time stamp counter.
pub fn tsc() -> u64 {
    // SAFETY: every 64-bit CPU has it, and CR4.TSD, which would forbid it, is clear.
    unsafe { _rdtsc() }
}

/// The base addresses of the segments FS and GS: the thread pointers of libc.
pub mod segment_base {
    use core::arch::asm;

    /// Sets FS.
    pub fn set_fs(canonical: u64) {
        // SAFETY: the kernel itself doesn't use FS. CR4.FSGSBASE is set by the VMM; the address has been checked.
        unsafe {
            asm!("wrfsbase {}", in(reg) canonical, options(nostack, nomem, preserves_flags));
        }
    }

    /// Sets GS.
    pub fn set_gs(canonical: u64) {
        // SAFETY: as for FS.
        unsafe {
            asm!("wrgsbase {}", in(reg) canonical, options(nostack, nomem, preserves_flags));
        }
    }

    /// Reads FS.
    pub fn fs() -> u64 {
        let base;
        // SAFETY: CR4.FSGSBASE is set by the VMM.
        unsafe {
            asm!("rdfsbase {}", out(reg) base, options(nostack, nomem, preserves_flags));
        }
        base
    }

    /// Reads GS.
    pub fn gs() -> u64 {
        let base;
        // SAFETY: CR4.FSGSBASE is set by the VMM.
        unsafe {
            asm!("rdgsbase {}", out(reg) base, options(nostack, nomem, preserves_flags));
        }
        base
    }
}
