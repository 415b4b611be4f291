//! Neighbours and growth.

use bench_harness::sample::Unit;

use super::{Shape, Synthetic};

/// Case, and what the noise makes of the usual and of the slow unit.
const NOISES: [(&str, f64, f64); 9] = [
    ("alone", 1.0, 1.0),
    ("cpu", 1.1, 30.0),
    ("cpu-limited", 1.0, 12.0),
    ("memory", 1.4, 3.0),
    ("memory-limited", 1.1, 2.0),
    ("page-cache", 1.2, 5.0),
    ("page-cache-limited", 1.3, 6.0),
    ("io", 2.5, 4.0),
    ("io-limited", 1.2, 2.0),
];

impl Synthetic {
    pub fn neighbour(&mut self, shape: &Shape, rounds: u32) {
        for (case, usual, slow) in NOISES {
            // A plain process has no limits.
            if shape.backend == "native" && case.ends_with("-limited") {
                continue;
            }
            let at = ("neighbour", case, shape.backend);
            for round in 0..rounds {
                let unit = 300_000.0 * shape.slowdown * self.jitter(0.05);
                let mut put = |name: &str, value: f64| {
                    self.value(at, &format!("neighbour.{name}_ns"), Unit::Ns, round, value);
                };
                put("unit_p50", unit * usual);
                put("unit_p99", 1.5 * unit * slow);
            }
        }
        for case in ["contain-memory", "contain-crash"] {
            let at = ("neighbour", case, shape.backend);
            for round in 0..rounds {
                self.value(at, "neighbour.contained", Unit::Count, round, 1.0);
            }
        }
    }

    pub fn elasticity(&mut self, shape: &Shape, rounds: u32) {
        if shape.backend == "native" {
            return;
        }
        for (case, request, used) in [("memory", 90_000.0, 9e6), ("cpu", 60_000.0, 1e6)] {
            let at = ("elasticity", case, shape.backend);
            for round in 0..rounds {
                let slow = shape.slowdown * self.jitter(0.1);
                let mut put = |name: &str, ns: f64| {
                    self.value(at, &format!("elasticity.{name}_ns"), Unit::Ns, round, ns);
                };
                put("request", request * slow);
                put("grow", used * slow);
            }
        }
    }
}
