//! File I/O through the same host file, with the generator inside the isolation and the counters outside it.
//!
//! 1. What an empty program (`hello`) costs in the same sandbox is measured first: CPU time and exits per operation are
//!    what comes on top of it.
//! 2. The page cache is put in the state that the case asks for: *direct* cases find it empty (everything written back and
//!    dropped) and bypass it; *buffered* cases find the whole file in it, for every backend.
//! 3. The workload runs for the duration (and for a least number of operations, so that its checksum covers the same ones
//!    everywhere). It takes the latencies inside, on CLOCK_MONOTONIC; the harness takes the wall time outside.
//! 4. Written data is brought to storage afterwards, so that one trial's writes don't slow the next one down.
//! 5. The host's counters are compared with what the workload claims. A contradiction is a warning in the note of
//!    every row of the trial: the usual way to be "faster than metal" is a cache that nobody meant to measure.
//!
//! A process asks for direct I/O itself (O_DIRECT); a VM's disk is opened so by its VMM. The tiny guest has no page cache:
//! its buffered cases use the host's. A Linux guest has its own, and it is empty after each boot: its buffered cases begin
//! with reads from the disk (served by the host's cache) and read from the guest's memory what they read again.
//!
//! Is the generator itself right? `scripts/crosscheck-io` asks fio the same, in turns. Ratio of the medians of an operation's
//! p50, isolab to fio 3.33 (n = 15, kernel 6.18, 2 CPUs): 0.99 to 1.03 in ten of the twelve cases, from 4 KiB direct reads
//! (54 us) to 1 MiB buffered writes (85 us). Direct reads of 1 MiB scatter most and gave 1.21 (0.39 ms), buffered reads of
//! 4 KiB 0.89 (1.0 us, of which reading the clock is a part).
//!
//! Simplified: bytes come from `getrusage` of the reaped tree, which counts what was submitted on behalf of its processes;
//! write-back that kernel threads do later is charged when the page becomes dirty.
//!
//! Read next: `io_file.rs`, `instance.rs` (Consumption), `open(2)` on O_DIRECT.

mod case;
mod validity;

use std::fs::File;

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use workload::protocol::Line as Protocol;

use self::case::CASES;
pub use self::case::{IoCase, case_by_id, workload_args};
use self::validity::contradiction;
use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::{Backend, Disk, Job};
use crate::failure::Failure;
use crate::instance::Finished;
use crate::io_file;
use crate::lab::Lab;
use crate::sample::Unit;

/// The I/O experiment.
#[derive(Debug)]
pub struct Io;

/// Empties or fills the host's page cache for the file, as the case needs it.
///
/// # Errors
/// When the file can't be read.
pub fn prepare_cache(case: IoCase, file: &std::path::Path) -> Result<(), Failure> {
    let opened = File::open(file)?;
    opened.sync_all()?;
    if case.direct {
        // Length 0 means up to the end of the file.
        posix_fadvise(&opened, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    } else {
        std::io::copy(&mut &opened, &mut std::io::sink())?;
    }
    Ok(())
}

impl Experiment for Io {
    fn id(&self) -> &'static str {
        "io"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.map(|case| case.id).to_vec()
    }

    fn headline(&self, case: &str) -> &'static str {
        if case.contains("-rand") {
            "io.lat_p50_ns"
        } else {
            "io.bandwidth_bytes_per_s"
        }
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 15),
            Effort::Quick => (0, 9),
            Effort::Emulated => (0, 2),
        };
        Rounds { warm_up, measured }
    }

    fn needs_io_file(&self) -> bool {
        true
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let case =
            case_by_id(case).ok_or_else(|| Failure::Failed(format!("io has no case {case}")))?;
        let file = lab
            .io_file
            .clone()
            .ok_or_else(|| Failure::Failed("the lab has no file for I/O".to_owned()))?;
        let with_disk = |args: Vec<String>| Job {
            args,
            disk: Some(Disk {
                file: file.clone(),
                direct: case.direct,
            }),
            ..lab.job(&[])
        };
        let empty = lab.run(backend, &with_disk(vec!["hello".to_owned()]))?;
        prepare_cache(case, &file)?;
        let duration = lab.parameters.io_duration.as_millis().to_string();
        let args = workload_args(
            case,
            lab.parameters.io_size_bytes,
            ["--duration-ms", &duration],
        );
        let result = lab.run(backend, &with_disk(args));
        io_file::settle(&file)?;
        let finished = result?;

        let mut measurements = claims(&finished)?;
        measurements.extend(counters(&finished, &empty, &measurements));
        if let Some(contradiction) = contradiction(case, backend, &finished, &measurements) {
            for measurement in &mut measurements {
                measurement.warning = Some(contradiction.clone());
            }
        }
        Ok(measurements)
    }
}

/// The workload's own metrics.
fn claims(finished: &Finished) -> Result<Vec<Measurement>, Failure> {
    let metrics = finished.lines.iter().filter(|line| line.is("metric"));
    metrics
        .map(|line| {
            let malformed = || Failure::Failed(format!("a malformed metric: {:?}", line.text));
            match Protocol::parse(&line.text) {
                Ok(Protocol::Metric { name, unit, value }) => {
                    let unit = unit.parse().map_err(|_| malformed())?;
                    Ok(Measurement::new(name, unit, value))
                }
                _ => Err(malformed()),
            }
        })
        .collect()
}

fn value_of(measurements: &[Measurement], metric: &str) -> Option<f64> {
    let found = measurements.iter().find(|one| one.metric == metric)?;
    found.value.clone().ok()
}

/// What the host saw.
fn counters(finished: &Finished, empty: &Finished, claims: &[Measurement]) -> Vec<Measurement> {
    let mut counters = vec![
        Measurement::bytes("io.host_read_bytes", finished.used.read_bytes),
        Measurement::bytes("io.host_write_bytes", finished.used.write_bytes),
    ];
    if let Some(wall_ns) = finished.work_ns() {
        counters.push(Measurement::ns("io.host_wall_ns", wall_ns));
    }
    if let Some(ops) = value_of(claims, "io.ops").filter(|ops| *ops > 0.0) {
        let cpu_ns = finished.used.cpu_ns.saturating_sub(empty.used.cpu_ns) as f64;
        counters.push(Measurement::new(
            "io.host_cpu_ns_per_op",
            Unit::Ns,
            cpu_ns / ops,
        ));
        // A plain process and a container flush through the host's own system calls: there is nobody to ask.
        let flushes = finished.stats.as_ref().and_then(|stats| {
            let mut of_disk = stats.disk.iter();
            of_disk
                .find(|(what, _)| what == "flushes")
                .map(|(_, count)| *count)
        });
        counters.extend(
            flushes.map(|count| Measurement::new("io.host_flushes", Unit::Count, count as f64)),
        );
        counters.push(match (&finished.stats, &empty.stats) {
            (Some(with), Some(without)) => {
                let exits = with.exit_count().saturating_sub(without.exit_count()) as f64;
                Measurement::new("io.exits_per_op", Unit::Ratio, exits / ops)
            }
            _ => Measurement::unsupported("io.exits_per_op", Unit::Ratio, "it is no VM"),
        });
    }
    counters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Consumption, Line};
    use crate::timeline::Timeline;

    pub(super) fn finished(read_bytes: u64, cpu_ns: u64, metrics: &[&str]) -> Finished {
        Finished {
            spawned_ns: 0,
            reaped_ns: 9,
            gone_ns: 9,
            used: Consumption {
                cpu_ns,
                read_bytes,
                write_bytes: 0,
            },
            lines: metrics
                .iter()
                .map(|text| Line {
                    at_ns: 5,
                    text: (*text).to_owned(),
                })
                .collect(),
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
    }

    pub(super) const CLAIM: [&str; 2] =
        ["metric io.ops count 100", "metric io.bytes bytes 10000000"];

    #[test]
    fn cpu_per_operation_is_what_comes_on_top_of_an_empty_program() {
        let (busy, empty) = (finished(0, 500_000, &CLAIM), finished(0, 300_000, &[]));
        let counters = counters(&busy, &empty, &claims(&busy).unwrap());
        assert_eq!(value_of(&counters, "io.host_cpu_ns_per_op"), Some(2000.0));
    }

    #[test]
    fn a_malformed_metric_is_a_failure() {
        for line in [
            "metric io.ops count",
            "metric io.ops parsecs 3",
            "metric io.ops count NaN",
            "metric a count 1 2",
        ] {
            assert!(claims(&finished(0, 0, &[line])).is_err(), "{line}");
        }
    }
}
