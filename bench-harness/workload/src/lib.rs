//! What the workload and the harness agree on: the line protocol, the content of the I/O file, and what a service says.
//!
//! Nothing here needs an operating system, so that any program, for any host or guest, can speak the protocol and check
//! the file.
//!
//! Read next: [`protocol`], [`pattern`], [`http`].
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod checksum;
pub mod cpu_flags;
pub mod http;
pub mod latencies;
pub mod pattern;
pub mod protocol;
pub mod work;
