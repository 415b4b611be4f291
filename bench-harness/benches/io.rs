//! One operation of file I/O: latency of random 4 KiB reads, throughput of sequential 1 MiB reads, past the page cache
//! and from it.
//!
//! An iteration is one operation. All operations that criterion asks for at once are done by one instance, and the
//! workload inside it takes their time: starting the instance is not in it.

use std::time::Duration;

use anyhow::ensure;
use bench_harness::backend::Backend;
use bench_harness::bench::{Bench, measuring_time, or_stop, workspace};
use bench_harness::experiment::io_case_by_id;
use criterion::{Criterion, SamplingMode, Throughput};

const CASES: [&str; 4] = [
    "direct-randread-4k",
    "direct-seqread-1m",
    "buffered-randread-4k",
    "buffered-seqread-1m",
];

const FILE_BYTES: u64 = 64 << 20;

/// The workload keeps every latency: this many are 1 MiB of them.
const MOST_OPERATIONS: u64 = 1 << 18;

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(measuring_time(1000))
        .sample_size(20)
        .configure_from_args();
    let mut bench = Bench::new()?;
    bench.tell_skipped();
    // Below results/, as in a run: /tmp is memory on many hosts.
    bench.prepare_io(&workspace().join("results"), FILE_BYTES)?;
    for case in CASES {
        let known = io_case_by_id(case);
        ensure!(known.is_some(), "io has no case {case}");
        let mut group = criterion.benchmark_group(format!("io/{case}"));
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(match known {
            Some(known) if known.op.starts_with("seq") => Throughput::Bytes(known.block_bytes),
            _ => Throughput::Elements(1),
        });
        for backend in bench.available() {
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|operations| time_of(&bench, *backend, case, operations));
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}

/// The time of so many operations, in instances of at most [`MOST_OPERATIONS`].
fn time_of(bench: &Bench, backend: &dyn Backend, case: &str, operations: u64) -> Duration {
    let mut elapsed = Duration::ZERO;
    let mut left = operations;
    while left > 0 {
        let now = left.min(MOST_OPERATIONS);
        elapsed += or_stop(backend, bench.io_once(backend, case, now)).elapsed;
        left -= now;
    }
    elapsed
}
