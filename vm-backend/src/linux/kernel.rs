//! The kernel's image, from its file into guest memory.
//!
//! Two formats, told apart by their first bytes:
//! - **bzImage**, what distributions install: a header, code for 16-bit mode that firmware would start, and a compressed kernel
//!   with a decompressor. The VMM skips the 16-bit part and enters the decompressor in 64-bit mode.
//! - **ELF** (`vmlinux`): segments for physical addresses. If it has the PVH note, it is entered there, in 32-bit mode with
//!   paging off; otherwise at its entry point, in 64-bit mode.
//!
//! What the headers say is checked first ([`super::image_headers`]). Then a bzImage is **mapped**, not copied: its compressed part
//! lies in the file as it is to lie in memory, and the guest reads it once, to unpack it somewhere else. So a start doesn't wait
//! until megabytes are copied, and all VMs that boot this kernel share the pages of the host's page cache. The guest pays for
//! that with a page fault in the host for every 4 KiB instead of one for 2 MiB, which takes about as long as was saved. What can't
//! be mapped (an ELF file's segments are written to; an image may not begin at a page) is copied by linux-loader.
//!
//! Simplified: a file that is cut short while a guest unpacks it ends that guest.
//!
//! Read next: Documentation/arch/x86/boot.rst; Xen's docs/misc/pvh.pandoc.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread::{Scope, ScopedJoinHandle};

use guest_abi::PAGE_SIZE;
use linux_loader::loader::bootparam::setup_header;
use linux_loader::loader::bzimage::BzImage;
use linux_loader::loader::elf::{Elf, PvhBootCapability};
use linux_loader::loader::{self, KernelLoader};
use vm_memory::{ByteValued, GuestAddress, GuestMemoryMmap};

use super::image_headers::{bz_image_end, elf_end};
use super::layout::HIGH_RAM;
use super::payload;
use crate::ram::Ram;

/// The entry point for 64-bit mode is so far into the image; boot.rst.
const ENTRY_64: u64 = 0x200;
/// The header begins here, and its field `kernel_version` counts from there.
const HEADER: u64 = 0x1f1;
const SETUP_START: u64 = 0x200;
/// The header counts the 16-bit part in sectors, of which the first is not counted.
const SECTOR_BYTES: u64 = 512;
/// `loadflags`, bit 0: the rest belongs above 1 MiB.
const LOADED_HIGH: u8 = 1;
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
    /// A part of a kernel.
    #[error("it is cut short: {given} of {wanted} bytes")]
    CutShort {
        /// Bytes in the file.
        given: u64,
        /// Bytes that it says it has, at least.
        wanted: u64,
    },
    /// What is packed in it can't be had.
    #[error("{0}")]
    Payload(&'static str),
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
    /// A bzImage's header, with which the boot parameters begin.
    pub header: Option<setup_header>,
}

/// A kernel on its way into guest memory.
#[derive(Debug)]
pub enum Loading<'scope> {
    /// Mapped: it is there.
    Mapped(Loaded),
    /// Being copied by another thread.
    Copying(ScopedJoinHandle<'scope, Result<Loaded, KernelError>>),
}

impl Loading<'_> {
    /// Waits until it is there.
    ///
    /// # Errors
    /// When it doesn't fit or contradicts itself.
    pub fn finish(self) -> Result<Loaded, KernelError> {
        match self {
            Self::Mapped(loaded) => Ok(loaded),
            Self::Copying(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(KernelError::Load("its thread has panicked".to_owned()))),
        }
    }
}

/// An opened image whose headers make sense.
#[derive(Debug)]
pub struct Kernel {
    file: File,
    /// A bzImage's; a vmlinux has none.
    header: Option<setup_header>,
    /// Bytes in the file.
    bytes: u64,
    /// The address after it, unpacked.
    end: u64,
}

impl Kernel {
    /// Opens it and looks at its headers.
    ///
    /// # Errors
    /// When it isn't a kernel for this machine, or only a part of one.
    pub fn open(path: &Path) -> Result<Self, KernelError> {
        let file = File::open(path).map_err(KernelError::Read)?;
        let metadata = file.metadata().map_err(KernelError::Read)?;
        if !metadata.is_file() {
            return Err(KernelError::Format);
        }
        let mut magic = [0; 4];
        file.read_exact_at(&mut magic, 0)
            .map_err(|_| KernelError::Format)?;
        let bytes = metadata.len();
        if magic == *b"\x7fELF" {
            let end = elf_end(&file, bytes)?;
            return Ok(Self {
                file,
                header: None,
                bytes,
                end,
            });
        }
        let mut header = setup_header::default();
        file.read_exact_at(header.as_mut_slice(), HEADER)
            .map_err(|_| KernelError::Format)?;
        let end = bz_image_end(&header, bytes)?;
        Ok(Self {
            file,
            header: Some(header),
            bytes,
            end,
        })
    }

    /// The address after it, unpacked.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The release of a bzImage, such as `6.1.0-56-cloud-amd64`: the folder of its modules has that name.
    #[must_use]
    pub fn release(&self) -> Option<String> {
        let at = SETUP_START + u64::from(self.header?.kernel_version);
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

    /// The bytes of its ELF file: a vmlinux's own, or those that are packed in a bzImage.
    ///
    /// # Errors
    /// When they can't be read or unpacked.
    pub fn unpacked(&self) -> Result<Vec<u8>, KernelError> {
        match &self.header {
            Some(header) => payload::unpack(&self.file, header),
            None => {
                let length = self.file.metadata().map_err(KernelError::Read)?.len();
                let mut bytes = vec![0; length as usize];
                self.file
                    .read_exact_at(&mut bytes, 0)
                    .map_err(KernelError::Read)?;
                Ok(bytes)
            }
        }
    }

    /// Maps it, or begins to copy it.
    pub fn start_loading<'scope, 'env>(
        &'env mut self,
        scope: &'scope Scope<'scope, 'env>,
        ram: &'env Ram,
    ) -> Loading<'scope> {
        let memory = ram.memory();
        match self.map(ram) {
            Some(loaded) => Loading::Mapped(loaded),
            None => Loading::Copying(scope.spawn(|| self.load(memory))),
        }
    }

    /// Puts it into guest memory without copying it. `None` if that can't be: [`Self::load`] says why, or does it.
    #[must_use]
    pub fn map(&self, ram: &Ram) -> Option<Loaded> {
        let header = self.header?;
        let offset = (u64::from(header.setup_sects) + 1) * SECTOR_BYTES;
        let is_high = header.loadflags & LOADED_HIGH != 0;
        let start = u64::from(header.code32_start);
        if !is_high
            || start != HIGH_RAM
            || !offset.is_multiple_of(PAGE_SIZE)
            || header.setup_sects == 0
        {
            return None;
        }
        let bytes = self.bytes.checked_sub(offset)?;
        let end = (start + bytes).checked_next_multiple_of(PAGE_SIZE)?;
        ram.map_file(&self.file, offset, start..end).ok()?;
        Some(Loaded {
            entry: Entry::Linux64(GuestAddress(start + ENTRY_64)),
            header: Some(header),
        })
    }

    /// Copies it into guest memory.
    ///
    /// # Errors
    /// When it doesn't fit or contradicts itself.
    pub fn load(&mut self, memory: &GuestMemoryMmap) -> Result<Loaded, KernelError> {
        let failed = |error: loader::Error| KernelError::Load(error.to_string());
        let high = Some(GuestAddress(HIGH_RAM));
        if self.header.is_none() {
            let loaded = Elf::load(memory, None, &mut self.file, high).map_err(failed)?;
            let entry = match loaded.pvh_boot_cap {
                PvhBootCapability::PvhEntryPresent(address) => Entry::Pvh(address),
                _ => Entry::Linux64(loaded.kernel_load),
            };
            return Ok(Loaded {
                entry,
                header: None,
            });
        }
        let loaded = BzImage::load(memory, None, &mut self.file, high).map_err(failed)?;
        Ok(Loaded {
            entry: Entry::Linux64(GuestAddress(loaded.kernel_load.0 + ENTRY_64)),
            header: loaded.setup_header,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use vm_memory::Bytes;

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
        put(0x1f4, &(4096u32 / 16).to_le_bytes());
        put(0x202, b"HdrS");
        put(0x206, &0x020fu16.to_le_bytes());
        put(0x20e, &0x100u16.to_le_bytes());
        put(0x211, &[1]); // Loaded high.
        put(0x214, &0x10_0000u32.to_le_bytes());
        put(0x236, &1u16.to_le_bytes()); // It has a 64-bit entry.
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
        assert_eq!(kernel.end(), 0x120_0000);
    }

    #[test]
    fn an_image_that_begins_at_a_page_is_mapped_and_else_copied() {
        let ram = Ram::new(64 << 20).unwrap();
        let (_file, copied) = kernel(&bz_image());
        assert!(copied.unwrap().map(&ram).is_none());

        let mut image = bz_image();
        image[0x1f1] = 7; // Seven sectors and the first: a page.
        image.splice(1024..1024, vec![0; 4096 - 1024]);
        image.extend(b"tail");
        let (_file, mapped) = kernel(&image);
        let loaded = mapped.unwrap().map(&ram).unwrap();
        assert_eq!(loaded.entry, Entry::Linux64(GuestAddress(0x10_0200)));
        let mut bytes = [0; 4];
        for (at, expected) in [
            (0x10_0000, b"code"),
            (0x10_1000, b"tail"),
            (0x10_1004, &[0; 4]),
        ] {
            ram.memory()
                .read_slice(&mut bytes, GuestAddress(at))
                .unwrap();
            assert_eq!(&bytes, expected, "{at:#x}");
        }

        // What doesn't fit is left for `load` to refuse.
        let (_file, large) = kernel(&image);
        let mut large = large.unwrap();
        large.bytes = 70 << 20;
        assert!(large.map(&ram).is_none());
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        for bytes in [&b""[..], b"#!/bin/sh", &[0; 4096]] {
            assert!(matches!(kernel(bytes).1, Err(KernelError::Format)));
        }
        for (at, byte) in [(0x236, 0), (0x206, 0x0b)] {
            let mut old = bz_image();
            old[at] = byte;
            assert!(matches!(kernel(&old).1, Err(KernelError::Old)));
        }
        let part = &bz_image()[..1024 + 4095];
        let (given, wanted) = (5119, 5120);
        let opened = kernel(part).1;
        assert!(
            matches!(opened, Err(KernelError::CutShort { given: g, wanted: w }) if (g, w) == (given, wanted))
        );
        // Too large for the memory, which whoever loads it asks before.
        let mut large = bz_image();
        large.resize(70 << 20, 1);
        let (_file, kernel) = kernel(&large);
        let mut kernel = kernel.unwrap();
        let ram = Ram::new(64 << 20).unwrap();
        assert!(kernel.end() > ram.bytes());
        assert!(matches!(
            kernel.load(ram.memory()),
            Err(KernelError::Load(_))
        ));
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
