//! Which KVM there is, and what leaving a guest costs on it.
//!
//! | flavour | what it is |
//! |---|---|
//! | `kvm_intel`, `kvm_amd` | the CPU's own virtualization; inside a VM: nested |
//! | `kvm_pvm` | none in the CPU: the guest runs as a process, its ring 0 is emulated |
//! | `kvm` | built into the kernel, its kind isn't told |
//!
//! The cost of an exit is what makes one VM's I/O faster than another's. It is measured, not looked up: a guest writes
//! many small blocks, each of which is one exit, and the time is divided by the exits that the VMM counted.
//!
//! Simplified: the time includes the guest's system call and the VMM's own write.

use std::path::Path;

use super::cpu::Cpu;
use super::line;
use crate::backend;
use crate::failure::Failure;
use crate::lab::Lab;

/// The KVM module that does the work, or `None` without KVM.
#[must_use]
pub fn flavour() -> Option<&'static str> {
    let loaded = ["kvm_pvm", "kvm_intel", "kvm_amd"]
        .into_iter()
        .find(|module| Path::new("/sys/module").join(module).exists());
    loaded.or_else(|| Path::new("/dev/kvm").exists().then_some("kvm"))
}

/// Whether the guest's instructions run on hardware made for it, and not in a VM or in software.
#[must_use]
pub fn is_hardware(cpu: &Cpu) -> bool {
    !cpu.in_vm() && flavour() != Some("kvm_pvm")
}

/// Who we are a guest of, as far as anything says so.
#[must_use]
pub fn hypervisor(cpu: &Cpu) -> String {
    if !cpu.in_vm() {
        return "none".to_owned();
    }
    let dmi = |name: &str| line(Path::new("/sys/class/dmi/id").join(name));
    let named = dmi("sys_vendor")
        .map(|vendor| format!("{vendor} {}", dmi("product_name").unwrap_or_default()));
    let clocks = line("/sys/devices/system/clocksource/clocksource0/available_clocksource")
        .unwrap_or_default();
    named
        .or_else(|| line("/sys/hypervisor/type"))
        .or_else(|| clocks.contains("kvm-clock").then(|| "KVM".to_owned()))
        .unwrap_or_else(|| "unknown".to_owned())
        .trim()
        .to_owned()
}

/// Nanoseconds per exit caused by a guest's small write.
///
/// # Errors
/// When no microVM can be run.
pub fn exit_cost_ns(lab: &Lab) -> Result<u64, Failure> {
    let microvm =
        backend::by_id("microvm").ok_or_else(|| Failure::Unsupported("no microvm".to_owned()))?;
    if let Err(missing) = microvm.availability() {
        return Err(Failure::Unsupported(missing.what));
    }
    let finished = lab.run(
        microvm,
        &lab.job(&["emit", "--mib", "1", "--block", "1024"]),
    )?;
    let exits = finished
        .stats
        .as_ref()
        .map_or(0, crate::vm_stats::VmStats::exit_count);
    finished
        .work_ns()
        .and_then(|work_ns| work_ns.checked_div(exits))
        .ok_or_else(|| Failure::Failed("the VMM counted no exits".to_owned()))
}
