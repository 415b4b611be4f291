//! The price list: one system call, one read of a byte, one open, one VM exit.
//!
//! An iteration is one operation. All operations that criterion asks for at once are done by one instance, and the time is
//! that from its `ready` to its `done`, on the host's clock. Page faults are only in the table: each page can be touched for
//! the first time once, so that as many as criterion wants would not fit into memory.
//!
//! Read next: `experiment/syscall.rs`.

use std::time::Duration;

use bench_harness::bench::{Bench, measuring_time, or_stop, workspace};
use bench_harness::experiment;
use criterion::{Criterion, SamplingMode, Throughput};

const CASES: [&str; 5] = ["null", "read", "open", "exit-port", "exit-mmio"];

/// Of the disk, of which one byte is read.
const FILE_BYTES: u64 = 1 << 20;

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(measuring_time(500))
        .sample_size(20)
        .configure_from_args();
    let mut bench = Bench::new()?;
    bench.tell_skipped();
    // Below results/, as in a run: /tmp is memory on many hosts.
    bench.prepare_io(&workspace().join("results"), FILE_BYTES)?;
    let experiment = experiment::by_id("syscall");
    for case in CASES {
        let mut group = criterion.benchmark_group(format!("syscall/{case}"));
        group.sampling_mode(SamplingMode::Flat);
        group.throughput(Throughput::Elements(1));
        let backends = bench.available().iter().copied();
        for backend in
            backends.filter(|one| experiment.is_some_and(|the| the.applies_to(case, *one)))
        {
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|operations| {
                    or_stop(backend, bench.call_once(backend, case, operations))
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
