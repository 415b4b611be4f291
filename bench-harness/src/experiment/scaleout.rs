//! How many starts per second there are when several are in flight, and how slow each of them is then.
//!
//! 1. Start so many instances of `hello`, with P in flight: whenever one has been reaped the next is spawned.
//! 2. The rate is their number by the time from the first spawn to the last reaping.
//! 3. The latency is each one's own, spawn to `ready`, as in `startup`; here its percentiles over the burst.
//!
//! Timed is what `startup` times, under load. Not timed: reading what the launchers reported, and looking for leftovers;
//! both wait until the burst is over.
//!
//! Expected: the rate grows with P up to about the number of CPUs; from there on only the latency grows, in proportion
//! (Little's law: in flight = rate × latency). A rate that stops growing earlier waits for a lock in the kernel: network
//! namespaces and cgroups have host-wide ones.
//!
//! The harness is one thread and also needs CPU time, to spawn and to reap: `harness_cpu_ratio` is its share of one CPU, and
//! where that is large the rate says so.
//!
//! Simplified: a closed loop, as a job queue has it. Requests that arrive whether or not there is room (an open loop) would
//! see longer queues.
//!
//! Read next: `fleet.rs`, `startup.rs`.

use super::{Effort, Experiment, Measurement, Rounds, startup_times};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::fleet::{Burst, burst};
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;
use crate::stats::quantile::percentile;

/// Case and how many are in flight.
const CASES: [(&str, u32); 5] = [
    ("parallel-1", 1),
    ("parallel-2", 2),
    ("parallel-4", 4),
    ("parallel-8", 8),
    ("parallel-16", 16),
];

/// From this share of one CPU on the harness is part of what is measured.
const BUSY_HARNESS: f64 = 0.5;

/// The scale-out experiment.
#[derive(Debug)]
pub struct ScaleOut;

impl Experiment for ScaleOut {
    fn id(&self) -> &'static str {
        "scaleout"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.map(|(case, _)| case).to_vec()
    }

    fn headline(&self, _case: &str) -> &'static str {
        "scaleout.starts_per_s"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full | Effort::Quick => (0, 9),
            Effort::Emulated => (0, 1),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let (_, in_flight) = CASES
            .into_iter()
            .find(|(name, _)| *name == case)
            .ok_or_else(|| Failure::Failed(format!("scaleout has no case {case}")))?;
        let most = lab.parameters.scaleout_parallel;
        if in_flight > most {
            return Err(Failure::Unsupported(format!(
                "no more than {most} may be in flight (remedy: --scaleout-parallel)"
            )));
        }
        let at_most = backend.headroom_bytes() * u64::from(in_flight);
        memory_budget::check(lab.parameters.memory_budget, at_most)?;
        let starts = lab.parameters.scaleout_starts.max(in_flight);
        let burst = burst(
            lab,
            backend,
            &lab.job(&["hello"]),
            starts as usize,
            in_flight as usize,
        )?;
        of_burst(&burst)
    }
}

fn of_burst(burst: &Burst) -> Result<Vec<Measurement>, Failure> {
    let times = burst.finished.iter().map(startup_times);
    let times = times.collect::<Result<Vec<_>, _>>()?;
    let ready: Vec<f64> = times.iter().map(|one| one.ready_ns as f64).collect();
    let total: Vec<f64> = times.iter().map(|one| one.total_ns as f64).collect();
    let at = |values: &[f64], percent| {
        let none = || Failure::Failed("nothing was started".to_owned());
        percentile(values, percent).ok_or_else(none)
    };
    let seconds = burst.elapsed_ns as f64 / 1e9;
    let share = burst.harness_cpu_ns as f64 / burst.elapsed_ns as f64;
    let mut rate = Measurement::new(
        "scaleout.starts_per_s",
        Unit::PerS,
        burst.finished.len() as f64 / seconds,
    );
    if share > BUSY_HARNESS {
        rate.warning = Some(format!(
            "the harness itself took {:.0} % of a CPU to start and reap: the rate is partly its own",
            share * 100.0
        ));
    }
    Ok(vec![
        rate,
        Measurement::new("scaleout.ready_p50_ns", Unit::Ns, at(&ready, 50.0)?),
        Measurement::new("scaleout.ready_p90_ns", Unit::Ns, at(&ready, 90.0)?),
        Measurement::new("scaleout.ready_p99_ns", Unit::Ns, at(&ready, 99.0)?),
        Measurement::new("scaleout.total_p50_ns", Unit::Ns, at(&total, 50.0)?),
        Measurement::new("scaleout.harness_cpu_ratio", Unit::Ratio, share),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::instance::{Consumption, Finished, Line};
    use crate::parameters::Parameters;
    use crate::timeline::Timeline;

    fn started(at_ns: u64, ready_ns: u64) -> Finished {
        let said = |after_ns: u64, text: &str| Line {
            at_ns: at_ns + after_ns,
            text: text.to_owned(),
        };
        Finished {
            spawned_ns: at_ns,
            reaped_ns: at_ns + ready_ns + 10,
            gone_ns: at_ns + ready_ns + 10,
            used: Consumption::default(),
            lines: vec![
                said(1, "main"),
                said(ready_ns, "ready"),
                said(ready_ns, "done checksum=0"),
            ],
            timeline: Timeline::default(),
            stats: None,
            first_byte_ns: None,
            exit_code: Some(0),
            checksum: 0,
        }
    }

    fn values(burst: &Burst) -> Vec<f64> {
        let measured = of_burst(burst).unwrap();
        measured.into_iter().map(|one| one.value.unwrap()).collect()
    }

    #[test]
    fn the_rate_is_all_starts_by_the_whole_time_and_latencies_are_each_ones_own() {
        let burst = Burst {
            finished: (1..=100).map(|n| started(n * 7, n * 1000)).collect(),
            elapsed_ns: 500_000_000,
            harness_cpu_ns: 50_000_000,
        };
        assert_eq!(
            values(&burst),
            [200.0, 50_000.0, 90_000.0, 99_000.0, 50_010.0, 0.1]
        );
        assert_eq!(of_burst(&burst).unwrap()[0].warning, None);
    }

    #[test]
    fn a_harness_that_is_busy_itself_is_a_warning() {
        let burst = Burst {
            finished: vec![started(0, 1000)],
            elapsed_ns: 1000,
            harness_cpu_ns: 600,
        };
        let rate = &of_burst(&burst).unwrap()[0];
        assert!(rate.warning.as_ref().unwrap().contains("60 % of a CPU"));
    }

    #[test]
    fn more_in_flight_than_the_bounds_allow_is_declined_with_the_flag() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        let native = crate::backend::by_id("native").unwrap();
        lab.parameters.scaleout_parallel = 4;
        let declined = ScaleOut.measure("parallel-8", native, &lab).unwrap_err();
        assert!(declined.reason().contains("--scaleout-parallel"));
        lab.parameters.memory_budget = Budget::Bytes(1 << 20);
        let declined = ScaleOut.measure("parallel-4", native, &lab).unwrap_err();
        assert!(declined.reason().contains("--memory-budget"));
    }

    #[test]
    fn the_name_of_a_case_says_how_many_are_in_flight() {
        for (case, in_flight) in CASES {
            assert_eq!(case, format!("parallel-{in_flight}"));
        }
    }
}
