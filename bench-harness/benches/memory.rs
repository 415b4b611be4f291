//! What one instance occupies that holds 0, 8 or 64 MiB: the proportional set size (PSS) of its process tree.
//!
//! Criterion measures whatever a [`Measurement`] says; here it is bytes. An iteration is one instance, read while it
//! holds still.

use std::time::Duration;

use bench_harness::backend::Backend;
use bench_harness::bench::{Bench, measuring_time, or_stop};
use bench_harness::failure::Failure;
use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, SamplingMode, Throughput};

const KIB: f64 = 1024.0;
const MIB: f64 = 1024.0 * 1024.0;

/// Resident bytes, as criterion's measure instead of time.
struct Bytes;

impl Measurement for Bytes {
    /// Nothing runs between a start and an end: instances are read one by one.
    type Intermediate = ();
    type Value = u64;

    fn start(&self) {}

    fn end(&self, (): ()) -> u64 {
        0
    }

    fn add(&self, one: &u64, other: &u64) -> u64 {
        one + other
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, bytes: &u64) -> f64 {
        *bytes as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Binary
    }
}

/// Bytes in KiB and MiB.
struct Binary;

impl ValueFormatter for Binary {
    fn scale_values(&self, typical: f64, values: &mut [f64]) -> &'static str {
        let (divisor, unit) = if typical < MIB {
            (KIB, "KiB")
        } else {
            (MIB, "MiB")
        };
        for value in values {
            *value /= divisor;
        }
        unit
    }

    fn scale_throughputs(&self, typical: f64, _: &Throughput, values: &mut [f64]) -> &'static str {
        // Memory has no rate; no group here sets a throughput.
        self.scale_values(typical, values)
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "bytes"
    }
}

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .with_measurement(Bytes)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(measuring_time(1500))
        .sample_size(10)
        .configure_from_args();
    let bench = Bench::new()?;
    bench.tell_skipped();
    let readable = readable(&bench);
    for mib in [0, 8, 64] {
        let mut group = criterion.benchmark_group(format!("memory/touched-{mib}"));
        group.sampling_mode(SamplingMode::Flat);
        for backend in &readable {
            let once = || or_stop(*backend, bench.memory_once(*backend, mib)).pss_bytes;
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|instances| (0..instances).map(|_| once()).sum());
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}

/// Without root, a container's processes may not be looked at: that costs this target the container, and says so.
fn readable(bench: &Bench) -> Vec<&'static dyn Backend> {
    let tried = |backend: &&'static dyn Backend| match bench.memory_once(*backend, 0) {
        Err(Failure::Unsupported(reason)) => {
            eprintln!("{} is skipped: {reason}", backend.id());
            false
        }
        other => {
            or_stop(*backend, other);
            true
        }
    };
    bench.available().iter().copied().filter(tried).collect()
}
