//! What an image's headers say about its place in memory, checked against the file that they are in: a file that was only half
//! copied is told from a whole one before there is a VM.
//!
//! Read next: Documentation/arch/x86/boot.rst, "Details of Header Fields"; elf(5); [`super::kernel`].

use std::fs::File;
use std::os::unix::fs::FileExt;

use linux_loader::loader::bootparam::setup_header;

use super::kernel::KernelError;

/// A bzImage's magic number.
const HEADER_MAGIC: u32 = 0x5372_6448;
/// `xloadflags`, bit 0: the kernel can be entered in 64-bit mode.
const XLF_KERNEL_64: u16 = 1;
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

/// Checks a bzImage's header; gives the address after what it will occupy.
///
/// # Errors
/// When it is none, is too old, or is longer than the file.
pub fn bz_image_end(header: &setup_header, file_bytes: u64) -> Result<u64, KernelError> {
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
///
/// # Errors
/// When the file ends before one of them does.
pub fn elf_end(file: &File, file_bytes: u64) -> Result<u64, KernelError> {
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
    use std::io::Write;

    fn end_of(bytes: &[u8]) -> Result<u64, KernelError> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        elf_end(&file, bytes.len() as u64)
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
        assert_eq!(end_of(&elf()).unwrap(), 0x20_2000);
        for length in [63, 64, 119, 4096, 8191] {
            let opened = end_of(&elf()[..length]);
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
        assert_eq!(end_of(&far).unwrap(), u64::MAX);
    }
}
