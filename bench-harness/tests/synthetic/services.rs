//! A web service on a machine with two processors.

use bench_harness::sample::Unit;

use super::{Shape, Synthetic};

/// Instances, and how many of them work at the same time.
const INSTANCES: [(&str, f64, f64); 3] = [
    ("instances-1", 1.0, 1.0),
    ("instances-2", 2.0, 1.9),
    ("instances-4", 4.0, 1.95),
];

impl Synthetic {
    pub fn service(&mut self, shape: &Shape, rounds: u32) {
        for (case, instances, at_once) in INSTANCES {
            let at = ("service", case, shape.backend);
            for round in 0..rounds {
                let request = 330_000.0 * shape.slowdown * self.jitter(0.03);
                let latency = request * instances / at_once;
                let mut put = |name: &str, unit: Unit, value: f64| {
                    self.value(at, &format!("service.{name}"), unit, round, value);
                };
                put("requests_per_s", Unit::PerS, 1e9 * at_once / request);
                put("latency_p50_ns", Unit::Ns, latency);
                put("latency_p99_ns", Unit::Ns, 1.4 * latency);
                put("host_cpu_ns_per_request", Unit::Ns, 0.98 * request);
                put("least_share_ratio", Unit::Ratio, 1.0);
                put("cpus", Unit::Count, 2.0);
                if shape.backend == "microvm" && case == "instances-1" {
                    put("exits_per_request", Unit::Ratio, 2.0);
                }
            }
        }
    }
}
