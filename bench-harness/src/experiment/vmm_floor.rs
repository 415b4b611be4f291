//! What a VMM itself takes: from its spawn to a byte of a guest of a dozen instructions, and until it has been reaped.
//!
//! ```text
//! spawn ── the VMM makes a machine ── guest: one byte ── guest: ends ── reaped
//!   ├──────────── first_ns ────────────────┘                             │
//!   └──────────── total_ns ──────────────────────────────────────────────┘
//! ```
//!
//! 1. Start the guest that ends (`backend/floor_guest.rs`): the byte's arrival is stamped, and the VMM's end.
//! 2. Start the guest that waits; when its byte has come, read its VMM's memory, and stop it.
//!
//! Every VMM gets 128 MiB and one CPU, and nothing else that can be left away: no disk, no network, no initramfs.
//!
//! Ours stands there twice, because it is started in two ways. As `linux-vm-small` it boots the same kernel as all others, on the
//! path on which it boots Linux: interrupt controllers, ACPI tables, a serial port, threads. **That is the comparison with other
//! VMMs.** As `microvm` it starts a program of the same length, on the path of a microVM: that shows what a VMM takes
//! which has nothing to boot, and no other VMM can do that.
//!
//! Simplified: the byte is stamped when it has come through the pipe, some microseconds after it left the VMM.
//!
//! Read next: `backend/floor_guest.rs`, vm-backend's crate documentation for where its time goes.

use super::{Effort, Experiment, Measurement, Rounds, read_memory};
use crate::backend::{Backend, FloorGuest, Vmm};
use crate::failure::Failure;
use crate::instance::Finished;
use crate::lab::Lab;
use crate::sample::Unit;

/// The floor of the VMMs.
#[derive(Debug)]
pub struct VmmFloor;

impl Experiment for VmmFloor {
    fn id(&self) -> &'static str {
        "vmm-floor"
    }

    fn cases(&self) -> Vec<&'static str> {
        vec!["guest"]
    }

    fn headline(&self, _case: &str) -> &'static str {
        "vmm-floor.total_ns"
    }

    fn rounds(&self, effort: Effort) -> Rounds {
        let (warm_up, measured) = match effort {
            Effort::Full => (3, 100),
            Effort::Quick => (1, 12),
            Effort::Emulated => (1, 6),
        };
        Rounds { warm_up, measured }
    }

    fn applies_to(&self, _case: &str, backend: &dyn Backend) -> bool {
        backend.vmm().is_some()
    }

    fn runs_the_workload(&self) -> bool {
        false
    }

    fn first_start(&self, backend: &dyn Backend, lab: &Lab) -> Result<(), Failure> {
        let Some(vmm) = backend.vmm() else {
            return Ok(());
        };
        vmm.lacks()?;
        floor_times(backend, lab).map(drop)
    }

    fn measure(
        &self,
        _case: &str,
        backend: &dyn Backend,
        lab: &Lab,
    ) -> Result<Vec<Measurement>, Failure> {
        let times = floor_times(backend, lab)?;
        Ok(vec![
            Measurement::ns("vmm-floor.first_ns", times.first_ns),
            Measurement::ns("vmm-floor.total_ns", times.total_ns),
            overhead(vmm_of(backend)?, backend, lab)?,
        ])
    }
}

/// Durations of such a guest's life, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorTimes {
    /// Spawn to the guest's byte.
    pub first_ns: u64,
    /// Spawn to the VMM reaped.
    pub total_ns: u64,
}

/// Runs the guest that ends.
///
/// # Errors
/// When there is no VMM, or it fails in any way.
pub fn floor_times(backend: &dyn Backend, lab: &Lab) -> Result<FloorTimes, Failure> {
    let (finished, first_byte_ns) = life(vmm_of(backend)?, backend, lab)?;
    let since_spawn = |at_ns: u64| at_ns.saturating_sub(finished.spawned_ns);
    Ok(FloorTimes {
        first_ns: since_spawn(first_byte_ns),
        total_ns: since_spawn(finished.reaped_ns),
    })
}

fn vmm_of(backend: &dyn Backend) -> Result<&dyn Vmm, Failure> {
    let no_vmm = || Failure::Unsupported("it has no VMM of its own".to_owned());
    backend.vmm().ok_or_else(no_vmm)
}

/// One guest to its end; when its byte came.
fn life(vmm: &dyn Vmm, backend: &dyn Backend, lab: &Lab) -> Result<(Finished, u64), Failure> {
    let instance = lab.start_floor(vmm, backend.is_peer(), FloorGuest::Ends)?;
    let (finished, failure) = instance.end()?;
    // It says nothing of the workload's protocol, so what decides is its byte and how it ended.
    let expected = Some(vmm.floor_exit_code());
    match finished.first_byte_ns {
        Some(at_ns) if finished.exit_code == expected => Ok((finished, at_ns)),
        at_ns => {
            let what = match at_ns {
                Some(_) => "the VMM did not end as it should",
                None => "the guest's byte never came",
            };
            let why = failure.map(|failure| failure.reason()).unwrap_or_default();
            Err(Failure::Failed(format!("{what}: {why}")))
        }
    }
}

/// Resident memory of the VMM that isn't the guest's.
fn overhead(vmm: &dyn Vmm, backend: &dyn Backend, lab: &Lab) -> Result<Measurement, Failure> {
    const METRIC: &str = "vmm-floor.overhead_bytes";
    let mut instance = lab.start_floor(vmm, backend.is_peer(), FloorGuest::Waits)?;
    instance.wait_for_byte()?;
    let reading = read_memory(&mut instance, backend)?;
    Ok(reading.overhead_bytes.map_or_else(
        || {
            let reason = "none of its mappings is as long as the guest's RAM";
            Measurement::unsupported(METRIC, Unit::Bytes, reason)
        },
        |bytes| Measurement::bytes(METRIC, bytes),
    ))
}
