//! Computing, the price list, and the ladder of the ablation.

use bench_harness::experiment::ablation::ladder::LADDER;
use bench_harness::sample::Unit;

use super::{Shape, Synthetic};

impl Synthetic {
    pub fn cpu(&mut self, shape: &Shape, rounds: u32) {
        for (case, unit_ns) in [
            ("int", 3.9),
            ("float", 5.2),
            ("memory-bandwidth", 6.1),
            ("memory-latency", 130.0),
        ] {
            let at = ("cpu", case, shape.backend);
            for round in 0..rounds {
                let one = unit_ns * self.jitter(0.02);
                let mut put = |name: &str, unit: Unit, value: f64| {
                    self.value(at, &format!("cpu.{name}"), unit, round, value);
                };
                put("elapsed_ns", Unit::Ns, 1e7 * one);
                put("unit_ns", Unit::Ns, one);
                put("flags", Unit::Count, 100.0 - 10.0 * shape.slowdown);
                if case == "memory-bandwidth" {
                    put("bandwidth_bytes_per_s", Unit::BytesPerS, 64e9 / one);
                }
                if case.starts_with("memory") {
                    put("working_set_bytes", Unit::Bytes, 33_554_432.0);
                }
            }
        }
    }

    pub fn syscall(&mut self, shape: &Shape, rounds: u32) {
        let is_vm = shape.backend == "microvm";
        for (case, metric, ns, in_vm_ns) in [
            ("null", "call_ns", 90.0, 25_000.0),
            ("read", "call_ns", 230.0, 81_000.0),
            ("open", "call_ns", 700.0, 52_000.0),
            ("fault", "fault_ns", 900.0, 30_000.0),
            ("exit-port", "exit_ns", f64::NAN, 76_000.0),
            ("exit-mmio", "exit_ns", f64::NAN, 78_000.0),
        ] {
            let price = if is_vm { in_vm_ns } else { ns };
            for round in (0..rounds).filter(|_| !price.is_nan()) {
                let at = ("syscall", case, shape.backend);
                let one = price * self.jitter(0.05);
                let mut put = |name: &str, unit: Unit, value: f64| {
                    self.value(at, &format!("syscall.{name}"), unit, round, value);
                };
                put(metric, Unit::Ns, one);
                put("host_calls_per_op", Unit::Ratio, 1.0);
                if is_vm {
                    put("exits_per_op", Unit::Ratio, 1.0);
                }
            }
        }
    }

    /// Each rung a little above the one below it, and now and then a little below.
    pub fn ablation(&mut self, shape: &Shape, rounds: u32) {
        let rungs = LADDER.iter().filter(|rung| rung.backend() == shape.backend);
        for (above, rung) in rungs.enumerate() {
            let at = ("ablation", rung.case, shape.backend);
            let touched_ns = 0.25 * rung.touched_bytes() as f64;
            for round in 0..rounds {
                let base = 1_000_000.0 + 60_000.0 * above as f64 + touched_ns;
                let total = base * self.jitter(0.08);
                self.value(at, "ablation.total_ns", Unit::Ns, round, total);
                if rung.runs_the_workload() {
                    self.value(at, "ablation.ready_ns", Unit::Ns, round, 0.7 * total);
                }
            }
        }
    }
}
