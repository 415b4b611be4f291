//! Runs that were never measured: made from a seed, shaped like real ones, to test what is made of them.

mod neighbours;
mod prices;
mod services;
pub mod svg;

use bench_harness::sample::{Outcome, Sample, TRIAL, Unit};
use bench_harness::stats::bootstrap::SplitMix64;
use bench_harness::store::{RunDir, RunRecord};

/// Adds samples round by round.
pub struct Synthetic {
    random: SplitMix64,
    pub rows: Vec<Sample>,
}

/// Backend, its factor on times, its additional startup in ns, and its own steps (actor, name, share of that time).
pub struct Shape {
    pub backend: &'static str,
    pub slowdown: f64,
    pub startup_ns: f64,
    pub overhead_bytes: f64,
    pub steps: &'static [(&'static str, &'static str, f64)],
}

pub const NATIVE: Shape = Shape {
    backend: "native",
    slowdown: 1.0,
    startup_ns: 0.0,
    overhead_bytes: 0.0,
    steps: &[],
};
pub const CONTAINER: Shape = Shape {
    backend: "container",
    slowdown: 1.004,
    startup_ns: 2_600_000.0,
    overhead_bytes: 240_000.0,
    steps: &[
        ("launcher", "start", 0.06),
        ("launcher", "parsed", 0.005),
        ("launcher", "cgroup-created", 0.18),
        ("launcher", "cloned", 0.25),
        ("init", "cgroup-joined", 0.05),
        ("init", "root-mounted", 0.04),
        ("init", "proc", 0.006),
        ("init", "dev", 0.04),
        ("init", "devpts", 0.007),
        ("init", "sys", 0.008),
        ("init", "read-only-paths", 0.02),
        ("init", "masked-paths", 0.05),
        ("init", "pivot-root", 0.03),
        ("init", "lo-up", 0.04),
        ("init", "capabilities", 0.008),
        ("init", "seccomp", 0.06),
        ("init", "sandbox-ready", 0.005),
        ("launcher", "workload-end", 1.3),
        ("launcher", "gone", 0.1),
    ],
};
pub const MICROVM: Shape = Shape {
    backend: "microvm",
    slowdown: 1.12,
    startup_ns: 3_400_000.0,
    overhead_bytes: 1_400_000.0,
    steps: &[
        ("launcher", "start", 0.05),
        ("launcher", "parsed", 0.003),
        ("vmm", "kvm-opened", 0.01),
        ("vmm", "vm-created", 0.04),
        ("vmm", "memory", 0.02),
        ("vmm", "guest-kernel-loaded", 0.01),
        ("vmm", "elf-loaded", 0.06),
        ("vmm", "page-tables", 0.008),
        ("vmm", "vcpu-created", 0.02),
        ("vmm", "cpuid", 0.21),
        ("vmm", "registers", 0.01),
        ("vmm", "sandbox-ready", 0.002),
        ("vmm", "first-exit", 0.3),
        ("vmm", "workload-end", 1.35),
        ("vmm", "gone", 0.06),
    ],
};

/// Marks are shares of `startup_ns` after the spawn; `main` is reached at 1.0.
impl Synthetic {
    pub fn new(seed: u64) -> Self {
        Synthetic {
            random: SplitMix64::new(seed),
            rows: Vec::new(),
        }
    }

    /// A factor near 1, skewed to the right; one in 25 is an outlier.
    pub fn jitter(&mut self, width: f64) -> f64 {
        let uniform =
            |random: &mut SplitMix64| (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let (a, b, c) = (
            uniform(&mut self.random),
            uniform(&mut self.random),
            uniform(&mut self.random),
        );
        let calm = 1.0 + width * (a + b * b);
        if c > 0.96 { calm + 0.8 * a + 0.3 } else { calm }
    }

    pub fn value(
        &mut self,
        at: (&str, &str, &str),
        metric: &str,
        unit: Unit,
        round: u32,
        value: f64,
    ) {
        let mut row = row(at, metric, unit, round);
        row.value = Some(value.round());
        self.rows.push(row);
    }

    /// A trial without a value.
    pub fn missing(&mut self, at: (&str, &str, &str), round: u32, outcome: Outcome, note: &str) {
        let mut row = row(at, TRIAL, Unit::Count, round);
        row.outcome = outcome;
        row.note = note.to_owned();
        self.rows.push(row);
    }

    pub fn startup(&mut self, shape: &Shape, rounds: u32) {
        let at = ("startup", "hello", shape.backend);
        for round in 0..rounds {
            let launch = shape.startup_ns * self.jitter(0.06);
            let hello = 830_000.0 * self.jitter(0.08);
            let mut put = |name: &str, ns: f64| {
                self.value(at, &format!("startup.{name}_ns"), Unit::Ns, round, ns);
            };
            let first = launch + 0.8 * hello;
            let total = 1.45 * launch + hello;
            put("first", first);
            put("ready", first + 0.05 * hello);
            put("total", total);
            put("exit", 0.1 * total);
            put("teardown", 0.01 * total);
            put("cpu", 0.9 * total);
            if shape.backend == "microvm" {
                self.value(at, "startup.exits", Unit::Count, round, 27.0);
            }
            let mut put = |name: &str, ns: f64| {
                self.value(at, &format!("startup.{name}_ns"), Unit::Ns, round, ns);
            };
            let mut before = 0.0;
            for (actor, step, share) in shape.steps {
                let late = if *share > 1.0 {
                    first + 0.06 * hello
                } else {
                    0.0
                };
                let at_ns = f64::max(before + share.fract() * launch, late);
                put(&format!("mark.{actor}.{step}"), at_ns);
                put(&format!("phase.{actor}.{step}"), at_ns - before);
                if *step == "sandbox-ready" {
                    put("create", at_ns);
                }
                before = at_ns;
            }
        }
    }

    pub fn memory(&mut self, shape: &Shape, rounds: u32) {
        for mib in [0.0, 8.0, 64.0] {
            let case = format!("touched-{mib}");
            let at = ("memory", case.as_str(), shape.backend);
            let touched = mib * 1_048_576.0;
            let own = 700_000.0 + 2.0 * shape.overhead_bytes;
            for round in 0..rounds {
                let jitter = self.jitter(0.01);
                let mut put = |name: &str, bytes: f64| {
                    self.value(
                        at,
                        &format!("memory.{name}_bytes"),
                        Unit::Bytes,
                        round,
                        bytes,
                    );
                };
                if shape.backend != "native" {
                    put("configured", touched + 33_554_432.0);
                    put("guest_visible", touched + 33_554_432.0);
                } else {
                    put("guest_visible", 4_100_000_000.0);
                }
                put("rss", touched + 2.0 * own * jitter);
                put("pss", touched + own * jitter);
                put("cgroup", touched + (own + 300_000.0) * jitter);
                put(
                    "available_delta",
                    touched + (own + 600_000.0) * jitter * jitter,
                );
                put("overhead", shape.overhead_bytes);
                if shape.backend == "microvm" {
                    put("guest_ram", touched + 700_000.0);
                    put("guest_kernel", 131_072.0);
                }
            }
        }
    }

    pub fn density(&mut self, shape: &Shape, rounds: u32) {
        let own = 180_000.0 + shape.overhead_bytes;
        for round in 0..rounds {
            let jitter = self.jitter(0.02);
            let at = ("density", "fit", shape.backend);
            let mut put = |name: &str, unit: Unit, value: f64| {
                self.value(at, &format!("density.{name}"), unit, round, value);
            };
            put("instances", Unit::Count, 8.0);
            for (name, slope) in [
                ("pss", own),
                ("cgroup", own + 300_000.0),
                ("available", 1.3 * own),
            ] {
                for count in [1.0, 2.0, 4.0, 8.0] {
                    let bytes = 900_000.0 + count * slope;
                    put(&format!("{name}_bytes.{count}"), Unit::Bytes, bytes);
                }
                put(&format!("{name}_slope_bytes"), Unit::Bytes, slope * jitter);
            }
            if shape.backend != "native" {
                let at = ("density", "smallest", shape.backend);
                let bytes = 2.0 * shape.overhead_bytes;
                self.value(at, "density.smallest_bytes", Unit::Bytes, round, bytes);
            }
        }
    }

    pub fn scaleout(&mut self, shape: &Shape, rounds: u32) {
        for in_flight in [1.0, 2.0, 4.0, 8.0, 16.0] {
            let case = format!("parallel-{in_flight}");
            let at = ("scaleout", case.as_str(), shape.backend);
            for round in 0..rounds {
                let alone = (830_000.0 + shape.startup_ns) * self.jitter(0.05);
                let ready = alone * f64::max(1.0, in_flight / 2.0);
                let mut put = |name: &str, unit: Unit, value: f64| {
                    self.value(at, &format!("scaleout.{name}"), unit, round, value);
                };
                put("starts_per_s", Unit::PerS, 1e9 * in_flight / (1.5 * ready));
                put("ready_p50_ns", Unit::Ns, ready);
                put("ready_p90_ns", Unit::Ns, 1.4 * ready);
                put("ready_p99_ns", Unit::Ns, 2.5 * ready);
                put("total_p50_ns", Unit::Ns, 1.5 * ready);
            }
        }
    }

    pub fn noise(&mut self, shape: &Shape, rounds: u32) {
        for round in 0..rounds {
            for metric in ["noise.a_ns", "noise.b_ns"] {
                let total = (1.45 * shape.startup_ns + 830_000.0) * self.jitter(0.08);
                self.value(
                    ("noise", "hello", shape.backend),
                    metric,
                    Unit::Ns,
                    round,
                    total,
                );
            }
        }
    }

    pub fn cards(&mut self, shape: &Shape, rounds: u32) {
        let (is_native, is_vm) = (shape.backend == "native", shape.backend == "microvm");
        for round in 0..rounds {
            let at = ("isolation", "facts", shape.backend);
            let mut put = |name: &str, value: f64| {
                let name = format!("isolation.{name}");
                self.value(at, &name, Unit::Count, round, value);
            };
            put("shares_kernel", if is_vm { 0.0 } else { 1.0 });
            put("host_sees_workload", if is_vm { 0.0 } else { 1.0 });
            if is_vm {
                put("exits", 27.0);
                put("exits.io-host-call", 25.0);
                put("vmm_calls", 23.0);
            } else {
                put("visible_processes", if is_native { 115.0 } else { 2.0 });
            }
            let reachable = match (is_vm, is_native) {
                (true, _) => 0.0,
                (_, true) => 364.0,
                _ => 318.0,
            };
            put("reachable_calls", reachable);
            put("host_calls", if is_native { 40.0 } else { 300.0 });
            let at = |case| ("portability", case, shape.backend);
            let bytes = 900_000.0 + 2.0 * shape.overhead_bytes;
            let artefact = at("artefact");
            self.value(artefact, "portability.bytes", Unit::Bytes, round, bytes);
            self.value(artefact, "portability.files", Unit::Count, round, 2.0);
            let cold = 9_000_000.0 * self.jitter(0.3);
            self.value(artefact, "portability.cold_first_ns", Unit::Ns, round, cold);
            for (case, name) in [
                ("other-kernel", "runs_other_kernel"),
                ("other-os", "runs_other_os"),
            ] {
                let name = format!("portability.{name}");
                let answer = if is_vm { 1.0 } else { 0.0 };
                self.value(at(case), &name, Unit::Count, round, answer);
            }
        }
    }

    pub fn io(&mut self, shape: &Shape, rounds: u32) {
        for (mode, speed) in [("direct", 1.0), ("buffered", 0.05)] {
            for (operation, block, bytes, op_ns) in [
                ("randread", "4k", 4096.0, 85_000.0),
                ("randwrite", "4k", 4096.0, 40_000.0),
                ("seqread", "128k", 131_072.0, 130_000.0),
                ("seqread", "1m", 1_048_576.0, 700_000.0),
                ("seqwrite", "128k", 131_072.0, 160_000.0),
                ("seqwrite", "1m", 1_048_576.0, 800_000.0),
            ] {
                let case = format!("{mode}-{operation}-{block}");
                let at = ("io", case.as_str(), shape.backend);
                for round in 0..rounds {
                    let op = op_ns * speed * shape.slowdown * self.jitter(0.05);
                    let mut put = |name: &str, unit: Unit, value: f64| {
                        self.value(at, &format!("io.{name}"), unit, round, value);
                    };
                    put("iops", Unit::PerS, 1e9 / op);
                    put("bandwidth_bytes_per_s", Unit::BytesPerS, bytes * 1e9 / op);
                    put("lat_p50_ns", Unit::Ns, 0.97 * op);
                    put("lat_p99_ns", Unit::Ns, 4.2 * op);
                    if operation.ends_with("write") {
                        put("fsync_count", Unit::Count, 31.0);
                        put("fsync_p50_ns", Unit::Ns, 900_000.0 + op);
                        put("fsync_p99_ns", Unit::Ns, 2_900_000.0 + op);
                    } else {
                        put("fsync_count", Unit::Count, 0.0);
                    }
                    if shape.backend == "microvm" {
                        put("exits_per_op", Unit::Ratio, 5.0);
                    }
                    put("host_cpu_ns_per_op", Unit::Ns, 9_000.0 * shape.slowdown);
                }
            }
        }
    }
}

fn row(at: (&str, &str, &str), metric: &str, unit: Unit, round: u32) -> Sample {
    Sample {
        run_id: "synthetic".to_owned(),
        experiment: at.0.to_owned(),
        case: at.1.to_owned(),
        backend: at.2.to_owned(),
        metric: metric.to_owned(),
        unit,
        round,
        outcome: Outcome::Ok,
        value: None,
        note: String::new(),
    }
}

/// What the harness would have recorded.
pub fn record() -> RunRecord {
    let text = r#"{
        "run_id": "synthetic",
        "started_at": "2026-01-31T12:34:56Z",
        "seed": 42,
        "fingerprint": {
            "cpu": "AMD EPYC 9B14",
            "cpus": 2,
            "kernel": "6.18.0",
            "kvm": "kvm_pvm",
            "exit_cost_ns": 78000,
            "cgroup": "v1",
            "in_vm": true,
            "lab_machine": false
        },
        "plan": {"rounds": 20, "warm_up": 2, "backends": ["native", "container", "microvm"]},
        "hashes": {"workload": "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"},
        "versions": {"isolab": "0.1.0"}
    }"#;
    serde_json::from_str(text).expect("the record is written as it is read")
}

/// Writes a run into an empty folder.
pub fn write(folder: &std::path::Path, record: &RunRecord, rows: &[Sample]) {
    let run = RunDir::create(folder).expect("the folder is empty");
    run.write_record(record).expect("run.json can be written");
    let mut writer = run.append_samples().expect("samples.csv can be made");
    for row in rows {
        writer.append(row).expect("a row can be written");
    }
}
