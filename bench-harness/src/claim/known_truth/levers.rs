//! What makes each statement of each claim true or false.

use crate::sample::Unit;

/// Experiment, case, metric, unit and backend.
pub type At = (&'static str, &'static str, &'static str, Unit, &'static str);

/// How one statement of a claim is made true or false: beside values that are always there, one that depends on it. What can't
/// be false is left out instead.
pub struct Lever {
    pub base: Vec<(At, f64)>,
    pub at: At,
    /// From the factor of a difference to the value.
    pub yes: fn(f64) -> f64,
    pub no: Option<fn(f64) -> f64>,
}

/// The container's value is `BASE`; the VM's is a factor above it if the container is better, and below if not.
const BASE: f64 = 1_000_000.0;

fn container_is_less(case: At, vm: &'static str) -> Lever {
    Lever {
        base: vec![(on(case, "container"), BASE)],
        at: on(case, vm),
        yes: |factor| BASE * factor,
        no: Some(|factor| BASE / factor),
    }
}

fn container_is_more(case: At, vm: &'static str) -> Lever {
    Lever {
        yes: |factor| BASE / factor,
        no: Some(|factor| BASE * factor),
        ..container_is_less(case, vm)
    }
}

/// As long as the base, or a factor longer.
fn no_longer(at: At, base: At) -> Lever {
    Lever {
        base: vec![(base, BASE)],
        at,
        yes: |_| BASE,
        no: Some(|factor| BASE * factor),
    }
}

fn is_one(at: At) -> Lever {
    Lever {
        base: Vec::new(),
        at,
        yes: |_| 1.0,
        no: Some(|_| 0.0),
    }
}

fn is_zero(at: At) -> Lever {
    Lever {
        yes: |_| 0.0,
        no: Some(|_| 1.0),
        ..is_one(at)
    }
}

fn on(at: At, backend: &'static str) -> At {
    (at.0, at.1, at.2, at.3, backend)
}

fn ns(experiment: &'static str, case: &'static str, metric: &'static str) -> At {
    (experiment, case, metric, Unit::Ns, "")
}

fn count(experiment: &'static str, case: &'static str, metric: &'static str) -> At {
    (experiment, case, metric, Unit::Count, "")
}

fn bytes(experiment: &'static str, case: &'static str, metric: &'static str) -> At {
    (experiment, case, metric, Unit::Bytes, "")
}

const OS: &str = "linux-vm-cloud";
const MICRO: &str = "microvm";

fn fact(metric: &'static str) -> At {
    count("isolation", "facts", metric)
}

fn against_both(at: At) -> [Lever; 2] {
    [container_is_less(at, OS), container_is_less(at, MICRO)]
}

/// The levers of a claim's statements, in their order.
pub fn levers(claim: &str) -> Vec<Lever> {
    match claim {
        "c1" => vec![
            is_one(on(fact("isolation.shares_kernel"), "container")),
            is_zero(on(fact("isolation.shares_kernel"), MICRO)),
        ],
        "c2" => against_both(ns("startup", "hello", "startup.ready_ns")).into(),
        "c3" => io(),
        "c4" => memory(),
        "c5" => process(),
        "c6" => [neighbours("container"), neighbours(MICRO)]
            .into_iter()
            .flatten()
            .collect(),
        "c7" => other_system(),
        "c8" => image(),
        "c9" => growth(),
        "c10" => scale_out(),
        "c11" => suitability(),
        other => panic!("{other} has no truth to be known"),
    }
}

fn io() -> Vec<Lever> {
    let latency = ns("io", "direct-randread-4k", "io.lat_p50_ns");
    let throughput = (
        "io",
        "direct-seqread-1m",
        "io.bandwidth_bytes_per_s",
        Unit::BytesPerS,
        "",
    );
    let native = |at| vec![(on(at, "native"), BASE)];
    vec![
        no_longer(on(latency, "container"), on(latency, "native")),
        Lever {
            no: Some(|factor| BASE / factor),
            ..no_longer(on(throughput, "container"), on(throughput, "native"))
        },
        Lever {
            base: native(latency),
            ..container_is_less(latency, MICRO)
        },
        Lever {
            base: native(throughput),
            ..container_is_more(throughput, MICRO)
        },
    ]
}

fn neighbours(backend: &'static str) -> Vec<Lever> {
    let unit = |case| on(ns("neighbour", case, "neighbour.unit_p50_ns"), backend);
    let contained = count("neighbour", "contain-crash", "neighbour.contained");
    vec![
        no_longer(unit("cpu"), unit("alone")),
        no_longer(unit("cpu-limited"), unit("alone")),
        is_one(on(contained, backend)),
    ]
}

fn suitability() -> Vec<Lever> {
    let total = ns("startup", "hello", "startup.total_ns");
    let pss = bytes("memory", "touched-0", "memory.pss_bytes");
    let unit = ns("cpu", "int", "cpu.unit_ns");
    let reachable = count("isolation", "facts", "isolation.reachable_calls");
    let kernel = count(
        "portability",
        "other-kernel",
        "portability.runs_other_kernel",
    );
    vec![
        container_is_less(total, OS),
        container_is_less(total, MICRO),
        container_is_less(pss, OS),
        container_is_less(pss, MICRO),
        no_longer(on(unit, MICRO), on(unit, "native")),
        is_one(on(kernel, OS)),
        Lever {
            base: vec![(on(reachable, "container"), 300.0)],
            yes: |_| 0.0,
            no: Some(|_| 350.0),
            ..is_one(on(reachable, MICRO))
        },
    ]
}

fn memory() -> Vec<Lever> {
    [
        against_both(bytes("memory", "touched-0", "memory.pss_bytes")),
        against_both(bytes("density", "fit", "density.pss_slope_bytes")),
        against_both(bytes("density", "smallest", "density.smallest_bytes")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn process() -> Vec<Lever> {
    vec![
        is_one(on(fact("isolation.host_sees_workload"), "container")),
        Lever {
            yes: |_| 1.0,
            no: Some(|_| 90.0),
            ..is_one(on(fact("isolation.visible_processes"), "container"))
        },
        is_zero(on(fact("isolation.host_sees_workload"), MICRO)),
    ]
}

fn other_system() -> Vec<Lever> {
    let kernel = count(
        "portability",
        "other-kernel",
        "portability.runs_other_kernel",
    );
    let os = count("portability", "other-os", "portability.runs_other_os");
    vec![
        is_one(on(kernel, OS)),
        is_one(on(os, MICRO)),
        is_zero(on(kernel, "container")),
        is_zero(on(os, "container")),
    ]
}

fn image() -> Vec<Lever> {
    let of = |metric| count("portability", "artefact", metric);
    let counts = [
        "portability.bytes",
        "portability.files",
        "portability.dependencies",
    ];
    let cold = ns("portability", "artefact", "portability.cold_first_ns");
    let counts = counts.map(|metric| container_is_less(of(metric), MICRO));
    counts.into_iter().chain(against_both(cold)).collect()
}

fn growth() -> Vec<Lever> {
    ["container", MICRO]
        .into_iter()
        .flat_map(|backend| ["memory", "cpu"].map(|case| (case, backend)))
        .map(|(case, backend)| Lever {
            yes: |_| BASE,
            no: None,
            ..is_one(on(ns("elasticity", case, "elasticity.grow_ns"), backend))
        })
        .collect()
}

fn scale_out() -> Vec<Lever> {
    let at = |case| ("scaleout", case, "scaleout.starts_per_s", Unit::PerS, "");
    let starts = [
        container_is_more(at("parallel-16"), OS),
        container_is_more(at("parallel-16"), MICRO),
        Lever {
            at: on(at("parallel-1"), "container"),
            ..container_is_more(at("parallel-16"), MICRO)
        },
    ];
    starts.into_iter().chain(service()).collect()
}

/// On a machine with two processors.
fn service() -> [Lever; 4] {
    let rate = |case| ("service", case, "service.requests_per_s", Unit::PerS, "");
    let two = |metric| count("service", "instances-2", metric);
    let cpus = (on(two("service.cpus"), "container"), 2.0);
    let share = on(two("service.least_share_ratio"), "container");
    let with_cpus = |mut lever: Lever| {
        lever.base.push(cpus);
        lever
    };
    // Three quarters of twice as many are wanted.
    [
        Lever {
            at: on(rate("instances-1"), "container"),
            yes: |factor| BASE / 1.5 / factor,
            no: Some(|factor| BASE / 1.5 * factor),
            ..container_is_more(rate("instances-2"), MICRO)
        },
        Lever {
            no: Some(|_| 0.2),
            ..is_one(share)
        },
        container_is_more(rate("instances-2"), OS),
        container_is_more(rate("instances-2"), MICRO),
    ]
    .map(with_cpus)
}
