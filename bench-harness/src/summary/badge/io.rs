//! Whether the disk was what was measured.
//!
//! 1. **Achieved queue depth**, by Little's law: the sum of all operations' latencies by the time that it all took is how many
//!    of them were outstanding on average. The generator has one at a time, so 1 is what can be had; well below it the disk
//!    waited for the workload, and its throughput says less about the disk.
//! 2. **Page cache**: what was asked for directly must have reached the host's storage, what was to come from memory mustn't.
//! 3. **Flush**: each fsync inside a VM must be seen by its disk, or a power failure would lose what the workload was told is
//!    safe. And where a flush costs the machine itself next to nothing, its storage has none.
//! 4. **Faster than native**: a container or VM adds work to each operation. One that is faster has left work out (a flush was
//!    dropped, the host's page cache served a "direct" read) or was measured beside something else.
//!
//! Read next: `experiment/io.rs`, where the counters come from.

use std::collections::BTreeMap;

use super::{Badge, Kind};
use crate::report::units::{human, times};
use crate::sample::Unit;
use crate::stats::verdict::{Direction, Verdict, beyond};
use crate::summary::{Series, metrics, order};

/// Below this many operations outstanding, of the one that is wanted.
const LEAST_DEPTH: f64 = 0.7;
/// What may be lost by rounding and by blocks that two operations share.
const TOLERANCE: f64 = 0.05;
/// A buffered read of less than this from storage is the file's own description.
const METADATA_BYTES: f64 = 1_048_576.0;
/// No device that keeps data without power is done sooner.
const FASTEST_FLUSH_NS: f64 = 5_000.0;

/// The io metrics that a backend can't honestly improve.
const IO_SPEEDS: [&str; 4] = [
    "io.iops",
    "io.bandwidth_bytes_per_s",
    "io.lat_p50_ns",
    "io.fsync_p50_ns",
];

/// Without an interval, so many rounds that all beat every native one are taken seriously.
const FEWEST_ROUNDS: usize = 3;

/// Whether being faster than native in this metric gives a badge.
pub fn is_checked(metric: &str) -> bool {
    IO_SPEEDS.contains(&metric)
}

/// The badges of every case on every backend.
pub fn of_io(series: &[Series]) -> Vec<Badge> {
    // By case and backend the medians of its metrics.
    let mut trials: BTreeMap<(&str, &str), BTreeMap<&str, f64>> = BTreeMap::new();
    for one in series.iter().filter(|one| one.experiment == "io") {
        let medians = trials.entry((&one.case, &one.backend)).or_default();
        medians.insert(&one.metric, one.statistics.median);
    }
    let of_trial = |((case, backend), medians): (&(&str, &str), &BTreeMap<&str, f64>)| {
        let median = |name: &str| medians.get(name).copied();
        let found = [
            depth(median),
            cache(case, median),
            flushes(median),
            no_flush(case, backend, median),
        ];
        let at = |(kind, values): (Kind, Vec<(&'static str, String)>)| {
            let badge = Badge::at(kind, "io", case, backend);
            values
                .into_iter()
                .fold(badge, |badge, (name, value)| badge.with(name, value))
        };
        found.into_iter().flatten().map(at).collect::<Vec<Badge>>()
    };
    let mut badges: Vec<Badge> = trials.iter().flat_map(of_trial).collect();
    badges.extend(too_good(series));
    badges
}

/// What was found, with the values for its text.
type Found = Option<(Kind, Vec<(&'static str, String)>)>;

fn depth(median: impl Fn(&str) -> Option<f64>) -> Found {
    let (outstanding, wall) = (median("io.elapsed_ns")?, median("io.host_wall_ns")?);
    let depth = outstanding / wall;
    (depth < LEAST_DEPTH).then(|| (Kind::QueueDepth, vec![("depth", format!("{depth:.2}"))]))
}

fn cache(case: &str, median: impl Fn(&str) -> Option<f64>) -> Found {
    let claimed = median("io.bytes")?;
    let (is_direct, writes) = (case.starts_with("direct-"), case.contains("write"));
    let counter = if writes {
        "io.host_write_bytes"
    } else {
        "io.host_read_bytes"
    };
    let seen = median(counter)?;
    let is_odd = match (is_direct, writes) {
        (true, _) => seen < claimed * (1.0 - TOLERANCE),
        (false, false) => seen > claimed * TOLERANCE + METADATA_BYTES,
        (false, true) => false,
    };
    let values = || {
        vec![
            ("claimed", human(claimed, Unit::Bytes)),
            ("seen", human(seen, Unit::Bytes)),
        ]
    };
    is_odd.then(|| (Kind::PageCache, values()))
}

fn flushes(median: impl Fn(&str) -> Option<f64>) -> Found {
    let (wanted, seen) = (median("io.fsync_count")?, median("io.host_flushes")?);
    let values = || {
        vec![
            ("wanted", format!("{wanted:.0}")),
            ("seen", format!("{seen:.0}")),
        ]
    };
    (seen < wanted * (1.0 - TOLERANCE)).then(|| (Kind::Flush, values()))
}

/// Asked of native alone: what its storage does is what all backends stand on.
fn no_flush(case: &str, backend: &str, median: impl Fn(&str) -> Option<f64>) -> Found {
    let flush_ns = median("io.fsync_p50_ns").filter(|ns| *ns > 0.0)?;
    let is_asked = backend == order::REFERENCE && case.contains("write");
    let values = || vec![("time", human(flush_ns, Unit::Ns))];
    (is_asked && flush_ns < FASTEST_FLUSH_NS).then(|| (Kind::NoFlush, values()))
}

/// The results that beat native beyond the noise: one badge per case and backend.
fn too_good(series: &[Series]) -> Vec<Badge> {
    let mut found: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for candidate in series {
        if is_checked(&candidate.metric) && beats_native(candidate, series) {
            let ratio = candidate.vs_native.as_ref().map_or(1.0, |c| c.ratio);
            let text = format!("{} {}", candidate.metric, times(ratio));
            let place = (candidate.case.as_str(), candidate.backend.as_str());
            found.entry(place).or_default().push(text);
        }
    }
    let badge = |((case, backend), ratios): ((&str, &str), Vec<String>)| {
        Badge::at(Kind::FasterThanNative, "io", case, backend).with("ratios", ratios.join(", "))
    };
    found.into_iter().map(badge).collect()
}

fn beats_native(candidate: &Series, all: &[Series]) -> bool {
    let Some(comparison) = &candidate.vs_native else {
        return false;
    };
    if let Some(interval) = comparison.interval {
        // A badge claims nothing, so chance need not be excluded.
        let direction = metrics::direction(&candidate.metric);
        return beyond(interval, direction, comparison.band) == Some(Verdict::Better);
    }
    let native = all.iter().find(|series| {
        let key = candidate.key();
        series.key() == (key.0, key.1, key.2, order::REFERENCE)
    });
    native.is_some_and(|native| {
        let (ours, theirs) = (&candidate.statistics, &native.statistics);
        ours.n.min(theirs.n) >= FEWEST_ROUNDS
            && match metrics::direction(&candidate.metric) {
                Direction::LowerIsBetter => ours.max < theirs.min,
                Direction::HigherIsBetter => ours.min > theirs.max,
                Direction::Neutral => false,
            }
    })
}
