//! `burn --kind cpu|memory|page-cache|io [--bytes N] [--file PATH --size BYTES] [--limit-ms D]`: a noisy neighbour.
//!
//! | kind | what it uses up |
//! |---|---|
//! | `cpu` | the CPU: multiplications, no memory |
//! | `memory` | the way to memory: N bytes are copied to and fro; and a CPU |
//! | `page-cache` | the host's page cache: the file is written and read again, block by block, without asking for storage |
//! | `io` | storage: the same file, written past the page cache |
//!
//! It says `ready` when it has begun, and goes on until it is stopped from outside, or whoever started it ends; after D
//! milliseconds it stops by itself.
//! Nothing grows: the memory is N bytes, the file has its size before and keeps it, and keeps its content too.
//!
//! Read next: `unit.rs`, which notices.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use workload::checksum::Checksum;
use workload::pattern;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::say;
use crate::sys::{self, AlignedBuffer, monotonic_ns};
use workload::work::chain;

/// The seed of the file's content, unless another is given.
const DEFAULT_SEED: u64 = 42;
const BLOCK_BYTES: usize = 1 << 20;
/// Chains between two looks at the clock: a tenth of a millisecond.
const CHAINS: u64 = 20;
/// However it was started, it doesn't burn for longer than that.
const MOST_MS: u64 = 60_000;

/// Burns until it is stopped.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let kind: String = arguments.require("--kind")?;
    let limit_ms = arguments.take("--limit-ms")?.unwrap_or(MOST_MS);
    let mut burner = burner(&kind, &mut arguments)?;
    arguments.finish()?;
    // Whoever started it may be killed and can't stop it then.
    sys::die_with_parent();
    burner()?;
    say(&Line::Ready)?;
    let began_ns = monotonic_ns();
    while monotonic_ns() - began_ns < limit_ms.min(MOST_MS).saturating_mul(1_000_000) {
        burner()?;
    }
    say(&Line::Done {
        checksum: Checksum::default().value(),
    })
}

/// Burns a little, each time it is called.
type Burner = Box<dyn FnMut() -> Result<(), Failure>>;

fn burner(kind: &str, arguments: &mut Arguments) -> Result<Burner, Failure> {
    match kind {
        "cpu" => {
            let mut word = 1;
            Ok(Box::new(move || {
                word = black_box(chain(word, CHAINS));
                Ok(())
            }))
        }
        "memory" => copier(arguments.require("--bytes")?),
        "page-cache" => file_burner(arguments, false),
        "io" => file_burner(arguments, true),
        other => Err(Failure::Usage(format!(
            "--kind can't be {other:?}: cpu, memory, page-cache or io"
        ))),
    }
}

fn copier(bytes: usize) -> Result<Burner, Failure> {
    let half = bytes / 2;
    let mut halves = [Vec::new(), Vec::new()];
    for memory in &mut halves {
        memory
            .try_reserve_exact(half)
            .map_err(|error| Failure::Failed(format!("allocating {half} bytes: {error}")))?;
        memory.resize(half, 1_u8);
    }
    let [mut from, mut to] = halves;
    Ok(Box::new(move || {
        to.copy_from_slice(black_box(&from));
        std::mem::swap(&mut from, &mut to);
        Ok(())
    }))
}

fn file_burner(arguments: &mut Arguments, is_direct: bool) -> Result<Burner, Failure> {
    let path: String = arguments.require("--file")?;
    let size: u64 = arguments.require("--size")?;
    let seed = arguments.take("--seed")?.unwrap_or(DEFAULT_SEED);
    let blocks = size / BLOCK_BYTES as u64;
    if blocks == 0 {
        return Err(Failure::Usage(format!(
            "--size {size} is less than one block of {BLOCK_BYTES} bytes"
        )));
    }
    let file = open(&path, is_direct)?;
    let mut buffer = AlignedBuffer::new(BLOCK_BYTES);
    pattern::fill(seed, 0, buffer.bytes());
    let mut turn = 0;
    Ok(Box::new(move || {
        let offset = turn % blocks * BLOCK_BYTES as u64;
        let block = buffer.bytes();
        pattern::stamp(seed, offset, block);
        let moved = file.write_all_at(block, offset).and_then(|()| {
            // Storage is written to; the page cache is written to and read from.
            if is_direct {
                return Ok(());
            }
            let half_way = (turn + blocks / 2) % blocks * BLOCK_BYTES as u64;
            file.read_exact_at(block, half_way)
        });
        turn += 1;
        moved.map_err(|error| Failure::Failed(format!("{path} at byte {offset}: {error}")))
    }))
}

fn open(path: &str, is_direct: bool) -> Result<File, Failure> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(if is_direct { libc::O_DIRECT } else { 0 })
        .open(path)
        .map_err(|error| Failure::Failed(format!("opening {path}: {error}")))
}
