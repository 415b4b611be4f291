//! What isolation costs a program that only computes, and one that only writes: nearly nothing.
//!
//! An iteration is 1024 steps of a kernel (`workload cpu`), or 1 MiB written to stdout in one call (`workload emit`). All
//! iterations that criterion asks for at once are done by one instance, and the time is that from its `ready` to its `done`, on
//! the host's clock: starting the instance is not in it.

use std::time::Duration;

use bench_harness::bench::{Bench, or_stop};
use criterion::{Criterion, SamplingMode, Throughput};

/// Bytes of one write.
const BLOCK: u64 = 1 << 20;

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1000))
        .sample_size(20)
        .configure_from_args();
    let bench = Bench::new()?;
    bench.tell_skipped();
    for kernel in ["int", "float"] {
        let mut group = criterion.benchmark_group(format!("cpu/{kernel}"));
        group.sampling_mode(SamplingMode::Flat);
        for backend in bench.available() {
            let compute = |iterations: u64| {
                let count = iterations.to_string();
                let args = ["cpu", "--kernel", kernel, "--iterations", &count];
                or_stop(*backend, bench.work_once(*backend, &args))
            };
            group.bench_function(backend.id(), |bencher| bencher.iter_custom(compute));
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("stdout/1m");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Bytes(BLOCK));
    for backend in bench.available() {
        let write = |iterations: u64| {
            let (mib, block) = (iterations.to_string(), BLOCK.to_string());
            let args = ["emit", "--mib", &mib, "--block", &block];
            or_stop(*backend, bench.work_once(*backend, &args))
        };
        group.bench_function(backend.id(), |bencher| bencher.iter_custom(write));
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
