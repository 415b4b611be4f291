//! Step 3: the guest kernel.
//!
//! It is a statically linked ELF file inside this executable, made by `build.rs`. linux-loader copies its segments to the
//! addresses that they were linked for, as it would with a Linux kernel. Its entry point is where `syscall` will land, and its
//! fault stubs are where exceptions will.

use std::io::Cursor;

use guest_abi::{KERNEL_ADDR, PAGE_SIZE, PROGRAM_ADDR};
use linux_loader::loader::KernelLoader;
use linux_loader::loader::elf::Elf;
use vm_memory::{GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::symbols::Symbols;

/// The ELF file, symbols included: a fault report names the function.
static IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest-kernel"));

/// Addresses in the loaded kernel.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Where `syscall` jumps to.
    pub syscall_entry: GuestAddress,
    /// The first of the 32 fault stubs.
    pub fault_stubs: GuestAddress,
    /// The vDSO, an ELF image, if this kernel has one.
    pub vdso: Option<GuestAddress>,
}

/// Copies the kernel into guest memory.
///
/// # Errors
/// When it doesn't fit its place: then the build is broken.
pub fn load(memory: &GuestMemoryMmap) -> Result<Kernel, Error> {
    let wrong = |reason: String| Error::KernelImage { reason };
    let loaded = Elf::load(
        memory,
        None,
        &mut Cursor::new(IMAGE),
        Some(GuestAddress(KERNEL_ADDR)),
    )
    .map_err(|error| wrong(error.to_string()))?;
    if loaded.kernel_end > PROGRAM_ADDR {
        return Err(wrong("it reaches into the program's memory".to_owned()));
    }
    let symbols = symbols();
    let address = |name| symbols.address_of(name).map(GuestAddress);
    Ok(Kernel {
        syscall_entry: loaded.kernel_load,
        fault_stubs: address("fault_stubs")
            .ok_or_else(|| wrong("it has no symbol fault_stubs".to_owned()))?,
        vdso: address("vdso_image").filter(|image| image.0.is_multiple_of(PAGE_SIZE)),
    })
}

/// The kernel's symbols.
#[must_use]
pub fn symbols() -> Symbols<'static> {
    Symbols::of(IMAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::MIN_RAM_BYTES;
    use crate::ram::Ram;
    use vm_memory::Bytes;

    #[test]
    fn the_kernel_lies_where_it_was_linked() {
        let ram = Ram::new(MIN_RAM_BYTES).unwrap();
        let kernel = load(ram.memory()).unwrap();
        let inside = KERNEL_ADDR..PROGRAM_ADDR;
        assert!(inside.contains(&kernel.syscall_entry.0));
        assert!(inside.contains(&kernel.fault_stubs.0));
        assert_eq!(
            symbols().name_at(kernel.syscall_entry.0).as_deref(),
            Some("syscall_entry")
        );
        let code: u64 = ram.memory().read_obj(kernel.syscall_entry).unwrap();
        assert_ne!(code, 0);
    }
}
