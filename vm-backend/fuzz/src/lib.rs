//! Random inputs for everything that vm-backend reads from files and guests, made by libFuzzer: it watches which branches an
//! input takes, and varies those that took new ones.
//!
//! | target | input | what must hold |
//! |---|---|---|
//! | `program` | an ELF file | it is refused, or lies in the program's part of memory as its headers say |
//! | `kernel` | a bzImage or a vmlinux | it is refused, or lies in memory |
//! | `registers` | what a driver does with the disk | work is bounded, nothing changes that mustn't, a reset heals everything |
//! | `console` | what a driver does with the console | the same |
//! | `balloon` | what a driver does with the balloon, while the host asks for other sizes | the same |
//!
//! A panic, an overflow, an access outside of guest memory, or an input that takes seconds is a finding. What was found is in
//! `corpus/TARGET`, together with one input for each way through the code that was found: every run starts from these.
//!
//! `scripts/fuzz` builds and runs all targets with the stable compiler. One of them, for as long as you like:
//!
//! ```text
//! cd vm-backend/fuzz && cargo build --release
//! target/x86_64-unknown-linux-gnu/release/registers corpus/registers       new inputs go to that folder
//! target/x86_64-unknown-linux-gnu/release/registers FILE                   one input again
//! ```
//!
//! Read next: the targets; [`driver`]; <https://llvm.org/docs/LibFuzzer.html>.

pub mod driver;
pub mod sys;
