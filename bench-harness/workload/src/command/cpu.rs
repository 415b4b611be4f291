//! `cpu --kernel int|float --iterations N`: computes, and makes no system call meanwhile.
//!
//! The harness times it from outside, from `ready` to `done`: a clock inside a VM is not asked.
//!
//! - `int`: a chain of 64-bit multiplications, shifts and exclusive ors (SplitMix64, chained), 1024 links an iteration.
//! - `float`: the orbit of the Hénon map in double precision, 1024 points an iteration: multiplications and additions that
//!   wait for each other. IEEE 754 fixes every bit of the result; fused operations are not used, so it is equal everywhere.

use std::hint::black_box;

use workload::checksum::Checksum;
use workload::pattern::SplitMix64;
use workload::protocol::Line;

use crate::Failure;
use crate::arguments::Arguments;
use crate::report::say;

const LINKS: u32 = 1024;

/// Runs the kernel as often as asked.
pub fn run(mut arguments: Arguments) -> Result<(), Failure> {
    let kernel: String = arguments.require("--kernel")?;
    let iterations: u64 = arguments.require("--iterations")?;
    arguments.finish()?;
    let compute = match kernel.as_str() {
        "int" => integer,
        "float" => float,
        other => {
            return Err(Failure::Usage(format!(
                "--kernel can't be {other:?}: int or float"
            )));
        }
    };
    say(&Line::Ready)?;
    let word = compute(black_box(iterations));
    let mut checksum = Checksum::default();
    checksum.add(word);
    say(&Line::Done {
        checksum: checksum.value(),
    })
}

fn integer(iterations: u64) -> u64 {
    let mut word = 1;
    for _ in 0..iterations {
        for _ in 0..LINKS {
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
        for _ in 0..LINKS {
            (x, y) = (1.0 - A * x * x + y, B * x);
        }
    }
    x.to_bits() ^ y.to_bits().rotate_left(32)
}
