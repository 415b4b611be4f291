//! `hello` from the spawn of its launcher to its first instruction, and until the launcher was reaped.
//!
//! The durations are those that the harness stamped (`experiment/startup.rs`); what it does around them, such as looking
//! whether nothing is left, is not in them.

use std::time::Duration;

use bench_harness::bench::{Bench, or_stop};
use bench_harness::experiment::StartupTimes;
use criterion::{Criterion, SamplingMode};

/// Group, and which of an instance's durations it shows.
type Point = (&'static str, fn(&StartupTimes) -> u64);

const POINTS: [Point; 2] = [
    ("startup/first", |times| times.first_ns),
    ("startup/reaped", |times| times.total_ns),
];

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .sample_size(40)
        .configure_from_args();
    let bench = Bench::new()?;
    bench.tell_skipped();
    for (name, duration_ns) in POINTS {
        let mut group = criterion.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat);
        for backend in bench.available() {
            let once = || {
                let times = or_stop(*backend, bench.start_once(*backend, &["hello"]));
                Duration::from_nanos(duration_ns(&times))
            };
            group.bench_function(backend.id(), |bencher| {
                bencher.iter_custom(|instances| (0..instances).map(|_| once()).sum());
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
