//! An ELF file's headers: read from the file, checked, and turned into what the loader needs.
//!
//! 1. The header says what kind of file it is, where its program headers are, and where the program starts.
//! 2. Program headers of type PT_LOAD are the segments: this part of the file at that address, with zeros up to that size.
//! 3. PT_INTERP names a dynamic linker: such a program isn't all there is.
//!
//! The file is hostile: every number is checked before it is used, and sums can't overflow.
//!
//! linux-loader, which loads the guest kernel, copies segments and knows no addresses of programs; this one is for programs.
//!
//! Read next: elf(5); [`crate::program`], which maps the segments.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::program::ProgramError;

const HEADER_BYTES: usize = 64;
const PROGRAM_HEADER_BYTES: usize = 56;
/// More than any linker makes.
const MAX_PROGRAM_HEADERS: u16 = 128;
/// Types of files and of program headers, and the machine; elf(5).
const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_X86_64: u16 = 62;
const PT_LOAD: u32 = 1;
const PT_INTERP: u32 = 3;
const PF_X: u32 = 1;
const PF_W: u32 = 2;

/// A part of the file that becomes a part of memory. `address + memory_bytes` and `offset + file_bytes` don't overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it begins in the file.
    pub offset: u64,
    /// Where it belongs, before a position-independent program is moved.
    pub address: u64,
    /// Its bytes in the file.
    pub file_bytes: u64,
    /// Its bytes in memory: the rest is zeros.
    pub memory_bytes: u64,
    /// Whether the program runs code there.
    pub executable: bool,
    /// Whether the program writes there.
    pub writable: bool,
}

/// What the headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    /// Whether the program runs at any address.
    pub position_independent: bool,
    /// First instruction.
    pub entry: u64,
    /// Where the program headers are in the file.
    pub program_headers_offset: u64,
    /// How many there are.
    pub program_header_count: u16,
    /// The segments, in the order of their addresses, without overlap; at least one.
    pub segments: Vec<Segment>,
}

/// Reads and checks the headers of a file of `file_bytes` bytes.
///
/// # Errors
/// Says what the file is instead.
pub fn read_headers(file: &File, file_bytes: u64) -> Result<Headers, ProgramError> {
    let mut header = [0; HEADER_BYTES];
    let readable = header
        .len()
        .min(usize::try_from(file_bytes).unwrap_or(usize::MAX));
    file.read_exact_at(&mut header[..readable], 0)
        .map_err(ProgramError::Read)?;
    let (count, offset) = check_header(&header, file_bytes)?;
    let mut table = vec![0; usize::from(count) * PROGRAM_HEADER_BYTES];
    file.read_exact_at(&mut table, offset)
        .map_err(|_| ProgramError::Malformed("its program headers lie outside of it"))?;
    headers(&header, &table, file_bytes)
}

/// Checks the first 64 bytes; gives number and place of the program headers.
fn check_header(header: &[u8; HEADER_BYTES], file_bytes: u64) -> Result<(u16, u64), ProgramError> {
    let field16 = |at| field_u16(header, at).unwrap_or(0);
    if !header.starts_with(b"\x7fELF") {
        return Err(ProgramError::NotElf);
    }
    // Class 64 bit, little-endian.
    if header[4..6] != [2, 1] || field16(18) != EM_X86_64 {
        return Err(ProgramError::OtherMachine);
    }
    if file_bytes < HEADER_BYTES as u64 {
        return Err(ProgramError::Malformed("it ends within its header"));
    }
    if !matches!(field16(16), ET_EXEC | ET_DYN) {
        return Err(ProgramError::NotAProgram);
    }
    let count = field16(56);
    if usize::from(field16(54)) != PROGRAM_HEADER_BYTES || count == 0 || count > MAX_PROGRAM_HEADERS
    {
        return Err(ProgramError::Malformed(
            "its program headers have a wrong size or number",
        ));
    }
    Ok((count, field_u64(header, 32).unwrap_or(0)))
}

/// Makes sense of header and program headers.
fn headers(
    header: &[u8; HEADER_BYTES],
    table: &[u8],
    file_bytes: u64,
) -> Result<Headers, ProgramError> {
    let mut segments = Vec::new();
    for entry in table.as_chunks::<PROGRAM_HEADER_BYTES>().0 {
        match field_u32(entry, 0) {
            Some(PT_INTERP) => return Err(ProgramError::Dynamic),
            Some(PT_LOAD) => segments.extend(segment(entry, file_bytes)?),
            _ => {}
        }
    }
    if !segments.is_sorted_by(|one, next| one.address + one.memory_bytes <= next.address) {
        return Err(ProgramError::Malformed(
            "its segments overlap or aren't in order",
        ));
    }
    let field64 = |at| field_u64(header, at).unwrap_or(0);
    let entry = field64(24);
    let starts_in = |segment: &Segment| {
        segment.executable
            && (segment.address..segment.address + segment.memory_bytes).contains(&entry)
    };
    if !segments.iter().any(starts_in) {
        return Err(ProgramError::Malformed(
            "its entry point isn't in an executable segment",
        ));
    }
    Ok(Headers {
        position_independent: field_u16(header, 16) == Some(ET_DYN),
        entry,
        program_headers_offset: field64(32),
        program_header_count: field_u16(header, 56).unwrap_or(0),
        segments,
    })
}

/// One PT_LOAD; `None` if it is empty.
fn segment(entry: &[u8], file_bytes: u64) -> Result<Option<Segment>, ProgramError> {
    let field64 = |at| field_u64(entry, at).unwrap_or(0);
    let flags = field_u32(entry, 4).unwrap_or(0);
    let segment = Segment {
        offset: field64(8),
        address: field64(16),
        file_bytes: field64(32),
        memory_bytes: field64(40),
        executable: flags & PF_X != 0,
        writable: flags & PF_W != 0,
    };
    if segment.file_bytes > segment.memory_bytes {
        return Err(ProgramError::Malformed(
            "a segment is larger in the file than in memory",
        ));
    }
    let end = segment.offset.checked_add(segment.file_bytes);
    if end.is_none_or(|end| end > file_bytes) {
        return Err(ProgramError::Malformed(
            "a segment reaches beyond the end of the file: it was cut short",
        ));
    }
    if segment.address.checked_add(segment.memory_bytes).is_none() {
        return Err(ProgramError::Malformed(
            "a segment reaches beyond the last address",
        ));
    }
    Ok((segment.memory_bytes > 0).then_some(segment))
}

/// A little-endian number at an offset, if the bytes go that far.
pub fn field_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// As [`field_u16`].
pub fn field_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// As [`field_u16`].
pub fn field_u64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
pub(crate) mod tests;
