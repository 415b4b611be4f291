//! How near ours are to the fastest that they could be: spawn until reaped.
//!
//! - `floor`: our container beside a minimal C program that makes the same container by the same system calls
//!   (`container-backend/benches/floor.c`), and beside the container runtimes of others.
//! - `vmm-floor`: a guest of a dozen instructions in our VMM, on the path on which it boots Linux (`linux-vm-small`) and on that of
//!   the microVM, and in the VMMs of others.
//!
//! Criterion measures one after the other. The ratios, from interleaved rounds and with intervals, are those of
//! `isolab run --experiments container-floor,vmm-floor --backends all`.
//!
//! Read next: `experiment/container_floor.rs`, `experiment/vmm_floor.rs`, container-backend's `lib.rs` ("What it costs").

use std::time::Duration;

use bench_harness::backend::Backend;
use bench_harness::bench::{Bench, PEER_SAMPLES, PEER_TIME_MS, measuring_time, or_stop, row};
use bench_harness::failure::Failure;
use criterion::{Criterion, SamplingMode};

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(measuring_time(1000))
        .sample_size(40)
        .configure_from_args();
    let bench = Bench::with_peers("container-floor")?;
    compare(&mut criterion, "floor", &bench, |backend| {
        let times = bench.start_once(backend, &["hello"])?;
        Ok(times.total_ns)
    });
    let bench = Bench::with_peers("vmm-floor")?;
    compare(&mut criterion, "vmm-floor", &bench, |backend| {
        Ok(bench.floor_once(backend)?.total_ns)
    });
    criterion.final_summary();
    Ok(())
}

/// A group with a row for each backend that works; `total_ns` runs one instance.
fn compare(
    criterion: &mut Criterion,
    name: &str,
    bench: &Bench,
    total_ns: impl Fn(&dyn Backend) -> Result<u64, Failure>,
) {
    bench.tell_skipped();
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    for backend in bench.available() {
        if backend.is_peer() {
            group.sample_size(PEER_SAMPLES);
            group.measurement_time(measuring_time(PEER_TIME_MS));
        }
        let once = || Duration::from_nanos(or_stop(*backend, total_ns(*backend)));
        row(name, *backend, || {
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|instances| (0..instances).map(|_| once()).sum());
            });
        });
    }
    group.finish();
}
