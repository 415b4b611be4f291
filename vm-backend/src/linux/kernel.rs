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
use vm_memory::{ByteValued, GuestAddress, GuestMemoryMmap};

use super::layout::HIGH_RAM;
use super::payload;

/// The entry point for 64-bit mode is so far into the image; boot.rst.
const ENTRY_64: u64 = 0x200;
/// `xloadflags`, bit 0: the kernel has that entry point.
const XLF_KERNEL_64: u16 = 1;
/// The header begins here, and its field `kernel_version` counts from there.
const HEADER: u64 = 0x1f1;
const SETUP_START: u64 = 0x200;
const HEADER_MAGIC: u32 = 0x5372_6448;
/// The first version of the header with `xloadflags`, of 2012.
const VERSION_XLOADFLAGS: u16 = 0x20c;
/// The header counts the 16-bit part in sectors, of which the first is not counted, and the rest in paragraphs.
const SECTOR_BYTES: u64 = 512;
const PARAGRAPH_BYTES: u64 = 16;
/// Where an ELF header says where its table of segments is, how many there are, and how long it is itself; elf(5).
const ELF_HEADER_BYTES: usize = 64;
const ELF_TABLE: usize = 32;
const ELF_COUNT: usize = 56;
/// The same of a segment: type, place in the file, physical address, bytes in the file and in memory.
const SEGMENT_BYTES: usize = 56;
const SEGMENT_OFFSET: usize = 8;
const SEGMENT_ADDRESS: usize = 24;
const SEGMENT_FILE_BYTES: usize = 32;
const SEGMENT_MEMORY_BYTES: usize = 40;
const PT_LOAD: u64 = 1;
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

/// An opened image whose headers make sense.
#[derive(Debug)]
pub struct Kernel {
    file: File,
    /// A bzImage's; a vmlinux has none.
    header: Option<setup_header>,
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
        if magic == *b"\x7fELF" {
            let end = elf_end(&file, metadata.len())?;
            return Ok(Self {
                file,
                header: None,
                end,
            });
        }
        let mut header = setup_header::default();
        file.read_exact_at(header.as_mut_slice(), HEADER)
            .map_err(|_| KernelError::Format)?;
        let end = bz_image_end(&header, metadata.len())?;
        Ok(Self {
            file,
            header: Some(header),
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

/// Checks a bzImage's header; gives the address after what it will occupy.
fn bz_image_end(header: &setup_header, file_bytes: u64) -> Result<u64, KernelError> {
    if header.header != HEADER_MAGIC {
        return Err(KernelError::Format);
    }
    if header.version < VERSION_XLOADFLAGS || header.xloadflags & XLF_KERNEL_64 == 0 {
        return Err(KernelError::Old);
    }
    let sectors = u64::from(header.setup_sects) + 1;
    let wanted = sectors * SECTOR_BYTES + u64::from(header.syssize) * PARAGRAPH_BYTES;
    if file_bytes < wanted {
        let given = file_bytes;
        return Err(KernelError::CutShort { given, wanted });
    }
    // It unpacks itself behind and over its image: `init_size` bytes, from where it prefers to be.
    let image = u64::from(header.code32_start).saturating_add(file_bytes);
    let unpacked = header
        .pref_address
        .max(header.code32_start.into())
        .saturating_add(header.init_size.into());
    Ok(unpacked.max(image))
}

/// Checks an ELF file's segments; gives the address after the last.
fn elf_end(file: &File, file_bytes: u64) -> Result<u64, KernelError> {
    let mut header = [0; ELF_HEADER_BYTES];
    file.read_exact_at(&mut header, 0)
        .map_err(|_| KernelError::Format)?;
    let count = usize::from(u16::from_le_bytes([
        header[ELF_COUNT],
        header[ELF_COUNT + 1],
    ]));
    let mut table = vec![0; count * SEGMENT_BYTES];
    let at = number(&header, ELF_TABLE);
    let wanted = at.saturating_add(table.len() as u64);
    file.read_exact_at(&mut table, at)
        .map_err(|_| KernelError::CutShort {
            given: file_bytes,
            wanted,
        })?;
    let mut end = 0;
    for segment in table.chunks_exact(SEGMENT_BYTES) {
        if number(segment, 0) & u64::from(u32::MAX) != PT_LOAD {
            continue;
        }
        let wanted =
            number(segment, SEGMENT_OFFSET).saturating_add(number(segment, SEGMENT_FILE_BYTES));
        if file_bytes < wanted {
            let given = file_bytes;
            return Err(KernelError::CutShort { given, wanted });
        }
        let after =
            number(segment, SEGMENT_ADDRESS).saturating_add(number(segment, SEGMENT_MEMORY_BYTES));
        end = end.max(after);
    }
    Ok(end)
}

/// The 8 bytes there, which must be inside.
fn number(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u64::from_le_bytes(*bytes))
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
        put(0x1f4, &(4096u32 / 16).to_le_bytes());
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
        assert_eq!(kernel.end(), 0x120_0000);
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

    /// One segment of 4 KiB for 2 MiB, 8 KiB in memory.
    fn elf() -> Vec<u8> {
        let mut image = vec![0; 8192];
        let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, b"\x7fELF\x02\x01\x01");
        put(ELF_TABLE, &64u64.to_le_bytes());
        put(ELF_COUNT, &1u16.to_le_bytes());
        put(64, &1u32.to_le_bytes());
        put(64 + SEGMENT_OFFSET, &4096u64.to_le_bytes());
        put(64 + SEGMENT_ADDRESS, &0x20_0000u64.to_le_bytes());
        put(64 + SEGMENT_FILE_BYTES, &4096u64.to_le_bytes());
        put(64 + SEGMENT_MEMORY_BYTES, &8192u64.to_le_bytes());
        image
    }

    #[test]
    fn an_elf_file_says_where_it_ends_and_what_it_lacks() {
        assert_eq!(kernel(&elf()).1.unwrap().end(), 0x20_2000);
        for length in [63, 64, 119, 4096, 8191] {
            let opened = kernel(&elf()[..length]).1;
            assert!(
                matches!(
                    opened,
                    Err(KernelError::CutShort { .. } | KernelError::Format)
                ),
                "{length}: {opened:?}"
            );
        }
        let mut far = elf();
        far[64 + SEGMENT_ADDRESS..][..8].fill(0xff);
        assert_eq!(kernel(&far).1.unwrap().end(), u64::MAX);
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
