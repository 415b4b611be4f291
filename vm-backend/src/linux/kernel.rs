//! The kernel's image, from its file into guest memory.
//!
//! Two formats, told apart by their first bytes:
//! - **bzImage**, what distributions install: a header, code for 16-bit mode that firmware would start, and a compressed kernel
//!   with a decompressor. The VMM skips the 16-bit part and enters the decompressor in 64-bit mode.
//! - **ELF** (`vmlinux`): segments for physical addresses. If it has the PVH note, it is entered there, in 32-bit mode with
//!   paging off; otherwise at its entry point, in 64-bit mode.
//!
//! linux-loader copies the image; what it says is checked here.
//!
//! Read next: Documentation/arch/x86/boot.rst; Xen's docs/misc/pvh.pandoc.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use linux_loader::loader::bootparam::setup_header;
use linux_loader::loader::bzimage::BzImage;
use linux_loader::loader::elf::{Elf, PvhBootCapability};
use linux_loader::loader::{self, KernelLoader};
use vm_memory::{GuestAddress, GuestMemoryMmap};

use super::layout::HIGH_RAM;

/// The entry point for 64-bit mode is so far into the image; boot.rst.
const ENTRY_64: u64 = 0x200;
/// `xloadflags`, bit 0: the kernel has that entry point.
const XLF_KERNEL_64: u16 = 1;
/// The header's field `kernel_version` counts from here.
const SETUP_START: u64 = 0x200;
/// Longer than any version.
const VERSION_BYTES: usize = 256;

/// Why a file isn't a kernel for this machine.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// It can't be read.
    #[error("reading it")]
    Read(#[source] io::Error),
    /// Neither format.
    #[error("it is neither a bzImage nor an ELF vmlinux")]
    Format,
    /// 32 bit, or from before 2012.
    #[error("it has no 64-bit entry point")]
    Old,
    /// It contradicts itself, or doesn't fit.
    #[error("it can't be loaded: {0}")]
    Load(String),
}

/// How the CPU enters it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// In 64-bit mode, with the address of the boot parameters in rsi.
    Linux64(GuestAddress),
    /// In 32-bit mode without paging, with the address of the start info in ebx.
    Pvh(GuestAddress),
}

/// A kernel in guest memory.
#[derive(Clone, Copy, Debug)]
pub struct Loaded {
    /// Where it starts.
    pub entry: Entry,
    /// The address after it.
    pub end: u64,
    /// A bzImage's header, with which the boot parameters begin.
    pub header: Option<setup_header>,
}

/// An opened image.
#[derive(Debug)]
pub struct Kernel {
    file: File,
    is_elf: bool,
}

impl Kernel {
    /// Opens it and looks which format it has.
    ///
    /// # Errors
    /// When it has none.
    pub fn open(path: &Path) -> Result<Self, KernelError> {
        let file = File::open(path).map_err(KernelError::Read)?;
        let mut magic = [0; 4];
        file.read_exact_at(&mut magic, 0)
            .map_err(|_| KernelError::Format)?;
        let is_elf = magic == *b"\x7fELF";
        let mut header = [0; 4];
        let has_header = file.read_exact_at(&mut header, 0x202).is_ok() && header == *b"HdrS";
        if is_elf || has_header {
            Ok(Self { file, is_elf })
        } else {
            Err(KernelError::Format)
        }
    }

    /// The release of a bzImage, such as `6.1.0-56-cloud-amd64`: the folder of its modules has that name.
    #[must_use]
    pub fn release(&self) -> Option<String> {
        if self.is_elf {
            return None;
        }
        let mut offset = [0; 2];
        self.file.read_exact_at(&mut offset, 0x20e).ok()?;
        let at = SETUP_START + u64::from(u16::from_le_bytes(offset));
        let mut text = [0; VERSION_BYTES];
        let length = self.file.read_at(&mut text, at).ok()?;
        let text = text[..length]
            .split(|byte| matches!(byte, 0 | b' '))
            .next()?;
        let text = str::from_utf8(text).ok()?;
        // It becomes a part of a path.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+~".contains(&byte);
        (!text.is_empty() && !text.starts_with('.') && text.bytes().all(is_name))
            .then(|| text.to_owned())
    }

    /// Copies it into guest memory.
    ///
    /// # Errors
    /// When it doesn't fit or contradicts itself.
    pub fn load(&mut self, memory: &GuestMemoryMmap) -> Result<Loaded, KernelError> {
        let failed = |error: loader::Error| KernelError::Load(error.to_string());
        let high = Some(GuestAddress(HIGH_RAM));
        if self.is_elf {
            let loaded = Elf::load(memory, None, &mut self.file, high).map_err(failed)?;
            let entry = match loaded.pvh_boot_cap {
                PvhBootCapability::PvhEntryPresent(address) => Entry::Pvh(address),
                _ => Entry::Linux64(loaded.kernel_load),
            };
            return Ok(Loaded {
                entry,
                end: loaded.kernel_end,
                header: None,
            });
        }
        let loaded = BzImage::load(memory, None, &mut self.file, high).map_err(failed)?;
        let header = loaded.setup_header.ok_or(KernelError::Old)?;
        if header.xloadflags & XLF_KERNEL_64 == 0 {
            return Err(KernelError::Old);
        }
        // It unpacks itself behind and over its image: `init_size` bytes, from where it prefers to be.
        let unpacked = header
            .pref_address
            .max(loaded.kernel_load.0)
            .checked_add(u64::from(header.init_size));
        Ok(Loaded {
            entry: Entry::Linux64(GuestAddress(loaded.kernel_load.0 + ENTRY_64)),
            end: unpacked
                .map(|end| end.max(loaded.kernel_end))
                .ok_or_else(|| KernelError::Load("its header's addresses overflow".to_owned()))?,
            header: Some(header),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ram::Ram;
    use std::io::Write;

    fn kernel(bytes: &[u8]) -> (tempfile::NamedTempFile, Result<Kernel, KernelError>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let kernel = Kernel::open(file.path());
        (file, kernel)
    }

    /// A header with a 64-bit entry, and 4 KiB of kernel.
    fn bz_image() -> Vec<u8> {
        let mut image = vec![0; 1024 + 4096];
        let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
        put(0x1f1, &[1]); // One sector of 16-bit code.
        put(0x202, b"HdrS");
        put(0x206, &0x020fu16.to_le_bytes());
        put(0x20e, &0x100u16.to_le_bytes());
        put(0x211, &[1]); // Loaded high.
        put(0x214, &0x10_0000u32.to_le_bytes());
        put(0x236, &XLF_KERNEL_64.to_le_bytes());
        put(0x258, &0x100_0000u64.to_le_bytes());
        put(0x260, &0x20_0000u32.to_le_bytes());
        put(0x300, b"6.1.0-test (builder) #1\0");
        put(1024, b"code");
        image
    }

    #[test]
    fn a_bzimage_is_entered_in_64_bit_mode() {
        let (_file, kernel) = kernel(&bz_image());
        let mut kernel = kernel.unwrap();
        assert_eq!(kernel.release().as_deref(), Some("6.1.0-test"));
        let ram = Ram::new(64 << 20).unwrap();
        let loaded = kernel.load(ram.memory()).unwrap();
        assert_eq!(loaded.entry, Entry::Linux64(GuestAddress(0x10_0200)));
        assert_eq!(loaded.end, 0x120_0000);
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        for bytes in [&b""[..], b"#!/bin/sh", &[0; 4096]] {
            assert!(matches!(kernel(bytes).1, Err(KernelError::Format)));
        }
        let mut old = bz_image();
        old[0x236] = 0;
        let ram = Ram::new(64 << 20).unwrap();
        let (_file, kernel_) = kernel(&old);
        assert!(matches!(
            kernel_.unwrap().load(ram.memory()),
            Err(KernelError::Old)
        ));
        // Too large for the memory, and cut short.
        let mut large = bz_image();
        large.resize(70 << 20, 1);
        let (_file, kernel_) = kernel(&large);
        assert!(matches!(
            kernel_.unwrap().load(ram.memory()),
            Err(KernelError::Load(_))
        ));
        let (_file, kernel_) = kernel(&bz_image()[..0x220]);
        assert!(kernel_.unwrap().load(ram.memory()).is_err());
    }

    #[test]
    fn a_release_that_is_a_path_is_none() {
        for text in [&b"../../etc\0"[..], b"/etc\0", b"\0", b".hidden\0"] {
            let mut image = bz_image();
            image[0x300..0x300 + text.len()].copy_from_slice(text);
            let (_file, kernel) = kernel(&image);
            assert_eq!(kernel.unwrap().release(), None);
        }
    }
}
