//! How near the container is to the fastest that it could be: spawn until reaped, beside a minimal C program that makes the same
//! container by the same system calls (`container-backend/benches/floor.c`), and beside the runtimes of others.
//!
//! Criterion measures one after the other. The ratios, from interleaved rounds and with intervals, are those of
//! `isolab run --experiments container-floor --backends all`.
//!
//! Read next: `experiment/container_floor.rs`, `container-backend/src/lib.rs` ("What it costs").

use std::time::Duration;

use bench_harness::backend::{here, yardsticks};
use bench_harness::bench::{Bench, or_stop};
use criterion::{Criterion, SamplingMode};

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(1000))
        .sample_size(40)
        .configure_from_args();
    let containers = here().filter(|backend| !backend.is_vm());
    let bench = Bench::of(yardsticks("container-floor").chain(containers))?;
    bench.tell_skipped();
    let mut group = criterion.benchmark_group("floor");
    group.sampling_mode(SamplingMode::Flat);
    for backend in bench.available() {
        let once = || {
            let times = or_stop(*backend, bench.start_once(*backend, &["hello"]));
            Duration::from_nanos(times.total_ns)
        };
        group.bench_function(backend.id(), |bencher| {
            bencher.iter_custom(|instances| (0..instances).map(|_| once()).sum());
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
