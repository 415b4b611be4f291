//! What isolation costs a program that only computes, and one that only writes: nearly nothing.
//!
//! An iteration is 1024 units of a kernel (`workload cpu`), or 1 MiB written to stdout in one call (`workload emit`). All
//! iterations that criterion asks for at once are done by one instance, and the time is that from its `ready` to its `done`, on
//! the host's clock: starting the instance is not in it, nor filling its memory, which takes longer than going through it.
//!
//! Read next: `workload/src/command/cpu.rs`.

use std::time::Duration;

use bench_harness::bench::{Bench, measuring_time, or_stop};
use criterion::{Criterion, SamplingMode, Throughput};

/// Bytes of one write.
const BLOCK: u64 = 1 << 20;

/// Kernel, samples, and MiB of its working set: the ones with memory have to be filled for each sample.
const KERNELS: [(&str, usize, u64); 4] = [
    ("int", 20, 1),
    ("float", 20, 1),
    ("memory-bandwidth", 10, 16),
    ("memory-latency", 10, 16),
];

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(measuring_time(600))
        .sample_size(20)
        .configure_from_args();
    let bench = Bench::new()?;
    bench.tell_skipped();
    for (kernel, samples, mib) in KERNELS {
        let mut group = criterion.benchmark_group(format!("cpu/{kernel}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(samples);
        for backend in bench.available() {
            let compute = |iterations: u64| {
                let args = ["cpu", "--kernel", kernel, "--iterations"].map(str::to_owned);
                let size = ["--working-set-mib".to_owned(), mib.to_string()];
                let args = [&args[..], &[iterations.to_string()], &size].concat();
                or_stop(*backend, bench.work_once(*backend, &args, mib << 20))
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
            let args = ["emit", "--mib", &mib, "--block", &block].map(str::to_owned);
            or_stop(*backend, bench.work_once(*backend, &args, 0))
        };
        group.bench_function(backend.id(), |bencher| bencher.iter_custom(write));
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
