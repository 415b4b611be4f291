//! Step 2: the machine's memory.
//!
//! Guest RAM is an ordinary private mapping of this process. KVM_SET_USER_MEMORY_REGION tells the kernel to show it to the guest
//! from address 0; from then on the guest's pages are this process's pages, and both sides see the same bytes.
//!
//! Nothing is reserved: the host finds a page when somebody touches it first. That first touch is the dearest part of using
//! memory in a VM (an exit to the kernel, a page fault there, and an entry in a second set of page tables), so the free part of
//! RAM asks for huge pages: one such touch per 2 MiB instead of 512. For that, host and guest addresses must agree modulo 2 MiB.
//!
//! Read next: api.rst, 4.35; madvise(2), MADV_HUGEPAGE; `backing.rs` for what can be chosen.

use std::fs::File;
use std::io;
use std::ops::Range;

use guest_abi::{LARGE_PAGE_SIZE, MAX_RAM_BYTES};
use kvm_bindings::kvm_userspace_memory_region;
use kvm_ioctls::VmFd;
use vm_memory::mmap::MmapRegion;
use vm_memory::{GuestAddress, GuestMemoryMmap, GuestRegionMmap};

use crate::Error;
use crate::layout::MIN_RAM_BYTES;
use crate::sys::{self, Reservation};

/// The guest's RAM.
#[derive(Debug)]
pub struct Ram {
    /// The view by guest addresses: checks every access. Goes before what it looks at.
    memory: GuestMemoryMmap,
    /// The mapping.
    host: Reservation,
    /// How much of it the guest has from the start.
    bytes: u64,
}

impl Ram {
    /// Maps RAM of this size, rounded up to 2 MiB.
    ///
    /// # Errors
    /// When it is too little or too much, or the kernel refuses.
    pub fn new(bytes: u64) -> Result<Self, Error> {
        Self::up_to(MAX_RAM_BYTES, bytes)
    }

    /// The same with room for more: that much address space, all of which [`Ram::memory`] shows. The guest can't reach it
    /// before [`Ram::plug_in_more`]; what it lends the VMM as a buffer may lie there, and is the guest's own memory too.
    ///
    /// # Errors
    /// When it is too little or too much, or the kernel refuses.
    pub fn with_room(bytes: u64, most_bytes: u64) -> Result<Self, Error> {
        let bytes = whole_pages(bytes, MAX_RAM_BYTES)?;
        let all = Self::new(most_bytes.max(bytes))?;
        Ok(Self { bytes, ..all })
    }

    /// The same with another limit: a machine that never runs has no devices that RAM could cover.
    ///
    /// # Errors
    /// When it is too little or too much, or the kernel refuses.
    pub fn up_to(most: u64, bytes: u64) -> Result<Self, Error> {
        let bytes = whole_pages(bytes, most)?;
        let failed = |source| Error::MapRam { bytes, source };
        let host = Reservation::new(bytes as usize).map_err(failed)?;
        let region = sys::region_of(&host)
            .ok()
            .and_then(|region: MmapRegion| GuestRegionMmap::new(region, GuestAddress(0)));
        let memory = region
            .and_then(|region| GuestMemoryMmap::from_regions(vec![region]).ok())
            .ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        Ok(Self {
            memory,
            host,
            bytes,
        })
    }

    /// The view by guest addresses.
    #[must_use]
    pub fn memory(&self) -> &GuestMemoryMmap {
        &self.memory
    }

    /// Size in bytes, as the guest has it from the start.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Size in bytes with all that can be added.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        self.host.bytes() as u64
    }

    /// Where it lies in this process.
    #[must_use]
    pub fn host_address(&self) -> u64 {
        self.host.address()
    }

    /// Asks for huge pages in the part of RAM that has no contents yet. Advice: the host may be set to ignore it.
    pub fn advise_huge_pages(&self, free: Range<u64>) {
        let start = free
            .start
            .next_multiple_of(LARGE_PAGE_SIZE)
            .min(self.most_bytes());
        let end = free.end.min(self.most_bytes());
        if start < end {
            self.host
                .advise_huge_pages(start as usize..end as usize)
                .unwrap_or_default();
        }
    }

    /// Asks for small pages in all of RAM, also where the host gives huge ones unasked.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn forbid_huge_pages(&self) -> io::Result<()> {
        self.host.forbid_huge_pages()
    }

    /// Lets the host find all pages now.
    ///
    /// # Errors
    /// When it has none left, or is older than Linux 5.14.
    pub fn populate(&self) -> io::Result<()> {
        self.host.populate()
    }

    /// Puts pages of a file where RAM was; a write gives the guest a copy of the page.
    ///
    /// # Errors
    /// When the range isn't whole pages of RAM, or the kernel refuses.
    pub fn map_file(&self, file: &File, offset: u64, at: Range<u64>) -> std::io::Result<()> {
        let at = usize::try_from(at.start).and_then(|start| Ok(start..usize::try_from(at.end)?));
        let at = at.map_err(|_| std::io::ErrorKind::InvalidInput)?;
        self.host.map_file(file, offset, at)
    }

    /// Shows it to the guest, from address 0.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn plug_in(&self, vm: &VmFd) -> Result<(), Error> {
        self.plug_in_first(vm, self.bytes())
    }

    /// The same with the room for more, for a guest that keeps away from that on its own.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn plug_in_all(&self, vm: &VmFd) -> Result<(), Error> {
        self.plug_in_first(vm, self.most_bytes())
    }

    fn plug_in_first(&self, vm: &VmFd, bytes: u64) -> Result<(), Error> {
        let slot = kvm_userspace_memory_region {
            slot: 0,
            flags: 0,
            guest_phys_addr: 0,
            memory_size: bytes,
            userspace_addr: self.host_address(),
        };
        sys::set_memory_slot(vm, slot).map_err(Error::kvm("giving the VM its memory"))
    }

    /// Shows the guest a further part, while it runs.
    ///
    /// # Errors
    /// When the part isn't one of RAM's, or the kernel refuses.
    pub fn plug_in_more(&self, vm: &VmFd, number: u32, part: Range<u64>) -> Result<(), Error> {
        if part.start >= part.end || part.end > self.most_bytes() {
            return Err(Error::TooMuchMemory {
                given: part.end,
                most: self.most_bytes(),
            });
        }
        let slot = kvm_userspace_memory_region {
            slot: number,
            flags: 0,
            guest_phys_addr: part.start,
            memory_size: part.end - part.start,
            userspace_addr: self.host_address() + part.start,
        };
        sys::set_memory_slot(vm, slot).map_err(Error::kvm("giving the VM more memory"))
    }
}

/// Rounds up to 2 MiB.
fn whole_pages(bytes: u64, most: u64) -> Result<u64, Error> {
    let bytes = bytes
        .checked_next_multiple_of(LARGE_PAGE_SIZE)
        .unwrap_or(u64::MAX);
    if bytes < MIN_RAM_BYTES {
        return Err(Error::TooLittleMemory {
            needed: MIN_RAM_BYTES,
            given: bytes,
        });
    }
    if bytes > most {
        return Err(Error::TooMuchMemory { given: bytes, most });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vm_memory::Bytes;

    #[test]
    fn ram_is_whole_large_pages_and_zero() {
        let ram = Ram::new(MIN_RAM_BYTES + 1).unwrap();
        assert_eq!(ram.bytes(), MIN_RAM_BYTES + LARGE_PAGE_SIZE);
        assert_eq!(ram.host_address() % LARGE_PAGE_SIZE, 0);
        let last: u64 = ram
            .memory()
            .read_obj(GuestAddress(ram.bytes() - 8))
            .unwrap();
        assert_eq!(last, 0);
        assert!(
            ram.memory()
                .read_obj::<u64>(GuestAddress(ram.bytes() - 7))
                .is_err()
        );
    }

    #[test]
    fn too_little_and_too_much_are_told() {
        assert!(matches!(
            Ram::new(1 << 20),
            Err(Error::TooLittleMemory { .. })
        ));
        assert!(matches!(
            Ram::new(u64::MAX),
            Err(Error::TooMuchMemory { .. })
        ));
    }

    #[test]
    fn a_file_shows_through_and_keeps_its_contents() {
        let ram = Ram::new(MIN_RAM_BYTES).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &[7; 8192]).unwrap();
        ram.map_file(&file, 4096, 0x20_0000..0x20_1000).unwrap();
        let at = GuestAddress(0x20_0800);
        assert_eq!(ram.memory().read_obj::<u8>(at).unwrap(), 7);
        ram.memory().write_obj(9u8, at).unwrap();
        let mut byte = [0];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut byte, 4096 + 0x800).unwrap();
        assert_eq!(byte, [7]);
        assert!(ram.map_file(&file, 0, 0x20_0800..0x20_1800).is_err());
        assert!(ram.map_file(&file, 0, 0..u64::MAX).is_err());
    }
}
