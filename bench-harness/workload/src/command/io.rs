//! `io`: one reader or writer, one operation at a time (queue depth 1), as fio's `psync` engine does it.
//!
//! `io --file PATH --op randread|randwrite|seqread|seqwrite --block BYTES --size BYTES (--ops N | --duration-ms D)
//! [--fsync-every K] [--direct] [--seed S]`
//!
//! 1. Open the file (with O_DIRECT when asked); the buffer lies in a huge page and is filled before anything is timed.
//! 2. Choose the next place: random and aligned to a block, or the next one.
//! 3. Prepare the block (writes), take the time, pread or pwrite, take the time.
//! 4. After every K writes: the same round an fdatasync(2), counted apart. Not fsync, which writes the file's time stamps too:
//!    a disk has none, so a VM would be asked for less.
//! 5. Check what was read against the pattern. Steps 2 and 5 are not part of any reported time.
//!
//! The checksum covers the first operations only, of which there are always as many, so that it is equal in every backend
//! however many more fit into the duration.
//!
//! Simplified: fio also offers deeper queues and asynchronous engines; one request at a time shows latency, which is where
//! virtualization costs.
//!
//! Read next: `workload::latencies`, `workload::pattern`, open(2) on O_DIRECT.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use workload::checksum::Checksum;
use workload::latencies::Latencies;
use workload::pattern::{self, SECTOR_BYTES, SplitMix64};
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::sys::{self, monotonic_ns};

/// The seed of the file's content and of the random places, unless another is given.
const DEFAULT_SEED: u64 = 42;
/// Operations beyond these are not recorded: the run ends.
const MOST_OPERATIONS: u64 = 1 << 20;

/// What was asked for.
#[derive(Debug)]
struct Plan {
    path: String,
    is_write: bool,
    is_random: bool,
    block_bytes: usize,
    file_bytes: u64,
    /// These many operations always run, and the checksum covers them.
    least_operations: u64,
    most_operations: u64,
    duration_ns: u64,
    fsync_every: u64,
    is_direct: bool,
    seed: u64,
}

/// What came out.
#[derive(Debug)]
struct Outcome {
    transfers: Latencies,
    fsyncs: Latencies,
    checksum: Checksum,
}

/// Opens, measures, reports.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let plan = Plan::from_arguments(arguments)?;
    let file = plan.open()?;
    let mut buffer = sys::AlignedBuffer::new(plan.block_bytes);
    pattern::fill(plan.seed, 0, buffer.bytes());
    say(&Line::Ready)?;
    let outcome = measure(&plan, &file, buffer.bytes())?;
    outcome.report(&plan).say()
}

impl Plan {
    fn from_arguments(mut arguments: Arguments) -> Result<Self, Failure> {
        let operation: String = arguments.require("--op")?;
        let (is_random, is_write) = match operation.as_str() {
            "randread" => (true, false),
            "randwrite" => (true, true),
            "seqread" => (false, false),
            "seqwrite" => (false, true),
            other => {
                return Err(Failure::Usage(format!(
                    "--op can't be {other:?}: randread, randwrite, seqread or seqwrite"
                )));
            }
        };
        let block_bytes: usize = arguments.require("--block")?;
        let operations: Option<u64> = arguments.take("--ops")?;
        let duration_ms: Option<u64> = arguments.take("--duration-ms")?;
        // Enough for a checksum and for a percentile or two; large blocks move enough bytes in fewer operations.
        let checked = if block_bytes > 128 << 10 { 64 } else { 256 };
        let (least_operations, most_operations, duration_ns) = match (operations, duration_ms) {
            (Some(count), None) => (count, count, 0),
            (None, Some(ms)) => (checked, MOST_OPERATIONS, ms.saturating_mul(1_000_000)),
            _ => {
                return Err(Failure::Usage(
                    "io needs either --ops or --duration-ms".to_owned(),
                ));
            }
        };
        let plan = Self {
            path: arguments.require("--file")?,
            is_write,
            is_random,
            block_bytes,
            file_bytes: arguments.require("--size")?,
            least_operations,
            most_operations,
            duration_ns,
            fsync_every: arguments.take("--fsync-every")?.unwrap_or(0),
            is_direct: arguments.flag("--direct"),
            seed: arguments.take("--seed")?.unwrap_or(DEFAULT_SEED),
        };
        arguments.finish()?;
        plan.check()
    }

    fn check(self) -> Result<Self, Failure> {
        let refuse = |message: String| Err(Failure::Usage(message));
        if self.block_bytes == 0 || !self.block_bytes.is_multiple_of(SECTOR_BYTES) {
            return refuse(format!(
                "--block {} must be a multiple of {SECTOR_BYTES}",
                self.block_bytes
            ));
        }
        if self.file_bytes < self.block_bytes as u64 {
            return refuse(format!("--size {} is less than one block", self.file_bytes));
        }
        if self.least_operations == 0 || self.most_operations > MOST_OPERATIONS {
            return refuse(format!("--ops must be between 1 and {MOST_OPERATIONS}"));
        }
        Ok(self)
    }

    fn open(&self) -> Result<File, Failure> {
        let failed = |error| Failure::Failed(format!("opening {}: {error}", self.path));
        let flags = if self.is_direct { libc::O_DIRECT } else { 0 };
        let mut file = OpenOptions::new()
            .read(true)
            .write(self.is_write)
            .custom_flags(flags)
            .open(&self.path)
            .map_err(failed)?;
        // Not its metadata: in a VM with an operating system it is a block device, whose size is where its end is.
        let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
        if length < self.file_bytes {
            return Err(Failure::Failed(format!(
                "{} has {length} bytes, not {}",
                self.path, self.file_bytes
            )));
        }
        Ok(file)
    }
}

fn measure(plan: &Plan, file: &File, block: &mut [u8]) -> Result<Outcome, Failure> {
    let checked_operations = plan.least_operations.min(256);
    let mut outcome = Outcome {
        transfers: Latencies::with_room_for(plan.most_operations),
        fsyncs: Latencies::with_room_for(
            plan.most_operations
                .checked_div(plan.fsync_every)
                .unwrap_or(0),
        ),
        checksum: Checksum::default(),
    };
    let mut random = SplitMix64::new(plan.seed);
    let blocks = plan.file_bytes / plan.block_bytes as u64;
    let began_ns = monotonic_ns();
    for operation in 0..plan.most_operations {
        let place = if plan.is_random {
            random.below(blocks)
        } else {
            operation % blocks
        };
        let offset = place * plan.block_bytes as u64;
        let ended_ns = transfer(plan, file, block, offset, &mut outcome.transfers)?;
        if plan.fsync_every > 0 && (operation + 1).is_multiple_of(plan.fsync_every) {
            let before_ns = monotonic_ns();
            file.sync_data()
                .map_err(|error| Failure::Failed(format!("fdatasync of {}: {error}", plan.path)))?;
            outcome.fsyncs.add(monotonic_ns() - before_ns);
        }
        if operation < checked_operations {
            outcome.checksum.add(offset);
            outcome.checksum.add_bytes(block);
        }
        if operation + 1 >= plan.least_operations && ended_ns - began_ns >= plan.duration_ns {
            break;
        }
    }
    Ok(outcome)
}

/// One block to or from the file; returns when it was over.
fn transfer(
    plan: &Plan,
    file: &File,
    block: &mut [u8],
    offset: u64,
    latencies: &mut Latencies,
) -> Result<u64, Failure> {
    if plan.is_write {
        pattern::stamp(plan.seed, offset, block);
    }
    let before_ns = monotonic_ns();
    let moved = if plan.is_write {
        file.write_at(block, offset)
    } else {
        file.read_at(block, offset)
    };
    let after_ns = monotonic_ns();
    let what = if plan.is_write { "writing" } else { "reading" };
    match moved {
        Ok(bytes) if bytes == block.len() => latencies.add(after_ns - before_ns),
        Ok(bytes) => {
            let message = format!(
                "{what} {} at byte {offset}: only {bytes} of {} bytes",
                plan.path,
                block.len()
            );
            return Err(Failure::Failed(message));
        }
        Err(error) => {
            return Err(Failure::Failed(format!(
                "{what} {} at byte {offset}: {error}",
                plan.path
            )));
        }
    }
    if !plan.is_write {
        pattern::verify(plan.seed, offset, block)
            .map_err(|mismatch| Failure::Failed(format!("{}: {mismatch}", plan.path)))?;
    }
    Ok(after_ns)
}

impl Outcome {
    fn report(mut self, plan: &Plan) -> Burst {
        let operations = self.transfers.count();
        let bytes = operations * plan.block_bytes as u64;
        let elapsed_ns = self.transfers.sum_ns() + self.fsyncs.sum_ns();
        let per_second = |count: u64| count as f64 * 1e9 / elapsed_ns.max(1) as f64;
        let transfers = self.transfers.summary();
        let mut burst = Burst::default();
        burst.metric("io.ops", "count", operations as f64);
        burst.metric("io.bytes", "bytes", bytes as f64);
        burst.metric("io.elapsed_ns", "ns", elapsed_ns as f64);
        burst.metric("io.lat_p50_ns", "ns", transfers.p50_ns as f64);
        burst.metric("io.lat_p99_ns", "ns", transfers.p99_ns as f64);
        burst.metric("io.lat_mean_ns", "ns", transfers.mean_ns);
        burst.metric("io.lat_min_ns", "ns", transfers.min_ns as f64);
        burst.metric("io.lat_max_ns", "ns", transfers.max_ns as f64);
        burst.metric("io.iops", "per_s", per_second(operations));
        burst.metric("io.bandwidth_bytes_per_s", "bytes_per_s", per_second(bytes));
        if self.fsyncs.count() > 0 {
            let fsyncs = self.fsyncs.summary();
            burst.metric("io.fsync_count", "count", self.fsyncs.count() as f64);
            burst.metric("io.fsync_p50_ns", "ns", fsyncs.p50_ns as f64);
            burst.metric("io.fsync_p99_ns", "ns", fsyncs.p99_ns as f64);
        }
        burst.add(&Line::Done {
            checksum: self.checksum.value(),
        });
        burst
    }
}
