//! What lies where in a machine that boots Linux.
//!
//! ```text
//! 0x0000_0500  GDT, for the first instructions only
//! 0x0000_7000  boot parameters ("zero page") or PVH start info
//! 0x0000_9000  page tables, for the first instructions only: PML4, PDPT, 4 page directories
//! 0x0002_0000  command line
//! 0x000a_0000  ──── hole, as in a PC ────
//! 0x000e_0000  ACPI tables
//! 0x0010_0000  kernel
//!      …       free
//! RAM end      initramfs, ending here
//! 0xd000_0000  virtio-mmio registers, a page per device
//! 0xfec0_0000  I/O APIC
//! 0xfee0_0000  local APICs (KVM's)
//! ```
//!
//! Read next: Documentation/arch/x86/boot.rst, "64-bit BOOT PROTOCOL".

use guest_abi::{MAX_RAM_BYTES, PAGE_SIZE, VIRTIO_MMIO_ADDR};
use vm_memory::GuestAddress;

/// Segments for the first instructions.
pub const GDT: GuestAddress = GuestAddress(0x500);
/// Boot parameters, a page of them.
pub const BOOT_PARAMETERS: GuestAddress = GuestAddress(0x7000);
/// PVH's memory map and its list of one module.
pub const PVH_TABLES: GuestAddress = GuestAddress(0x8000);
/// Root of the page tables for the first instructions.
pub const PML4: GuestAddress = GuestAddress(0x9000);
/// The level below.
pub const PDPT: GuestAddress = GuestAddress(0xa000);
/// The first of four page directories.
pub const PAGE_DIRECTORIES: GuestAddress = GuestAddress(0xb000);
/// How many: they map 4 GiB.
pub const PAGE_DIRECTORY_COUNT: u64 = 4;
/// The kernel's command line.
pub const COMMAND_LINE: GuestAddress = GuestAddress(0x2_0000);
/// The longest that every kernel takes, its NUL included.
pub const COMMAND_LINE_BYTES: usize = 2048;
/// End of the memory below the hole.
pub const LOW_RAM_END: u64 = 0xa_0000;
/// ACPI tables: the range that a kernel searches for them.
pub const ACPI: GuestAddress = GuestAddress(0xe_0000);
/// End of that range, and of the hole.
pub const HIGH_RAM: u64 = 0x10_0000;
/// I/O APIC registers.
pub const IOAPIC: GuestAddress = GuestAddress(0xfec0_0000);
/// Interrupts that the I/O APIC has. A PC's has 24; a kernel reads and writes the registers of each, and each access is an exit.
pub const IOAPIC_PINS: u32 = 8;
/// As many devices as there can be: console, disk, entropy, balloon.
pub const MAX_DEVICES: u32 = 4;
/// The interrupt of each, in the order of their pages. A PC has its clock, keyboard and serial ports at those below 5; at 3 the
/// second serial port, which isn't here.
const DEVICE_INTERRUPTS: [u32; MAX_DEVICES as usize] = [5, 6, 7, 3];
/// Three pages for KVM's own use on Intel's first CPUs (KVM_SET_TSS_ADDR), and one for its page table.
pub const KVM_TSS: usize = 0xfffb_d000;
/// KVM_SET_IDENTITY_MAP_ADDR.
pub const KVM_IDENTITY_MAP: u64 = 0xfffb_c000;

/// Register page of a virtio device.
#[must_use]
pub const fn device_page(index: u32) -> GuestAddress {
    GuestAddress(VIRTIO_MMIO_ADDR + index as u64 * PAGE_SIZE)
}

/// Interrupt of a virtio device.
#[must_use]
pub const fn device_interrupt(index: u32) -> u32 {
    DEVICE_INTERRUPTS[index as usize]
}

const _: () = {
    let mut index = 0;
    while index < MAX_DEVICES {
        assert!(device_interrupt(index) < IOAPIC_PINS);
        index += 1;
    }
};
const _: () = assert!(PAGE_DIRECTORIES.0 + PAGE_DIRECTORY_COUNT * PAGE_SIZE <= COMMAND_LINE.0);
const _: () = assert!(COMMAND_LINE.0 + COMMAND_LINE_BYTES as u64 <= LOW_RAM_END);
const _: () = assert!(MAX_RAM_BYTES <= VIRTIO_MMIO_ADDR && VIRTIO_MMIO_ADDR < IOAPIC.0);
