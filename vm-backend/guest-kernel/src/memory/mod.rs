//! The program's memory: brk, mmap and their relatives.
//!
//! 1. `regions`: a table of mapped ranges; pure.
//! 2. [`address_space`]: where the next mapping goes, and whether it must be zeroed; pure.
//! 3. [`calls`]: the system calls.
//!
//! All of RAM is mapped for the program already, so mapping memory is bookkeeping: no page table changes.
//!
//! `Simplified:` protections aren't enforced, and a program that uses memory which it has unmapped isn't caught. Mappings
//! larger than RAM fail, even when the program would never touch them.

pub mod address_space;
pub mod calls;
mod regions;
