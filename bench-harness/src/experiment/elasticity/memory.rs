//! More memory for a running instance.
//!
//! 1. Start the workload with its headroom, of which it fills 8 MiB, and let it wait.
//! 2. Ask for 64 MiB more: write a container's new limit to its cgroup, or tell the VMM, which adds a slot of memory to the VM.
//! 3. Tell the workload. It touches 32 MiB more.
//! 4. Check that this was not possible before: what it has touched is more than the old limit.
//!
//! A container's pages come from the host as they always do, only now nobody objects. For a VM the host's kernel has to
//! change what memory the guest has while the guest runs, and the guest's kernel has to learn of it.
//!
//! Read next: `control.rs`; vm-backend's `control.rs`; the guest kernel's `memory/address_space.rs`.

use super::Times;
use crate::backend::{Backend, Job};
use crate::cgroup_limit::Limit;
use crate::clock::monotonic_ns;
use crate::control::Control;
use crate::failure::Failure;
use crate::instance::Instance;
use crate::lab::Lab;

/// What the workload has before.
const FIRST_MIB: u64 = 8;
/// What it takes in addition; together with the first more than the headroom that every job gets.
const MORE_MIB: u64 = 32;
/// What it is given in addition.
const ADDED_BYTES: u64 = 64 << 20;

pub(super) fn grow(backend: &dyn Backend, lab: &Lab) -> Result<Times, Failure> {
    let (first, more) = (FIRST_MIB.to_string(), MORE_MIB.to_string());
    let before_bytes = backend.headroom_bytes();
    let job = Job {
        memory_bytes: Some(before_bytes),
        ..lab.job(&[
            "grow",
            "--by",
            "memory",
            "--mib",
            &first,
            "--more-mib",
            &more,
        ])
    };
    match backend.id() {
        "container" => container(backend, lab, &job, before_bytes),
        "microvm" => microvm(backend, lab, job, before_bytes),
        id if backend.is_vm() => Err(Failure::Unsupported(format!(
            "{id} has neither a balloon nor virtio-mem here: its kernel can't be given more memory"
        ))),
        id => Err(Failure::Unsupported(format!(
            "isolab doesn't know the cgroups of {id}"
        ))),
    }
}

fn container(
    backend: &dyn Backend,
    lab: &Lab,
    job: &Job,
    before_bytes: u64,
) -> Result<Times, Failure> {
    let mut instance = lab.start(backend, job)?;
    instance.wait_for("ready")?;
    let folders = instance.cgroups()?;
    let asked_ns = monotonic_ns();
    Limit::MemoryBytes(before_bytes + ADDED_BYTES)
        .write(&folders)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::Unsupported => Failure::Unsupported(error.to_string()),
            _ => error.into(),
        })?;
    used_since(asked_ns, instance, before_bytes)
}

fn microvm(
    backend: &dyn Backend,
    lab: &Lab,
    mut job: Job,
    before_bytes: u64,
) -> Result<Times, Failure> {
    let after_bytes = before_bytes + ADDED_BYTES;
    let control = Control::open(lab.parameters.timeout)?;
    job.launcher_args = vec![
        "--memory-max".to_owned(),
        after_bytes.to_string(),
        "--control".to_owned(),
        control.launcher_fd().to_string(),
    ];
    let (mut vmm, launchers) = control.split();
    let mut instance = lab.start_with(launchers, backend, &job)?;
    instance.wait_for("ready")?;
    let asked_ns = monotonic_ns();
    vmm.ask(&format!("memory {after_bytes}"))?;
    used_since(asked_ns, instance, before_bytes)
}

/// Tells the workload, and waits until it has used what is new.
fn used_since(
    asked_ns: u64,
    mut instance: Instance<'_>,
    before_bytes: u64,
) -> Result<Times, Failure> {
    let carried_out_ns = monotonic_ns();
    instance.tell()?;
    let grown = instance.wait_for_new("fact")?;
    instance.finish()?;
    // The workload's own pages alone are more than what there was.
    if (FIRST_MIB + MORE_MIB) << 20 <= before_bytes {
        return Err(Failure::Failed(
            "it had that much memory before: nothing had to grow".to_owned(),
        ));
    }
    Ok(Times {
        grow_ns: grown.at_ns.saturating_sub(asked_ns),
        request_ns: carried_out_ns - asked_ns,
    })
}
