//! `cpu --kernel int|float|memory-bandwidth|memory-latency --iterations N [--working-set-mib M]`: computes, and makes no
//! system call meanwhile.
//!
//! The harness times it from outside, from `ready` to `done`: a clock inside a VM is not asked. An iteration is 1024 units:
//!
//! - `int`: a chain of 64-bit multiplications, shifts and exclusive ors (SplitMix64, chained). A unit is a link.
//! - `float`: the orbit of the Hénon map in double precision: multiplications and additions that wait for each other. IEEE
//!   754 fixes every bit of the result; fused operations are not used, so it is equal everywhere. A unit is a point.
//! - `memory-bandwidth`: reads a working set from one end to the other. A unit is a cache line of 64 bytes.
//! - `memory-latency`: follows a chain through it that visits all lines in random order. A unit is a load, which waits
//!   for the one before.
//!
//! All of it is work for the processor alone: a container or a VM has no occasion to interfere, except with memory, where a
//! guest's addresses are translated twice. What the processor says that it can do (CPUID) is told beside it.
//!
//! Read next: `cpu/memory.rs`, `workload::cpu_flags`.

mod memory;

use std::hint::black_box;

use workload::checksum::Checksum;
use workload::cpu_flags;
use workload::pattern::SplitMix64;
use workload::protocol::Line;

use self::memory::WorkingSet;
use crate::arguments::Arguments;
use crate::report::{Burst, say};
use crate::{Failure, sys};

/// Units of an iteration.
const UNITS: u32 = 1024;
/// Many times the second-level cache of any processor.
const WORKING_SET_MIB: usize = 64;

/// Runs the kernel as often as asked.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let kernel: String = arguments.require("--kernel")?;
    let iterations: u64 = arguments.require("--iterations")?;
    let mib: usize = arguments
        .take("--working-set-mib")?
        .unwrap_or(WORKING_SET_MIB);
    arguments.finish()?;
    match kernel.as_str() {
        "int" => compute(iterations, Burst::default(), integer),
        "float" => compute(iterations, Burst::default(), float),
        "memory-bandwidth" => {
            let mut set = WorkingSet::new(mib)?;
            let lines = set.words();
            compute(iterations, set_facts(mib), |times| {
                memory::read_through(lines, times * u64::from(UNITS))
            })
        }
        "memory-latency" => {
            let mut set = WorkingSet::new(mib)?;
            let lines = set.chain();
            compute(iterations, set_facts(mib), |times| {
                memory::follow(lines, times * u64::from(UNITS))
            })
        }
        other => Err(Failure::Usage(format!(
            "--kernel can't be {other:?}: int, float, memory-bandwidth or memory-latency"
        ))),
    }
}

/// Between `ready` and `done` there is the kernel and nothing else: the rest of the report is prepared before.
fn compute(
    iterations: u64,
    mut report: Burst,
    kernel: impl FnOnce(u64) -> u64,
) -> Result<(), Failure> {
    let flags = cpu_flags::names(sys::cpuid);
    report.metric("cpu.flags", "count", flags.split(' ').count() as f64);
    report.add(&Line::Fact {
        key: "cpu_flags",
        value: &flags,
    });
    say(&Line::Ready)?;
    let word = kernel(black_box(iterations));
    let mut checksum = Checksum::default();
    checksum.add(word);
    report.add(&Line::Done {
        checksum: checksum.value(),
    });
    report.say()
}

/// How large the working set is, and how much of it lies in huge pages as far as this kernel tells.
fn set_facts(mib: usize) -> Burst {
    let mut report = Burst::default();
    report.metric("cpu.working_set_bytes", "bytes", (mib << 20) as f64);
    let huge = memory::huge_page_bytes();
    report.add(&Line::Fact {
        key: "huge_page_bytes",
        value: &huge.map_or_else(
            |error| format!("unavailable: {error}"),
            |bytes| bytes.to_string(),
        ),
    });
    report
}

fn integer(iterations: u64) -> u64 {
    let mut word = 1;
    for _ in 0..iterations {
        for _ in 0..UNITS {
            word = SplitMix64::new(word).next_word();
        }
    }
    word
}

fn float(iterations: u64) -> u64 {
    // The classical parameters, for which the orbit is chaotic and stays bounded (Hénon, 1976).
    const A: f64 = 1.4;
    const B: f64 = 0.3;
    let (mut x, mut y) = (0.0_f64, 0.0_f64);
    for _ in 0..iterations {
        for _ in 0..UNITS {
            (x, y) = (1.0 - A * x * x + y, B * x);
        }
    }
    x.to_bits() ^ y.to_bits().rotate_left(32)
}
