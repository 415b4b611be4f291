//! How long from "start it" to "it runs", and from "it has ended" to "nothing is left".
//!
//! ```text
//! spawn ── launcher: start ── … ── sandbox-ready ── workload: main ── ready ── done ── reaped ── nothing left
//!   │                └── create_ns ──┘                 │         │       └─ exit_ns ─┘└ teardown_ns ┘
//!   ├──────────── first_ns ────────────────────────────┘         │                    │
//!   ├──────────── ready_ns ──────────────────────────────────────┘                    │
//!   └──────────── total_ns ───────────────────────────────────────────────────────────┘
//! ```
//!
//! 1. Run `hello`: it says `main`, `ready`, `done` and ends.
//! 2. The harness stamps the lines, the launcher its steps; both on CLOCK_MONOTONIC of the host.
//! 3. Every step becomes a mark (distance from the spawn) and a phase (distance from the mark before).
//!
//! Simplified: the end is taken from the launcher's `workload-end`, or for a plain process from the arrival of `done`:
//! a process can't report its own last instruction.

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::sample::Unit;

/// The start-up experiment.
#[derive(Debug)]
pub struct Startup;

/// Durations of one instance's life, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartupTimes {
    /// Spawn to the first line of the workload's `main`.
    pub first_ns: u64,
    /// Launcher's first instruction in main to the finished sandbox; a plain process has none.
    pub create_ns: Option<u64>,
    /// Spawn to the workload's `ready`.
    pub ready_ns: u64,
    /// Spawn to the launcher reaped.
    pub total_ns: u64,
    /// The workload's end to the launcher reaped.
    pub exit_ns: u64,
    /// Launcher reaped to nothing left.
    pub teardown_ns: u64,
    /// User and system time of the whole tree.
    pub cpu_ns: u64,
}

/// The times of an instance that has ended.
///
/// # Errors
/// When the workload didn't say what it should.
pub fn startup_times(finished: &Finished) -> Result<StartupTimes, Failure> {
    let said = |word: &str| {
        let missing = || Failure::Failed(format!("the workload never said `{word}`"));
        finished.said_ns(word).ok_or_else(missing)
    };
    let timeline = &finished.timeline;
    let since = |later: u64, earlier: u64| later.saturating_sub(earlier);
    let (first, ready, done) = (said("main")?, said("ready")?, said("done")?);
    let end = timeline.ended_ns("workload-end").unwrap_or(done);
    Ok(StartupTimes {
        first_ns: since(first, finished.spawned_ns),
        create_ns: timeline
            .ended_ns("start")
            .zip(timeline.ended_ns("sandbox-ready"))
            .map(|(start, ready)| since(ready, start)),
        ready_ns: since(ready, finished.spawned_ns),
        total_ns: since(finished.reaped_ns, finished.spawned_ns),
        exit_ns: since(finished.reaped_ns, end),
        teardown_ns: since(finished.gone_ns, finished.reaped_ns),
        cpu_ns: finished.used.cpu_ns,
    })
}

impl Experiment for Startup {
    fn id(&self) -> &'static str {
        "startup"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["hello"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        "startup.total_ns"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (5, 400),
            Effort::Quick => (5, 60),
            Effort::Emulated => (1, 6),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        _case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let finished = lab.run(backend, &lab.job(&["hello"]))?;
        let times = startup_times(&finished)?;
        let mut measurements = vec![
            Measurement::ns("startup.first_ns", times.first_ns),
            Measurement::ns("startup.ready_ns", times.ready_ns),
            Measurement::ns("startup.total_ns", times.total_ns),
            Measurement::ns("startup.exit_ns", times.exit_ns),
            Measurement::ns("startup.teardown_ns", times.teardown_ns),
            Measurement::ns("startup.cpu_ns", times.cpu_ns),
            times.create_ns.map_or_else(
                || {
                    let reason = "there is no launcher and no sandbox to create";
                    Measurement::unsupported("startup.create_ns", Unit::Ns, reason)
                },
                |ns| Measurement::ns("startup.create_ns", ns),
            ),
        ];
        measurements.extend(exits(&finished));
        measurements.extend(ladder(&finished));
        Ok(measurements)
    }
}

/// How often the guest left its CPU to the VMM in its whole life. Exact, whatever the machine; only a VM has any.
fn exits(finished: &Finished) -> Option<Measurement> {
    let stats = finished.stats.as_ref()?;
    let count = stats.exit_count() as f64;
    Some(Measurement::new("startup.exits", Unit::Count, count))
}

/// Each mark as distance from the spawn and from the mark before it, whoever made that.
fn ladder(finished: &Finished) -> impl Iterator<Item = Measurement> {
    let mut before_ns = finished.spawned_ns;
    finished.timeline.marks.iter().flat_map(move |mark| {
        let step = format!("{}.{}", mark.actor, mark.step);
        let phase_ns = mark.at_ns.saturating_sub(before_ns);
        before_ns = mark.at_ns;
        [
            Measurement::ns(
                format!("startup.mark.{step}_ns"),
                mark.at_ns.saturating_sub(finished.spawned_ns),
            ),
            Measurement::ns(format!("startup.phase.{step}_ns"), phase_ns),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Consumption, Line};
    use crate::timeline::Timeline;

    fn finished(marks: &str, said: &[(u64, &str)]) -> Finished {
        Finished {
            spawned_ns: 1000,
            reaped_ns: 9000,
            gone_ns: 9500,
            used: Consumption::default(),
            lines: said
                .iter()
                .map(|(at_ns, text)| Line {
                    at_ns: *at_ns,
                    text: (*text).to_owned(),
                })
                .collect(),
            timeline: Timeline::parse(marks).unwrap(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
    }

    const SAID: [(u64, &str); 3] = [(5000, "main"), (6000, "ready"), (7000, "done checksum=0")];

    #[test]
    fn each_duration_lies_between_the_points_that_the_picture_shows() {
        let marks = "mark 2000 launcher start\nmark 4000 init sandbox-ready\nmark 8000 launcher workload-end\n";
        let times = startup_times(&finished(marks, &SAID)).unwrap();
        let expected = StartupTimes {
            first_ns: 4000,
            create_ns: Some(2000),
            ready_ns: 5000,
            total_ns: 8000,
            exit_ns: 1000,
            teardown_ns: 500,
            cpu_ns: 0,
        };
        assert_eq!(times, expected);
    }

    #[test]
    fn a_plain_process_ends_when_it_says_done_and_creates_nothing() {
        let times = startup_times(&finished("", &SAID)).unwrap();
        assert_eq!((times.create_ns, times.exit_ns), (None, 2000));
    }

    #[test]
    fn a_workload_that_was_never_ready_gives_no_times() {
        let failure = startup_times(&finished("", &SAID[..1])).unwrap_err();
        assert!(failure.reason().contains("`ready`"));
    }

    #[test]
    fn phases_add_up_to_the_last_mark() {
        let marks = "mark 2000 launcher start\nmark 4000 init mounts\nmark 4500 launcher gone\n";
        let ladder: Vec<Measurement> = ladder(&finished(marks, &SAID)).collect();
        let phases: f64 = ladder
            .iter()
            .filter(|one| one.metric.starts_with("startup.phase."))
            .map(|one| *one.value.as_ref().unwrap())
            .sum();
        assert_eq!(phases, 3500.0);
        assert_eq!(ladder[2].metric, "startup.mark.init.mounts_ns");
        assert_eq!(ladder[2].value, Ok(3000.0));
    }
}
