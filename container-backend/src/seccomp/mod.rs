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
