//! The smallest guests there are: a dozen instructions that say one byte and end. What is left then is the VMM's own time.
//!
//! **The kernel** is one for every VMM that boots an ELF file. Some enter it as a PVH kernel, in 32-bit mode at the address in its Xen
//! note, some in 64-bit mode at its entry point. Both are the same address, so each instruction is one that means the same in
//! both modes: no address, no register wider than 16 bits, no REX prefix.
//!
//! ```text
//! 66 ba f8 03   mov dx, 0x3f8    the first serial port of a PC
//! b0 0a         mov al, '\n'
//! ee            out dx, al       an exit: the VMM passes the byte on
//! 66 ba 00 06   mov dx, 0x600    Cloud Hypervisor's ACPI sleep register
//! b0 34         mov al, 0x34     state S5 (5 << 2), now (1 << 5): switch off
//! ee            out dx, al
//! b0 fe         mov al, 0xfe     pull the CPU's reset line …
//! e6 64         out 0x64, al     … at the keyboard controller: ends Firecracker and ours
//! e6 f4         out 0xf4, al     QEMU's isa-debug-exit
//! eb fe         jmp to itself    a VMM that knows none of these never ends: a timeout
//! ```
//!
//! The writes that mean nothing to a VMM cost an exit each, of which a start has hundreds.
//!
//! **The program** does the same where there is no kernel to boot: a static Linux program for our microVM, of two system calls.
//!
//! ```text
//! b8 01 00 00 00   mov eax, 1       write
//! bf 01 00 00 00   mov edi, 1       to standard output
//! be 97 00 40 00   mov esi, 0x400097   the byte behind the code …
//! ba 01 00 00 00   mov edx, 1       … and only that
//! 0f 05            syscall
//! b8 e7 00 00 00   mov eax, 231     exit_group
//! 31 ff            xor edi, edi     with 0
//! 0f 05            syscall
//! 0a               the byte
//! ```
//!
//! A guest that *waits* has the jump right behind the byte: while it goes round there, its VMM's memory is read.
//!
//! Read next: `experiment/vmm_floor.rs`; elf(5); Xen's docs/misc/pvh.pandoc.

/// What the guest does after its byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloorGuest {
    /// It ends.
    Ends,
    /// It goes round in a jump until its VMM is killed.
    Waits,
}

/// RAM of each such VM.
pub const FLOOR_MEMORY_BYTES: u64 = 128 << 20;

/// The kernel's code, up to and with its byte.
const KERNEL_SAYS: &[u8] = &[0x66, 0xba, 0xf8, 0x03, 0xb0, b'\n', 0xee];
/// Every way of ending.
const KERNEL_ENDS: &[u8] = &[
    0x66, 0xba, 0x00, 0x06, 0xb0, 0x34, 0xee, 0xb0, 0xfe, 0xe6, 0x64, 0xe6, 0xf4,
];
/// A jump to itself: two bytes back from its end.
const WAITS: &[u8] = &[0xeb, 0xfe];
/// The program's code: write(1, byte, 1) …
const PROGRAM_SAYS: &[u8] = &[
    0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0xbe, 0, 0, 0, 0, 0xba, 1, 0, 0, 0, 0x0f, 0x05,
];
/// … of which these four bytes are the byte's address;
const BYTE_ADDRESS: std::ops::Range<usize> = 11..15;
/// exit_group(0).
const PROGRAM_ENDS: &[u8] = &[0xb8, 231, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05];

/// Where the kernel's code lies in memory: above everything that a VMM puts there itself.
const KERNEL_ADDRESS: u32 = 16 << 20;
/// Where the program's file lies: where linkers put one.
const PROGRAM_ADDRESS: u32 = 4 << 20;
/// The code begins on the second page of the kernel's file, so that file and memory agree modulo the page size.
const KERNEL_OFFSET: u32 = 4096;
/// elf(5): sizes of the file's header and of a program header.
const HEADER_BYTES: u32 = 64;
const SEGMENT_BYTES: u32 = 56;
/// Kinds of program headers, and their flags.
const PT_LOAD: u32 = 1;
const PT_NOTE: u32 = 4;
const READ: u32 = 4;
const EXECUTE: u32 = 1;
/// XEN_ELFNOTE_PHYS32_ENTRY: the address at which a PVH kernel is entered.
const PHYS32_ENTRY: u32 = 18;

impl FloorGuest {
    /// The kernel's file.
    #[must_use]
    pub fn kernel(self) -> Vec<u8> {
        let ends: &[u8] = match self {
            Self::Ends => KERNEL_ENDS,
            Self::Waits => &[],
        };
        let code = [KERNEL_SAYS, ends, WAITS].concat();
        // A note: lengths of name and contents, kind, name, contents; all in multiples of 4 bytes.
        let mut note = Vec::new();
        for word in [4, 4, PHYS32_ENTRY] {
            note.extend(u32::to_le_bytes(word));
        }
        note.extend(b"Xen\0");
        note.extend(KERNEL_ADDRESS.to_le_bytes());

        let note_at = HEADER_BYTES + 2 * SEGMENT_BYTES;
        let mut file = header(KERNEL_ADDRESS, 2);
        let (code_bytes, note_bytes) = (code.len() as u32, note.len() as u32);
        file.extend(segment(PT_LOAD, KERNEL_OFFSET, KERNEL_ADDRESS, code_bytes));
        file.extend(segment(PT_NOTE, note_at, 0, note_bytes));
        file.extend(note);
        file.resize(KERNEL_OFFSET as usize, 0);
        file.extend(code);
        file
    }

    /// The program's file.
    #[must_use]
    pub fn program(self) -> Vec<u8> {
        let ends = match self {
            Self::Ends => PROGRAM_ENDS,
            Self::Waits => WAITS,
        };
        let mut code = [PROGRAM_SAYS, ends, b"\n"].concat();
        let code_at = HEADER_BYTES + SEGMENT_BYTES;
        let bytes = code_at + code.len() as u32;
        let byte_address = PROGRAM_ADDRESS + bytes - 1;
        code[BYTE_ADDRESS].copy_from_slice(&byte_address.to_le_bytes());
        let mut file = header(PROGRAM_ADDRESS + code_at, 1);
        file.extend(segment(PT_LOAD, 0, PROGRAM_ADDRESS, bytes));
        file.extend(code);
        file
    }
}

/// The header of an executable ELF file for x86-64 whose program headers follow at once.
fn header(entry: u32, segments: u16) -> Vec<u8> {
    const EXECUTABLE: u16 = 2;
    const X86_64: u16 = 62;
    const VERSION: u32 = 1;
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    bytes.extend(EXECUTABLE.to_le_bytes());
    bytes.extend(X86_64.to_le_bytes());
    bytes.extend(VERSION.to_le_bytes());
    // Entry, then the places of program headers and section headers.
    for address in [entry, HEADER_BYTES, 0] {
        bytes.extend(u64::from(address).to_le_bytes());
    }
    bytes.extend(0_u32.to_le_bytes());
    for number in [
        HEADER_BYTES as u16,
        SEGMENT_BYTES as u16,
        segments,
        64,
        0,
        0,
    ] {
        bytes.extend(number.to_le_bytes());
    }
    bytes
}

/// A program header: kind, flags, place in the file, both addresses, both lengths, alignment.
fn segment(kind: u32, offset: u32, address: u32, length: u32) -> Vec<u8> {
    let alignment: u32 = match kind {
        PT_LOAD => 4096,
        _ => 4,
    };
    let mut bytes = Vec::new();
    bytes.extend(kind.to_le_bytes());
    bytes.extend((READ | EXECUTE).to_le_bytes());
    for word in [offset, address, address, length, length, alignment] {
        bytes.extend(u64::from(word).to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn the_host_itself_runs_the_program_and_it_says_its_byte() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("floor");
        std::fs::write(&program, FloorGuest::Ends.program()).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let output = Command::new(program).output().unwrap();
        assert!(output.status.success());
        assert_eq!(output.stdout, b"\n");
    }

    #[test]
    fn the_address_in_the_lesson_is_the_one_in_the_code() {
        let program = FloorGuest::Ends.program();
        let at = (HEADER_BYTES + SEGMENT_BYTES) as usize + BYTE_ADDRESS.start;
        let address = u32::from_le_bytes(program[at..at + 4].try_into().unwrap());
        assert_eq!(program[(address - PROGRAM_ADDRESS) as usize], b'\n');
        assert_eq!(address, 0x40_0097);
    }

    #[test]
    fn a_kernel_is_entered_at_the_same_address_in_both_ways() {
        let kernel = FloorGuest::Waits.kernel();
        let note = (HEADER_BYTES + 2 * SEGMENT_BYTES) as usize;
        let in_note = u32::from_le_bytes(kernel[note + 16..note + 20].try_into().unwrap());
        let entry = u64::from_le_bytes(kernel[24..32].try_into().unwrap());
        assert_eq!((u64::from(in_note), entry), (16 << 20, 16 << 20));
        assert!(kernel.ends_with(&[0xee, 0xeb, 0xfe]));
    }
}
