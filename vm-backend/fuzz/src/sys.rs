//! The only `unsafe` of the targets: a file without a name, and guest memory between pages that nobody may touch.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::PathBuf;
use std::ptr;

use vm_memory::mmap::MmapRegionBuilder;
use vm_memory::{GuestAddress, GuestMemoryMmap, GuestRegionMmap};

/// A file in memory, with a path for as long as it is open.
pub struct MemoryFile(pub File);

impl MemoryFile {
    /// With these contents.
    pub fn new(contents: &[u8]) -> io::Result<Self> {
        // SAFETY: the name is a NUL-terminated constant.
        let fd = unsafe { libc::memfd_create(c"input".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just made it for us; nobody else owns it.
        let mut file = unsafe { File::from_raw_fd(fd) };
        file.write_all(contents)?;
        Ok(Self(file))
    }

    /// Whoever opens it gets a description of its own.
    pub fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.0.as_raw_fd()).into()
    }
}

/// Guest memory from address 0, with a page before and behind it that can't be accessed. It is never unmapped: make it once.
pub fn guarded_memory(bytes: usize) -> io::Result<GuestMemoryMmap> {
    const GUARD_BYTES: usize = 1 << 16;
    let failed = || io::Error::from(io::ErrorKind::InvalidInput);
    // SAFETY: a new mapping at an address of the kernel's choice touches nobody's memory.
    let all = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes + 2 * GUARD_BYTES,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    if all == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    let (access, middle) = (
        libc::PROT_READ | libc::PROT_WRITE,
        all.wrapping_byte_add(GUARD_BYTES),
    );
    // SAFETY: the middle of the mapping above.
    if unsafe { libc::mprotect(middle, bytes, access) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: that memory stays mapped for ever, and nobody else refers to it.
    let region = unsafe { MmapRegionBuilder::new(bytes).with_raw_mmap_pointer(middle.cast()) }
        .with_mmap_prot(access)
        .with_mmap_flags(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE)
        .build()
        .map_err(io::Error::other)?;
    let region = GuestRegionMmap::new(region, GuestAddress(0)).ok_or_else(failed)?;
    GuestMemoryMmap::from_regions(vec![region]).map_err(io::Error::other)
}
