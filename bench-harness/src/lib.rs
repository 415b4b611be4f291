//! isolab's harness: runs the same program as a process, in a container and in a microVM, and compares.
#![forbid(unsafe_code)]

pub mod binaries;
pub mod sample;
pub mod stats;
pub mod store;
pub mod summary;
