//! `hold --mib N`: allocates N MiB, touches every page, and idles until told to stop.
//!
//! While it waits, the host counts what it costs to keep such a program around. It is told to stop by a byte or the end of
//! its standard input: the one channel inwards that every backend has.

use workload::checksum::Checksum;
use workload::pattern::SplitMix64;
use workload::protocol::Line;

use crate::arguments::Arguments;
use crate::report::say;
use crate::{Failure, sys};

const PAGE_BYTES: usize = 4096;
const MIB: usize = 1 << 20;

/// Every page gets a word of its own: neither the zero page nor same-page merging can give the memory back.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let mib: usize = arguments.require("--mib")?;
    arguments.finish()?;
    let bytes = mib
        .checked_mul(MIB)
        .ok_or_else(|| Failure::Usage(format!("--mib {mib} is more than an address space")))?;

    let mut memory: Vec<u8> = Vec::new();
    memory
        .try_reserve_exact(bytes)
        .map_err(|error| Failure::Failed(format!("allocating {mib} MiB: {error}")))?;
    memory.resize(bytes, 0);
    let mut random = SplitMix64::new(mib as u64);
    for page in memory.chunks_exact_mut(PAGE_BYTES) {
        page[..8].copy_from_slice(&random.next_word().to_le_bytes());
    }
    say(&Line::Ready)?;

    sys::read_stdin(&mut [0])
        .map_err(|error| Failure::Failed(format!("waiting on standard input: {error}")))?;

    let mut checksum = Checksum::default();
    for page in memory.chunks_exact(PAGE_BYTES) {
        checksum.add_bytes(&page[..8]);
    }
    say(&Line::Done {
        checksum: checksum.value(),
    })
}
