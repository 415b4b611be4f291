//! The system-call filter: `policy` says what is allowed, `emit` compiles it while this crate is compiled, and loading it
//! is one system call.
//!
//! Loaded last: the calls that make a container are themselves among those that it refuses.

pub mod emit;
#[cfg(test)]
mod evaluate;
pub mod policy;

use emit::{Instruction, Program, compile};

static PROGRAM: Program = compile();

/// The compiled filter.
#[must_use]
pub fn program() -> &'static [Instruction] {
    PROGRAM.instructions()
}

/// The same as the kernel reads it: an array of `struct sock_filter`. For runtimes that are given a compiled filter.
#[must_use]
pub fn bytes() -> Vec<u8> {
    let fields = |one: &Instruction| {
        let [code_low, code_high] = one.code.to_ne_bytes();
        let [a, b, c, d] = one.operand.to_ne_bytes();
        [code_low, code_high, one.if_true, one.if_false, a, b, c, d]
    };
    program().iter().flat_map(fields).collect()
}
