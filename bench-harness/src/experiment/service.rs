//! How many requests a second a small web service answers when it is spread over N instances behind a balancer.
//!
//! 1. Start N instances of `serve`. Each reads HTTP requests from its standard input and answers on its standard output; to
//!    answer, it computes for some tenths of a millisecond.
//! 2. The balancer, this harness, gives each of them one request that isn't counted: whatever happens once has then happened.
//! 3. A closed loop: every instance has one request in flight. Whoever has answered is idle, and an idle one gets the next
//!    request. So the fewest outstanding decide, and a slow instance gets fewer. M requests in all.
//! 4. Check every answer, and at the end that each instance counts the same answers as the balancer.
//!
//! Timed is the loop: from the first request sent to the last answer read, and each request from being sent to its answer
//! being seen. Not timed: starting and ending, and what the CPU time and the exits are read from.
//!
//! Expected: with 1 instance a request costs its computing and a way in and out: two context switches with a pipe, two exits
//! more in a microVM (`read` and `write`), four through the virtio console of a Linux guest. Up to the number of CPUs the rate grows in proportion to N. From there on instances
//! wait for each other: the rate stays, the latency grows (Little's law: N = rate × latency). More than in proportion is
//! possible: with 1 instance either that or the balancer sleeps, and to wake a CPU takes tens of microseconds.
//!
//! The balancer needs CPU time as well, as every balancer does: `harness_cpu_ratio` is its share of one CPU.
//!
//! Simplified: no network. The bytes go through pipes, the same way for all; a network's stack (and for a VM its virtual
//! card) would come on top. One connection for each instance, no state that instances would have to share, and a closed loop:
//! clients who send whether or not an answer has come would see queues.
//!
//! Read next: `service/ledger.rs`, `service/balancer.rs`; the workload's `serve.rs`.

mod balancer;
mod ledger;

use self::balancer::{Served, serve};
use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::Backend;
use crate::failure::Failure;
use crate::host::cpu::usable_cpus;
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;
use crate::stats::quantile::percentile;

/// Case and number of instances.
const CASES: [(&str, u32); 5] = [
    ("instances-1", 1),
    ("instances-2", 2),
    ("instances-4", 4),
    ("instances-8", 8),
    ("instances-16", 16),
];

/// From this share of one CPU on the balancer is part of what is measured.
const BUSY_BALANCER: f64 = 0.5;

/// The experiment.
#[derive(Debug)]
pub struct Service;

impl Experiment for Service {
    fn id(&self) -> &'static str {
        "service"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.map(|(case, _)| case).to_vec()
    }

    fn headline(&self, _case: &str) -> &'static str {
        "service.requests_per_s"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        // Nine are the fewest by which a rank test can tell two backends apart among a report's many comparisons.
        let measured = match effort {
            Effort::Full | Effort::Quick => 9,
            Effort::Emulated => 1,
        };
        Rounds {
            warm_up: 0,
            measured,
        }
    }

    fn instances(&self, case: &str) -> Option<u32> {
        let found = CASES.iter().find(|(name, _)| *name == case);
        found.map(|(_, instances)| *instances)
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let instances = self
            .instances(case)
            .ok_or_else(|| Failure::Failed(format!("service has no case {case}")))?;
        let budget = lab.parameters.memory_budget;
        memory_budget::check(budget, backend.headroom_bytes() * u64::from(instances))?;
        let served = serve(lab, backend, instances, lab.parameters.service_requests)?;
        let mut measurements = of_loop(&served)?;
        // How many exits a request takes doesn't depend on how many instances there are.
        if instances == 1 && served.exits.is_some() {
            let idle = serve(lab, backend, 1, 0)?;
            measurements.extend(exits_per_request(&served, &idle));
        }
        Ok(measurements)
    }
}

fn of_loop(served: &Served) -> Result<Vec<Measurement>, Failure> {
    let requests = served.latencies_ns.len() as f64;
    let at = |percent| {
        let none = || Failure::Failed("nothing was asked".to_owned());
        percentile(&served.latencies_ns, percent).ok_or_else(none)
    };
    let share = served.balancer_cpu_ns as f64 / served.elapsed_ns as f64;
    let mut rate = Measurement::new(
        "service.requests_per_s",
        Unit::PerS,
        requests / (served.elapsed_ns as f64 / 1e9),
    );
    if share > BUSY_BALANCER {
        rate.warning = Some(format!(
            "the balancer itself took {:.0} % of a CPU: the rate is partly its own",
            share * 100.0
        ));
    }
    let cpu = match &served.cpu_ns {
        Ok(cpu_ns) => Measurement::new(CPU, Unit::Ns, *cpu_ns as f64 / requests),
        Err(reason) => Measurement::unsupported(CPU, Unit::Ns, reason.clone()),
    };
    let fair = requests / served.shares.len() as f64;
    let least = served.shares.iter().min().copied().unwrap_or_default();
    Ok(vec![
        rate,
        Measurement::new("service.latency_p50_ns", Unit::Ns, at(50.0)?),
        Measurement::new("service.latency_p99_ns", Unit::Ns, at(99.0)?),
        cpu,
        Measurement::new(
            "service.least_share_ratio",
            Unit::Ratio,
            f64::from(least) / fair,
        ),
        Measurement::new("service.harness_cpu_ratio", Unit::Ratio, share),
        // Up to so many instances don't wait for each other.
        Measurement::new("service.cpus", Unit::Count, usable_cpus() as f64),
    ])
}

const CPU: &str = "service.host_cpu_ns_per_request";

/// What one that answers many requests exits more often than one that answers none.
fn exits_per_request(served: &Served, idle: &Served) -> Option<Measurement> {
    let more = served.exits?.saturating_sub(idle.exits?) as f64;
    let per_request = more / served.latencies_ns.len() as f64;
    Some(Measurement::new(
        "service.exits_per_request",
        Unit::Ratio,
        per_request,
    ))
}

#[cfg(test)]
mod tests;
