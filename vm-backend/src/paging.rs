//! Step 6: page tables.
//!
//! In 64-bit mode every address goes through four levels of tables, 9 bits of it each: PML4, PDPT, PD, PT. An entry of a PD may
//! be a page of 2 MiB itself; then there is no PT below it. Here virtual and physical addresses are the same, and everything
//! is mapped before the guest starts: the guest kernel can't change page tables where it runs without ring 0.
//!
//! - The first 2 MiB have pages of 4 KiB, and the first 64 KiB none: a null pointer faults.
//! - All other RAM has pages of 2 MiB: one table entry, and with huge pages on the host one first touch, for 512 small ones.
//! - The 2 MiB below the stack have none.
//! - The disk's registers are mapped, though there is no RAM: each access leaves the guest, which is what makes them registers.
//!
//! All entries are marked accessed and dirty, as if used before. The CPU then needn't write to them, and a KVM that shadows page tables
//! maps neighbours of a touched page along with it only if they are marked so.
//!
//! Simplified: everything is accessible from ring 3, writable and executable.
//!
//! Read next: Intel SDM volume 3, 4.5 (4-level paging).

use guest_abi::{BOOT_INFO_ADDR, LARGE_PAGE_SIZE, PAGE_SIZE, VIRTIO_MMIO_ADDR};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::layout::{
    FIRST_PAGE_TABLE, GUARD_BYTES, PAGE_DIRECTORIES, PAGE_DIRECTORY_COUNT, PDPT, PML4, STACK_BYTES,
};

/// Bits of an entry: present, writable, accessible from ring 3, accessed, dirty.
const ENTRY: u64 = 1 | 1 << 1 | 1 << 2 | 1 << 5 | 1 << 6;
/// In a PD: the entry is a page of 2 MiB.
const LARGE: u64 = 1 << 7;
/// Not cached: device registers.
const UNCACHED: u64 = 1 << 4;

const ENTRIES: usize = 512;
const GIB: u64 = 1 << 30;

/// Writes the tables for RAM of this size, and for what may be added above it: behind those addresses there is nothing yet.
///
/// # Errors
/// When the layout is wrong.
pub fn write(memory: &GuestMemoryMmap, ram_bytes: u64, most_bytes: u64) -> Result<(), Error> {
    let write = |table: &[u64; ENTRIES], at: GuestAddress| {
        let bytes: Vec<u8> = table.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        memory
            .write_slice(&bytes, at)
            .map_err(Error::memory("the page tables"))
    };
    write(&first_page_table(), FIRST_PAGE_TABLE)?;
    let mut pdpt = [0; ENTRIES];
    for gib in 0..PAGE_DIRECTORY_COUNT {
        let at = GuestAddress(PAGE_DIRECTORIES.0 + gib * PAGE_SIZE);
        let directory = page_directory(gib * GIB, ram_bytes, most_bytes);
        // A GiB without anything in it has no table: no page is touched for it.
        if directory.iter().any(|entry| *entry != 0) {
            write(&directory, at)?;
            pdpt[gib as usize] = at.0 | ENTRY;
        }
    }
    write(&pdpt, PDPT)?;
    let mut pml4 = [0; ENTRIES];
    pml4[0] = PDPT.0 | ENTRY;
    write(&pml4, PML4)
}

/// The first 2 MiB.
fn first_page_table() -> [u64; ENTRIES] {
    std::array::from_fn(|index| match index as u64 * PAGE_SIZE {
        page if page < BOOT_INFO_ADDR => 0,
        page => page | ENTRY,
    })
}

/// One GiB.
fn page_directory(from: u64, ram_bytes: u64, most_bytes: u64) -> [u64; ENTRIES] {
    let stack = ram_bytes - STACK_BYTES;
    let guard = stack - GUARD_BYTES..stack;
    std::array::from_fn(|index| match from + index as u64 * LARGE_PAGE_SIZE {
        0 => FIRST_PAGE_TABLE.0 | ENTRY,
        VIRTIO_MMIO_ADDR => VIRTIO_MMIO_ADDR | ENTRY | LARGE | UNCACHED,
        page if page < most_bytes && !guard.contains(&page) => page | ENTRY | LARGE,
        _ => 0,
    })
}

const _: () = assert!(VIRTIO_MMIO_ADDR.is_multiple_of(LARGE_PAGE_SIZE));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ram::Ram;

    /// Walks the tables as the CPU does.
    fn translate(memory: &GuestMemoryMmap, address: u64) -> Option<u64> {
        let mut table = PML4.0;
        for shift in [39, 30, 21, 12] {
            let index = address >> shift & 0x1ff;
            let entry: u64 = memory.read_obj(GuestAddress(table + index * 8)).unwrap();
            if entry & 1 == 0 {
                return None;
            }
            let target = entry & !0xfff;
            if shift == 12 || entry & LARGE != 0 {
                return Some(target + (address & ((1 << shift) - 1)));
            }
            table = target;
        }
        unreachable!()
    }

    #[test]
    fn every_address_of_ram_is_itself_and_the_holes_are_holes() {
        let bytes = 1 << 28;
        let ram = Ram::new(bytes).unwrap();
        write(ram.memory(), bytes, bytes).unwrap();
        let at = |address| translate(ram.memory(), address);
        let stack = bytes - STACK_BYTES;
        for address in [
            BOOT_INFO_ADDR,
            0x10_0123,
            0x20_0000,
            0x234_5678,
            stack,
            bytes - 1,
            VIRTIO_MMIO_ADDR + 8,
        ] {
            assert_eq!(at(address), Some(address), "{address:#x}");
        }
        for address in [
            0,
            BOOT_INFO_ADDR - 1,
            stack - 1,
            stack - GUARD_BYTES,
            bytes,
            VIRTIO_MMIO_ADDR - 1,
            5 << 30,
        ] {
            assert_eq!(at(address), None, "{address:#x}");
        }
        assert_eq!(at(stack - GUARD_BYTES - 1), Some(stack - GUARD_BYTES - 1));
    }

    #[test]
    fn what_may_be_added_is_mapped_and_the_stack_stays_where_it_is() {
        let (bytes, most) = (1 << 25, 1 << 26);
        let ram = Ram::with_room(bytes, most).unwrap();
        write(ram.memory(), bytes, most).unwrap();
        let at = |address| translate(ram.memory(), address);
        for address in [bytes - 1, bytes, most - 1] {
            assert_eq!(at(address), Some(address), "{address:#x}");
        }
        assert_eq!(at(bytes - STACK_BYTES - 1), None);
        assert_eq!(at(most), None);
    }
}
