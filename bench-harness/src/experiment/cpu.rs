//! Whether the same computation takes longer inside.
//!
//! 1. Run `cpu` with a fixed number of iterations: it computes between `ready` and `done` and makes no system call.
//! 2. Take the time between the two on the host's clock. A clock inside is not asked.
//! 3. Compare what the processor says of itself inside (CPUID) with what it says to a plain process: what is missing stands in
//!    the note of `cpu.flags`.
//!
//! What to expect: as fast as natively. The processor executes a guest's instructions itself, and a container's anyhow. Memory is
//! the exception, since a guest's addresses are translated twice: each access that the processor has no translation for is
//! dearer in a VM. In huge pages this hardly shows (`workload/src/command/cpu/memory.rs`), so all backends get them, and where a
//! process did not, the row says so.
//!
//! Simplified: one program at a time on one CPU. What a busy machine takes away (steal time, caches) is another experiment's.
//!
//! Read next: `workload/src/command/cpu.rs`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::{self, Backend, Job};
use crate::failure::Failure;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::memory_budget;
use crate::sample::Unit;

/// Units of work in an iteration of each kernel.
const UNITS: u64 = 1024;
/// Bytes of a unit of `memory-bandwidth`.
const LINE_BYTES: f64 = 64.0;

/// Case, which is also the workload's kernel, and iterations: some 50 ms on a processor of 2020.
const CASES: [(&str, u64); 4] = [
    ("int", 12_000),
    ("float", 9_000),
    ("memory-bandwidth", 8_000),
    ("memory-latency", 300),
];

/// The computing experiment.
#[derive(Debug)]
pub struct Cpu;

impl Experiment for Cpu {
    fn id(&self) -> &'static str {
        "cpu"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.map(|(case, _)| case).to_vec()
    }

    fn headline(&self, _case: &str) -> &'static str {
        "cpu.elapsed_ns"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 18),
            Effort::Quick => (0, 9),
            Effort::Emulated => (0, 2),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let (_, iterations) = CASES
            .into_iter()
            .find(|(name, _)| *name == case)
            .ok_or_else(|| Failure::Failed(format!("cpu has no case {case}")))?;
        let job = job(case, iterations, backend, lab);
        memory_budget::check(lab.parameters.memory_budget, job.memory_bytes.unwrap_or(0))?;
        let finished = lab.run(backend, &job)?;
        let mut measurements = times(&finished, case, iterations * UNITS)?;
        measurements.push(flags(&finished, flags_of_native(lab))?);
        Ok(measurements)
    }
}

/// The kernels of memory go through the working set: many times a second-level cache, and more pages of 4 KiB than any TLB
/// holds, unless it is made smaller.
fn job(case: &str, iterations: u64, backend: &dyn Backend, lab: &Lab) -> Job {
    let set_bytes = lab.parameters.cpu_memory_bytes;
    let (count, mib) = (iterations.to_string(), (set_bytes >> 20).to_string());
    let args = [
        "cpu",
        "--kernel",
        case,
        "--iterations",
        &count,
        "--working-set-mib",
        &mib,
    ];
    Job {
        memory_bytes: Some(set_bytes + backend.headroom_bytes()),
        ..lab.job(&args)
    }
}

/// The time of all units and of one, and what follows from it.
fn times(finished: &Finished, case: &str, units: u64) -> Result<Vec<Measurement>, Failure> {
    let missing = "the workload never said both `ready` and `done`";
    let elapsed_ns = finished
        .work_ns()
        .ok_or_else(|| Failure::Failed(missing.to_owned()))?;
    let unit_ns = elapsed_ns as f64 / units as f64;
    let mut times = vec![
        Measurement::ns("cpu.elapsed_ns", elapsed_ns),
        Measurement::new("cpu.unit_ns", Unit::Ns, unit_ns),
    ];
    if case == "memory-bandwidth" && elapsed_ns > 0 {
        let bytes_per_s = LINE_BYTES * 1e9 / unit_ns;
        times.push(Measurement::new(
            "cpu.bandwidth_bytes_per_s",
            Unit::BytesPerS,
            bytes_per_s,
        ));
    }
    if let Some(set_bytes) = finished.metric("cpu.working_set_bytes") {
        let warning = small_pages(finished, set_bytes);
        for time in &mut times {
            time.warning.clone_from(&warning);
        }
        times.push(Measurement::new(
            "cpu.working_set_bytes",
            Unit::Bytes,
            set_bytes,
        ));
    }
    Ok(times)
}

/// What to say if less than the whole working set lies in huge pages; a guest without /proc can't tell.
fn small_pages(finished: &Finished, set_bytes: f64) -> Option<String> {
    let huge: f64 = finished.fact("huge_page_bytes")?.parse().ok()?;
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    (huge < set_bytes).then(|| {
        format!(
            "of {:.0} MiB only {:.0} lie in huge pages: address translation is part of this time",
            mib(set_bytes),
            mib(huge)
        )
    })
}

/// How many flags the processor shows inside, with those that are missing in the note.
fn flags(finished: &Finished, native: Option<&BTreeSet<String>>) -> Result<Measurement, Failure> {
    let missing = "the workload reported no cpu_flags";
    let shown = finished
        .fact("cpu_flags")
        .ok_or_else(|| Failure::Failed(missing.to_owned()))?;
    let shown: BTreeSet<&str> = shown.split(' ').collect();
    let mut count = Measurement::new("cpu.flags", Unit::Count, shown.len() as f64);
    let missing: Vec<&str> = native
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|flag| !shown.contains(flag))
        .collect();
    if !missing.is_empty() {
        count.note = Some(format!("missing inside: {}", missing.join(" ")));
    }
    Ok(count)
}

/// What the processor shows to a plain process: asked once.
fn flags_of_native(lab: &Lab) -> Option<&'static BTreeSet<String>> {
    static FLAGS: OnceLock<Option<BTreeSet<String>>> = OnceLock::new();
    let ask = || {
        let native = backend::by_id("native")?;
        let inspected = lab.run(native, &lab.job(&["inspect"])).ok()?;
        let flags = inspected.fact("cpu_flags")?;
        Some(flags.split(' ').map(str::to_owned).collect())
    };
    FLAGS.get_or_init(ask).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::parameters::Parameters;

    fn value(measurements: &[Measurement], metric: &str) -> Option<f64> {
        let found = measurements.iter().find(|one| one.metric == metric)?;
        found.value.clone().ok()
    }

    #[test]
    fn the_working_set_is_that_of_the_bounds_and_one_without_room_is_declined() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        lab.parameters.cpu_memory_bytes = 7 << 20;
        let native = backend::by_id("native").unwrap();
        let job = job("memory-latency", 3, native, &lab);
        assert!(
            job.args
                .ends_with(&["--working-set-mib", "7"].map(str::to_owned))
        );
        assert_eq!(job.memory_bytes, Some((7 << 20) + native.headroom_bytes()));
        lab.parameters.memory_budget = Budget::Bytes(1 << 20);
        let declined = Cpu.measure("int", native, &lab).unwrap_err();
        assert!(declined.reason().contains("--memory-budget"), "{declined}");
    }

    #[test]
    fn a_unit_is_a_part_of_the_time_from_ready_to_done() {
        let finished = Finished::that_said(&["main", "ready", "done checksum=0"]);
        let times = times(&finished, "memory-bandwidth", 500).unwrap();
        assert_eq!(value(&times, "cpu.elapsed_ns"), Some(1000.0));
        assert_eq!(value(&times, "cpu.unit_ns"), Some(2.0));
        assert_eq!(value(&times, "cpu.bandwidth_bytes_per_s"), Some(32e9));
    }

    #[test]
    fn small_pages_are_a_warning_and_an_unknown_kind_is_not() {
        let with = |fact: &'static str| {
            let set = "metric cpu.working_set_bytes bytes 4194304";
            let finished = Finished::that_said(&["ready", set, fact, "done checksum=0"]);
            let times = times(&finished, "memory-latency", 1).unwrap();
            times[1].warning.clone()
        };
        let warning = with("fact huge_page_bytes 2097152").unwrap();
        assert!(warning.contains("of 4 MiB only 2"), "{warning}");
        assert_eq!(with("fact huge_page_bytes 4194304"), None);
        assert_eq!(with("fact huge_page_bytes unavailable: no /proc"), None);
    }

    #[test]
    fn flags_that_a_process_sees_and_a_guest_does_not_are_named() {
        let native = ["fpu", "amx_tile", "sse2"].map(str::to_owned).into();
        let inside = Finished::that_said(&["fact cpu_flags fpu sse2 hypervisor"]);
        let flags = flags(&inside, Some(&native)).unwrap();
        assert_eq!(flags.value, Ok(3.0));
        assert_eq!(flags.note.as_deref(), Some("missing inside: amx_tile"));
        assert!(super::flags(&Finished::that_said(&["ready"]), None).is_err());
    }
}
