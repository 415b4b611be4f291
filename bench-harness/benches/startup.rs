//! `hello` from the spawn of its launcher to its first instruction, and until the launcher was reaped: ours, and the runtimes and
//! VMMs of others that are found.
//!
//! The durations are those that the harness stamped (`experiment/startup.rs`); what it does around them, such as looking
//! whether nothing is left, is not in them.

use std::time::Duration;

use bench_harness::bench::{Bench, PEER_SAMPLES, PEER_TIME_MS, measuring_time, or_stop, row};
use bench_harness::experiment::StartupTimes;
use criterion::{Criterion, SamplingMode};

/// Group, and which of an instance's durations it shows.
type Point = (&'static str, fn(&StartupTimes) -> u64);

const POINTS: [Point; 2] = [
    ("startup/first", |times| times.first_ns),
    ("startup/reaped", |times| times.total_ns),
];

/// Of a peer.
const PEER_WARM_UP: Duration = Duration::from_millis(100);

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(measuring_time(1500))
        .sample_size(40)
        .configure_from_args();
    let bench = Bench::with_peers("startup")?;
    bench.tell_skipped();
    for (name, duration_ns) in POINTS {
        let mut group = criterion.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat);
        for backend in bench.available() {
            if backend.is_peer() {
                group.sample_size(PEER_SAMPLES).warm_up_time(PEER_WARM_UP);
                group.measurement_time(measuring_time(PEER_TIME_MS));
            }
            let once = || {
                let times = or_stop(*backend, bench.start_once(*backend, &["hello"]));
                Duration::from_nanos(duration_ns(&times))
            };
            row(name, *backend, || {
                group.bench_function(backend.id(), |bencher| {
                    bencher.iter_custom(|instances| (0..instances).map(|_| once()).sum());
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
