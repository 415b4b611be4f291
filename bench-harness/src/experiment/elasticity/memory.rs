//! More memory for a running instance.
//!
//! 1. Start the workload with its headroom, of which it fills 8 MiB, and let it wait.
//! 2. Ask for 64 MiB more (twice `--elasticity-memory`): write a container's new limit to its cgroup, or tell the VMM, which adds a slot of memory to the VM.
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
use crate::memory_budget;

/// What the workload has before.
const FIRST_MIB: u64 = 8;

pub(super) fn grow(backend: &dyn Backend, lab: &Lab) -> Result<Times, Failure> {
    let growth = Growth::of(backend, lab);
    match backend.id() {
        "container" => {
            memory_budget::check(lab.parameters.memory_budget, growth.after_bytes())?;
            container(backend, lab, growth)
        }
        "microvm" => {
            memory_budget::check(lab.parameters.memory_budget, growth.after_bytes())?;
            microvm(backend, lab, growth)
        }
        id if backend.is_vm() => Err(Failure::Unsupported(format!(
            "{id} has neither a balloon nor virtio-mem here: its kernel can't be given more memory"
        ))),
        id => Err(Failure::Unsupported(format!(
            "isolab doesn't know the cgroups of {id}"
        ))),
    }
}

/// Who gets how much.
#[derive(Clone, Copy, Debug)]
struct Growth {
    /// Of the instance, at first.
    before_bytes: u64,
    /// What the workload takes in addition; together with the first more than the headroom that every job gets.
    more_bytes: u64,
}

impl Growth {
    fn of(backend: &dyn Backend, lab: &Lab) -> Self {
        Self {
            before_bytes: backend.headroom_bytes(),
            more_bytes: lab.parameters.elasticity_memory_bytes,
        }
    }

    /// What the instance is given: twice what its workload will take.
    fn after_bytes(self) -> u64 {
        let added = self.more_bytes.saturating_mul(2);
        self.before_bytes.saturating_add(added)
    }

    fn job(self, lab: &Lab) -> Job {
        let first = FIRST_MIB.to_string();
        let more = (self.more_bytes >> 20).to_string();
        let args = ["grow", "--by", "memory", "--mib", &first];
        let mut job = lab.job(&args);
        job.args.extend(["--more-mib".to_owned(), more]);
        job.memory_bytes = Some(self.before_bytes);
        job
    }
}

fn container(backend: &dyn Backend, lab: &Lab, growth: Growth) -> Result<Times, Failure> {
    let mut instance = lab.start(backend, &growth.job(lab))?;
    instance.wait_for("ready")?;
    let folders = instance.cgroups()?;
    let asked_ns = monotonic_ns();
    Limit::MemoryBytes(growth.after_bytes())
        .write(&folders)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::Unsupported => Failure::Unsupported(error.to_string()),
            _ => error.into(),
        })?;
    used_since(asked_ns, instance, growth)
}

fn microvm(backend: &dyn Backend, lab: &Lab, growth: Growth) -> Result<Times, Failure> {
    let after_bytes = growth.after_bytes();
    let mut job = growth.job(lab);
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
    used_since(asked_ns, instance, growth)
}

/// Tells the workload, and waits until it has used what is new.
fn used_since(asked_ns: u64, mut instance: Instance<'_>, growth: Growth) -> Result<Times, Failure> {
    let carried_out_ns = monotonic_ns();
    instance.tell()?;
    let grown = instance.wait_for_new("fact")?;
    instance.finish()?;
    // The workload's own pages alone are more than what there was.
    if (FIRST_MIB << 20) + growth.more_bytes <= growth.before_bytes {
        return Err(Failure::Failed(
            "it had that much memory before: nothing had to grow".to_owned(),
        ));
    }
    Ok(Times {
        grow_ns: grown.at_ns.saturating_sub(asked_ns),
        request_ns: carried_out_ns - asked_ns,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::by_id;
    use crate::parameters::Parameters;

    #[test]
    fn what_is_taken_and_given_follows_the_bound_and_never_fits_before() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        for id in ["container", "microvm"] {
            let backend = by_id(id).unwrap();
            for mib in [32, 48] {
                lab.parameters.elasticity_memory_bytes = mib << 20;
                let growth = Growth::of(backend, &lab);
                assert!((FIRST_MIB + mib) << 20 > growth.before_bytes, "{id} {mib}");
                let job = growth.job(&lab);
                assert!(
                    job.args
                        .ends_with(&["--more-mib".to_owned(), mib.to_string()])
                );
                assert_eq!(
                    growth.after_bytes(),
                    backend.headroom_bytes() + ((2 * mib) << 20)
                );
            }
        }
    }
}
