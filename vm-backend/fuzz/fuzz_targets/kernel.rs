//! A kernel's image: bzImage or vmlinux.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vm_backend::linux::boot_parameters::{self, Contents};
use vm_backend::linux::kernel::{Entry, Kernel};
use vm_backend_fuzz::sys::{self, MemoryFile};
use vm_memory::{GuestAddress, GuestMemoryMmap};

const RAM_BYTES: usize = 32 << 20;
static MEMORY: LazyLock<GuestMemoryMmap> =
    LazyLock::new(|| sys::guarded_memory(RAM_BYTES).unwrap());

fuzz_target!(|contents: &[u8]| {
    let file = MemoryFile::new(contents).unwrap();
    let Ok(mut kernel) = Kernel::open(&file.path()) else {
        return;
    };
    if let Some(release) = kernel.release() {
        assert!(!release.contains('/') && !release.starts_with('.'));
    }
    // What another VMM would get of it.
    if let Ok(unpacked) = kernel.unpacked() {
        assert!(unpacked.starts_with(b"\x7fELF"));
    }
    let Ok(loaded) = kernel.load(&MEMORY) else {
        return;
    };
    assert!(!matches!(loaded.entry, Entry::Linux64(GuestAddress(0))));
    let initramfs = Contents {
        address: GuestAddress(16 << 20),
        bytes: 0,
    };
    boot_parameters::write(&MEMORY, RAM_BYTES as u64, &loaded, "quiet", initramfs).unwrap();
});
