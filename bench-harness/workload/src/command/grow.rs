//! `grow --by memory --mib A --more-mib B [--leave-mib L]` and `grow --by cpu --limit-ms D`: uses more as soon as there is more.
//!
//! - `memory`: touches A MiB, says `ready`, and waits for a byte on its standard input: the word that there is more. Then it
//!   touches B MiB more, and says so. What a guest's own kernel takes of the guest's memory can't be told from outside: with
//!   `--leave-mib` the workload takes, before it is ready, all that its kernel has available but L MiB, and says what is left.
//! - `cpu`: says `ready` and computes, and says after each millisecond of computing that it still does. The host sees from the
//!   gaps when it was kept from it. After D milliseconds it ends.
//!
//! Neither looks at a limit or a clock to learn that it may do more: whoever raised the limit tells, or nobody needs to.

use std::fs;
use std::hint::black_box;

use workload::checksum::Checksum;
use workload::pattern::SplitMix64;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::say;
use crate::sys::{self, monotonic_ns, read_stdin};
use workload::work::chain;

const MIB: usize = 1 << 20;
const PAGE_BYTES: usize = 4096;
/// Chains of multiplications in about a millisecond.
const CHAINS: u64 = 300;
/// However it was started, it doesn't compute for longer than that.
const MOST_MS: u64 = 60_000;

/// Grows.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let by: String = arguments.require("--by")?;
    match by.as_str() {
        "memory" => {
            let mib = arguments.require("--mib")?;
            let more_mib = arguments.require("--more-mib")?;
            let leave_mib = arguments.take("--leave-mib")?;
            arguments.finish()?;
            memory(mib, more_mib, leave_mib)
        }
        "cpu" => {
            let limit_ms: u64 = arguments.require("--limit-ms")?;
            arguments.finish()?;
            // Whoever started it may be killed and can't stop it then.
            sys::die_with_parent();
            cpu(limit_ms.min(MOST_MS).saturating_mul(1_000_000))
        }
        other => Err(Failure::Usage(format!(
            "--by can't be {other:?}: memory or cpu"
        ))),
    }
}

fn memory(mib: usize, more_mib: usize, leave_mib: Option<usize>) -> Result<(), Failure> {
    let mut random = SplitMix64::new(1);
    let first = touched(mib, &mut random)?;
    // Held to the end; no part of what is computed, which is the same everywhere.
    let _rest = leave_mib.map(take_rest).transpose()?;
    say(&Line::Ready)?;
    read_stdin(&mut [0])
        .map_err(|error| Failure::Failed(format!("waiting on standard input: {error}")))?;
    let more = touched(more_mib, &mut random)?;
    say(&Line::Fact {
        key: "grown",
        value: "memory",
    })?;
    let mut checksum = Checksum::default();
    for page in first
        .chunks_exact(PAGE_BYTES)
        .chain(more.chunks_exact(PAGE_BYTES))
    {
        checksum.add_bytes(&page[..8]);
    }
    say(&Line::Done {
        checksum: checksum.value(),
    })
}

/// Takes what the kernel has available but so much, and says what is left.
fn take_rest(leave_mib: usize) -> Result<Vec<u8>, Failure> {
    let mib = available_mib()?.saturating_sub(leave_mib);
    let rest = touched(mib, &mut SplitMix64::new(2))?;
    say(&Line::Fact {
        key: "left-mib",
        value: &available_mib()?.to_string(),
    })?;
    Ok(rest)
}

/// What the kernel could still give, rounded up.
fn available_mib() -> Result<usize, Failure> {
    let failed = |why: String| Failure::Failed(format!("/proc/meminfo: {why}"));
    let table = fs::read_to_string("/proc/meminfo").map_err(|error| failed(error.to_string()))?;
    let kib = table.lines().find_map(|line| {
        let number = line.strip_prefix("MemAvailable:")?.strip_suffix("kB")?;
        number.trim().parse::<usize>().ok()
    });
    let missing = || failed("there is no MemAvailable".to_owned());
    kib.map(|kib| kib.div_ceil(1 << 10)).ok_or_else(missing)
}

/// Memory in which every page has a word of its own.
fn touched(mib: usize, random: &mut SplitMix64) -> Result<Vec<u8>, Failure> {
    let bytes = mib
        .checked_mul(MIB)
        .ok_or_else(|| Failure::Usage(format!("{mib} MiB are more than an address space")))?;
    let mut memory = Vec::new();
    memory
        .try_reserve_exact(bytes)
        .map_err(|error| Failure::Failed(format!("allocating {mib} MiB: {error}")))?;
    memory.resize(bytes, 0);
    for page in memory.chunks_exact_mut(PAGE_BYTES) {
        page[..8].copy_from_slice(&random.next_word().to_le_bytes());
    }
    Ok(memory)
}

fn cpu(limit_ns: u64) -> Result<(), Failure> {
    say(&Line::Ready)?;
    let began_ns = monotonic_ns();
    let mut word = 1;
    while monotonic_ns() - began_ns < limit_ns {
        word = black_box(chain(word, CHAINS));
        say(&Line::Fact {
            key: "computes",
            value: "",
        })?;
    }
    // How far it came depends on the limit: there is nothing to compare.
    say(&Line::Done {
        checksum: Checksum::default().value(),
    })
}
