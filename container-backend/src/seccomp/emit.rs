//! From the policy table to a BPF program: at compile time, and in the shape that the kernel checks and runs fastest.
//!
//! A seccomp filter is a little program for a machine with one accumulator. It runs at *every* system call, and the kernel
//! checks and compiles it whenever it is loaded, so both its length and its depth matter. A chain of comparisons, one for
//! each call, is more than 1000 instructions long. Here:
//!
//! 1. Neighbouring numbers with the same action become one range: 512 numbers, about 80 ranges.
//! 2. The ranges become a balanced search tree: one comparison at each node, at most seven on the way to any leaf.
//! 3. A leaf returns the action, or looks at one argument first.
//!
//! ```text
//!                jge 128 ──── no ───► lower half …
//!                   │ yes
//!                   ▼
//!                jge 200 ──── no ───► …
//! ```
//!
//! In front stands the check of the architecture: the numbers of another ABI mean other calls.
//!
//! Read next: `policy.rs`, bpf(4) of the BSDs (the machine), seccomp(2), the kernel's Documentation/userspace-api/seccomp_filter.rst.

use super::policy::{self, Action, TABLE_LEN};

/// One instruction; the layout of `struct sock_filter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Instruction {
    /// Operation.
    pub code: u16,
    /// Instructions to skip when a comparison is true.
    pub if_true: u8,
    /// Instructions to skip when it is false.
    pub if_false: u8,
    /// Operand.
    pub operand: u32,
}

/// Load the 32-bit word at an offset of `struct seccomp_data`.
pub const LOAD: u16 = 0x20;
/// Skip `operand` instructions.
pub const JUMP: u16 = 0x05;
/// Compare for equality.
pub const JUMP_IF_EQUAL: u16 = 0x15;
/// Compare for greater or equal, unsigned.
pub const JUMP_IF_GREATER_OR_EQUAL: u16 = 0x35;
/// Test for common bits.
pub const JUMP_IF_ANY_BIT: u16 = 0x45;
/// End with `operand`.
pub const RETURN: u16 = 0x06;

/// Offset of the system call's number in `struct seccomp_data`.
pub const NUMBER: u32 = 0;
/// Offset of the architecture.
pub const ARCHITECTURE: u32 = 4;
/// Offset of the low half of the first argument (little-endian). The kernel takes only this half of flags, families and
/// personalities into account.
pub const FIRST_ARGUMENT: u32 = 16;

/// AUDIT_ARCH_X86_64: 64-bit, little-endian, ELF machine 62.
pub const X86_64: u32 = 0xc000_003e;

/// SECCOMP_RET_ALLOW.
pub const ALLOW: u32 = 0x7fff_0000;
/// SECCOMP_RET_ERRNO with EPERM.
pub const DENY: u32 = 0x0005_0000 | libc::EPERM as u32;
/// SECCOMP_RET_ERRNO with ENOSYS.
pub const NOT_IMPLEMENTED: u32 = 0x0005_0000 | libc::ENOSYS as u32;

const CAPACITY: usize = 512;

/// A program under construction.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    code: [Instruction; CAPACITY],
    len: usize,
}

impl Program {
    /// The instructions.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.code[..self.len]
    }

    const fn push(&mut self, code: u16, if_true: u8, if_false: u8, operand: u32) {
        self.code[self.len] = Instruction {
            code,
            if_true,
            if_false,
            operand,
        };
        self.len += 1;
    }
}

/// Numbers from `first` up to the next range's have one action.
#[derive(Clone, Copy)]
struct Range {
    first: u32,
    action: Action,
}

/// Compiles the policy.
#[must_use]
pub const fn compile() -> Program {
    let nothing = Instruction {
        code: 0,
        if_true: 0,
        if_false: 0,
        operand: 0,
    };
    let mut program = Program {
        code: [nothing; CAPACITY],
        len: 0,
    };
    program.push(LOAD, 0, 0, ARCHITECTURE);
    program.push(JUMP_IF_EQUAL, 1, 0, X86_64);
    program.push(RETURN, 0, 0, DENY);
    // x32 has the same architecture and a high bit in its numbers: it ends in the last range, which is denied.
    program.push(LOAD, 0, 0, NUMBER);
    let (ranges, count) = ranges();
    search(&mut program, &ranges, 0, count);
    program
}

const fn ranges() -> ([Range; CAPACITY], usize) {
    let table = policy::table();
    let mut ranges = [Range {
        first: 0,
        action: Action::Deny,
    }; CAPACITY];
    ranges[0].action = table[0];
    let mut count = 1;
    let mut number = 1;
    while number < TABLE_LEN {
        if table[number] as u8 != table[number - 1] as u8 {
            ranges[count] = Range {
                first: number as u32,
                action: table[number],
            };
            count += 1;
        }
        number += 1;
    }
    // Whatever lies beyond the table is denied; the table's end has no call that exists.
    assert!(matches!(table[TABLE_LEN - 1], Action::Deny));
    (ranges, count)
}

/// Emits the search among the ranges from `low` up to, not including, `high`.
const fn search(program: &mut Program, ranges: &[Range; CAPACITY], low: usize, high: usize) {
    if high - low == 1 {
        leaf(program, ranges[low].action);
        return;
    }
    let middle = usize::midpoint(low, high);
    let below = size(ranges, low, middle);
    // A conditional jump reaches 255 instructions. Farther away, "yes" falls into an unconditional jump.
    if below <= 255 {
        program.push(
            JUMP_IF_GREATER_OR_EQUAL,
            below as u8,
            0,
            ranges[middle].first,
        );
    } else {
        program.push(JUMP_IF_GREATER_OR_EQUAL, 0, 1, ranges[middle].first);
        program.push(JUMP, 0, 0, below as u32);
    }
    search(program, ranges, low, middle);
    search(program, ranges, middle, high);
}

/// How many instructions [`search`] emits for these ranges: it is asked before they are emitted.
const fn size(ranges: &[Range; CAPACITY], low: usize, high: usize) -> usize {
    if high - low == 1 {
        return match ranges[low].action {
            Action::Allow | Action::Deny | Action::NotImplemented => 1,
            Action::Clone => 4,
            Action::Socket => 3 + policy::DENIED_FAMILIES.len(),
            Action::Personality => 3 + policy::ALLOWED_PERSONALITIES.len(),
        };
    }
    let middle = usize::midpoint(low, high);
    let below = size(ranges, low, middle);
    let node = if below <= 255 { 1 } else { 2 };
    node + below + size(ranges, middle, high)
}

const fn leaf(program: &mut Program, action: Action) {
    match action {
        Action::Allow => program.push(RETURN, 0, 0, ALLOW),
        Action::Deny => program.push(RETURN, 0, 0, DENY),
        Action::NotImplemented => program.push(RETURN, 0, 0, NOT_IMPLEMENTED),
        Action::Clone => {
            program.push(LOAD, 0, 0, FIRST_ARGUMENT);
            program.push(JUMP_IF_ANY_BIT, 1, 0, policy::NAMESPACE_FLAGS);
            program.push(RETURN, 0, 0, ALLOW);
            program.push(RETURN, 0, 0, DENY);
        }
        Action::Socket => listed(program, &policy::DENIED_FAMILIES, DENY, ALLOW),
        Action::Personality => listed(program, &policy::ALLOWED_PERSONALITIES, ALLOW, DENY),
    }
}

/// One result when the first argument is among the values, another when it is not.
const fn listed(program: &mut Program, values: &[u32], if_listed: u32, otherwise: u32) {
    program.push(LOAD, 0, 0, FIRST_ARGUMENT);
    let mut index = 0;
    while index < values.len() {
        let to_the_end = (values.len() - index) as u8;
        program.push(JUMP_IF_EQUAL, to_the_end, 0, values[index]);
        index += 1;
    }
    program.push(RETURN, 0, 0, otherwise);
    program.push(RETURN, 0, 0, if_listed);
}
