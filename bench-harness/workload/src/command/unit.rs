//! `unit --units N --duration-ms D [--file PATH --size BYTES]`: one unit of work again and again, each one timed.
//!
//! A unit is what a small request to a service may take, some tenths of a millisecond, in three parts:
//!
//! 1. *compute*: a chain of 20 480 multiplications;
//! 2. *memory*: 1024 reads from random places of 4 MiB, of which each says where the next one is;
//! 3. *io*: one block of 4 KiB, read from a random place of the file, past the page cache (with `--file`).
//!
//! All units do the same amount of work, so whatever makes one of them take longer comes from outside. At least N units run,
//! and they run for at least D milliseconds; the checksum covers the first N.
//!
//! The clock is read inside, CLOCK_MONOTONIC. That is acceptable for durations, if for nothing else: in every backend it
//! counts the ticks of the host's own time stamp counter, and it goes on counting while a neighbour has the CPU. The sum of
//! all units is reported, for the host to hold against its own clock.
//!
//! Read next: `burn.rs`, the neighbour; `io.rs`.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use workload::checksum::Checksum;
use workload::latencies::Latencies;
use workload::pattern::{self, SECTOR_BYTES, SplitMix64};
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::sys::{AlignedBuffer, monotonic_ns};
use workload::work::chain;

/// Of the file's content, unless another is given.
const DEFAULT_SEED: u64 = 42;
/// More are not recorded: the run ends.
const MOST_UNITS: u64 = 1 << 17;
/// Chains of multiplications in a unit.
const CHAINS: u64 = 20;
/// Reads from memory in a unit.
const STEPS: usize = 1024;
/// Size of the memory that is read, in cache lines.
const CACHE_LINES: usize = (4 << 20) / LINE_WORDS / 8;
/// Words of 8 bytes in a cache line.
const LINE_WORDS: usize = 8;

/// The three parts, in the order in which they are done.
const PARTS: [&str; 3] = ["compute", "memory", "io"];

/// What a unit works on.
struct Bench {
    /// The first word of each cache line is the number of the line to be read next: one circle through all of them.
    circle: Vec<u64>,
    /// Where on the circle.
    at: u64,
    /// What the chain has come to.
    word: u64,
    disk: Option<Disk>,
}

struct Disk {
    file: File,
    path: String,
    sectors: u64,
    seed: u64,
    block: AlignedBuffer,
    random: SplitMix64,
}

/// Prepares, measures, reports.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let units: u64 = arguments.require("--units")?;
    let duration_ms: u64 = arguments.require("--duration-ms")?;
    let disk = Disk::from_arguments(&mut arguments)?;
    arguments.finish()?;
    if units == 0 || units > MOST_UNITS {
        return Err(Failure::Usage(format!(
            "--units must be between 1 and {MOST_UNITS}"
        )));
    }
    let mut bench = Bench {
        circle: circle(),
        at: 0,
        word: 1,
        disk,
    };
    say(&Line::Ready)?;
    measure(&mut bench, units, duration_ms.saturating_mul(1_000_000))?.say()
}

fn measure(bench: &mut Bench, least: u64, duration_ns: u64) -> Result<Burst, Failure> {
    let room = || Latencies::with_room_for(MOST_UNITS);
    let (mut whole, mut parts) = (room(), [room(), room(), room()]);
    let mut checksum = Checksum::default();
    let began_ns = monotonic_ns();
    for unit in 0..MOST_UNITS {
        let stamps = bench.unit()?;
        for (part, ends) in parts.iter_mut().zip(stamps.windows(2)) {
            part.add(ends[1] - ends[0]);
        }
        whole.add(stamps[PARTS.len()] - stamps[0]);
        bench.verify()?;
        if unit < least {
            checksum.add(bench.word);
            checksum.add(bench.at);
        }
        if unit + 1 >= least && stamps[PARTS.len()] - began_ns >= duration_ns {
            break;
        }
    }
    let mut burst = Burst::default();
    burst.metric("neighbour.units", "count", whole.count() as f64);
    burst.metric("neighbour.inside_ns", "ns", whole.sum_ns() as f64);
    percentiles(&mut burst, "unit", whole);
    for (name, part) in PARTS.into_iter().zip(parts) {
        if name != "io" || bench.disk.is_some() {
            percentiles(&mut burst, name, part);
        }
    }
    burst.add(&Line::Done {
        checksum: checksum.value(),
    });
    Ok(burst)
}

fn percentiles(burst: &mut Burst, name: &str, mut latencies: Latencies) {
    let summary = latencies.summary();
    for (percent, ns) in [("p50", summary.p50_ns), ("p99", summary.p99_ns)] {
        burst.metric(&format!("neighbour.{name}_{percent}_ns"), "ns", ns.into());
    }
}

impl Bench {
    /// One unit: when it began, and when each part ended.
    fn unit(&mut self) -> Result<[u64; 4], Failure> {
        let began_ns = monotonic_ns();
        self.word = chain(self.word, black_box(CHAINS));
        let computed_ns = monotonic_ns();
        for _ in 0..STEPS {
            self.at = self.circle[self.at as usize * LINE_WORDS];
        }
        let walked_ns = monotonic_ns();
        if let Some(disk) = &mut self.disk {
            disk.read()?;
        }
        Ok([began_ns, computed_ns, walked_ns, monotonic_ns()])
    }

    /// Looks at what was read; not part of any time.
    fn verify(&mut self) -> Result<(), Failure> {
        self.disk.as_mut().map_or(Ok(()), Disk::verify)
    }
}

/// All lines in random order, one circle (Sattolo's algorithm): neither a prefetcher nor an out-of-order CPU gets ahead.
fn circle() -> Vec<u64> {
    let mut order: Vec<u64> = (0..CACHE_LINES as u64).collect();
    let mut random = SplitMix64::new(DEFAULT_SEED);
    for last in (1..CACHE_LINES).rev() {
        order.swap(last, random.below(last as u64) as usize);
    }
    let mut circle = vec![0; CACHE_LINES * LINE_WORDS];
    for (line, next) in order.into_iter().enumerate() {
        circle[line * LINE_WORDS] = next;
    }
    circle
}

impl Disk {
    fn from_arguments(arguments: &mut Arguments) -> Result<Option<Self>, Failure> {
        let Some(path) = arguments.take::<String>("--file")? else {
            return Ok(None);
        };
        let bytes: u64 = arguments.require("--size")?;
        let seed = arguments.take("--seed")?.unwrap_or(DEFAULT_SEED);
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_DIRECT)
            .open(&path)
            .map_err(|error| Failure::Failed(format!("opening {path}: {error}")))?;
        let sectors = bytes / SECTOR_BYTES as u64;
        if sectors == 0 {
            return Err(Failure::Usage(format!(
                "--size {bytes} is less than one block"
            )));
        }
        Ok(Some(Self {
            file,
            path,
            sectors,
            seed,
            block: AlignedBuffer::new(SECTOR_BYTES),
            random: SplitMix64::new(seed),
        }))
    }

    fn place(random: &mut SplitMix64, sectors: u64) -> u64 {
        random.below(sectors) * SECTOR_BYTES as u64
    }

    fn read(&mut self) -> Result<(), Failure> {
        let offset = Self::place(&mut self.random.clone(), self.sectors);
        self.file
            .read_exact_at(self.block.bytes(), offset)
            .map_err(|error| {
                Failure::Failed(format!("reading {} at byte {offset}: {error}", self.path))
            })
    }

    /// Checks the block that was read last, and goes on to the next place.
    fn verify(&mut self) -> Result<(), Failure> {
        let offset = Self::place(&mut self.random, self.sectors);
        pattern::verify(self.seed, offset, self.block.bytes())
            .map_err(|mismatch| Failure::Failed(format!("{}: {mismatch}", self.path)))
    }
}
