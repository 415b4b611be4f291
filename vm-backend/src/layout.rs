//! What lies where in the guest: the parts that only the VMM decides (the others are in `guest-abi`, with the picture).
//!
//! ```text
//! TABLES_ADDR   0x1_8000  GDT                       PAGE_TABLES_ADDR 0x2_0000  PML4
//!               0x1_9000  TSS, its port bitmap                       0x2_1000  PDPT
//!               0x1_a000  IDT                                        0x2_2000  one PD per GiB, 4 of them
//!               0x1_b000  fault stack, grows down                    0x2_6000  PT of the first 2 MiB
//!                         from 0x1_d000
//!
//! RAM end - 4 MiB   guard, never mapped: a stack that grows too far faults instead of meeting the heap
//! RAM end - 2 MiB   the program's stack
//! RAM end
//! ```
//!
//! Read next: `guest-abi`.

use guest_abi::{
    KERNEL_ADDR, LARGE_PAGE_SIZE, MAX_RAM_BYTES, PAGE_SIZE, PAGE_TABLES_ADDR, PROGRAM_ADDR,
    TABLES_ADDR, VIRTIO_MMIO_ADDR,
};
use vm_memory::GuestAddress;

/// Global descriptor table.
pub const GDT: GuestAddress = GuestAddress(TABLES_ADDR);
/// Task state segment, with the bitmap of allowed ports.
pub const TSS: GuestAddress = GuestAddress(TABLES_ADDR + 0x1000);
/// Interrupt descriptor table.
pub const IDT: GuestAddress = GuestAddress(TABLES_ADDR + 0x2000);
/// Where the stack of the fault stubs begins, growing down over two pages.
pub const FAULT_STACK_TOP: GuestAddress = GuestAddress(TABLES_ADDR + 0x5000);

/// Page map level 4: the root of the page tables.
pub const PML4: GuestAddress = GuestAddress(PAGE_TABLES_ADDR);
/// Page directory pointer table, of the first 512 GiB.
pub const PDPT: GuestAddress = GuestAddress(PAGE_TABLES_ADDR + PAGE_SIZE);
/// The first of four page directories, of 1 GiB each.
pub const PAGE_DIRECTORIES: GuestAddress = GuestAddress(PAGE_TABLES_ADDR + 2 * PAGE_SIZE);
/// How many: all RAM and the devices lie below 4 GiB.
pub const PAGE_DIRECTORY_COUNT: u64 = 4;
/// Page table of the first 2 MiB.
pub const FIRST_PAGE_TABLE: GuestAddress =
    GuestAddress(PAGE_DIRECTORIES.0 + PAGE_DIRECTORY_COUNT * PAGE_SIZE);

/// Size of the program's stack in bytes.
pub const STACK_BYTES: u64 = LARGE_PAGE_SIZE;
/// Size of the unmapped range below it.
pub const GUARD_BYTES: u64 = LARGE_PAGE_SIZE;
/// RAM below this has no room for any program.
pub const MIN_RAM_BYTES: u64 = PROGRAM_ADDR + LARGE_PAGE_SIZE + GUARD_BYTES + STACK_BYTES;

const _: () = assert!(FAULT_STACK_TOP.0 <= PAGE_TABLES_ADDR);
const _: () = assert!(FIRST_PAGE_TABLE.0 + PAGE_SIZE <= KERNEL_ADDR);
const _: () =
    assert!(MAX_RAM_BYTES <= VIRTIO_MMIO_ADDR && MAX_RAM_BYTES.is_multiple_of(LARGE_PAGE_SIZE));
const _: () = assert!(VIRTIO_MMIO_ADDR < PAGE_DIRECTORY_COUNT << 30);
