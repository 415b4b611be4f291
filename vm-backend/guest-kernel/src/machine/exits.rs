//! The three instructions that stop the guest and wake the VMM.

use core::arch::asm;

use guest_abi::{PORT_HOST_CALL, VIRTIO_MMIO_ADDR};

/// Tells the VMM that the host call's block is filled. When it is over, the answer is there.
pub fn ring_host() {
    // SAFETY: changes nothing but what the call asks for. The `asm!` may read and write any memory, so the compiler keeps the
    // accesses to block and buffer on their side of it.
    unsafe {
        asm!("out dx, eax", in("dx") PORT_HOST_CALL, in("eax") 0, options(nostack, preserves_flags));
    }
}

/// Reads a 32-bit register of the disk: one exit.
pub fn read_register(offset: u32) -> u32 {
    let address = VIRTIO_MMIO_ADDR + u64::from(offset);
    let value: u32;
    // SAFETY: the registers' page is mapped and isn't memory. The one form of `mov` that every VMM can decode.
    unsafe {
        asm!("mov {value:e}, [{address}]", address = in(reg) address, value = out(reg) value,
            options(nostack, preserves_flags));
    }
    value
}

/// Writes a 32-bit register of the disk: one exit. When it is over, the device has done what the write asks for.
pub fn write_register(offset: u32, value: u32) {
    let address = VIRTIO_MMIO_ADDR + u64::from(offset);
    // SAFETY: the registers' page is mapped and isn't memory. The device may read and write any memory meanwhile; the compiler
    // assumes the same of an `asm!`.
    unsafe {
        asm!("mov [{address}], {value:e}", address = in(reg) address, value = in(reg) value,
            options(nostack, preserves_flags));
    }
}
