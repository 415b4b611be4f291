//! Two I/O ports that reach the VMM: an `out` is an exit, so the VMM knows the moment without asking any clock of ours.

use std::arch::asm;
use std::io;

use guest_abi::doorbell::{PORT_BALLOON, PORT_EXIT, PORT_PHASE};

/// Lets this process use the ports (needs CONFIG_X86_IOPL_IOPERM).
pub fn allow() -> io::Result<()> {
    let (first, count) = (u64::from(PORT_PHASE), u64::from(PORT_EXIT + 4 - PORT_PHASE));
    // SAFETY: takes only numbers. The ports belong to nothing but the VMM's doorbell.
    match unsafe { libc::ioperm(first, count, 1) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Says which phase begins.
pub fn ring(phase: u32) {
    out(PORT_PHASE, phase);
}

/// Says how it ended. The VMM ends the machine within this instruction.
pub fn end(code: u32) -> ! {
    // `run` may have failed before it could allow the ports.
    if allow().is_ok() {
        out(PORT_EXIT, code);
    }
    // A VMM without a doorbell: the kernel panics when its first process ends, and the machine stops.
    std::process::exit(1);
}

/// How many pages the balloon still has to take. Only for a machine that has one.
pub fn missing_pages() -> u32 {
    let pages;
    // SAFETY: `allow` has let this process use the ports; the VMM changes no memory.
    unsafe {
        asm!("in eax, dx", in("dx") PORT_BALLOON, out("eax") pages, options(nomem, nostack, preserves_flags));
    }
    pages
}

fn out(port: u16, value: u32) {
    // SAFETY: `allow` has let this process use the ports; the VMM changes no memory.
    unsafe {
        asm!("out dx, eax", in("dx") port, in("eax") value, options(nomem, nostack, preserves_flags));
    }
}
