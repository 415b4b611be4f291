//! The vDSO: functions of the kernel that a program calls directly, without a system call.
//!
//! Linux maps a small shared library into every process, and libcs call it to read the clock: even a fast system call takes
//! ten times as long as reading the time stamp counter, and where KVM works without hardware support a hundred times. The
//! program finds the library's ELF header through the entry AT_SYSINFO_EHDR of its auxiliary vector, and then, like any
//! dynamic linker:
//!
//! 1. the segments: where the library lies (LOAD), and where its table of tables is (DYNAMIC);
//! 2. in that: symbols, their names, and the hash table by which they are found;
//! 3. the symbols `__vdso_clock_gettime`, `__vdso_gettimeofday` and `__vdso_time`.
//!
//! Here program and kernel share one address space, and nothing is ever moved. So only the tables are needed, with absolute
//! addresses: the functions are in the kernel's text, and read the page that the VMM has filled.
//!
//! `Simplified:` no versions of symbols, no section headers, a hash table of one chain. libcs accept that; a debugger would not.
//!
//! Read next: vdso(7), elf(5); musl's src/internal/vdso.c is the shortest reader; [`crate::clock`].

use core::arch::asm;

use crate::clock::{self, SECOND_NS};
use crate::machine::{boot_info, tsc};

/// A function of the vDSO; they all take two arguments or fewer.
type Function = extern "C" fn(usize, usize) -> i64;

/// An address in the image. The linker puts it there: the compiler doesn't know addresses as numbers.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Address(*const u8);

/// Elf64_Ehdr.
#[repr(C)]
struct Header {
    magic: [u8; 16],
    kind: u16,
    machine: u16,
    version: u32,
    entry: u64,
    segments_offset: u64,
    sections_offset: u64,
    flags: u32,
    header_bytes: u16,
    segment_bytes: u16,
    segments: u16,
    section_bytes: u16,
    sections: u16,
    names: u16,
}

/// Elf64_Phdr.
#[repr(C)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: Address,
    physical_address: u64,
    file_bytes: u64,
    memory_bytes: u64,
    alignment: u64,
}

/// Elf64_Sym.
#[repr(C)]
struct Symbol {
    name: u32,
    /// Kind in the lower four bits, visibility to other files in the upper four.
    info: u8,
    other: u8,
    section: u16,
    address: Option<Function>,
    bytes: u64,
}

/// Elf64_Dyn, by what the second half is.
#[expect(dead_code, reason = "read by the program's libc")]
#[repr(C, u64)]
enum Dynamic {
    End(u64) = 0,
    Hash(Address) = 4,
    Names(Address) = 5,
    Symbols(Address) = 6,
    NamesBytes(u64) = 10,
    SymbolBytes(u64) = 11,
    Name(u64) = 14,
}

/// The names, one after the other; a name is known by its offset.
const NAMES: &[u8; 70] =
    b"\0__vdso_clock_gettime\0__vdso_gettimeofday\0__vdso_time\0linux-vdso.so.1\0";
const CLOCK_GETTIME: usize = 1;
const GETTIMEOFDAY: usize = 22;
const TIME: usize = 42;
const LIBRARY: usize = 54;

/// Symbols, with the empty one that each table begins with.
const SYMBOLS: usize = 4;

/// The library: everything that a reader follows from the header.
#[repr(C)]
pub struct Image {
    header: Header,
    segments: [Segment; 2],
    dynamic: [Dynamic; 7],
    symbols: [Symbol; SYMBOLS],
    /// Number of chains and of symbols; the first symbol of the one chain; for each symbol the next one of its chain.
    hash: [u32; 3 + SYMBOLS],
    names: [u8; NAMES.len()],
}

// SAFETY: nobody writes to it, and its pointers are only numbers here.
unsafe impl Sync for Image {}

const fn symbol(name: usize, function: Function) -> Symbol {
    Symbol {
        name: name as u32,
        // STB_GLOBAL, STT_FUNC.
        info: 1 << 4 | 2,
        other: 0,
        // Any section but 0, which means "not here".
        section: 1,
        address: Some(function),
        bytes: 0,
    }
}

const fn segment(kind: u32, flags: u32, offset: usize, bytes: usize) -> Segment {
    Segment {
        kind,
        flags,
        offset: offset as u64,
        address: part(offset),
        physical_address: 0,
        file_bytes: bytes as u64,
        memory_bytes: bytes as u64,
        alignment: 8,
    }
}

/// The address of a part of the image.
const fn part(offset: usize) -> Address {
    Address((&raw const IMAGE).cast::<u8>().wrapping_add(offset))
}

/// The library. link.ld names its start `vdso_image`.
#[unsafe(link_section = ".vdso")]
pub static IMAGE: Image = Image {
    header: Header {
        // 64 bits, little-endian, ELF version 1.
        magic: [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        // ET_DYN, EM_X86_64.
        kind: 3,
        machine: 62,
        version: 1,
        entry: 0,
        segments_offset: core::mem::offset_of!(Image, segments) as u64,
        sections_offset: 0,
        flags: 0,
        header_bytes: size_of::<Header>() as u16,
        segment_bytes: size_of::<Segment>() as u16,
        segments: 2,
        section_bytes: 0,
        sections: 0,
        names: 0,
    },
    segments: [
        // PT_LOAD, readable and executable; PT_DYNAMIC, readable.
        segment(1, 5, 0, size_of::<Image>()),
        segment(
            2,
            4,
            core::mem::offset_of!(Image, dynamic),
            size_of::<[Dynamic; 7]>(),
        ),
    ],
    dynamic: [
        Dynamic::Hash(part(core::mem::offset_of!(Image, hash))),
        Dynamic::Names(part(core::mem::offset_of!(Image, names))),
        Dynamic::Symbols(part(core::mem::offset_of!(Image, symbols))),
        Dynamic::NamesBytes(NAMES.len() as u64),
        Dynamic::SymbolBytes(size_of::<Symbol>() as u64),
        Dynamic::Name(LIBRARY as u64),
        Dynamic::End(0),
    ],
    symbols: [
        Symbol {
            name: 0,
            info: 0,
            other: 0,
            section: 0,
            address: None,
            bytes: 0,
        },
        symbol(CLOCK_GETTIME, clock_gettime),
        symbol(GETTIMEOFDAY, gettimeofday),
        symbol(TIME, time),
    ],
    hash: [1, SYMBOLS as u32, 1, 0, 2, 3, 0],
    names: *NAMES,
};

const _: () = assert!(size_of::<Header>() == 64 && size_of::<Segment>() == 56);
const _: () = assert!(size_of::<Symbol>() == 24 && size_of::<Dynamic>() == 16);
const _: () =
    assert!(NAMES[GETTIMEOFDAY - 1] == 0 && NAMES[TIME - 1] == 0 && NAMES[LIBRARY - 1] == 0);

/// What the program's clock shows, in nanoseconds; `None` for clocks that only the kernel knows.
fn now_ns(clock: usize) -> Option<u64> {
    clock::at(boot_info(), clock as i32, tsc())
}

/// clock_gettime(2)
extern "C" fn clock_gettime(clock: usize, answer: usize) -> i64 {
    let Some(now) = now_ns(clock) else {
        return system_call(libc::SYS_clock_gettime, clock, answer);
    };
    write(answer, [now / SECOND_NS, now % SECOND_NS]);
    0
}

/// gettimeofday(2); a time zone is a matter for the kernel.
extern "C" fn gettimeofday(answer: usize, zone: usize) -> i64 {
    match now_ns(libc::CLOCK_REALTIME as usize) {
        Some(now) if answer != 0 && zone == 0 => {
            write(answer, [now / SECOND_NS, now % SECOND_NS / 1000]);
            0
        }
        _ => system_call(libc::SYS_gettimeofday, answer, zone),
    }
}

/// time(2)
extern "C" fn time(answer: usize, _: usize) -> i64 {
    let seconds = now_ns(libc::CLOCK_REALTIME as usize).unwrap_or_default() / SECOND_NS;
    if answer != 0 {
        write(answer, [seconds]);
    }
    seconds.cast_signed()
}

/// Writes the answer where the program wants it.
fn write<const N: usize>(address: usize, value: [u64; N]) {
    let room = core::ptr::with_exposed_provenance_mut::<[u64; N]>(address);
    // SAFETY: this runs as a part of the program, which has named a place of its own; if that doesn't exist, the program faults
    // as it would in Linux.
    unsafe { room.write_unaligned(value) }
}

/// Asks the kernel after all.
fn system_call(number: libc::c_long, first: usize, second: usize) -> i64 {
    let answer;
    // SAFETY: the kernel checks the addresses; `syscall` itself changes rcx and r11.
    unsafe {
        asm!("syscall", inlateout("rax") number => answer, in("rdi") first, in("rsi") second,
            lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    answer
}

#[cfg(test)]
mod tests;
