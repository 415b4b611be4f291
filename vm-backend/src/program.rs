//! Step 4: the program, from its file into guest memory.
//!
//! What execve(2) does for a process, done from outside:
//! 1. read the headers ([`crate::elf`]);
//! 2. choose the place: a position-independent program goes to PROGRAM_ADDR, any other where it was linked;
//! 3. **map** each segment's pages from the file: privately, so that reading shares the page cache with every other VM and
//!    process that runs this file, and writing copies the page. Where file and address don't agree modulo 4 KiB, copy;
//! 4. zero what the file doesn't fill (.bss); the heap begins after the last segment.
//!
//! Simplified: an operating system also protects code from being written and data from being executed. Here all of RAM is
//! one writable, executable mapping: a program can only harm itself.
//!
//! Read next: execve(2); Linux fs/binfmt_elf.c, `elf_load`.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use guest_abi::{LARGE_PAGE_SIZE, PAGE_SIZE, PROGRAM_ADDR};
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::Error;
use crate::elf::{self, Headers, Segment};
use crate::layout::{GUARD_BYTES, STACK_BYTES};
use crate::ram::Ram;
use crate::symbols::Symbols;

/// Bytes copied at a time.
const COPY_BYTES: usize = 64 << 10;

/// Why a file isn't a program for this machine.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It can't be read.
    #[error("reading it")]
    Read(#[source] io::Error),
    /// A script, a text, anything.
    #[error("it is not an ELF file")]
    NotElf,
    /// For another CPU.
    #[error("it is not for x86-64")]
    OtherMachine,
    /// An object file, a core dump.
    #[error("it is an ELF file, but not an executable one")]
    NotAProgram,
    /// It needs a dynamic linker.
    #[error("it is dynamically linked: its libraries and their loader are not in the VM")]
    Dynamic,
    /// Headers that contradict themselves.
    #[error("it is damaged: {0}")]
    Malformed(&'static str),
    /// It was linked for memory that isn't the program's.
    #[error(
        "it wants the addresses {start:#x} to {end:#x}, below {PROGRAM_ADDR:#x}, where the guest kernel lies"
    )]
    Place {
        /// Its first address.
        start: u64,
        /// The address after its last.
        end: u64,
    },
}

impl ProgramError {
    /// What the user can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Read(_) => "check the path; it is looked up on the host",
            Self::NotElf | Self::OtherMachine | Self::NotAProgram => {
                "give a statically linked x86-64 program; file(1) shows what it is"
            }
            Self::Dynamic => {
                "link it statically: gcc -static, or for Rust RUSTFLAGS='-C target-feature=+crt-static' with --target"
            }
            Self::Malformed(_) => "build or copy it again; readelf -lW shows its segments",
            Self::Place { .. } => "link it as gcc -static or -static-pie does by default",
        }
    }
}

/// A program that has been looked at, but not loaded yet.
#[derive(Debug)]
pub struct Program {
    file: File,
    headers: Headers,
    /// Added to every address of the file.
    bias: u64,
}

/// Where it lies in guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// First instruction.
    pub entry: GuestAddress,
    /// Its program headers, which libc looks at; 0 if no segment contains them.
    pub program_headers: GuestAddress,
    /// How many there are.
    pub program_header_count: u16,
    /// First whole page after its segments.
    pub heap_start: u64,
}

impl Program {
    /// Opens and checks a file.
    ///
    /// # Errors
    /// Says why it can't run here.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Program {
            path: path.to_path_buf(),
            source,
        };
        File::open(path)
            .map_err(ProgramError::Read)
            .and_then(Self::new)
            .map_err(failed)
    }

    fn new(file: File) -> Result<Self, ProgramError> {
        let metadata = file.metadata().map_err(ProgramError::Read)?;
        if !metadata.is_file() {
            return Err(ProgramError::NotElf);
        }
        let headers = elf::read_headers(&file, metadata.len())?;
        let first = headers
            .segments
            .first()
            .map_or(0, |segment| segment.address);
        let bias = match headers.position_independent {
            // From the start of the first segment's page, so that addresses and file stay in step.
            true => PROGRAM_ADDR - first.min(PROGRAM_ADDR) / PAGE_SIZE * PAGE_SIZE,
            false => 0,
        };
        let program = Self {
            file,
            headers,
            bias,
        };
        let range = program.range();
        if range.start < PROGRAM_ADDR || range.end <= range.start {
            return Err(ProgramError::Place {
                start: range.start,
                end: range.end,
            });
        }
        Ok(program)
    }

    /// The addresses from its first to after its last segment.
    fn range(&self) -> Range<u64> {
        let segments = &self.headers.segments;
        let start = segments.first().map_or(0, |segment| segment.address);
        let end = segments
            .last()
            .map_or(0, |segment| segment.address + segment.memory_bytes);
        start.saturating_add(self.bias)..end.saturating_add(self.bias)
    }

    /// Puts it into guest memory.
    ///
    /// # Errors
    /// When there is too little memory, or the file can't be mapped or read.
    pub fn load(&self, ram: &Ram, path: &Path) -> Result<Loaded, Error> {
        let end = self.range().end;
        let needed = end
            .checked_next_multiple_of(LARGE_PAGE_SIZE)
            .and_then(|end| end.checked_add(GUARD_BYTES + STACK_BYTES))
            .unwrap_or(u64::MAX);
        if needed > ram.bytes() {
            return Err(Error::TooLittleMemory {
                needed,
                given: ram.bytes(),
            });
        }
        for segment in &self.headers.segments {
            self.load_segment(ram, segment)
                .map_err(|source| Error::Program {
                    path: path.to_path_buf(),
                    source: ProgramError::Read(source),
                })?;
        }
        Ok(Loaded {
            entry: GuestAddress(self.headers.entry + self.bias),
            program_headers: GuestAddress(self.program_headers()),
            program_header_count: self.headers.program_header_count,
            heap_start: end.next_multiple_of(PAGE_SIZE),
        })
    }

    fn load_segment(&self, ram: &Ram, segment: &Segment) -> io::Result<()> {
        let start = segment.address + self.bias;
        let file_end = start + segment.file_bytes;
        let memory_end = start + segment.memory_bytes;
        if segment.file_bytes == 0 {
            return Ok(()); // RAM is zero.
        }
        if start % PAGE_SIZE != segment.offset % PAGE_SIZE {
            return copy(&self.file, segment.offset, ram.memory(), start..file_end);
        }
        let pages = start / PAGE_SIZE * PAGE_SIZE..file_end.next_multiple_of(PAGE_SIZE);
        let offset = segment.offset - start % PAGE_SIZE;
        ram.map_file(&self.file, offset, pages.clone())?;
        // The last page shows more of the file than belongs to the segment.
        if memory_end > file_end {
            let rest = usize::try_from(pages.end - file_end).unwrap_or(0);
            ram.memory()
                .write_slice(&vec![0; rest], GuestAddress(file_end))
                .map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// Guest address of the program headers, if a segment brings them along.
    fn program_headers(&self) -> u64 {
        let offset = self.headers.program_headers_offset;
        let holder = self.headers.segments.iter().find(|segment| {
            (segment.offset..segment.offset + segment.file_bytes).contains(&offset)
        });
        holder.map_or(0, |segment| {
            segment.address + self.bias + (offset - segment.offset)
        })
    }

    /// The function at a guest address.
    #[must_use]
    pub fn symbol_at(&self, address: GuestAddress) -> Option<String> {
        let length = usize::try_from(self.file.metadata().ok()?.len()).ok()?;
        let mut contents = vec![0; length];
        self.file.read_exact_at(&mut contents, 0).ok()?;
        Symbols::of(&contents).name_at(address.0.checked_sub(self.bias)?)
    }
}

/// Copies a part of the file into guest memory.
fn copy(file: &File, mut offset: u64, memory: &GuestMemoryMmap, to: Range<u64>) -> io::Result<()> {
    let mut buffer = vec![0; COPY_BYTES];
    let mut at = to.start;
    while at < to.end {
        let length = buffer
            .len()
            .min(usize::try_from(to.end - at).unwrap_or(usize::MAX));
        file.read_exact_at(&mut buffer[..length], offset)?;
        memory
            .write_slice(&buffer[..length], GuestAddress(at))
            .map_err(io::Error::other)?;
        offset += length as u64;
        at += length as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
