//! More memory for a running instance.
//!
//! 1. Start the workload with its headroom, of which it fills 8 MiB, and let it wait. On a stock kernel it fills more: all that this
//!    has available but 16 MiB (half of `--elasticity-memory`).
//! 2. Ask for 64 MiB more (twice `--elasticity-memory`): write a container's new limit to its cgroup, or tell the VMM, which adds a
//!    slot of memory to the microVM, or lets pages out of a balloon.
//! 3. Tell the workload. It touches 32 MiB more.
//! 4. Check that this was not possible before: what it has touched is more than the old limit, or than the stock kernel had left.
//!
//! A container's pages come from the host as they always do, only now nobody objects. For the microVM the host's kernel has to
//! change what memory the guest has while the guest runs, and the guest's kernel has to learn of it. With a balloon the host's
//! kernel has nothing to do: the guest's gives the pages to whoever asks next.
//!
//! Read next: `control.rs`; vm-backend's `control.rs` and `linux/growth.rs`; the guest kernel's `memory/address_space.rs`.

use guest_abi::balloon::NO_DRIVER;

use super::Times;

use crate::backend::{Backend, Job, Missing, WITH_KERNEL};
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
    let is_affordable = || memory_budget::check(lab.parameters.memory_budget, growth.after_bytes());
    match backend.id() {
        "container" => {
            is_affordable()?;
            container(backend, lab, growth)
        }
        "microvm" => {
            is_affordable()?;
            vm(backend, lab, growth)
        }
        id if has_balloon(id) => {
            is_affordable()?;
            vm(backend, lab, growth).map_err(without_driver)
        }
        id if backend.is_vm() => Err(Failure::Unsupported(format!(
            "{id} has neither a balloon nor virtio-mem here: its kernel can't be given more memory"
        ))),
        id => Err(Failure::Unsupported(format!(
            "isolab doesn't know the cgroups of {id}"
        ))),
    }
}

/// Whether it is our VMM with a stock kernel.
fn has_balloon(id: &str) -> bool {
    id.starts_with(WITH_KERNEL)
}

/// A kernel from before there was a balloon, or of somebody who wanted none.
fn without_driver(failure: Failure) -> Failure {
    match failure {
        Failure::Failed(reason) if reason.contains(NO_DRIVER) => Missing {
            what: "the guest's kernel has no driver of a balloon".to_owned(),
            remedy: "scripts/guest-kernel build".to_owned(),
        }
        .into(),
        failure => failure,
    }
}

/// Who gets how much.
#[derive(Clone, Copy, Debug)]
struct Growth {
    /// Of the instance, at first.
    before_bytes: u64,
    /// What the workload takes in addition; together with the first more than the headroom that every job gets.
    more_bytes: u64,
    /// A stock kernel takes a part of the first itself, which only it knows: the workload fills all but so much of the rest.
    left_bytes: Option<u64>,
}

impl Growth {
    fn of(backend: &dyn Backend, lab: &Lab) -> Self {
        let more_bytes = lab.parameters.elasticity_memory_bytes;
        Self {
            before_bytes: backend.headroom_bytes(),
            more_bytes,
            left_bytes: has_balloon(backend.id()).then_some(more_bytes / 2),
        }
    }

    /// What the instance is given: twice what its workload will take.
    fn after_bytes(self) -> u64 {
        let added = self.more_bytes.saturating_mul(2);
        self.before_bytes.saturating_add(added)
    }

    /// The workload's own pages alone are more than what there is at first.
    fn did_not_fit(self) -> Result<(), Failure> {
        did_not_fit((FIRST_MIB << 20) + self.more_bytes > self.before_bytes)
    }

    fn job(self, lab: &Lab) -> Job {
        let first = FIRST_MIB.to_string();
        let more = (self.more_bytes >> 20).to_string();
        let args = ["grow", "--by", "memory", "--mib", &first];
        let mut job = lab.job(&args);
        job.args.extend(["--more-mib".to_owned(), more]);
        if let Some(bytes) = self.left_bytes {
            let left = (bytes >> 20).to_string();
            job.args.extend(["--leave-mib".to_owned(), left]);
        }
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
    growth.did_not_fit()?;
    used_since(asked_ns, instance)
}

fn vm(backend: &dyn Backend, lab: &Lab, growth: Growth) -> Result<Times, Failure> {
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
    match growth.left_bytes {
        Some(_) => did_not_fit(left_bytes(&mut instance)? < growth.more_bytes)?,
        None => growth.did_not_fit()?,
    }
    instance.wait_for("ready")?;
    let asked_ns = monotonic_ns();
    vmm.ask(&format!("memory {after_bytes}"))?;
    used_since(asked_ns, instance)
}

/// What the guest's kernel has left, as the workload says.
fn left_bytes(instance: &mut Instance<'_>) -> Result<u64, Failure> {
    let line = instance.wait_for_new("fact")?;
    let mib = line.text.strip_prefix("fact left-mib ");
    let mib = mib.and_then(|mib| mib.parse::<u64>().ok());
    mib.map(|mib| mib << 20).ok_or_else(|| {
        Failure::Failed(format!(
            "the workload doesn't say what is left: {}",
            line.text
        ))
    })
}

fn did_not_fit(is_so: bool) -> Result<(), Failure> {
    match is_so {
        true => Ok(()),
        false => Err(Failure::Failed(
            "it had that much memory before: nothing had to grow".to_owned(),
        )),
    }
}

/// Tells the workload, and waits until it has used what is new.
fn used_since(asked_ns: u64, mut instance: Instance<'_>) -> Result<Times, Failure> {
    let carried_out_ns = monotonic_ns();
    instance.tell()?;
    let grown = instance.wait_for_new("fact")?;
    instance.finish()?;
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
    fn a_kernel_without_the_driver_is_unsupported_and_anything_else_has_failed() {
        let report = format!("vm-backend: its last words:\n[    1.3] guest-init: {NO_DRIVER}");
        let Failure::Unsupported(reason) = without_driver(Failure::Failed(report)) else {
            panic!("nothing went wrong");
        };
        assert!(reason.contains("scripts/guest-kernel build"), "{reason}");
        let other = Failure::Failed("vm-backend: the guest's kernel stopped".to_owned());
        assert_eq!(without_driver(other.clone()), other);
    }

    #[test]
    fn what_is_taken_and_given_follows_the_bound_and_never_fits_before() {
        let mut lab = Lab::for_single_instances(Parameters::usual_timeout()).unwrap();
        for id in ["container", "microvm", "linux-vm-small", "linux-vm-cloud"] {
            let backend = by_id(id).unwrap();
            for mib in [32, 48] {
                lab.parameters.elasticity_memory_bytes = mib << 20;
                let growth = Growth::of(backend, &lab);
                let line = growth.job(&lab).args.join(" ");
                match has_balloon(id) {
                    true => {
                        let end = format!("--more-mib {mib} --leave-mib {}", mib / 2);
                        assert!(line.ends_with(&end), "{id}: {line}");
                    }
                    false => {
                        assert!((FIRST_MIB + mib) << 20 > growth.before_bytes, "{id} {mib}");
                        assert!(line.ends_with(&format!("--more-mib {mib}")), "{id}: {line}");
                    }
                }
                assert_eq!(
                    growth.after_bytes(),
                    backend.headroom_bytes() + ((2 * mib) << 20)
                );
            }
        }
    }
}
