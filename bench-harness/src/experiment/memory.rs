//! What an instance occupies, by definitions that are often taken for each other.
//!
//! | metric | what it is |
//! |---|---|
//! | `configured_bytes` | the limit (container) or the size (VM) that was asked for: touched + 32 MiB, + 96 MiB for a kernel that boots |
//! | `guest_visible_bytes` | the total memory that a program inside is told |
//! | `guest_kernel_bytes` | VMs only: what of the configured memory the guest's kernel doesn't show to programs |
//! | `guest_ram_bytes` | VMs only: resident pages of the guest's RAM, whoever inside touched them |
//! | `rss_bytes` | resident pages of the launcher's tree, shared ones counted in each process |
//! | `pss_bytes` | the same, shared ones divided by the number of their users |
//! | `cgroup_bytes` | what the kernel charges for it, page tables and other kernel memory included |
//! | `available_delta_bytes` | how much less memory the host has with N copies, divided by N |
//! | `overhead_bytes` | resident bytes that aren't the payload's: for a VM all that isn't guest RAM, for a container its launcher and init |
//!
//! 1. Ask an instance with the same limit what it sees (`inspect`).
//! 2. Start one `hold`, which touches every page of its MiB, in a measuring cgroup; when it is ready, read its tree.
//! 3. Start N-1 more, if the memory budget has room for so many, and look at MemAvailable. Then let all of them go.
//!
//! The same limit is given to container and VM. A plain process has none, and putting one round it would make it half a
//! container: its `configured_bytes` is `unsupported`. The tree is read while one copy runs alone, because PSS shrinks
//! with every further one.
//!
//! Simplified: MemAvailable is the kernel's estimate; small instances vanish in its noise, and whatever else starts or ends
//! on the host meanwhile is counted too.
//!
//! Read next: `process_tree.rs`, `measuring_cgroup.rs`, `host/memory.rs`.

use std::io;

use super::{Effort, Experiment, Measurement, Rounds};
use crate::backend::{Backend, Job};
use crate::failure::Failure;
use crate::host::memory::available_bytes;
use crate::instance::{Finished, Instance};
use crate::lab::Lab;
use crate::measuring_cgroup::MeasuringCgroup;
use crate::memory_budget;
use crate::process_tree::{GuestRam, ProcessTree};
use crate::sample::Unit;

/// Case and MiB touched.
const CASES: [(&str, u64); 3] = [("touched-0", 0), ("touched-8", 8), ("touched-64", 64)];

/// The memory experiment.
#[derive(Debug)]
pub struct Memory;

/// What one held instance occupies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryReading {
    /// Resident bytes of the tree.
    pub rss_bytes: u64,
    /// Proportional resident bytes of the tree.
    pub pss_bytes: u64,
    /// Resident bytes of the guest's RAM; `None` without a guest.
    pub guest_ram_bytes: Option<u64>,
    /// Resident bytes that isolation costs; `None` if a VMM didn't say where its guest's RAM lies.
    pub overhead_bytes: Option<u64>,
}

/// Reads the tree of an instance that is ready and holds still.
///
/// # Errors
/// When its processes can't be read; `Unsupported` if that needs root.
pub fn read_memory(
    instance: &mut Instance<'_>,
    backend: &dyn Backend,
) -> Result<MemoryReading, Failure> {
    let reported = instance.timeline_so_far()?.guest_ram();
    let guest_ram = reported
        .map(GuestRam::Within)
        .or_else(|| instance.guest_ram_bytes().map(GuestRam::Long));
    let tree = ProcessTree::read(instance.id(), guest_ram.as_ref()).map_err(|error| match error
        .kind()
    {
        io::ErrorKind::PermissionDenied => Failure::Unsupported(
            "its processes belong to another user namespace: only root may look".to_owned(),
        ),
        _ => error.into(),
    })?;
    // A VMM of which no mapping has the guest's size has put it together otherwise: then it isn't known.
    let found =
        guest_ram.filter(|ram| matches!(ram, GuestRam::Within(_)) || tree.guest_ram_bytes() > 0);
    let is_known = !backend.is_vm() || found.is_some();
    Ok(MemoryReading {
        rss_bytes: tree.rss_bytes(),
        pss_bytes: tree.pss_bytes(),
        guest_ram_bytes: found.map(|_| tree.guest_ram_bytes()),
        overhead_bytes: is_known.then(|| tree.overhead_bytes(backend.is_vm())),
    })
}

impl Experiment for Memory {
    fn id(&self) -> &'static str {
        "memory"
    }

    fn cases(&self) -> Vec<&'static str> {
        CASES.map(|(case, _)| case).to_vec()
    }

    fn headline(&self, _case: &str) -> &'static str {
        "memory.pss_bytes"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (1, 9),
            Effort::Quick => (0, 9),
            Effort::Emulated => (0, 3),
        };
        Rounds { warm_up, measured }
    }

    fn measure(
        &self,
        case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let (_, mib) = CASES
            .into_iter()
            .find(|(name, _)| *name == case)
            .ok_or_else(|| Failure::Failed(format!("memory has no case {case}")))?;
        let limit = (mib << 20) + backend.headroom_bytes();
        let with_limit = |args: &[&str]| Job {
            memory_bytes: Some(limit),
            ..lab.job(args)
        };
        let inspected = lab.run(backend, &with_limit(&["inspect"]))?;
        let mut measurements = vec![configured(backend, limit), guest_visible(&inspected)];
        if backend.is_vm() {
            measurements.extend(guest_kernel(&inspected, limit));
        }
        measurements.extend(held(
            backend,
            lab,
            &with_limit(&["hold", "--mib", &mib.to_string()]),
            mib << 20,
        )?);
        Ok(measurements)
    }
}

fn configured(backend: &dyn Backend, limit: u64) -> Measurement {
    const METRIC: &str = "memory.configured_bytes";
    if backend.id() == "native" {
        let reason = "a plain process has no limit of its own";
        return Measurement::unsupported(METRIC, Unit::Bytes, reason);
    }
    Measurement::bytes(METRIC, limit)
}

fn guest_visible(inspected: &Finished) -> Measurement {
    const METRIC: &str = "memory.guest_visible_bytes";
    let told = inspected
        .fact("memory_bytes")
        .and_then(|bytes| bytes.parse().ok());
    told.map_or_else(
        || Measurement::unsupported(METRIC, Unit::Bytes, "a program inside isn't told"),
        |bytes| Measurement::bytes(METRIC, bytes),
    )
}

/// What the guest's kernel keeps for itself from the start: its code, and its descriptions of every page.
fn guest_kernel(inspected: &Finished, configured: u64) -> Option<Measurement> {
    let visible: u64 = inspected.fact("memory_bytes")?.parse().ok()?;
    let kept = configured.saturating_sub(visible);
    Some(Measurement::bytes("memory.guest_kernel_bytes", kept))
}

fn held(
    backend: &dyn Backend,
    lab: &Lab,
    job: &Job,
    touched_bytes: u64,
) -> Result<Vec<Measurement>, Failure> {
    // Declared before the instances: dropped after them, when nobody is inside any more.
    let cgroup = MeasuringCgroup::create();
    let available_before = available_bytes()?;
    let mut first = match &cgroup {
        Ok(cgroup) => lab.start_inside(cgroup, backend, job)?,
        Err(_) => lab.start(backend, job)?,
    };
    first.wait_for("ready")?;
    let mut measurements = of_tree(read_memory(&mut first, backend))?;
    let charged = match &cgroup {
        Ok(cgroup) => {
            let own = first.timeline_so_far()?.cgroups();
            Measurement::bytes("memory.cgroup_bytes", cgroup.charged_bytes_with(&own)?)
        }
        Err(error) => {
            Measurement::unsupported("memory.cgroup_bytes", Unit::Bytes, error.to_string())
        }
    };

    let copies = lab.parameters.memory_copies.max(1);
    let at_most = job
        .memory_bytes
        .unwrap_or(0)
        .saturating_mul(u64::from(copies));
    let room = memory_budget::check(lab.parameters.memory_budget, at_most);
    let further = if room.is_ok() { copies - 1 } else { 0 };
    let mut all = vec![first];
    for _ in 0..further {
        let mut copy = lab.start(backend, job)?;
        copy.wait_for("ready")?;
        all.push(copy);
    }
    let used = available_before as f64 - available_bytes()? as f64;
    for instance in all {
        instance.finish()?;
    }

    measurements.push(charged);
    measurements.push(match room {
        Ok(()) => available_delta(used / f64::from(copies), touched_bytes),
        Err(Failure::Unsupported(reason)) => {
            let reason = format!("{copies} copies: {reason}, or fewer --memory-copies");
            Measurement::unsupported(AVAILABLE_DELTA, Unit::Bytes, reason)
        }
        Err(failure) => return Err(failure),
    });
    Ok(measurements)
}

const AVAILABLE_DELTA: &str = "memory.available_delta_bytes";

/// What the process tree says; without the right to look at it these metrics alone are missing.
fn of_tree(reading: Result<MemoryReading, Failure>) -> Result<Vec<Measurement>, Failure> {
    const METRICS: [&str; 3] = [
        "memory.rss_bytes",
        "memory.pss_bytes",
        "memory.overhead_bytes",
    ];
    let missing = |metric, reason: &str| Measurement::unsupported(metric, Unit::Bytes, reason);
    match reading {
        Ok(reading) => {
            let overhead = reading.overhead_bytes.map_or_else(
                || {
                    let reason = "the VMM didn't report where the guest's RAM lies";
                    missing(METRICS[2], reason)
                },
                |bytes| Measurement::bytes(METRICS[2], bytes),
            );
            let mut measurements = vec![
                Measurement::bytes(METRICS[0], reading.rss_bytes),
                Measurement::bytes(METRICS[1], reading.pss_bytes),
                overhead,
            ];
            let guest_ram = reading.guest_ram_bytes;
            measurements
                .extend(guest_ram.map(|bytes| Measurement::bytes("memory.guest_ram_bytes", bytes)));
            Ok(measurements)
        }
        Err(Failure::Unsupported(reason)) => {
            Ok(METRICS.map(|metric| missing(metric, &reason)).to_vec())
        }
        Err(failure) => Err(failure),
    }
}

fn available_delta(bytes_per_copy: f64, touched_bytes: u64) -> Measurement {
    let mut measurement = Measurement::new(AVAILABLE_DELTA, Unit::Bytes, bytes_per_copy);
    // What was touched is there, so the host must have less: half of it leaves room for the estimate's lag.
    if bytes_per_copy < touched_bytes as f64 / 2.0 || bytes_per_copy < 0.0 {
        measurement.warning = Some(
            "less than what the copies touched: others gave memory back meanwhile, or it drowns in noise".to_owned(),
        );
    }
    measurement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use crate::parameters::Parameters;

    #[test]
    fn processes_that_only_root_may_look_at_cost_their_metrics_and_not_the_trial() {
        let metrics = of_tree(Err(Failure::Unsupported("not root".to_owned()))).unwrap();
        assert_eq!(metrics.len(), 3);
        assert!(metrics.iter().all(|one| one.value.is_err()));
        assert!(of_tree(Err(Failure::Interrupted)).is_err());
    }

    #[test]
    fn copies_that_the_budget_has_no_room_for_cost_their_metric_alone() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        let native = crate::backend::by_id("native").unwrap();
        lab.parameters.memory_copies = 3;
        lab.parameters.memory_budget = Budget::Bytes(2 * native.headroom_bytes());
        let measured = Memory.measure("touched-0", native, &lab).unwrap();
        let of = |metric: &str| {
            let found = measured.iter().find(|one| one.metric == metric);
            found.unwrap().value.clone()
        };
        assert!(of("memory.pss_bytes").is_ok());
        let reason = of(AVAILABLE_DELTA).unwrap_err().reason();
        assert!(reason.contains("3 copies") && reason.contains("--memory-copies"));
        lab.parameters.memory_copies = 2;
        let measured = Memory.measure("touched-0", native, &lab).unwrap();
        assert!(measured.last().unwrap().value.is_ok());
    }

    #[test]
    fn memory_that_the_host_gained_meanwhile_is_a_warning_and_not_a_saving() {
        assert!(available_delta(-4096.0, 1 << 20).warning.is_some());
        assert!(available_delta(900_000.0, 1 << 20).warning.is_none());
        assert!(available_delta(0.0, 0).warning.is_none());
        assert!(available_delta(100_000.0, 1 << 20).warning.is_some());
    }
}
